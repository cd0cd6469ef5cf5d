"""The few signs and colours of the terminal. A sign always stands beside the word that it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.model.verdict import Value

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {Value.HOLDS: "bold green", Value.UNKNOWN: "bold yellow", Value.RECURS: "bold red"}
BROKEN = "bold magenta"
LABEL = "dim"


@dataclass(frozen=True, slots=True)
class Marks:
    """Signs for one kind of terminal."""

    holds: str
    recurs: str
    unknown: str
    broken: str
    dot: str
    line: str
    down: str
    more: str
    divider: str
    differs: str

    def of(self, value: Value) -> str:
        """The sign of a verdict."""
        return {
            Value.HOLDS: self.holds,
            Value.RECURS: self.recurs,
            Value.UNKNOWN: self.unknown,
        }[value]


UNICODE = Marks("✓", "✗", "?", "!", "·", "─", "↓", "…", "│", "≠")
ASCII = Marks("+", "x", "?", "!", "-", "-", "|", "...", "|", "!")


@dataclass(frozen=True, slots=True)
class Page:
    """What a drawing has to fit: `width` in cells, and how much to tell.

    `findings` of one guard and `lines` of one comparison are drawn at most, unless `verbose`.
    """

    width: int
    marks: Marks = UNICODE
    verbose: bool = False
    findings: int = 5
    lines: int = 24

    def inset(self, cells: int) -> Page:
        """The same page with `cells` taken from its width."""
        return replace(self, width=max(20, self.width - cells))


def marks_for(console: Console) -> Marks:
    """Signs that the console's encoding can write."""
    return UNICODE if console.encoding.lower().startswith("utf") else ASCII
