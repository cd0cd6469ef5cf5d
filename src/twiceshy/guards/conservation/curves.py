"""A run over time: latency, rate, and how many were sent, acknowledged and recorded so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.conservation.plan import LINE
from twiceshy.guards.lengths import seconds
from twiceshy.model.exhibits import Band, Line, Series
from twiceshy.model.strain import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.figures import Second
    from twiceshy.model.strain import StrainRun

_LEAST_PARTS = 2
_SHORTEST = 0.05
"""Seconds; a shorter rest of one holds too few requests to tell a rate."""
_STEPS = 10


@dataclass(frozen=True, slots=True)
class _Part:
    """A second of the run, or as much of it as counts."""

    at: int
    lasts: float
    second: Second

    @property
    def middle(self) -> float:
        """Where its values stand."""
        return self.at + self.lasts / 2


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
    lasting = seconds(spec.duration)
    sent = tuple(_parts(figures.seconds, lasting))
    if len(sent) < _LEAST_PARTS:
        return
    acked = tuple(_answered(figures.seconds, sent))
    if figures.latency_counts and figures.latency.count:
        yield Series(
            "Latency from the moment at which each request was to be sent",
            "ms", lasting, tuple(_latency(sent)), _bands(played, lasting), logarithmic=True,
        )  # fmt: skip
    answered = max(lasting, acked[-1].at + acked[-1].lasts if acked else 0.0)
    yield Series(
        "Requests and acknowledgements in each second",
        "/s",
        answered,
        tuple(_rates(sent, acked)),
        _bands(played, answered),
    )
    whole = max([answered, *(sample.at for sample in played.samples)])
    yield Series(
        "Transactions since the beginning",
        "transactions",
        whole,
        tuple(_so_far(sent, acked, played, whole)),
        _bands(played, whole),
    )


def _parts(whole: Sequence[Second], lasting: float) -> Iterator[_Part]:
    """The seconds in which requests were to come; of the last it may be a part."""
    for second in whole:
        left = min(1.0, lasting - second.at)
        if left > _SHORTEST:
            yield _Part(second.at, left, second)


def _answered(whole: Sequence[Second], sent: Sequence[_Part]) -> Iterator[_Part]:
    """The seconds until the last acknowledgement, which may be long after the last request."""
    last = max((second.at for second in whole if second.came), default=-1)
    for second in whole[: last + 1]:
        short = second.at == last == sent[-1].at
        yield _Part(second.at, sent[-1].lasts if short else 1.0, second)


def _bands(played: StrainRun, width: float) -> tuple[Band, ...]:
    """When each fault lasted; one that nobody saw the end of lasts to the end."""
    return tuple(
        Band(
            seen.began, min(width, width if seen.ended is None else seen.ended), written(seen.fault)
        )
        for seen in played.faults
        if seen.began is not None and seen.began < width
    )


def _latency(parts: Sequence[_Part]) -> Iterator[Line]:
    """Seconds of which nothing was acknowledged have no value."""
    answered = [part for part in parts if part.second.acked]
    yield Line("p50", tuple((part.middle, part.second.p50) for part in answered))
    yield Line("p95", tuple((part.middle, part.second.p95) for part in answered))
    yield Line("p99", tuple((part.middle, part.second.p99) for part in answered))


def _rates(sent: Sequence[_Part], acked: Sequence[_Part]) -> Iterator[Line]:
    yield Line("planned", tuple((one.middle, one.second.planned / one.lasts) for one in sent))
    yield Line("sent", tuple((one.middle, one.second.sent / one.lasts) for one in sent))
    yield Line("acknowledged", tuple((one.middle, one.second.came / one.lasts) for one in acked))


def _so_far(
    sent: Sequence[_Part], acked: Sequence[_Part], played: StrainRun, width: float
) -> Iterator[Line]:
    """Of requests and acknowledgements whole seconds are known; within them, they come evenly."""
    yield _added("sent", [(part, part.second.sent) for part in sent], width)
    yield _added("acknowledged", [(part, part.second.came) for part in acked], width)
    if played.samples:
        seen = ((max(0.0, sample.at), float(sample.recorded)) for sample in played.samples)
        yield Line("recorded", tuple(seen), steps=True)


def _added(name: str, counts: Sequence[tuple[_Part, int]], width: float) -> Line:
    total, points = 0.0, [(0.0, 0.0)]
    for part, count in counts:
        for nth in range(1, _STEPS + 1):
            share = nth / _STEPS
            points.append((part.at + part.lasts * share, float(round(total + count * share))))
        total += count
    if width > points[-1][0]:
        points.append((width, total))
    return Line(name, tuple(points), steps=True)
