"""One line a guard, and what they come to together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.legible import one_line
from twiceshy.render.marks import BROKEN, LABEL, STYLES
from twiceshy.render.paragraph import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.events import GuardFinished, ReportBroken
    from twiceshy.model.report import Report
    from twiceshy.render.marks import Page

WORDS = {
    Value.HOLDS: ("holds", "hold"),
    Value.RECURS: ("recurs", "recur"),
    Value.UNKNOWN: ("unknown", "unknown"),
}


def title_of(report: Report) -> str:
    """The report's title, or what else names it."""
    return one_line(report.title) or one_line(report.id) or report.path.name


def guard_line(finished: GuardFinished, page: Page) -> Text:
    """`✗ recurs   Title · isolation · faulty      4.2 s`, never wider than the page."""
    value = finished.verdict.value
    head = Text(f"{page.marks.of(value)} {value.value:<8} ", style=STYLES[value])
    details = [finished.guard.kind, finished.version]
    tail = "".join(f" {page.marks.dot} {one_line(detail)}" for detail in details if detail)
    return _line(head, title_of(finished.report), tail, f"{finished.seconds:.1f} s", page)


def broken_line(says: str, page: Page) -> Text:
    """`! broken   file:line: what is wrong`."""
    head = Text(f"{page.marks.broken} {'broken':<8} ", style=BROKEN)
    return _line(head, one_line(says), "", "", page)


def _line(head: Text, title: str, tail: str, seconds: str, page: Page) -> Text:
    room = page.width - head.cell_len - len(tail) - len(seconds) - 2
    shown = Text(title)
    shown.truncate(max(8, room), overflow="ellipsis", pad=False)
    if page.marks.more != "…":
        shown = Text(shown.plain.replace("…", "~"))
    line = Text.assemble(head, shown, (tail, LABEL))
    gap = page.width - line.cell_len - len(seconds)
    if seconds:
        line.append(" " * max(2, gap)).append(seconds, style=LABEL)
    return line


def closing(
    finished: Sequence[GuardFinished], broken: Sequence[ReportBroken], seconds: float, page: Page
) -> list[Text]:
    """`1 recurs · 2 hold · 1 report is broken      in 12.4 s`."""
    parts = []
    for value in (Value.RECURS, Value.UNKNOWN, Value.HOLDS):
        count = sum(one.verdict.value is value for one in finished)
        if count:
            word = WORDS[value][count > 1]
            parts.append(Text(f"{count} {word}", style=STYLES[value]))
    if broken:
        noun = "problem" if len(broken) == 1 else "problems"
        parts.append(Text(f"{len(broken)} {noun} in reports", style=BROKEN))
    if not parts:
        parts.append(Text("no guard was rehearsed", style="bold"))
    dot = Text(f" {page.marks.dot} ", style=LABEL)
    line = Text.assemble(*(piece for part in parts for piece in (dot, part)))[dot.cell_len :]
    ends = f"in {seconds:.1f} s"
    gap = page.width - line.cell_len - len(ends)
    if gap < 2:
        return [*wrap(line, page.width), Text(ends, style=LABEL)]
    return [line.append(" " * gap).append(ends, style=LABEL)]
