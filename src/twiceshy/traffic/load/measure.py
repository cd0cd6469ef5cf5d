"""What a ledger tells of latency, lateness and rate."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hdrh.histogram import HdrHistogram

from twiceshy.model.figures import LoadFigures, Percentiles, Second
from twiceshy.model.ledger import Attempt, Closed, Intent, Outcome, Unsent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.model.ledger import Entry

_SECOND = 1_000_000_000
_MICROSECOND = 1000
_ACKED = Outcome.ACKED
_LONGEST = 24 * 3600 * 1_000_000
"""Microseconds; what takes longer is counted as this long."""
_DIGITS = 3
_BITS = 11
"""What a histogram of three digits keeps of a value; to sort them before is five times faster."""
_SLACK = 10_000_000
"""Nanoseconds after the last arrival in which a request still counts as sent in time."""


@dataclass(slots=True)
class _Second:
    planned: int = 0
    sent: int = 0
    unanswered: int = 0
    came: int = 0
    latencies: array[int] = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class _Seen:
    """Microseconds, and when each first attempt began (0: not known)."""

    planned: array[int] = field(default_factory=lambda: array("q"))
    lateness: Counter[int] = field(default_factory=Counter)
    began: array[int] = field(default_factory=lambda: array("q"))
    seconds: defaultdict[int, _Second] = field(default_factory=lambda: defaultdict(_Second))
    unsent: int = 0
    cancelled: int = 0
    last: int = 0


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
            seen.seconds[entry.planned // _SECOND].planned += 1
        elif isinstance(entry, Closed):
            seen.cancelled += entry.cancelled
    sent = sum(second.sent for second in seen.seconds.values())
    in_time = sum(began <= seen.last + _SLACK for began in seen.began)
    latencies: Counter[int] = Counter()
    for second in seen.seconds.values():
        latencies.update(second.latencies)
    planned = sent + seen.unsent + seen.cancelled
    return LoadFigures(
        planned=planned,
        sent=sent,
        unsent=seen.unsent,
        reached=in_time / (planned - seen.cancelled) if planned > seen.cancelled else 0.0,
        latency=percentiles(latencies),
        lateness=percentiles(seen.lateness),
        seconds=_seconds(seen),
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
    second = seen.seconds[intent.planned // _SECOND]
    second.planned += 1
    second.sent += 1


def _attempt(seen: _Seen, attempt: Attempt) -> None:
    planned = seen.planned[attempt.number]
    second = seen.seconds[planned // _SECOND]
    if attempt.attempt == 1:
        seen.began.append(attempt.began)
        seen.lateness[(attempt.began - planned) // _MICROSECOND] += 1
        second.unanswered += attempt.outcome is not _ACKED
    if attempt.outcome is _ACKED:
        second.latencies.append((attempt.ended - planned) // _MICROSECOND)
        seen.seconds[attempt.ended // _SECOND].came += 1


def _seconds(seen: _Seen) -> tuple[Second, ...]:
    last = max(seen.seconds, default=-1)
    return tuple(_second(at, seen.seconds[at]) for at in range(last + 1))


def _second(at: int, second: _Second) -> Second:
    ordered = sorted(second.latencies)
    return Second(
        at,
        planned=second.planned,
        sent=second.sent,
        acked=len(ordered),
        unanswered=second.unanswered,
        p50=_at(ordered, 0.5),
        p95=_at(ordered, 0.95),
        p99=_at(ordered, 0.99),
        longest=ordered[-1] / 1000 if ordered else 0.0,
        came=second.came,
    )


def _at(ordered: Sequence[int], share: float) -> float:
    """Milliseconds below which this share of the values lies."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] / 1000 if ordered else 0.0
