"""Exhibits as Markdown, to be put under a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.exhibits import Lanes, Path, Series, SideBySide, Table
from twiceshy.render.curves import figure_rows
from twiceshy.render.difference import pairs
from twiceshy.render.lanes import lanes
from twiceshy.render.legible import legible, one_line
from twiceshy.render.markdown import cell, code, fence, plain
from twiceshy.render.marks import Page
from twiceshy.render.scales import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.model.exhibits import Exhibit

_ROWS = 20
_WIDTH = 80
_SIGNS = {"same": " ", "removed": "-", "added": "+", "skipped": "@"}


def exhibit_markdown(shown: Exhibit) -> list[str]:
    """Its title, and all that Markdown can show of it; curves become a table of their figures."""
    lines = [plain(one_line(shown.title)) + ":", ""] if shown.title else []
    if isinstance(shown, Table):
        lines += _table(shown.columns, shown.rows)
    elif isinstance(shown, Series):
        lines += _series(shown)
    elif isinstance(shown, SideBySide):
        lines += fence("\n".join(_sides(shown)), "diff")
    elif isinstance(shown, Lanes):
        drawn = "\n".join(line.plain.rstrip() for line in lanes(shown, Page(_WIDTH)))
        lines += fence(drawn, "text")
    else:
        lines += _path(shown)
    return [*lines, ""]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row([plain(one_line(column)).replace("|", "\\|") for column in columns])
    yield _row(["---"] * len(columns))
    for row in rows[:_ROWS]:
        yield _row([cell(legible(text)) for text in row])
    if len(rows) > _ROWS:
        yield f"\n… {len(rows) - _ROWS} more rows"


def _series(shown: Series) -> Iterator[str]:
    unit = plain(one_line(shown.unit)).replace("|", "\\|")
    yield _row([unit, "least", "most", "last"])
    yield _row(["---", "---:", "---:", "---:"])
    for name, *figures in figure_rows(shown):
        yield _row([cell(legible(name)), *figures])
    if shown.bands:
        yield ""
    for band in shown.bands:
        yield f"- {code(legible(band.says))} from {instant(band.began)} to {instant(band.ended)}"


def _sides(shown: SideBySide) -> Iterator[str]:
    yield f"--- {one_line(shown.left_title)}"
    yield f"+++ {one_line(shown.right_title)}"
    for pair in pairs(legible(shown.left), legible(shown.right)):
        if pair.change == "changed":
            yield f"-{pair.left}"
            yield f"+{pair.right}"
        elif pair.change == "skipped":
            yield f"@ {pair.skipped} equal lines"
        else:
            yield f"{_SIGNS[pair.change]}{pair.right if pair.change == 'added' else pair.left}"


def _path(path: Path) -> Iterator[str]:
    for number, (what, detail) in enumerate(path.steps, 1):
        below = f": {code(legible(detail))}" if detail else ""
        yield f"{number}. {plain(one_line(what))}{below}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
