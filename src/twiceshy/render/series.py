"""Curves over time as lines of text: a small one for each, then what happened below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.curves import cell_of, figures_of, sampled, scale_for
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL, STYLES
from twiceshy.render.paragraph import wrap
from twiceshy.render.scales import figure, moments, tick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.exhibits import Band, Line, Series
    from twiceshy.render.marks import Page
    from twiceshy.render.scales import Scale

_WIDEST_NAME = 24
_LINES = 8
_TALL = 4
"""Rows of a curve where everything is wanted."""
_NARROWEST = 24
"""Cells of a curve beside which its figures may stand."""
_BLOCKS = " ▁▂▃▄▅▆▇█"
_LETTERS = " .:-=+*#"
_CURVE = "cyan"
_WITHIN = STYLES[Value.RECURS]
_HEADS = ("least", "most", "last")
_TICK = 9


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the rows share: the cells of names and curves, and how values become heights."""

    name: int
    chart: int
    tall: int
    scale: Scale
    ramp: str
    shown: Series

    @property
    def left(self) -> str:
        return " " * (self.name + 2)

    def cell(self, moment: float) -> int:
        return cell_of(moment, self.shown.seconds, self.chart)


def series(shown: Series, page: Page) -> list[Text]:
    """A row for each curve with its figures, names of what happened below, moments below that."""
    drawn = shown.lines if page.verbose else shown.lines[:_LINES]
    rows = [_figures(line) for line in drawn]
    if not any(rows):
        return [Text("nothing was measured", style=LABEL)]
    widths = [
        max(map(cell_len, column)) for column in zip(_HEADS, *filter(None, rows), strict=True)
    ]
    right = sum(widths) + 2 * len(widths)
    frame = _framed(shown, drawn, page, right)
    beside = frame.name + 2 + frame.chart + right <= page.width
    lines = [_head(frame, widths if beside else [])]
    for number, (line, row) in enumerate(zip(drawn, rows, strict=True)):
        lines += [Text()] if number and frame.tall > 1 else []
        lines += _curve(line, frame, _row(row, widths) if beside else "")
        if row and not beside:
            says = f"{row[0]} to {row[1]}, last {row[2]}"
            lines += wrap(Text(says, style=LABEL), page.width, Text(frame.left))
    lines += _bands(frame, page)
    lines.append(_axis(frame))
    more = len(shown.lines) - len(drawn)
    if more:
        says = f"{page.marks.more} {more} more curves (--verbose shows them)"
        lines.append(Text(says, style=LABEL))
    return lines if page.marks.more == "…" else [_ascii(line) for line in lines]


def _framed(shown: Series, drawn: Sequence[Line], page: Page, right: int) -> _Frame:
    longest = max(cell_len(one_line(line.name)) for line in drawn)
    name = min(longest, _WIDEST_NAME, page.width // 3)
    room = page.width - name - 2
    chart = room - right if room - right >= _NARROWEST else room
    ramp = _LETTERS if page.marks.line == "-" else _BLOCKS
    return _Frame(name, chart, _TALL if page.verbose else 1, scale_for(shown), ramp, shown)


def _figures(line: Line) -> tuple[str, ...]:
    found = figures_of(line)
    return (figure(found.least), figure(found.most), figure(found.last)) if found else ()


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=False))


def _head(frame: _Frame, widths: Sequence[int]) -> Text:
    """The unit and the ends of the scale, and what the figures are."""
    scale = frame.scale
    unit = one_line(frame.shown.unit)
    says = f"{unit}, " * bool(unit) + f"from {tick(scale.low)} to {tick(scale.high)}"
    says += ", tenfold steps" * scale.logarithmic
    head = Text(says, style=LABEL)
    head.truncate(frame.chart, overflow="ellipsis", pad=True)
    line = Text.assemble(frame.left, head, (_row(_HEADS, widths), LABEL))
    line.rstrip()
    return line


def _curve(line: Line, frame: _Frame, figures: str) -> list[Text]:
    name = Text(one_line(line.name))
    name.truncate(frame.name, overflow="ellipsis", pad=True)
    values = sampled(line, frame.shown.seconds, frame.chart)
    full = len(frame.ramp) - 1
    levels = [
        0 if value is None else 1 + round(frame.scale.place(value) * (full * frame.tall - 1))
        for value in values
    ]
    rows = []
    for height in reversed(range(frame.tall)):
        marks = "".join(frame.ramp[min(full, max(0, level - height * full))] for level in levels)
        cells = Text(marks, style=_CURVE)
        for band in frame.shown.bands:
            cells.stylize(_WITHIN, frame.cell(band.began), frame.cell(band.ended) + 1)
        lowest = height == 0
        row = Text.assemble(name if lowest else " " * frame.name, "  ", cells, figures * lowest)
        row.rstrip()
        rows.append(row)
    return rows


def _bands(frame: _Frame, page: Page) -> list[Text]:
    """What happened, each below its time: as many rows as keep names from lying on each other."""
    room = page.width - frame.name - 2
    rows: list[list[tuple[int, str]]] = []
    for band in sorted(frame.shown.bands, key=lambda band: band.began):
        start, says = _placed(band, frame, room, page)
        row = next((row for row in rows if _end(row) < start), None)
        if row is None:
            row = []
            rows.append(row)
        row.append((start, says))
    return [Text(frame.left + _joined(row), style=_WITHIN) for row in rows]


def _placed(band: Band, frame: _Frame, room: int, page: Page) -> tuple[int, str]:
    """Its stretch with its name: within it, else behind it, before it, cut, or without."""
    began, ended = sorted((frame.cell(band.began), frame.cell(band.ended)))
    width = ended - began + 1
    line = page.marks.line
    left, right, both = ("|", "|", "|") if line == "-" else ("├", "┤", "┴")
    stretch = both if width == 1 else left + line * (width - 2) + right
    name = Text(one_line(band.says))
    if name.cell_len + 4 <= width:
        # Not by `center`: a letter may take two cells.
        spare = width - 4 - name.cell_len
        before = spare // 2
        inside = f"{line * before} {name.plain} {line * (spare - before)}"
        return began, left + inside + right
    if ended + 2 + name.cell_len <= room:
        return began, f"{stretch} {name.plain}".rstrip()
    beside = max(began - 1, room - ended - 2)
    if beside < 1:
        return began, stretch
    name.truncate(beside, overflow="ellipsis")
    if name.cell_len < began:
        return began - name.cell_len - 1, f"{name.plain} {stretch}"
    return began, f"{stretch} {name.plain}".rstrip()


def _end(row: Sequence[tuple[int, str]]) -> int:
    start, says = row[-1]
    return start + cell_len(says)


def _joined(row: Sequence[tuple[int, str]]) -> str:
    text = ""
    for start, says in row:
        text += " " * (start - cell_len(text)) + says
    return text


def _axis(frame: _Frame) -> Text:
    text = ""
    for moment, label in moments(frame.shown.seconds, max(1, frame.chart // _TICK)):
        start = min(frame.cell(moment), frame.chart - len(label))
        if start > len(text) or not text:
            text += " " * (start - len(text)) + label
    return Text(frame.left + text, style=LABEL)


def _ascii(line: Text) -> Text:
    """The same without a letter that this terminal cannot write."""
    line.plain = line.plain.replace("…", "~")
    return line
