"""All that a document says about times."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Conflict, Entry, Fact, Moment, Span
from twiceshy.reports.prose.candidates import (
    Candidate,
    Found,
    fact,
    instant,
    minutes_apart,
    minutes_between,
)
from twiceshy.reports.prose.chronicle import Chronicle, date_of, on
from twiceshy.reports.prose.conflicts import conflicts_of
from twiceshy.reports.prose.fields import fields_of
from twiceshy.reports.prose.lengths import Lengths, Stated, lengths_of
from twiceshy.reports.prose.span import found_times
from twiceshy.reports.prose.timeline import timeline_of

if TYPE_CHECKING:
    from twiceshy.reports.prose.document import Document

_MOST_DURATIONS = 12
_SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Times:
    """The fields of a postmortem that are about times."""

    timeline: tuple[Entry, ...]
    date: Fact[Moment]
    started_at: Fact[Moment]
    detected_at: Fact[Moment]
    resolved_at: Fact[Moment]
    ended_at: Fact[Moment]
    duration_minutes: Fact[float]
    minutes_to_detect: Fact[float]
    minutes_to_resolve: Fact[float]
    exposure: Fact[str]
    effort: Fact[str]
    conflicts: tuple[Conflict, ...]


def times_of(document: Document) -> Times:
    """The timeline, the beginning and the end, the lengths and what contradicts what."""
    chronicle = Chronicle(document)
    timeline = timeline_of(chronicle)
    fields = fields_of(chronicle)
    lengths = lengths_of(chronicle, fields)
    found = found_times(chronicle, fields, timeline)
    conflicts = conflicts_of(chronicle, timeline, found, lengths)
    _end_by_length(found, lengths)
    started = _either_order(chronicle, fact(found.start))
    ended = _either_order(chronicle, fact(found.end))
    detected, resolved = fact(found.detected), fact(found.resolved)
    return Times(
        timeline,
        _date(chronicle),
        started,
        detected,
        resolved,
        ended,
        _duration(lengths, started, ended),
        _between(lengths.detection, started, detected),
        _between(lengths.repair, detected if detected.value else started, resolved),
        lengths.exposure,
        lengths.effort,
        conflicts,
    )


def _either_order(chronicle: Chronicle, stated: Fact[Moment]) -> Fact[Moment]:
    """With the other reading of `5/6/2023`, where the text leaves open which is meant."""
    moment = stated.value
    if moment is None or moment.month is None or moment.day is None:
        return stated
    if (moment.month, moment.day) not in chronicle.swappable:
        return stated
    swapped = replace(moment, month=moment.day, day=moment.month)
    return replace(stated, alternatives=(swapped, *stated.alternatives), confidence=0.5)


def _date(chronicle: Chronicle) -> Fact[Moment]:
    if chronicle.anchor is None:
        return Fact()
    anchor = chronicle.anchor
    others = dict.fromkeys(
        moment for dated in chronicle.dated
        if (moment := Moment(dated.moment.year, dated.moment.month, dated.moment.day)) != anchor
        and (dated.source != "body" or dated.weekday is not None)
    )  # fmt: skip
    span = next((dated.span for dated in chronicle.dated
                 if date_of(dated.moment) == date_of(anchor) and dated.span), None)  # fmt: skip
    return Fact(anchor, tuple(others)[:6], 0.8 if not others else 0.6, span)


def _end_by_length(found: Found, lengths: Lengths) -> None:
    """Where a start and a length are stated, the end follows."""
    start = next((one for one in found.start if instant(one.moment) is not None), None)
    if start is None:
        return
    begin = instant(start.moment)
    for stated in lengths.outage[:3]:
        if begin is None or stated.minutes > 525_600:
            continue
        over = begin + datetime.timedelta(minutes=round(stated.minutes))
        moment = replace(on(start.moment, over.date()), hour=over.hour, minute=over.minute)
        if start.moment.year is None:
            moment = replace(moment, year=None)
        found.end.append(Candidate(moment, 0.45 if stated.sure else 0.25, stated.span))
    found.end.sort(key=lambda candidate: -candidate.weight)


def _duration(lengths: Lengths, started: Fact[Moment], ended: Fact[Moment]) -> Fact[float]:
    sure = [stated for stated in lengths.outage if stated.sure]
    weak = [stated for stated in lengths.outage if not stated.sure]
    computed = _computed(started, ended)
    values: list[float] = []
    span: Span | None = None
    confidence = 0.9
    for stated in sure:
        span = span or stated.span
        values += _values(stated)
    if not values:
        confidence = 0.7
        if weak and (not computed or ended.confidence < _SURE_ENOUGH):
            values += _values(weak[0])
            span, confidence = weak[0].span, 0.5
    values += computed
    for stated in (*weak, *lengths.repair):
        values += _values(stated)
    return _numbers(values, confidence, span)


def _numbers(values: list[float], confidence: float, span: Span | None) -> Fact[float]:
    unique = list(dict.fromkeys(round(value, 2) for value in values if value > 0))
    if not unique:
        return Fact()
    return Fact(unique[0], tuple(unique[1:_MOST_DURATIONS]), confidence, span)


def _values(stated: Stated) -> list[float]:
    if stated.most is None:
        return [stated.minutes]
    return [stated.most, stated.minutes, (stated.minutes + stated.most) / 2]


def _computed(started: Fact[Moment], ended: Fact[Moment]) -> list[float]:
    """The lengths between the start and the end, those of the likeliest answers first."""
    if started.value is None or ended.value is None:
        return []
    starts = [(one, instant(one)) for one in (started.value, *started.alternatives)]
    ends = [(one, instant(one)) for one in (ended.value, *ended.alternatives)]
    pairs = sorted(
        ((one, other) for one in range(len(starts)) for other in range(len(ends))), key=sum
    )
    by_day = started.value.hour is None or ended.value.hour is None
    lengths = [
        minutes_apart(starts[one], ends[other])
        for one, other in pairs
        if by_day or (starts[one][0].hour is not None and ends[other][0].hour is not None)
    ]
    return [length for length in lengths if length is not None and length > 0]


def _between(stated: tuple[Stated, ...], start: Fact[Moment], end: Fact[Moment]) -> Fact[float]:
    values = [value for one in stated for value in _values(one)]
    confidence = 0.9 if values else 0.6
    if start.value is not None and end.value is not None:
        length = minutes_between(start.value, end.value)
        if length is not None and length >= 0 and start.value.hour is not None:
            values.append(length)
    unique = list(dict.fromkeys(round(value, 2) for value in values))
    if not unique:
        return Fact()
    return Fact(unique[0], tuple(unique[1:]), confidence, stated[0].span if stated else None)
