"""A postmortem as parsed from Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    from twiceshy.errors import ConfigurationError, Location


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `name` is canonical (`summary`, `root causes` ...) or "" for another heading."""

    name: str
    heading: str
    level: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ActionItem:
    """A task of the list under action items; `due` as written when it is no ISO date."""

    text: str
    done: bool
    line: int
    owner: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class GuardBlock:
    """A guard as written: its kind, its table of keys, and where each key stands."""

    kind: str
    table: Mapping[str, Any]
    location: Location
    key_lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """The file's line on which `key` stands, else that of the block."""
        return self.key_lines.get(key, self.location.line)


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `problems` are the parts that could not be read; the rest still counts."""

    path: Path
    id: str
    title: str
    date: datetime.date | None = None
    front_matter: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    guards: tuple[GuardBlock, ...] = ()
    problems: tuple[ConfigurationError, ...] = ()
