"""Draws two texts so that their difference is seen, also without colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from twiceshy.render.difference import Pair, differing, occurrences, pairs, window
from twiceshy.render.legible import legible, one_line, spread_json
from twiceshy.render.marks import LABEL

if TYPE_CHECKING:
    from twiceshy.render.marks import Page

LEFT = "green"
RIGHT = "red"
SPOT = "bold underline"
ALIKE = 3
"""Characters that two lines share at their ends before their difference is pointed at."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts and what it is."""

    title: str
    text: str


def compare(
    left: Side, right: Side, page: Page, highlights: tuple[str, ...] = (), label: int = 0
) -> list[Text]:
    """Lines that show both texts: one above the other, side by side, or as a diff.

    The first of these forms that fits the page is taken. `highlights` are texts to point at;
    without them, what differs within a line is pointed at. `label` is the least width of the
    column of titles when one stands above the other.
    """
    left, right = _made_legible(left), _made_legible(right)
    highlights = tuple(legible(text) for text in highlights)
    if "\n" not in left.text + right.text:
        drawn = _stacked(left, right, page, highlights, label)
        if drawn:
            return drawn
    beside = _beside(left, right, page, highlights)
    diff = _diff(left, right, page, highlights)
    return _cut(beside if beside and len(beside) <= len(diff) else diff, page)


def _made_legible(side: Side) -> Side:
    return Side(one_line(side.title), legible(side.text).rstrip("\n"))


def _cut(rows: list[Text], page: Page) -> list[Text]:
    for row in rows:
        row.rstrip()
    if page.verbose or len(rows) <= page.lines + 1:
        return rows
    rest = f"{page.marks.more} {len(rows) - page.lines} more lines (--verbose shows them)"
    return [*rows[: page.lines], Text(rest, style=LABEL)]


def _stacked(
    left: Side, right: Side, page: Page, highlights: tuple[str, ...], label: int
) -> list[Text]:
    """Two short lines below each other; empty when they do not fit."""
    indent = max(cell_len(left.title) + 2, cell_len(right.title) + 2, label)
    if indent + max(cell_len(left.text), cell_len(right.text)) > page.width:
        return []
    before, after = _spans(Pair("changed", left.text, right.text), highlights)
    lines = [
        Text.assemble((left.title.ljust(indent), LABEL), _spot(left.text, before, LEFT)),
        Text.assemble((right.title.ljust(indent), LABEL), _spot(right.text, after, RIGHT)),
    ]
    pointer = _carets(right.text, after)
    return lines + ([Text(" " * indent) + pointer] if pointer else [])


def _beside(left: Side, right: Side, page: Page, highlights: tuple[str, ...]) -> list[Text]:
    """Both texts in columns; empty when a line is wider than its column."""
    column = (page.width - 3) // 2
    before, after = spread_json(left.text, column), spread_json(right.text, column)
    if any(cell_len(line) > column for line in [*before.split("\n"), *after.split("\n")]):
        return []
    rows = [_head(left.title, right.title, column, page)]
    for pair in pairs(before, after):
        rows += _pair_beside(pair, column, page, highlights)
    return rows


def _head(left: str, right: str, column: int, page: Page) -> Text:
    titles = [Text(title, style=LABEL) for title in (left, right)]
    titles[0].truncate(column, overflow="ellipsis", pad=True)
    titles[1].truncate(column, overflow="ellipsis")
    return Text.assemble(titles[0], (f" {page.marks.divider} ", LABEL), titles[1])


def _pair_beside(pair: Pair, column: int, page: Page, highlights: tuple[str, ...]) -> list[Text]:
    if pair.change == "skipped":
        return [_skipped(pair, page)]
    before, after = _spans(pair, highlights)
    same = pair.change == "same"
    signs = {"changed": page.marks.differs, "removed": "<", "added": ">"}
    gutter = f" {signs.get(pair.change, page.marks.divider)} "
    row = Text.assemble(
        _spot(pair.left, before, "" if same else LEFT),
        " " * (column - cell_len(pair.left)),
        (gutter, LABEL if same else "bold"),
        _spot(pair.right, after, "" if same else RIGHT),
    )
    row.rstrip()
    pointer = _carets(pair.right, after)
    if not pointer:
        return [row]
    edge = (f" {page.marks.divider} ", LABEL)
    return [row, Text.assemble(" " * column, edge, pointer)]


def _diff(left: Side, right: Side, page: Page, highlights: tuple[str, ...]) -> list[Text]:
    """The lines of both below each other, those of the left with `-`, of the right with `+`."""
    titles = (f"{left.title}   ", LABEL), ("+ ", RIGHT), (right.title, LABEL)
    rows = [Text.assemble(("- ", LEFT), *titles)]
    waiting: list[Text] = []
    room = page.width - 2
    for pair in pairs(spread_json(left.text, room), spread_json(right.text, room)):
        if pair.change != "changed":
            # A run of changed lines reads as all the old ones, then all the new ones.
            rows += waiting
            waiting = []
        before, after = _spans(pair, highlights)
        if pair.change == "skipped":
            rows.append(_skipped(pair, page))
        elif pair.change == "same":
            rows += _signed(" ", pair.left, before, "", page)
        if pair.change in ("changed", "removed"):
            rows += _signed("-", pair.left, before, LEFT, page)
        if pair.change in ("changed", "added"):
            waiting += _signed("+", pair.right, after, RIGHT, page)
    return rows + waiting


def _signed(
    sign: str, line: str, spans: list[tuple[int, int]], style: str, page: Page
) -> list[Text]:
    room = page.width - 2
    limit = len(line) if page.verbose else 3 * room
    start, end = window(line, spans, limit)
    shown = _spot(line, spans, style)[start:end]
    if start:
        shown = Text(page.marks.more, style=LABEL) + shown
    if end < len(line):
        shown.append(page.marks.more, style=LABEL)
    rows = [Text.assemble((f"{sign} ", style or LABEL), part) for part in _fold(shown, room)]
    if len(rows) == 1 and sign == "+":
        pointer = _carets(line, spans)
        rows += [Text("  ") + pointer] if pointer else []
    return rows


def _fold(text: Text, width: int) -> list[Text]:
    """Pieces of at most `width` cells, cut anywhere: white space in evidence is evidence."""
    pieces = []
    while cell_len(text.plain) > width:
        at = width
        while cell_len(text.plain[:at]) > width:
            at -= 1
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]


def _skipped(pair: Pair, page: Page) -> Text:
    return Text(f"{page.marks.more} {pair.skipped} equal lines", style=LABEL)


def _spans(
    pair: Pair, highlights: tuple[str, ...]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    if highlights:
        return occurrences(pair.left, highlights), occurrences(pair.right, highlights)
    if pair.change != "changed":
        return [], []
    before, after = differing(pair.left, pair.right)
    alike = len(pair.left) - (before[1] - before[0])
    # Lines that share no more than a bracket are two lines, not one that changed.
    return ([before], [after]) if alike >= ALIKE else ([], [])


def _spot(line: str, spans: list[tuple[int, int]], style: str) -> Text:
    text = Text(line, style=style)
    for start, end in spans:
        text.stylize(f"{style} {SPOT}".strip(), start, end)
    return text


def _carets(line: str, spans: list[tuple[int, int]]) -> Text | None:
    """Carets below the spans, which need no colour; None where all would be pointed at."""
    spans = [(start, end) for start, end in spans if end > start]
    if not spans or spans == [(0, len(line))]:
        return None
    drawn, at = "", 0
    for start, end in spans:
        drawn += " " * cell_len(line[at:start]) + "^" * cell_len(line[start:end])
        at = end
    return Text(drawn, style=f"bold {RIGHT}")
