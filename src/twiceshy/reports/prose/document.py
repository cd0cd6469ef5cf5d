"""A text of any format as a flat list of blocks, each with its place in the original."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.model.postmortem import Span


class Form(Enum):
    """What a block looks like to a reader."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row or piece of code.

    `text` is what a reader sees: without markup, entities decoded, with the line breaks of the
    source. `span` is the block's place in the original. A heading is also what only looks like
    one: a bold line, a bold label that a text follows, a setext or HTML heading. `section` is the
    canonical name of the innermost section with one, `under` the innermost heading's text.
    """

    form: Form
    text: str
    span: Span
    section: str = ""
    under: str = ""
    level: int = 0
    """Of headings 1 to 6, labels 7; of items and rows the depth of nesting, from 0."""
    number: str = ""
    """Of a numbered item its number as written (`3.`)."""
    checked: bool | None = None
    """Of a task whether it is done; None for what is no task."""
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Of a row the headings of its table, empty when it has none."""
    bold: tuple[str, ...] = ()
    """The parts of the text that are emphasised, in order."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text: the original, its front matter, and its blocks in their order.

    `name` is the file's path as given, for dates and titles that stand nowhere else. `language`
    is a code of two letters. `part` is the place of this incident where a file holds several.
    """

    original: str
    name: str
    part: Span
    language: str
    blocks: tuple[Block, ...] = ()
    front_matter: Mapping[str, Any] = field(default_factory=dict)

    def within(self, *sections: str) -> Iterator[Block]:
        """The blocks of these sections, headings left out."""
        for block in self.blocks:
            if block.section in sections and block.form is not Form.HEADING:
                yield block
