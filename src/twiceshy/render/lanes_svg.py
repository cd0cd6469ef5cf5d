"""Lanes over time as a drawing: SVG that takes its colours from the page around it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from twiceshy.render.legible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.exhibits import Lane, Lanes, Span

_WIDTH = 960
_GUTTER = 250
_RIGHT = 24
_ROW = 26
_BAR = 14
_TOP = 8
_AXIS = 30
_LETTER = 7.0
_NARROW = 2.0
_TICKS = 6

STYLE = """
.lanes{width:100%;height:auto;display:block;font:12px system-ui,sans-serif}
.lanes text{fill:var(--text)} .lanes .dim{fill:var(--dim)}
.lanes .row{stroke:var(--rule);stroke-width:1}
.lanes .statement{fill:var(--statement)} .lanes .lock{fill:var(--lock)}
.lanes .query{fill:var(--wait)} .lanes .other{fill:var(--other)}
.lanes .waits{fill-opacity:.35;stroke:var(--wait);stroke-width:1}
.lanes .query.waits{fill-opacity:.6}
"""
"""What the page's style sheet must hold, beside the variables that it names."""


def lanes_svg(shown: Lanes) -> str:
    """The drawing. Every bar tells in a title what it is, for those who point at it or listen."""
    height = _TOP + _ROW * len(shown.lanes) + _AXIS
    box = f'viewBox="0 0 {_WIDTH} {height}"'
    parts = [f'<svg class="lanes" {box} role="img" aria-label="{_said(shown.title)}">']
    parts += _axis(shown.seconds, height)
    for number, lane in enumerate(shown.lanes):
        parts += _lane(lane, _TOP + number * _ROW, shown.seconds)
    return "\n".join([*parts, "</svg>"])


def _lane(lane: Lane, top: float, seconds: float) -> Iterator[str]:
    middle = top + _ROW / 2
    name = f"{lane.name} {lane.detail}" if lane.sort in {"lock", "statement"} else lane.name
    yield f'<line class="row" x1="0" y1="{top + _ROW}" x2="{_WIDTH}" y2="{top + _ROW}"/>'
    yield (
        f'<text x="{_GUTTER - 10}" y="{middle + 4}" text-anchor="end">'
        f"<title>{_said(name)}</title>{_said(_fitting(name))}</text>"
    )
    for span in lane.spans:
        yield from _bar(lane, span, middle, seconds)


def _bar(lane: Lane, span: Span, middle: float, seconds: float) -> Iterator[str]:
    left, right = _place(span.began, seconds), _place(span.ended, seconds)
    width = max(_NARROW, right - left)
    sort = f"{lane.sort} waits" if span.waits else lane.sort
    told = ", ".join(part for part in (span.says, f"for {span.behind}" * bool(span.behind)) if part)
    told = told or f"{(span.ended - span.began) * 1000:.0f} ms"
    yield (
        f'<rect class="{sort}" x="{left:.1f}" y="{middle - _BAR / 2}" width="{width:.1f}" '
        f'height="{_BAR}" rx="2"><title>{_said(f"{lane.name}: {told}")}</title></rect>'
    )
    if lane.sort == "query" and width > len(told) * _LETTER + 8:
        yield f'<text x="{left + 6:.1f}" y="{middle + 4}">{_said(told)}</text>'


def _axis(seconds: float, height: float) -> Iterator[str]:
    step = _step(seconds)
    count = int(seconds / step) + 1 if step else 1
    for number in range(count):
        moment = number * step
        x = _place(moment, seconds)
        bottom = height - _AXIS
        yield f'<line class="row" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"/>'
        label = f"{moment * 1000:.0f} ms" if seconds < 1 else f"{moment:g} s"
        yield (
            f'<text class="dim" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{label}</text>'
        )


def _step(seconds: float) -> float:
    """A round distance of ticks, so that there are a handful."""
    if seconds <= 0:
        return 0.0
    step = 0.001
    while seconds / step > _TICKS:
        for factor in (2, 2.5, 2):
            step *= factor
            if seconds / step <= _TICKS:
                break
    return round(step, 4)


def _place(moment: float, seconds: float) -> float:
    share = moment / seconds if seconds > 0 else 0.0
    return _GUTTER + min(1.0, max(0.0, share)) * (_WIDTH - _GUTTER - _RIGHT)


def _fitting(text: str) -> str:
    room = int((_GUTTER - 16) / (_LETTER - 0.6))
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def _said(text: str) -> str:
    return escape(one_line(text))
