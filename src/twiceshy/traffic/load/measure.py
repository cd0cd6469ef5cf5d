"""What a ledger tells of latency, lateness and rate."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hdrh.histogram import HdrHistogram

from twiceshy.model.figures import LoadFigures, Percentiles, Slice
from twiceshy.model.ledger import Attempt, Closed, Intent, Outcome, Unsent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.model.ledger import Entry

_SECOND = 1_000_000_000
_MICROSECOND = 1000
_WIDTHS = tuple(milliseconds * 1_000_000 for milliseconds in (50, 100, 200, 250, 500, 1000))
"""Nanoseconds that a slice of the run may take; the first of them goes into every other."""
_SLICES = 60
"""In so many a run is cut at most, as long as they are shorter than a second."""
_WITH_REST = 300
"""So many there may be with those that come after the last arrival."""
_FEWEST = 5
"""Arrivals in a usual slice: one more or less of fewer would pass for another rate."""
_KEPT = 6000
"""Slices of the least width that are held at a time; a longer run has slices of a second."""
_ACKED = Outcome.ACKED
_LONGEST = 24 * 3600 * 1_000_000
"""Microseconds; what takes longer is counted as this long."""
_DIGITS = 3
_BITS = 11
"""What a histogram of three digits keeps of a value; to sort them before is five times faster."""
_SLACK = 10_000_000
"""Nanoseconds after the last arrival in which a request still counts as sent in time."""


@dataclass(slots=True)
class _Slice:
    planned: int = 0
    sent: int = 0
    unanswered: int = 0
    came: int = 0
    latencies: array[int] = field(default_factory=lambda: array("q"))

    def add(self, other: _Slice) -> None:
        """Take in another one."""
        self.planned += other.planned
        self.sent += other.sent
        self.unanswered += other.unanswered
        self.came += other.came
        self.latencies.extend(other.latencies)


@dataclass(slots=True)
class _Seen:
    """Microseconds, and when each first attempt began (0: not known)."""

    planned: array[int] = field(default_factory=lambda: array("q"))
    lateness: Counter[int] = field(default_factory=Counter)
    began: array[int] = field(default_factory=lambda: array("q"))
    slices: defaultdict[int, _Slice] = field(default_factory=lambda: defaultdict(_Slice))
    width: int = _WIDTHS[0]
    unsent: int = 0
    cancelled: int = 0
    last: int = 0

    def slice(self, moment: int) -> _Slice:
        """That in which this moment of the run lies."""
        if moment >= _KEPT * self.width and self.width < _SECOND:
            self.widen(_SECOND)
        return self.slices[moment // self.width]

    def widen(self, width: int) -> None:
        """Make slices of so many nanoseconds, a multiple of what they have."""
        times, self.width = width // self.width, width
        narrow, self.slices = self.slices, defaultdict(_Slice)
        for at in sorted(narrow):
            self.slices[at // times].add(narrow.pop(at))


def measure(ledger: Iterable[Entry]) -> LoadFigures:
    """The figures of a run. An intent must stand before its attempts, as in every ledger."""
    seen = _Seen()
    for entry in ledger:
        if isinstance(entry, Attempt):
            _attempt(seen, entry)
        elif isinstance(entry, Intent):
            _arrival(seen, entry)
        elif isinstance(entry, Unsent):
            seen.unsent += 1
            seen.last = max(seen.last, entry.planned)
            seen.slice(entry.planned).planned += 1
        elif isinstance(entry, Closed):
            seen.cancelled += entry.cancelled
    seen.widen(_suitable(seen))
    sent = sum(part.sent for part in seen.slices.values())
    in_time = sum(began <= seen.last + _SLACK for began in seen.began)
    latencies: Counter[int] = Counter()
    for part in seen.slices.values():
        latencies.update(part.latencies)
    planned = sent + seen.unsent + seen.cancelled
    return LoadFigures(
        planned=planned,
        sent=sent,
        unsent=seen.unsent,
        reached=in_time / (planned - seen.cancelled) if planned > seen.cancelled else 0.0,
        latency=percentiles(latencies),
        lateness=percentiles(seen.lateness),
        slices=_slices(seen),
        width=seen.width / _SECOND,
    )


def percentiles(values: Counter[int]) -> Percentiles:
    """Of microseconds, each with how often it was seen, to three digits."""
    if not values:
        return Percentiles()
    buckets: Counter[int] = Counter()
    for value, count in values.items():
        shift = max(value.bit_length() - _BITS, 0)
        buckets[value >> shift << shift] += count
    histogram = HdrHistogram(1, _LONGEST, _DIGITS)
    for value, count in buckets.items():
        histogram.record_value(min(max(value, 1), _LONGEST), count)
    found = histogram.get_percentile_to_value_dict([50, 90, 95, 99, 99.9])
    return Percentiles(
        count=histogram.get_total_count(),
        p50=found[50] / 1000,
        p90=found[90] / 1000,
        p95=found[95] / 1000,
        p99=found[99] / 1000,
        p999=found[99.9] / 1000,
        longest=max(values) / 1000,
        histogram=histogram.encode().decode(),
    )


def _arrival(seen: _Seen, intent: Intent) -> None:
    missing = intent.number + 1 - len(seen.planned)
    if missing > 0:
        seen.planned.extend(array("q", bytes(8)) * missing)
    seen.planned[intent.number] = intent.planned
    seen.last = max(seen.last, intent.planned)
    part = seen.slice(intent.planned)
    part.planned += 1
    part.sent += 1


def _attempt(seen: _Seen, attempt: Attempt) -> None:
    planned = seen.planned[attempt.number]
    part = seen.slice(planned)
    if attempt.attempt == 1:
        seen.began.append(attempt.began)
        seen.lateness[(attempt.began - planned) // _MICROSECOND] += 1
        part.unanswered += attempt.outcome is not _ACKED
    if attempt.outcome is _ACKED:
        part.latencies.append((attempt.ended - planned) // _MICROSECOND)
        seen.slice(attempt.ended).came += 1


def _suitable(seen: _Seen) -> int:
    """Nanoseconds of a slice: as fine as the length of the run and its rate allow."""
    arrivals = sum(part.planned for part in seen.slices.values())
    end = (max(seen.slices, default=-1) + 1) * seen.width
    return next(
        (
            width
            for width in _WIDTHS
            if width >= seen.width
            and seen.last <= _SLICES * width
            and end <= _WITH_REST * width
            and arrivals * width >= _FEWEST * seen.last
        ),
        _SECOND,
    )


def _slices(seen: _Seen) -> tuple[Slice, ...]:
    last = max(seen.slices, default=-1)
    return tuple(_slice(at * seen.width / _SECOND, seen.slices[at]) for at in range(last + 1))


def _slice(at: float, part: _Slice) -> Slice:
    ordered = sorted(part.latencies)
    return Slice(
        at,
        planned=part.planned,
        sent=part.sent,
        acked=len(ordered),
        unanswered=part.unanswered,
        p50=_at(ordered, 0.5),
        p95=_at(ordered, 0.95),
        p99=_at(ordered, 0.99),
        longest=ordered[-1] / 1000 if ordered else 0.0,
        came=part.came,
    )


def _at(ordered: Sequence[int], share: float) -> float:
    """Milliseconds below which this share of the values lies."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] / 1000 if ordered else 0.0
