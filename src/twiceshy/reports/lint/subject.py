"""What is checked: one report, with all that is known of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twiceshy.reports.lint.rules import RULES, Remark, Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from twiceshy.model.postmortem import Postmortem, Span
    from twiceshy.model.report import Report

_SEEN = 160
"""Characters of what stands there that are shown."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`text` is the file's, of which report and postmortems were read.

    `proved` and `reproduced` are the lines of the guards that are proved, or were ever seen to
    say `recurs`; None where no run is known, for example in a fresh clone.
    """

    report: Report
    text: str
    postmortems: tuple[Postmortem, ...] = ()
    proved: Collection[int] | None = None
    reproduced: Collection[int] | None = None
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Where lines begin: a file has many remarks."""
        breaks = (found.end() for found in re.finditer(r"\r\n|\n|\r", self.text))
        object.__setattr__(self, "starts", (0, *breaks))

    @property
    def is_draft(self) -> bool:
        """Whether the report says that it is not finished."""
        return bool(self.report.front_matter.get("status") == "draft")

    def line_of(self, place: int) -> int:
        """The line of a character, from 1."""
        return bisect_right(self.starts, place)

    def line_at(self, spans: tuple[Span, ...]) -> int:
        """The line of the first of them; 0 without any."""
        return self.line_of(spans[0].start) if spans else 0

    def line(self, number: int) -> str:
        """What stands on a line."""
        if not 0 < number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].strip()

    def remark(
        self, rule: str, line: int = 0, seen: str = "", todo: str = "", *, mild: bool = False
    ) -> Remark:
        """A remark by a rule; a `mild` one is only a note."""
        known = RULES[rule]
        severity = Severity.NOTE if mild else known.severity
        shown = seen if len(seen) <= _SEEN else f"{seen[:_SEEN].rpartition(' ')[0]} \u2026"
        return Remark(known, severity, line, shown, todo or known.todo)
