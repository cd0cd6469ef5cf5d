"""A run over time: latency, rate, and how many were sent, acknowledged and recorded so far."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from twiceshy.guards.conservation.plan import LINE
from twiceshy.model.exhibits import Band, Line, Series
from twiceshy.model.strain import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.model.figures import LoadFigures
    from twiceshy.model.strain import StrainRun

_MIDDLE = 0.5
_LEAST_SECONDS = 2


def overview(readings: Sequence[Reading]) -> Iterator[Series]:
    """The curves of each run with a fault, or of the peak where there is none."""
    runs = [reading.run for reading in readings if reading.run.scenario.topic != LINE]
    # Of those that were played several times, the last.
    last = {run.scenario.topic: run.strain for run in runs if run.strain is not None}
    with_faults = {topic: played for topic, played in last.items() if played.faults}
    for topic, played in (with_faults or last).items():
        for shown in curves(played):
            yield replace(shown, title=f"{topic}: {shown.title}")


def curves(played: StrainRun) -> Iterator[Series]:
    """What there is to draw; a run of less than two seconds has no curve."""
    figures = played.figures
    width = float(len(figures.seconds))
    if width < _LEAST_SECONDS:
        return
    bands = _bands(played, width)
    if figures.latency_counts and figures.latency.count:
        yield Series(
            "Latency from the moment at which each request was to be sent",
            "ms", width, tuple(_latency(figures)), bands, logarithmic=True,
        )  # fmt: skip
    yield Series("Requests in each second", "/s", width, tuple(_rates(figures)), bands)
    last = max((sample.at for sample in played.samples), default=width)
    whole = max(width, last)
    yield Series(
        "Transactions since the beginning",
        "transactions",
        whole,
        tuple(_so_far(played, whole)),
        _bands(played, whole),
    )


def _bands(played: StrainRun, width: float) -> tuple[Band, ...]:
    """When each fault lasted; one that nobody saw the end of lasts to the end."""
    return tuple(
        Band(
            seen.began, min(width, width if seen.ended is None else seen.ended), written(seen.fault)
        )
        for seen in played.faults
        if seen.began is not None and seen.began < width
    )


def _latency(figures: LoadFigures) -> Iterator[Line]:
    """Seconds in which nothing was acknowledged have no value."""
    answered = [second for second in figures.seconds if second.acked]
    yield Line("p50", tuple((second.at + _MIDDLE, second.p50) for second in answered))
    yield Line("p95", tuple((second.at + _MIDDLE, second.p95) for second in answered))
    yield Line("p99", tuple((second.at + _MIDDLE, second.p99) for second in answered))


def _rates(figures: LoadFigures) -> Iterator[Line]:
    seconds = figures.seconds
    yield Line("planned", tuple((s.at + _MIDDLE, float(s.planned)) for s in seconds))
    yield Line("sent", tuple((s.at + _MIDDLE, float(s.sent)) for s in seconds))
    yield Line("acknowledged", tuple((s.at + _MIDDLE, float(s.acked)) for s in seconds))


def _so_far(played: StrainRun, width: float) -> Iterator[Line]:
    """Sent and acknowledged by the second in which they were to be sent; recorded as seen."""
    seconds = played.figures.seconds
    for name, counts in (
        ("sent", [second.sent for second in seconds]),
        ("acknowledged", [second.acked for second in seconds]),
    ):
        points = [(float(at), float(total)) for at, total in enumerate(accumulate(counts), 1)]
        whole = [(0.0, 0.0), *points]
        if width > whole[-1][0]:
            whole.append((width, whole[-1][1]))
        yield Line(name, tuple(whole))
    if played.samples:
        seen = ((max(0.0, sample.at), float(sample.recorded)) for sample in played.samples)
        yield Line("recorded", tuple(seen), steps=True)
