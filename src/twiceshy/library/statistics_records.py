"""What all reports come to together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes; `reports` is how many say it. Without any, `median` and `mean` are None."""

    reports: int = 0
    median: float | None = None
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Reports of the same kind and mechanism, by date, the oldest first: their ids."""

    kind: str
    mechanism: str
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many reports have a guard, have only proved ones, say `holds` or `recurs` today.

    `unreproduced` have guards none of which was ever seen to say `recurs`.
    """

    reports: int = 0
    guarded: int = 0
    proved: int = 0
    holds: int = 0
    recurs: int = 0
    unreproduced: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of reports; what a report does not say counts under "".

    `by_month` has every month (`2026-03`) from the first to the last, where they lie within 50
    years. The other counts have the highest first.
    """

    reports: int = 0
    by_month: Mapping[str, int] = field(default_factory=dict)
    by_severity: Mapping[str, int] = field(default_factory=dict)
    by_service: Mapping[str, int] = field(default_factory=dict)
    by_kind: Mapping[str, int] = field(default_factory=dict)
    by_detected_by: Mapping[str, int] = field(default_factory=dict)
    by_status: Mapping[str, int] = field(default_factory=dict)
    to_detect: Times = Times()
    to_resolve: Times = Times()
    duration: Times = Times()
    recurrences: tuple[Recurrence, ...] = ()
    repeated: int = 0
    """How many reports repeat an earlier one."""
    coverage: Coverage = Coverage()
    open_actions: int = 0
    overdue_actions: int = 0


@dataclass(frozen=True, slots=True)
class OwnerCount:
    """The action items of one owner, "" for those of nobody."""

    owner: str
    open: int = 0
    overdue: int = 0
    done: int = 0
