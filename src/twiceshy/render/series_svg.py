"""Curves over time as a drawing: SVG that takes its colours from the page around it.

Drawn by hand, as the lanes are. Libraries that write SVG put fixed colours, their own style sheet
or a script into it, so that it could be neither dark on a dark page nor safe on one without
scripts: matplotlib brings 40 MB for that, pygal draws no stretches of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from twiceshy.render.curves import figures_of, pieces, points_of, scale_for, spoken
from twiceshy.render.legible import one_line
from twiceshy.render.scales import figure, instant, measure, moments, tick

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.model.exhibits import Band, Line, Series
    from twiceshy.render.curves import Point
    from twiceshy.render.scales import Scale

_WIDTH = 960
_PLOT = 230
_HEAD = 24
_ROW = 18
_AXIS = 32
_LETTER = 6.6
_TICKS = 10
_APART = 16
_LONGEST = 26
_DOTS = 60
"""Curves of so many points or fewer show each of them, with its value for who points at it."""
_POINTS = 1500
_COLOURS = 6
_BELOW = ("", " below", " beneath")
"""How wide a curve is drawn that none, one or more others would hide."""

STYLE = """
.series{width:100%;height:auto;display:block;font:12px system-ui,sans-serif;
font-variant-numeric:tabular-nums}
.series text{fill:var(--text)} .series .dim{fill:var(--dim)}
.series .row{stroke:var(--rule);stroke-width:1} .series .base{stroke:var(--dim);stroke-width:1}
.series .band{fill:var(--wait);fill-opacity:.1} .series .edge{stroke:var(--wait);
stroke-width:1;stroke-opacity:.55;stroke-dasharray:3 3}
.series .says{fill:var(--wait);font-weight:600}
.series .c0{--curve:light-dark(#1f5fbf,#79adff)} .series .c1{--curve:light-dark(#8f5d00,#e3b341)}
.series .c2{--curve:light-dark(#a3196b,#ff8cc6)} .series .c3{--curve:light-dark(#0f766e,#4fd1c0)}
.series .c4{--curve:light-dark(#6b3fc0,#b99dff)} .series .c5{--curve:light-dark(#56606b,#a8b3be)}
.series .curve{fill:none;stroke:var(--curve);stroke-width:2;stroke-linejoin:round;
stroke-linecap:round} .series .again{stroke-dasharray:6 4}
.series .below{stroke-width:6;stroke-opacity:.45} .series .beneath{stroke-width:11;
stroke-opacity:.4}
.series .dot{fill:var(--curve)} .series .name{fill:var(--curve);font-weight:600}
.series .lead{stroke:var(--curve);stroke-width:1;stroke-opacity:.5;stroke-dasharray:1 3;fill:none}
.series .peak{fill:var(--page);stroke:var(--curve);stroke-width:2}
.series .halo{stroke:var(--page);stroke-width:4;stroke-linejoin:round;paint-order:stroke}
"""
"""What the page's style sheet must hold, beside the variables that it names. Its root says
`color-scheme`, so that curves are dark on a light page and light on a dark one."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the plot stands in the drawing, and where a point stands in the plot."""

    left: float
    right: float
    top: float
    seconds: float
    scale: Scale

    @property
    def bottom(self) -> float:
        return self.top + _PLOT

    def x(self, moment: float) -> float:
        share = moment / self.seconds if self.seconds > 0 else 0.0
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - self.scale.place(value) * _PLOT


def series_svg(shown: Series) -> str:
    """The drawing, its figures in words for those who do not see it."""
    scale = scale_for(shown)
    left = 20 + max(len(tick(value)) for value in scale.ticks) * _LETTER
    right = _WIDTH - 24 - max((len(_label(line)) for line in shown.lines), default=0) * _LETTER
    rows = _rows_of(shown.bands, _Frame(left, right, 0, shown.seconds, scale))
    frame = _Frame(left, right, _HEAD + _ROW * max(rows, default=0), shown.seconds, scale)
    box = f'viewBox="0 0 {_WIDTH} {frame.bottom + _AXIS:g}"'
    told = _said(f"{shown.title}. {spoken(shown)}")
    parts = [f'<svg class="series" {box} role="img" aria-label="{told}">']
    parts += _axes(frame, shown.unit)
    for band, row in zip(shown.bands, rows, strict=True):
        parts += _band(band, row, frame)
    for number, line in enumerate(shown.lines):
        parts += _curve(line, number, frame, shown)
    parts += _peak(shown, frame)
    parts += _names(shown.lines, frame)
    return "\n".join([*parts, "</svg>"])


def _axes(frame: _Frame, unit: str) -> Iterator[str]:
    ends = f'x1="{frame.left:.1f}" x2="{frame.right:.1f}"'
    for value in frame.scale.ticks:
        y = frame.y(value)
        sort = "base" if value == frame.scale.low else "row"
        yield f'<line class="{sort}" {ends} y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(tick(value), frame.left - 8, y + 4, "end", "dim")
    if unit:
        yield _text(unit, 0, frame.top - 12, "start", "dim")
    for moment, label in moments(frame.seconds, _TICKS):
        x = frame.x(moment)
        yield _upright("base", x, frame.bottom, frame.bottom + 5)
        yield _text(label, x, frame.bottom + 20, "middle", "dim")


def _rows_of(bands: Sequence[Band], frame: _Frame) -> list[int]:
    """For each band the lowest row, from 1, in which its name lies over no other."""
    taken: list[tuple[int, float, float]] = []
    for band in bands:
        middle, half = _middle(band, frame), _half(band) + 6
        row = 1
        while any(row == one and abs(middle - at) < half + wide for one, at, wide in taken):
            row += 1
        taken.append((row, middle, half))
    return [row for row, _, _ in taken]


def _half(band: Band) -> float:
    return len(one_line(band.says)) * _LETTER / 2


def _middle(band: Band, frame: _Frame) -> float:
    """The middle of a band's name: above the band, but within the drawing."""
    middle = (frame.x(band.began) + frame.x(band.ended)) / 2
    return max(frame.left + _half(band), min(_WIDTH - 4 - _half(band), middle))


def _band(band: Band, row: int, frame: _Frame) -> Iterator[str]:
    left, right = sorted((frame.x(band.began), frame.x(band.ended)))
    top = frame.top - _ROW * row + 12
    place = f'x="{left:.1f}" y="{top:.1f}"'
    size = f'width="{max(1.5, right - left):.1f}" height="{frame.bottom - top:.1f}"'
    told = f"{band.says}, from {instant(band.began)} to {instant(band.ended)}"
    yield f'<rect class="band" {place} {size}><title>{_said(told)}</title></rect>'
    yield _upright("edge", left, top, frame.bottom)
    yield _upright("edge", right, top, frame.bottom)
    yield _text(band.says, _middle(band, frame), top - 4, "middle", "says halo")


def _curve(line: Line, number: int, frame: _Frame, shown: Series) -> Iterator[str]:
    found, unit = figures_of(line), shown.unit
    if found is None:
        return
    sort = f"curve {_colour(number)}" + " again" * (number >= _COLOURS)
    sort += _BELOW[min(_hiding(line, shown.lines[number + 1 :]), len(_BELOW) - 1)]
    drawn = " ".join(_path(_thinned(piece, frame), frame, line) for piece in pieces(line))
    told = f"{line.name}: {figure(found.least)} to {measure(found.most, unit)}"
    yield f'<path class="{sort}" d="{drawn}"><title>{_said(told)}</title></path>'
    if line.steps or any(len(one.points) > _DOTS for one in shown.lines if not one.steps):
        return
    for at, value in points_of(line):
        told = f"{line.name} at {instant(at)}: {measure(value, unit)}"
        yield _dot(f"dot {_colour(number)}", frame.x(at), frame.y(value), 2.5, told)


def _hiding(line: Line, later: Sequence[Line]) -> int:
    """How many would hide it, such as what was sent by as much that was acknowledged."""
    points = set(line.points)
    return sum(2 * len(points.intersection(other.points)) > len(points) for other in later)


def _path(points: Sequence[Point], frame: _Frame, line: Line) -> str:
    """From point to point; a count goes level to the next moment, then up, and stays at last."""
    first, *rest = [(frame.x(at), frame.y(value)) for at, value in points]
    drawn = [f"M{first[0]:.1f} {first[1]:.1f}"]
    for x, y in rest:
        drawn.append(f"H{x:.1f}V{y:.1f}" if line.steps else f"L{x:.1f} {y:.1f}")
    if line.steps:
        drawn.append(f"H{frame.right:.1f}")
    elif not rest:
        drawn.append("h0")
    return "".join(drawn)


def _thinned(points: Sequence[Point], frame: _Frame) -> Sequence[Point]:
    """No more than the drawing can show: of each half unit of width the ends and the extremes."""
    if len(points) <= _POINTS:
        return points
    columns: dict[int, list[Point]] = {}
    for point in points:
        columns.setdefault(int(frame.x(point[0]) * 2), []).append(point)
    kept: list[Point] = []
    for column in columns.values():
        least, most = (find(column, key=lambda point: point[1]) for find in (min, max))
        kept += sorted({column[0], least, most, column[-1]})
    return kept


def _peak(shown: Series, frame: _Frame) -> Iterator[str]:
    """The greatest value of all, told at its place where it stands out. A count has no peak."""
    found = [
        (figures, number)
        for number, line in enumerate(shown.lines)
        if not line.steps and (figures := figures_of(line))
    ]
    most, number = max(found, key=lambda pair: pair[0].most, default=(None, 0))
    if most is None or most.most <= 2 * most.usual:
        return
    x, y = frame.x(most.most_at), frame.y(most.most)
    told = f"{measure(most.most, shown.unit)} at {instant(most.most_at)}"
    width = len(told) * _LETTER
    yield _dot(f"peak {_colour(number)}", x, y, 4, told)
    if y - frame.top > _ROW and frame.left < x - width / 2 and x + width / 2 < frame.right:
        yield _text(told, x, y - 10, "middle", "halo")
    # What is slow after a fault falls slowly: there is more room before a peak than behind it.
    elif x - frame.left > width + 20:
        yield _text(told, x - 10, y + 4, "end", "halo")
    else:
        yield _text(told, x + 10, y + 4, "start", "halo")


def _names(lines: Sequence[Line], frame: _Frame) -> Iterator[str]:
    """Each curve's name where it ends, moved where names would lie on each other."""
    ends = [
        (number, points[-1]) for number, line in enumerate(lines) if (points := points_of(line))
    ]
    ends.sort(key=lambda end: frame.y(end[1][1]))
    places = _apart([frame.y(value) for _, (_, value) in ends], frame.bottom)
    for (number, (at, value)), y in zip(ends, places, strict=True):
        line, colour = lines[number], _colour(number)
        x = frame.right if line.steps else frame.x(at)
        lead = f"M{x + 4:.1f} {frame.y(value):.1f}L{frame.right + 14:.1f} {y:.1f}"
        yield f'<path class="lead {colour}" d="{lead}"/>'
        name = f'<tspan class="name {colour}">{_said(_short(line.name))}</tspan>'
        last = f'<tspan class="dim">{figure(value)}</tspan>'
        place = f'x="{frame.right + 18:.1f}" y="{y + 4:.1f}"'
        yield f"<text {place}><title>{_said(line.name)}</title>{name} {last}</text>"


def _apart(wanted: Sequence[float], bottom: float) -> list[float]:
    """The same places in the same order, pushed down where they are too close, then up again."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + _APART) if places else place)
    limit = bottom
    for number in reversed(range(len(places))):
        places[number] = min(places[number], limit)
        limit = places[number] - _APART
    return places


def _text(says: str, x: float, y: float, anchor: str, sort: str) -> str:
    place = f'class="{sort}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"<text {place}>{_said(says)}</text>"


def _upright(sort: str, x: float, top: float, bottom: float) -> str:
    return f'<line class="{sort}" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'


def _dot(sort: str, x: float, y: float, radius: float, told: str) -> str:
    place = f'class="{sort}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
    return f"<circle {place}><title>{_said(told)}</title></circle>"


def _label(line: Line) -> str:
    found = figures_of(line)
    return f"{_short(line.name)} {figure(found.last) if found else ''} "


def _short(name: str) -> str:
    name = one_line(name)
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _colour(number: int) -> str:
    return f"c{number % _COLOURS}"


def _said(text: str) -> str:
    return escape(one_line(text))
