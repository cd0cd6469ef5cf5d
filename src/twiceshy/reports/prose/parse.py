"""A text of any format into documents: one for each incident that it tells of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from twiceshy.model.postmortem import Span
from twiceshy.reports.headings import canonical_name
from twiceshy.reports.parse import LONGEST
from twiceshy.reports.prose.document import Document, Form
from twiceshy.reports.prose.formats import Format, format_of
from twiceshy.reports.prose.language import language_of
from twiceshy.reports.prose.lines import lines_of
from twiceshy.reports.prose.masking import masked
from twiceshy.reports.prose.restructured import Titles, restructured
from twiceshy.reports.prose.scanning import blocks_of, setext
from twiceshy.reports.prose.splitting import beginnings
from twiceshy.reports.prose.top import front_matter_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.reports.front_matter import Top
    from twiceshy.reports.prose.document import Block

_LEAST_FENCED = 300
_FENCE_LINE = re.compile(r"^[ \t]*(?:```|~~~)[^\r\n]*", re.MULTILINE)
__all__ = ["LONGEST", "parse_document"]


def parse_document(text: str, name: str, top: Top | None = None) -> tuple[Document, ...]:
    """The documents that a text holds; `name` is its path, or "-" for standard input.

    Never raises for content. Their parts follow each other without a gap. `top` is the front
    matter, where that was read before.
    """
    front_matter, begin = front_matter_of(text, top)
    form = _imported_format(front_matter) or format_of(text, name, begin)
    if form is Format.RESTRUCTURED:
        shown = restructured(text)
        blocks = blocks_of(lines_of(shown[begin:], begin), Titles().level)
    else:
        shown = masked(text, is_mdx=form is Format.MDX)
        blocks = _unfenced(shown, begin, blocks_of(lines_of(shown[begin:], begin), setext))
    stated = front_matter.get("lang", front_matter.get("language", ""))
    return tuple(
        Document(text, name, part, _language(inside, stated), tuple(inside), front_matter)
        for part, inside in _parts(blocks, len(text))
    )


def _unfenced(shown: str, begin: int, blocks: list[Block]) -> list[Block]:
    """The blocks of a text that stands as a whole between fences, as if there were none."""
    code = [block for block in blocks if block.form is Form.CODE]
    length = sum(len(block.text) for block in code)
    if length < _LEAST_FENCED or length * 2 < sum(len(block.text) for block in blocks):
        return blocks
    lines = (line.strip("#*: ") for block in code for line in block.text.splitlines())
    if sum(1 for line in lines if len(line) < _LEAST_FENCED and canonical_name(line)) < 2:
        return blocks
    opened = _FENCE_LINE.sub(lambda match: " " * len(match[0]), shown)
    return blocks_of(lines_of(opened[begin:], begin), setext)


def _imported_format(front_matter: Mapping[str, Any]) -> Format | None:
    """The format of the original in an imported report, whose own name always ends in `.md`."""
    imported = front_matter.get("imported")
    stated = imported.get("format") if isinstance(imported, dict) else None
    return next((form for form in Format if form.value == stated), None)


def _parts(blocks: list[Block], length: int) -> list[tuple[Span, list[Block]]]:
    """Place and blocks of each incident. What stands before the first is only in its place."""
    starts = beginnings(blocks)
    if not starts:
        return [(Span(0, length), blocks)]
    cuts = [0, *(blocks[index].span.start for index in starts[1:]), length]
    indexes = [*starts, len(blocks)]
    return [
        (Span(cuts[number], cuts[number + 1]), blocks[indexes[number] : indexes[number + 1]])
        for number in range(len(starts))
    ]


def _language(blocks: Sequence[Block], stated: object) -> str:
    words = "\n".join(block.text for block in blocks if block.form is not Form.CODE)
    language, _, _ = language_of(words)
    return language or (str(stated)[:2].lower() if stated else "en")
