"""The possible answers to when something was, and which of them is the likeliest."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Fact, Moment, Span
from twiceshy.reports.prose.chronicle import date_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ALTERNATIVES = 8
Timed = tuple[Moment, datetime.datetime | None]
"""A moment with its `instant`."""
_Key = tuple[int | None, int | None, int | None, tuple[int, int] | None]
_NOTHING: _Key = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer and how much speaks for it.

    `stated` when a field or sentence gives it,
    `dateless` when it gives no date for it.
    """

    moment: Moment
    weight: float
    span: Span | None = None
    stated: bool = False
    dateless: bool = False


@dataclass(slots=True)
class Found:
    """All possible answers."""

    start: list[Candidate]
    detected: list[Candidate]
    resolved: list[Candidate]
    end: list[Candidate]


def fact(candidates: Iterable[Candidate]) -> Fact[Moment]:
    """The likeliest answer and the others."""
    unlike: dict[_Key, Candidate] = {}
    for candidate in candidates:
        key = _key(candidate.moment)
        if key != _NOTHING:
            unlike.setdefault(key, candidate)
    if not unlike:
        return Fact()
    best, *others = unlike.values()
    kept = tuple(candidate.moment for candidate in others[:MOST_ALTERNATIVES])
    return Fact(best.moment, kept, best.weight, best.span)


def instant(moment: Moment) -> datetime.datetime | None:
    """A whole moment as a time that can be compared; without a year one of a leap year."""
    if moment.hour is not None and moment.month is None and moment.day_number is not None:
        begin = datetime.datetime(1, 1, 1, moment.hour, moment.minute or 0)  # noqa: DTZ001 - as below
        return begin + datetime.timedelta(days=min(max(moment.day_number, 0), 10_000))
    if moment.hour is None or moment.month is None or moment.day is None:
        return None
    try:
        return datetime.datetime(  # noqa: DTZ001  # zones are compared only where both are known
            moment.year or 2024, moment.month, moment.day, moment.hour, moment.minute or 0,
            moment.second or 0,
        )  # fmt: skip
    except ValueError:
        return None


def minutes_between(start: Moment, end: Moment) -> float | None:
    """Minutes from one moment to another; None where one of both is not known well enough."""
    return minutes_apart((start, instant(start)), (end, instant(end)))


def minutes_apart(one: Timed, other: Timed) -> float | None:
    """As `minutes_between`, for moments that are compared with many others."""
    start, first = one
    end, second = other
    if start.hour is not None and end.hour is not None and not (_has_day(start) or _has_day(end)):
        return float((_clock(end) - _clock(start)) % 1440)
    if first is None or second is None:
        day, until = date_of(start), date_of(end)
        if day is None or until is None or day == until:
            return None
        return float((until - day).days * 1440)
    shift = 0
    if start.offset is not None and end.offset is not None:
        shift = start.offset - end.offset
    return (second - first).total_seconds() / 60 + shift


def _has_day(moment: Moment) -> bool:
    return moment.month is not None or moment.day_number is not None


def _clock(moment: Moment) -> int:
    return (moment.hour or 0) * 60 + (moment.minute or 0)


def _key(moment: Moment) -> _Key:
    """What tells it from others: neither its seconds nor its zone."""
    day = None if moment.month is None else moment.day
    clock = None if moment.hour is None else (moment.hour, moment.minute or 0)
    return moment.year, moment.month, day, clock
