"""Draws the closed forms of evidence: SideBySide, Table, Path, Lanes, Series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from twiceshy.model.exhibits import Lanes, Path, Series, SideBySide, Table
from twiceshy.render.compare import Side, compare
from twiceshy.render.lanes import lanes
from twiceshy.render.legible import legible, one_line
from twiceshy.render.marks import LABEL
from twiceshy.render.paragraph import wrap
from twiceshy.render.series import series

if TYPE_CHECKING:
    from twiceshy.model.exhibits import Exhibit
    from twiceshy.render.marks import Page

ROWS = 12
"""Rows of a table that are drawn unless everything is wanted."""


def exhibit(shown: Exhibit, page: Page) -> list[Text]:
    """The exhibit's title and its drawing."""
    title = wrap(Text(one_line(shown.title), style="italic"), page.width)
    if isinstance(shown, SideBySide):
        left, right = Side(shown.left_title, shown.left), Side(shown.right_title, shown.right)
        return title + compare(left, right, page, shown.highlights)
    if isinstance(shown, Table):
        return title + _table(shown, page)
    if isinstance(shown, Lanes):
        return title + lanes(shown, page)
    if isinstance(shown, Series):
        return title + series(shown, page)
    return title + _path(shown, page)


def _table(table: Table, page: Page) -> list[Text]:
    rows = table.rows if page.verbose else table.rows[:ROWS]
    cells = [[one_line(cell) for cell in row] for row in rows]
    heads = [one_line(column) for column in table.columns]
    widths = [max(map(cell_len, column)) for column in zip(heads, *cells, strict=True)]
    fits = sum(widths) + 2 * (len(widths) - 1) <= page.width
    drawn = _grid(heads, cells, widths, page) if fits else _records(heads, cells, page)
    left_out = len(table.rows) - len(rows)
    if left_out:
        rest = f"{page.marks.more} {left_out} more rows (--verbose shows them)"
        drawn.append(Text(rest, style=LABEL))
    return drawn


def _grid(heads: list[str], cells: list[list[str]], widths: list[int], page: Page) -> list[Text]:
    lines = [Text(_row(heads, widths), style="bold")]
    lines.append(Text("  ".join(page.marks.line * width for width in widths), style=LABEL))
    return lines + [Text(_row(row, widths)) for row in cells]


def _row(cells: list[str], widths: list[int]) -> str:
    padded = [
        cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _records(heads: list[str], cells: list[list[str]], page: Page) -> list[Text]:
    """A table too wide for the page: one line per cell, its column's name before it."""
    indent = max(map(cell_len, heads), default=0) + 2
    lines = []
    for place, row in enumerate(cells):
        lines += [Text("")] if place else []
        for head, cell in zip(heads, row, strict=True):
            label = Text(head + " " * (indent - cell_len(head)), style=LABEL)
            lines += wrap(Text(cell), page.width, label)
    return lines


def _path(path: Path, page: Page) -> list[Text]:
    lines = []
    for number, (what, detail) in enumerate(path.steps, 1):
        label = Text(f"{number:>2}. ", style=LABEL)
        lines += wrap(Text(one_line(what), style="bold"), page.width, label)
        for line in legible(detail).splitlines():
            lines += wrap(Text(line), page.width, Text(f" {page.marks.divider}  ", style=LABEL))
    return lines
