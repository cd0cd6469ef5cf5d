"""The beginning and the end of an incident as its timeline shows them."""

from __future__ import annotations

import datetime
from itertools import pairwise

from twiceshy.model.postmortem import Entry, Moment
from twiceshy.reports.prose.candidates import Candidate, Found, instant
from twiceshy.reports.prose.chronicle import date_of
from twiceshy.reports.prose.marks import DETECTED, RESOLVED, START

_LAST = datetime.datetime(9999, 1, 1)  # noqa: DTZ001 - as `instant` gives them


def add_from_timeline(timeline: tuple[Entry, ...], found: Found) -> None:
    """Adds the times of the first and the last entries, and of those that say what they are."""
    timed = [entry for entry in timeline if entry.at is not None]
    clocked = [entry for entry in timed if entry.at is not None and entry.at.hour is not None]
    if clocked:
        _from_clocked(clocked, found)
    dated = [entry for entry in timed if entry.at is not None and entry.at.month is not None]
    if dated:
        weight = 0.45 if clocked else 0.6
        first, last = dated[0], dated[-1]
        found.start.append(Candidate(_at(first), weight, first.span))
        found.end.append(Candidate(last.until or _at(last), weight, last.span))
        if clocked and not _later_work(dated):
            found.end.append(Candidate(last.until or _at(last), 0.74, last.span))
        if clocked and _long_before(first, clocked[0]):
            found.start.append(Candidate(_at(first), 0.72, first.span))
    for entry in timed:
        if entry.mark == DETECTED:
            found.detected.append(Candidate(_at(entry), 0.7, entry.span))
            break


def _later_work(dated: list[Entry]) -> bool:
    """Whether the dates without a time at the end of a timeline are what came long after it."""
    if _at(dated[-1]).hour is not None:
        return True
    clocked = [entry for entry in dated if _at(entry).hour is not None]
    last, end = (
        date_of(_at(clocked[-1])) if clocked else None,
        date_of(dated[-1].until or _at(dated[-1])),
    )
    if last is None or end is None or end == last:
        return True
    within = 10 if dated[-1].until is not None or dated[-1].mark == RESOLVED else 0
    return (end - last).days > within


def _long_before(first: Entry, clocked: Entry) -> bool:
    """Whether a timeline begins days before the first time that it gives."""
    one, other = date_of(_at(first)), date_of(_at(clocked))
    return _at(first).hour is None and one is not None and other is not None and one < other


def _at(entry: Entry) -> Moment:
    return entry.at or Moment()


def _from_clocked(clocked: list[Entry], found: Found) -> None:
    comparable = [entry for entry in clocked if instant(_at(entry)) is not None]
    first = clocked[0]
    if len(comparable) == len(clocked):
        first = min(clocked, key=lambda entry: instant(_at(entry)) or _LAST)
    found.start.append(Candidate(_at(first), 0.7, first.span))
    if first is not clocked[0]:
        found.start.append(Candidate(_at(clocked[0]), 0.5, clocked[0].span))
    for mark, weight in ((START, 0.65), (DETECTED, 0.5)):
        entry = next((entry for entry in clocked if entry.mark == mark), None)
        if entry is not None:
            found.start.append(Candidate(_at(entry), weight, entry.span))
    last = clocked[-1]
    before_gap = _before_gap(comparable)
    resolved = [entry for entry in clocked if entry.mark == RESOLVED]
    final = 0.66 if before_gap is None else 0.5
    found.end.append(Candidate(last.until or _at(last), final, last.span))
    if before_gap is not None:
        found.end.append(Candidate(_at(before_gap), 0.72, before_gap.span))
    if resolved:
        weight = 0.72 if before_gap is None else 0.55
        end = resolved[-1].until or _at(resolved[-1])
        found.end.append(Candidate(end, weight, resolved[-1].span))
        found.end.append(Candidate(_at(resolved[0]), weight - 0.1, resolved[0].span))
        found.resolved.append(Candidate(_at(resolved[0]), 0.7, resolved[0].span))
        for entry in resolved[1:]:
            found.resolved.append(Candidate(_at(entry), 0.6, entry.span))


def _before_gap(entries: list[Entry]) -> Entry | None:
    """The last entry before days of silence, after which an incident came again."""
    for index, (one, other) in enumerate(pairwise(entries)):
        first, second = instant(_at(one)), instant(_at(other))
        if first and second and index >= 2 and (second - first).days >= 4:
            return one
    return None
