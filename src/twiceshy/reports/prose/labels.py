"""Values behind a label: `Severity: high`, a row of two cells, or a heading with its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.document import Block, Document

_BEFORE_LABEL = " \t*_-+•>|#"
_LONGEST_LABEL = 45
_LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with its label, in words as `wording.plain` makes them, and the block it is in."""

    label: str
    value: str
    block: Block


def labelled(document: Document) -> Iterator[Labelled]:
    """Every value with a label, in the order of the text; code is left out."""
    heading: Block | None = None
    for block in document.blocks:
        if block.form is Form.CODE:
            continue
        if heading is not None and block.form in (Form.PARAGRAPH, Form.ITEM):
            yield Labelled(plain(heading.text), block.text[:_LONGEST_VALUE], block)
        if block.form is not Form.ITEM:
            heading = block if block.form is Form.HEADING else None
        if len(block.cells) == 2:
            yield Labelled(plain(block.cells[0]), block.cells[1], block)
        elif ":" in block.text or "：" in block.text:
            yield from _lines(block)


def _lines(block: Block) -> Iterator[Labelled]:
    for line in block.text.replace("：", ":").split("\n"):
        label, colon, value = line.partition(":")
        value = value.strip(" \t*_")
        if colon and value and len(label) < _LONGEST_LABEL:
            yield Labelled(plain(label.strip(_BEFORE_LABEL)), value[:_LONGEST_VALUE], block)
