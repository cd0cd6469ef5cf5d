"""What every drawing of a curve has to know: where its gaps are, and its figures."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

from twiceshy.render.scales import figure, instant, measure, scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.exhibits import Line, Series
    from twiceshy.render.scales import Scale

Point: TypeAlias = tuple[float, float]

_GAP = 1.75
"""A distance of so many usual ones is a gap: one measurement is missing when it is 2."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a curve comes to; `usual` is the middle one of its values."""

    least: float
    most: float
    most_at: float
    last: float
    usual: float


def points_of(line: Line) -> tuple[Point, ...]:
    """Its points; a value that is no number was not measured."""
    return tuple(
        (at, value) for at, value in line.points if math.isfinite(at) and math.isfinite(value)
    )


def figures_of(line: Line) -> Figures | None:
    """None where nothing was measured."""
    points = points_of(line)
    if not points:
        return None
    values = [value for _, value in points]
    most_at, most = max(points, key=lambda point: point[1])
    return Figures(min(values), most, most_at, values[-1], median(values))


def figure_rows(shown: Series, unit: str = "") -> tuple[tuple[str, str, str, str], ...]:
    """Name, least, most with its moment, last of each curve: the drawing as a table."""
    rows = []
    for line in shown.lines:
        found = figures_of(line)
        if found is None:
            rows.append((line.name, "", "nothing was measured", ""))
            continue
        most = f"{measure(found.most, unit)} at {instant(found.most_at)}"
        rows.append((line.name, figure(found.least), most, figure(found.last)))
    return tuple(rows)


def spoken(shown: Series) -> str:
    """The drawing in words, for those who do not see it."""
    told = [
        f"{name}: {f'{least} to ' * bool(least)}{most}{f', last {last}' * bool(last)}"
        for name, least, most, last in figure_rows(shown, shown.unit)
    ]
    told += [
        f"{band.says} from {instant(band.began)} to {instant(band.ended)}" for band in shown.bands
    ]
    return ". ".join(told)


def scale_for(shown: Series) -> Scale:
    """The scale that all curves of a drawing share."""
    values = (value for line in shown.lines for _, value in points_of(line))
    return scale_of(values, logarithmic=shown.logarithmic)


def pieces(line: Line) -> tuple[tuple[Point, ...], ...]:
    """The points between gaps. A value that stays until the next one has no gap."""
    points = points_of(line)
    if line.steps or len(points) < 3:
        return (points,) if points else ()
    widest = _GAP * _usual(points)
    found = [[points[0]]]
    for before, after in pairwise(points):
        if after[0] - before[0] > widest:
            found.append([])
        found[-1].append(after)
    return tuple(tuple(piece) for piece in found)


def _usual(points: Sequence[Point]) -> float:
    """The usual distance between measurements."""
    return median([later - earlier for (earlier, _), (later, _) in pairwise(points)] or [0.0])


def sampled(line: Line, seconds: float, count: int) -> list[float | None]:
    """The curve in `count` cells of equal width; None where nothing was measured.

    A cell has the greatest value within it, so that no peak is lost; of a count, the last.
    """
    if line.steps:
        return _stayed(points_of(line), seconds, count)
    cells: list[float | None] = [None] * count
    # A measurement speaks for the time around it, until just before that of the next begins.
    reach = 0.499 * _usual(points_of(line))
    for piece in pieces(line):
        (begin, first), (end, last) = piece[0], piece[-1]
        _between([(begin - reach, first), *piece, (end + reach, last)], seconds, cells)
        peaks: dict[int, float] = {}
        for at, value in piece:
            place = cell_of(at, seconds, count)
            peaks[place] = max(value, peaks.get(place, value))
        for place, value in peaks.items():
            cells[place] = value
    return cells


def cell_of(moment: float, seconds: float, count: int) -> int:
    """In which of `count` cells a moment falls."""
    share = moment / seconds if seconds > 0 else 0.0
    return min(count - 1, int(min(1.0, max(0.0, share)) * count))


def _stayed(points: Sequence[Point], seconds: float, count: int) -> list[float | None]:
    ats = [at for at, _ in points]
    ends = [seconds * (number + 1) / count for number in range(count)]
    found = [bisect_right(ats, end) for end in ends]
    return [points[place - 1][1] if place else None for place in found]


def _between(piece: Sequence[Point], seconds: float, cells: list[float | None]) -> None:
    """Fill cells in which no point lies, on the straight line between its neighbours."""
    for (start, low), (end, high) in pairwise(piece):
        first, last = (cell_of(at, seconds, len(cells)) for at in (start, end))
        for place in range(first, last + 1):
            share = (place - first) / max(1, last - first)
            cells[place] = low + share * (high - low)
