"""What the archive gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.verdict import Value

if TYPE_CHECKING:
    import datetime

    from twiceshy.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run: when it began to have verdicts, and how many of each. `seconds` are the guards'."""

    run: str
    at: datetime.datetime
    guards: int
    recurs: int
    unknown: int
    seconds: float

    @property
    def value(self) -> Value:
        """The worst verdict of the run."""
        if self.recurs:
            return Value.RECURS
        return Value.UNKNOWN if self.unknown else Value.HOLDS


@dataclass(frozen=True, slots=True)
class PastRehearsal:
    """One rehearsal of one guard. `guard_hash` changes when what the guard says changes."""

    run: str
    at: datetime.datetime
    report_id: str
    report_path: str
    line: int
    kind: str
    guard_hash: str
    version: str
    seconds: float
    server: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest verdict of one guard on one version; `drawn` where it has a drawing."""

    report_id: str
    guard_hash: str
    version: str
    value: Value
    at: datetime.datetime
    drawn: bool = False
