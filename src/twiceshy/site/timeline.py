"""A timeline as a drawing: what happened on one line of time, with its turning points marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from twiceshy.site.clock import span
from twiceshy.site.drawing import Attributes, percent, picture, tag, text
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKS = ("start", "detected", "escalated", "resolved")
"""The turning points, in the order in which a report hopes for them."""

_LONG = 0.75
"""A gap that takes a larger part of the whole than this is drawn short, with a break in it."""
_SHORT = 0.16
_LANE = 20
_PHONE = 300
"""The narrowest width, in pixels, at which labels must not lie over each other."""
_EDGE = 0.02

# Around (0, 0). Each turning point has a shape of its own: colour alone tells nobody enough.
_SHAPES = {
    "start": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0Z",
    "detected": "M0-8L8 0L0 8L-8 0Z",
    "escalated": "M0-8L7 6L-7 6Z",
    "resolved": "M-6-6H6V6H-6Z",
}


@dataclass(frozen=True, slots=True)
class Point:
    """Something that happened: `at` in minutes, `clock` as people read it, `mark` or ""."""

    at: float
    clock: str
    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a minute stands, between 0 and 1; `breaks` are the middles of shortened gaps."""

    knots: tuple[tuple[float, float], ...]
    breaks: tuple[tuple[float, float], ...] = ()

    def place(self, at: float) -> float:
        for (low, left), (high, right) in pairwise(self.knots):
            if low <= at <= high:
                share = (at - low) / (high - low) if high > low else 0.0
                return left + share * (right - left)
        return self.knots[0][1] if at < self.knots[0][0] else self.knots[-1][1]


def drawn(points: Sequence[Point]) -> Markup | None:
    """The drawing; None where fewer than two points in time are known."""
    ordered = sorted(points, key=lambda point: point.at)
    if len({point.at for point in ordered}) < 2:
        return None
    scale = _scale([point.at for point in ordered])
    turning = turning_points(ordered)
    lanes = _lanes(turning, scale)
    line = (max(lanes, default=0) + 1) * _LANE + 14
    inside = [
        *_phases(ordered, turning, scale, line),
        *_breaks(scale, line),
        *(_dot(point, scale, line) for point in ordered if point not in turning),
        *(
            _label(point, scale, lane, line)
            for point, lane in reversed(list(zip(turning, lanes, strict=True)))
        ),
        *_ends(ordered, line),
    ]
    height = line + (52 if scale.breaks else 36)
    return picture(_told(ordered, turning), height, *inside, class_="timeline")


def turning_points(points: Sequence[Point]) -> list[Point]:
    """The first start, detection and escalation, and the last resolution."""
    chosen = []
    for mark in MARKS:
        marked = [point for point in points if point.mark == mark]
        chosen += marked[-1:] if mark == "resolved" else marked[:1]
    return sorted(chosen, key=lambda point: (point.at, MARKS.index(point.mark)))


def _scale(ats: Sequence[float]) -> _Scale:
    """Even, but for gaps beside which nothing else could be told apart."""
    moments = sorted(set(ats))
    gaps = [after - before for before, after in pairwise(moments)]
    long: set[int] = set()
    while len(gaps) - len(long) > 1:
        rest = sum(gap for place, gap in enumerate(gaps) if place not in long)
        largest = max((p for p in range(len(gaps)) if p not in long), key=gaps.__getitem__)
        if gaps[largest] <= _LONG * rest or len(long) == 3:
            break
        long.add(largest)
    rest = sum(gap for place, gap in enumerate(gaps) if place not in long)
    room = 1 - 2 * _EDGE - _SHORT * len(long)
    x = _EDGE
    knots = [(moments[0], x)]
    breaks = []
    for place, gap in enumerate(gaps):
        width = _SHORT if place in long else room * gap / rest
        if place in long:
            breaks.append((x + width / 2, gap))
        x += width
        knots.append((moments[place + 1], x))
    return _Scale(tuple(knots), tuple(breaks))


def _words(point: Point) -> str:
    return f"{WORDS['mark_' + point.mark]} {point.clock}"


def _lanes(turning: Sequence[Point], scale: _Scale) -> list[int]:
    """For each label the lowest row in which it lies over no other, on a phone too."""
    taken: list[tuple[int, float, float]] = []
    for point in turning:
        x, width = scale.place(point.at), len(_words(point)) * 7.2 / _PHONE
        low, high = (x, x + width) if x < 0.5 else (x - width, x)
        lane = 0
        while any(row == lane and low < end and start < high for row, start, end in taken):
            lane += 1
        taken.append((lane, low, high))
    return [row for row, _, _ in taken]


def _phases(
    points: Sequence[Point], turning: Sequence[Point], scale: _Scale, line: float
) -> list[Markup]:
    """The line of time: unnoticed until detection, worked on until resolution."""
    at = {point.mark: scale.place(point.at) for point in turning}
    first, last = scale.place(points[0].at), scale.place(points[-1].at)
    parts = [("base", first, last)]
    if "start" in at:
        until = at.get("detected", at.get("resolved", last))
        parts.append(("unnoticed" if "detected" in at else "open", at["start"], until))
    if "detected" in at:
        parts.append(("worked", at["detected"], at.get("resolved", last)))
    return [
        tag(
            "rect",
            class_=f"phase {name}",
            x=percent(low),
            y=line - 4,
            width=percent(high - low),
            height=8,
            rx=4,
        )
        for name, low, high in parts
        if high > low
    ]


def _breaks(scale: _Scale, line: float) -> list[Markup]:
    found = []
    for x, gap in scale.breaks:
        zigzag = tag("path", d="M-6 9L-1-9M1 9L6-9", class_="break")
        found.append(_at(x, line, zigzag))
        label: Attributes = {
            "x": percent(x),
            "y": line + 42,
            "text_anchor": "middle",
            "class_": "quiet",
        }
        found.append(text(span(gap), **label))
    return found


def _at(x: float, y: float, *inside: Markup) -> Markup:
    """Shapes around a place: only a nested svg takes a percentage."""
    return tag("svg", *inside, x=percent(x), y=y, width=1, height=1, overflow="visible")


def _dot(point: Point, scale: _Scale, line: float) -> Markup:
    hint = tag("title", Markup.escape(f"{point.clock} {point.words}"))
    return tag("circle", hint, class_="dot", cx=percent(scale.place(point.at)), cy=line, r=3.5)


def _label(point: Point, scale: _Scale, lane: int, line: float) -> Markup:
    """A turning point: its shape on the line, its name above, and what ties them."""
    x = scale.place(point.at)
    y = line - 20 - lane * _LANE
    right = x < 0.5
    tie = tag("path", d=f"M0 0V{y - line + 6:g}", class_="tie")
    shape = tag("path", d=_SHAPES[point.mark], class_="shape")
    name = tag(
        "text",
        Markup("{} ").format(WORDS["mark_" + point.mark]),
        tag("tspan", Markup.escape(point.clock), class_="clock"),
        x=6 if right else -6,
        y=y - line + 2,
        text_anchor="start" if right else "end",
    )
    hint = tag("title", Markup.escape(f"{point.clock} {point.words}"))
    return tag("g", hint, _at(x, line, tie, name, shape), class_=f"mark {point.mark}")


def _ends(points: Sequence[Point], line: float) -> list[Markup]:
    first = text(points[0].clock, x="0", y=line + 26, class_="quiet")
    last = text(points[-1].clock, x="100%", y=line + 26, text_anchor="end", class_="quiet")
    return [first, last]


def _told(points: Sequence[Point], turning: Sequence[Point]) -> str:
    """The drawing in words, for those who do not see it."""
    length = span(points[-1].at - points[0].at)
    said = WORDS["timeline_told"].format(count=len(points), span=length)
    return ". ".join([said, *(_words(point) for point in turning)])
