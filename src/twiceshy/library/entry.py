"""What the library knows of one report, as one audience may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    from twiceshy.library.audience import Audience
    from twiceshy.model.exhibits import Lanes, Series
    from twiceshy.model.postmortem import Moment, Postmortem
    from twiceshy.model.report import Report
    from twiceshy.model.verdict import Value


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the last rehearsal on `version` looked like; today's version is ""."""

    version: str
    value: Value
    exhibits: tuple[Series | Lanes, ...]


@dataclass(frozen=True, slots=True)
class GuardState:
    """One guard of a report, and what the archive knows of it.

    `verdicts` holds the last one of each version; the working tree's version is "". `drawings` are
    for those who may see everything: names in them were blackened for nobody.
    """

    kind: str
    line: int
    verdicts: Mapping[str, Value]
    at: datetime.datetime | None = None
    """When it was last rehearsed; None when it never was."""
    drawings: tuple[Drawn, ...] = ()

    @property
    def today(self) -> Value | None:
        """The verdict on the working tree."""
        return self.verdicts.get("")

    @property
    def reproduced(self) -> bool:
        """Whether it was ever seen to say `recurs`: else the report's claim is only a claim."""
        return any(value == "recurs" for value in self.verdicts.values())

    @property
    def proved(self) -> bool:
        """Whether it says `recurs` on every version that failed, and `holds` on today's."""
        failed = [value for version, value in self.verdicts.items() if version]
        seen = bool(failed) and all(value == "recurs" for value in failed)
        return seen and self.today == "holds"


@dataclass(frozen=True, slots=True)
class Action:
    """An action item of a report; `due_on` is None where `due` is no ISO date."""

    report: str
    text: str
    line: int
    done: bool
    owner: str = ""
    due: str = ""
    due_on: datetime.date | None = None
    priority: str = ""

    def overdue(self, today: datetime.date) -> bool:
        """Whether it should have been done before `today`."""
        return not self.done and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Entry:
    """One report. Front matter wins over what the text says; "" and None say nothing.

    `id` is unique among what the audience sees. `visibility` is the lowest audience that sees it.
    `kind` is that of the first guard, else of the suggested one, else `none`. `path` is seen from
    the project's folder. `excerpt` is the beginning of the summary, without markup.
    """

    id: str
    path: Path
    title: str
    visibility: Audience
    language: str = ""
    date: datetime.date | None = None
    started_at: Moment | None = None
    detected_at: Moment | None = None
    resolved_at: Moment | None = None
    ended_at: Moment | None = None
    duration_minutes: float | None = None
    minutes_to_detect: float | None = None
    minutes_to_resolve: float | None = None
    detected_by: str = ""
    severity: str = ""
    status: str = ""
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kind: str = "none"
    guards: tuple[GuardState, ...] = ()
    actions: tuple[Action, ...] = ()
    mechanisms: tuple[str, ...] = ()
    """How it failed, in the words of `library.mechanisms`: `lock`, `time-out`, `duplicate` ..."""
    sections: tuple[str, ...] = ()
    problems: int = 0
    conflicts: int = 0
    redacted: bool = False
    """Whether this audience sees less than the whole report."""
    excerpt: str = ""

    @property
    def proved(self) -> bool:
        """Whether every guard of it is proved."""
        return bool(self.guards) and all(guard.proved for guard in self.guards)


@dataclass(frozen=True, slots=True)
class Volume:
    """A whole report, read anew: its text, and all that was found in it.

    `text` is the edition for the audience, of which report and postmortems were read.
    `postmortems` has one for each incident, none where the text is no postmortem.
    """

    entry: Entry
    text: str
    report: Report
    postmortems: tuple[Postmortem, ...] = ()
