"""A run over time: latency, rate, and how many were sent, acknowledged and recorded so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from twiceshy.guards.conservation.plan import LINE, arrivals_of
from twiceshy.guards.lengths import seconds
from twiceshy.model.exhibits import Band, Line, Series
from twiceshy.model.load import Constant, Ramp
from twiceshy.model.strain import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.figures import LoadFigures, Slice
    from twiceshy.model.load import Arrivals
    from twiceshy.model.strain import StrainRun

_LEAST_PARTS = 2
_REST = 0.05
"""Of a slice; a shorter rest of one holds too few requests to tell a rate."""
_STEPS = 250
"""In which a count grows over the whole width: more than anybody sees."""
_TENFOLD_FROM = 50
"""From so many times the usual latency on, a scale from 0 would show the usual one as nothing."""
_PERCENTILES = (("p50", 2), ("p95", 20), ("p99", 100))
"""Each with how many values it takes to differ from the greatest."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A slice of the run, or as much of it as counts; in seconds."""

    lasts: float
    slice: Slice

    @property
    def at(self) -> float:
        """Where it begins."""
        return self.slice.at

    @property
    def middle(self) -> float:
        """Where its values stand."""
        return round(self.at + self.lasts / 2, 6)

    def rate(self, count: int) -> float:
        """So many within it, a second."""
        return round(count / self.lasts, 6)


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
    """What there is to draw of a run at the peak; of one slice there is no curve."""
    figures = played.figures
    lasting = seconds(spec.duration)
    sent = tuple(_parts(figures, lasting))
    if len(sent) < _LEAST_PARTS:
        return
    acked = tuple(_answered(figures, sent))
    each = "by seconds" if figures.width == 1 else f"by parts of {figures.width * 1000:g} ms"
    lines = tuple(_latency(sent)) if figures.latency_counts else ()
    if lines:
        yield Series(
            f"Latency from the moment at which each request was to be sent, {each}",
            "ms", lasting, lines, _bands(played, lasting), logarithmic=_is_tenfold(lines),
        )  # fmt: skip
    steady = _without_rest(sent, acked)
    answered = _end(lasting, steady)
    yield Series(
        f"Requests and acknowledgements a second, {each}",
        "/s",
        answered,
        tuple(_rates(spec, sent, steady)),
        _bands(played, answered),
    )
    whole = max([_end(lasting, acked), *(sample.at for sample in played.samples)])
    yield Series(
        "Transactions since the beginning",
        "transactions",
        whole,
        tuple(_so_far(sent, acked, played, whole)),
        _bands(played, whole),
    )


def _parts(figures: LoadFigures, lasting: float) -> Iterator[_Part]:
    """The slices in which requests were to come; of the last it may be a part."""
    width = figures.width
    for one in figures.slices:
        left = min(width, round(lasting - one.at, 6))
        if left > width * _REST:
            yield _Part(left, one)


def _answered(figures: LoadFigures, sent: Sequence[_Part]) -> Iterator[_Part]:
    """The slices until the last acknowledgement, which may be long after the last request."""
    last = max((one.at for one in figures.slices if one.came), default=-1.0)
    for one in figures.slices:
        if one.at <= last:
            short = one.at == last == sent[-1].at
            yield _Part(sent[-1].lasts if short else figures.width, one)


def _end(lasting: float, parts: Sequence[_Part]) -> float:
    return max(lasting, round(parts[-1].at + parts[-1].lasts, 6) if parts else 0.0)


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
    """Slices of which nothing was acknowledged have no value.

    Of a few values, a high percentile is the greatest, so it is called that.
    """
    answered = [part for part in parts if part.slice.acked]
    if not answered:
        return
    usual = median([part.slice.acked for part in answered])
    for name, least in _PERCENTILES:
        if usual >= least:
            yield Line(name, tuple((part.middle, getattr(part.slice, name)) for part in answered))
    if usual < _PERCENTILES[-1][1]:
        yield Line("longest", tuple((part.middle, part.slice.longest) for part in answered))


def _is_tenfold(lines: Sequence[Line]) -> bool:
    """Whether the greatest values are so much greater than those of the first curve in good times.

    That is its lower quartile: a fault may take more than half of the run.
    """
    ordered = sorted(value for _, value in lines[0].points)
    usual = ordered[len(ordered) // 4]
    return max(value for line in lines for _, value in line.points) > _TENFOLD_FROM * usual


def _rates(spec: Spec, sent: Sequence[_Part], acked: Sequence[_Part]) -> Iterator[Line]:
    """What was sent first, as among the totals, so that it has the same colour in both."""
    planned = tuple(_planned(arrivals_of(spec), sent))
    acknowledged = tuple((one.middle, one.rate(one.slice.came)) for one in acked)
    if all(one.slice.sent == one.slice.planned for one in sent):
        yield Line("sent as planned", planned)
        yield Line("acknowledged", acknowledged)
        return
    shares = [one.slice.sent / max(1, one.slice.planned) for one in sent]
    sent_of = zip(planned, shares, strict=True)
    yield Line("sent", tuple((at, round(rate * share, 6)) for (at, rate), share in sent_of))
    yield Line("acknowledged", acknowledged)
    yield Line("planned", planned)


def _planned(arrivals: Arrivals, parts: Sequence[_Part]) -> Iterator[tuple[float, float]]:
    """The rate itself, where it is even: counted in slices, 250 a second would go up and down."""
    for one in parts:
        count, rate = one.slice.planned, _even_rate(arrivals, one.middle)
        agrees = rate is not None and abs(rate * one.lasts - count) <= 1
        yield one.middle, one.rate(count) if rate is None or not agrees else rate


def _even_rate(arrivals: Arrivals, moment: float) -> float | None:
    match arrivals:
        case Constant(rate):
            return rate
        case Ramp(first, last, lasting):
            return round(first + (last - first) * moment / lasting, 6)
    return None


def _without_rest(sent: Sequence[_Part], acked: Sequence[_Part]) -> Sequence[_Part]:
    """Without a slice in which only the last answers came: it would pass for a slower service."""
    if len(acked) != len(sent) + 1 or acked[-1].slice.came >= acked[-2].slice.came / 2:
        return acked
    return acked[:-1]


def _so_far(
    sent: Sequence[_Part], acked: Sequence[_Part], played: StrainRun, width: float
) -> Iterator[Line]:
    """Of requests and acknowledgements whole slices are known; within them, they come evenly."""
    yield _added("sent", [(part, part.slice.sent) for part in sent], width)
    yield _added("acknowledged", [(part, part.slice.came) for part in acked], width)
    if played.samples:
        seen = ((max(0.0, sample.at), float(sample.recorded)) for sample in played.samples)
        yield Line("recorded", tuple(seen), steps=True)


def _added(name: str, counts: Sequence[tuple[_Part, int]], width: float) -> Line:
    total, points = 0.0, [(0.0, 0.0)]
    for part, count in counts:
        steps = max(1, round(part.lasts / width * _STEPS))
        for nth in range(1, steps + 1):
            at = round(part.at + part.lasts * nth / steps, 6)
            points.append((at, float(round(total + count * nth / steps))))
        total += count
    if width > points[-1][0]:
        points.append((width, total))
    return Line(name, tuple(points), steps=True)
