"""Draws an error by its anatomy: what happened, where, what was seen, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.errors import SeveralProblems
from twiceshy.render.finding import field
from twiceshy.render.legible import one_line
from twiceshy.render.marks import BROKEN
from twiceshy.render.paragraph import indented, wrap

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.errors import TwiceshyError
    from twiceshy.render.marks import Page


def problem(error: TwiceshyError, page: Page, base: Path | None = None) -> list[Text]:
    """The error's lines, for standard error as well as among findings."""
    if isinstance(error, SeveralProblems):
        return [line for one in error.problems for line in problem(one, page, base)]
    where = error.where.replace(f"{base}/", "", 1) if base else error.where
    label = Text(f"{page.marks.broken} ", style=BROKEN)
    lines = wrap(Text(one_line(error.happened), style="bold"), page.width, label)
    inner = page.inset(2)
    facts = [
        *field("where", one_line(where), inner),
        *field("seen", error.seen.rstrip(), inner),
        *field("to do", error.todo.rstrip(), inner),
    ]
    return lines + indented(facts, 2)
