"""Lanes over time as lines of text: what ran, what was locked, who waited for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL, STYLES

if TYPE_CHECKING:
    from twiceshy.model.exhibits import Lane, Lanes
    from twiceshy.render.marks import Page

_WIDEST_NAME = 34
_NARROWEST_BAR = 16
_STYLES = {"statement": "cyan", "lock": "yellow", "query": STYLES[Value.RECURS], "other": LABEL}
_LANES = 14


def lanes(shown: Lanes, page: Page) -> list[Text]:
    """One line for each lane: its name, a bar from left to right, what is to be said of it."""
    drawn = shown.lanes if page.verbose else shown.lanes[:_LANES]
    names = [one_line(_named(lane)) for lane in drawn]
    width = min(max(map(cell_len, names), default=0), _WIDEST_NAME, page.width // 3)
    notes = [one_line(_note(lane)) for lane in drawn]
    room = page.width - width - 2 - min(28, max(map(cell_len, notes), default=0)) - 2
    bar = max(_NARROWEST_BAR, room)
    lines = []
    for lane, name, note in zip(drawn, names, notes, strict=True):
        label = Text(name, style=LABEL)
        label.truncate(width, overflow="ellipsis", pad=True)
        line = Text.assemble(
            label, "  ", (_bar(lane, shown.seconds, bar, page), _STYLES[lane.sort])
        )
        left = page.width - width - bar - 4
        rest = Text(note if left > 0 else "", style=LABEL)
        rest.truncate(max(1, left), overflow="ellipsis")
        lines.append(Text.assemble(line, "  ", rest))
    lines.append(_axis(shown.seconds, width, bar))
    if page.marks.more != "…":
        lines = [_ascii(line) for line in lines]
    more = len(shown.lanes) - len(drawn)
    if more:
        lines.append(
            Text(f"{page.marks.more} {more} more lanes (--verbose shows them)", style=LABEL)
        )
    return lines


def _ascii(line: Text) -> Text:
    """The same without letters that this terminal cannot write."""
    line.plain = line.plain.replace("…", "~").replace("×", "x")
    return line


def _named(lane: Lane) -> str:
    return f"{lane.name} {lane.detail}" if lane.sort == "lock" else lane.name


def _note(lane: Lane) -> str:
    """What stands behind the bar: the statement, or the longest wait and whom it was for."""
    if lane.sort == "statement":
        return lane.detail
    if lane.sort != "query" or not lane.spans:
        return ""
    longest = max(lane.spans, key=lambda span: span.ended - span.began)
    times = f"{len(lane.spans)}×, " if len(lane.spans) > 1 else ""
    return f"{times}{longest.says}, for {longest.behind}"


def _bar(lane: Lane, seconds: float, width: int, page: Page) -> str:
    """Full marks where it ran or held, light ones where it waited."""
    full, light = ("#", "~") if page.marks.line == "-" else ("█", "░")
    cells = [" "] * width
    for span in lane.spans:
        begins = _cell(span.began, seconds, width)
        ends = max(begins, _cell(span.ended, seconds, width))
        for cell in range(begins, ends + 1):
            if cells[cell] != full:
                cells[cell] = light if span.waits else full
    return "".join(cells)


def _cell(moment: float, seconds: float, width: int) -> int:
    share = moment / seconds if seconds > 0 else 0.0
    return min(width - 1, max(0, int(share * width)))


def _axis(seconds: float, width: int, bar: int) -> Text:
    ends = f"{seconds:.2f} s"
    return Text(" " * (width + 2) + "0" + ends.rjust(bar - 1), style=LABEL)
