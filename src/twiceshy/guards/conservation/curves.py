"""A run over time: latency, rate, and how many were sent, acknowledged and recorded so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.guards.conservation.plan import LINE
from twiceshy.guards.lengths import seconds
from twiceshy.model.exhibits import Band, Line, Series
from twiceshy.model.strain import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.figures import LoadFigures, Second
    from twiceshy.model.strain import StrainRun

    Part = tuple[Second, float]

_LEAST_PARTS = 2
_SHORTEST = 0.05
"""Seconds; a shorter rest of one holds too few requests to tell a rate."""
_STEPS = 10


def overview(spec: Spec, readings: Sequence[Reading]) -> Iterator[Series]:
    """The curves of each run with a fault, or of the peak where there is none."""
    runs = [reading.run for reading in readings if reading.run.scenario.topic != LINE]
    # Of those that were played several times, the last.
    last = {run.scenario.topic: run.strain for run in runs if run.strain is not None}
    with_faults = {topic: played for topic, played in last.items() if played.faults}
    for topic, played in (with_faults or last).items():
        for shown in curves(spec, played):
            yield replace(shown, title=f"{topic}: {shown.title}")


def curves(spec: Spec, played: StrainRun) -> Iterator[Series]:
    """What there is to draw of a run at the peak; in less than two seconds there is no curve."""
    figures = played.figures
    width = seconds(spec.duration)
    parts = tuple(_parts(figures, width))
    if len(parts) < _LEAST_PARTS:
        return
    bands = _bands(played, width)
    if figures.latency_counts and figures.latency.count:
        yield Series(
            "Latency from the moment at which each request was to be sent",
            "ms", width, tuple(_latency(parts)), bands, logarithmic=True,
        )  # fmt: skip
    yield Series("Requests in each second", "/s", width, tuple(_rates(parts)), bands)
    whole = max([width, *(sample.at for sample in played.samples)])
    yield Series(
        "Transactions since the beginning",
        "transactions",
        whole,
        tuple(_so_far(parts, played, whole)),
        _bands(played, whole),
    )


def _parts(figures: LoadFigures, width: float) -> Iterator[tuple[Second, float]]:
    """The seconds in which requests were to come, each with how long; the last may be less."""
    for second in figures.seconds:
        covered = min(1.0, width - second.at)
        if covered > _SHORTEST:
            yield second, covered


def _bands(played: StrainRun, width: float) -> tuple[Band, ...]:
    """When each fault lasted; one that nobody saw the end of lasts to the end."""
    return tuple(
        Band(
            seen.began, min(width, width if seen.ended is None else seen.ended), written(seen.fault)
        )
        for seen in played.faults
        if seen.began is not None and seen.began < width
    )


def _latency(parts: Sequence[Part]) -> Iterator[Line]:
    """Seconds in which nothing was acknowledged have no value."""
    answered = [(second.at + covered / 2, second) for second, covered in parts if second.acked]
    yield Line("p50", tuple((at, second.p50) for at, second in answered))
    yield Line("p95", tuple((at, second.p95) for at, second in answered))
    yield Line("p99", tuple((at, second.p99) for at, second in answered))


def _rates(parts: Sequence[Part]) -> Iterator[Line]:
    for name, counts in _counts(parts):
        points = zip(parts, counts, strict=True)
        yield Line(
            name,
            tuple(
                (second.at + covered / 2, count / covered) for (second, covered), count in points
            ),
        )


def _so_far(parts: Sequence[Part], played: StrainRun, width: float) -> Iterator[Line]:
    """Sent and acknowledged as they were to be sent, evenly in each second; recorded as seen."""
    for name, counts in _counts(parts)[1:]:
        total, points = 0.0, [(0.0, 0.0)]
        for (second, covered), count in zip(parts, counts, strict=True):
            for nth in range(1, _STEPS + 1):
                share = nth / _STEPS
                points.append((second.at + covered * share, round(total + count * share)))
            total += count
        if width > points[-1][0]:
            points.append((width, total))
        yield Line(name, tuple(points), steps=True)
    if played.samples:
        seen = ((max(0.0, sample.at), float(sample.recorded)) for sample in played.samples)
        yield Line("recorded", tuple(seen), steps=True)


def _counts(parts: Sequence[Part]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (
        ("planned", tuple(second.planned for second, _ in parts)),
        ("sent", tuple(second.sent for second, _ in parts)),
        ("acknowledged", tuple(second.acked for second, _ in parts)),
    )
