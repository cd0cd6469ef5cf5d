"""Draws one check of the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.finding import field
from twiceshy.render.legible import one_line
from twiceshy.render.marks import STYLES
from twiceshy.render.paragraph import indented, wrap

if TYPE_CHECKING:
    from twiceshy.render.marks import Page

WORDS = {
    True: ("ok", Value.HOLDS),
    False: ("missing", Value.RECURS),
    None: ("skipped", Value.UNKNOWN),
}


def check_lines(says: str, ok: bool | None, seen: str, todo: str, page: Page) -> list[Text]:  # noqa: FBT001 - a check is right, wrong or open
    """`✓ ok       the service answers`, then for a failure what was seen and what to do."""
    word, value = WORDS[ok]
    label = Text(f"{page.marks.of(value)} {word:<8} ", style=STYLES[value])
    lines = wrap(Text(one_line(says)), page.width, label)
    if ok:
        return lines
    inner = page.inset(label.cell_len)
    facts = [*field("seen", seen.rstrip(), inner), *field("to do", todo.rstrip(), inner)]
    return lines + indented(facts, label.cell_len)
