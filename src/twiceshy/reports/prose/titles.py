"""The title of a report: where it may stand, and which place is to be believed."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Fact, Span
from twiceshy.reports.prose.document import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.document import Document

_LONGEST = 200
_LONGEST_LINE = 100
# Titles that every report might bear.
_SAYS_NOTHING = re.compile(
    r"\W*(?:(?:my|our|the|an?|first|(?<![\dx])(?:0x)?\d+(?!\d))\W*)*(?:post\W?mortems?|postm[oó]rtem|incidents?|"
    r"incident reports?|outage|report|readme|relat[oó]rio|informe|rapport|bericht|introduction|"
    r"ポストモーテム|障害報告書?)(?:\s*(?:post\W?mortems?|report|analysis|document))*\W*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"[^:]{1,30}:(?:\s*@|\s*$)")
_LABEL = re.compile(
    r"(?:title|t[ií]tulo|titre|titel|titolo|タイトル|件名)\s*[:\uff1a]\s*", re.IGNORECASE
)
_LAST_LEVEL = 6
_SENTENCE = re.compile(r"(?:this|these|here|the following|it|we|i)\s", re.IGNORECASE)
_SURE = {"front matter": 1.0, "heading": 0.9, "line": 0.7, "vague": 0.5, "file": 0.4}


def title_of(document: Document) -> Fact[str]:
    """The title, with the other texts that could be it; from the file's name if need be."""
    found: list[tuple[str, str, Span | None]] = []
    for text, where, span in _candidates(document):
        title = _LABEL.sub("", " ".join(text.split())[:_LONGEST])
        if title and all(title != other for other, _, _ in found):
            found.append((title, where, span))
    if not found:
        return Fact()
    telling = [one for one in found if not _SAYS_NOTHING.fullmatch(one[0])]
    best = telling[0] if telling and telling[0][1] != "file" else found[0]
    others = tuple(title for title, _, _ in found if title != best[0])
    return Fact(best[0], others, _SURE[best[1]], best[2])


def _candidates(document: Document) -> Iterator[tuple[str, str, Span | None]]:
    """Texts that may be the title, the most likely first."""
    whole = document.part == Span(0, len(document.original))
    title = document.front_matter.get("title")
    if whole and isinstance(title, str | int):
        yield str(title), "front matter", None
    blocks = document.blocks
    for place, block in enumerate(blocks[:12]):
        if block.section:
            break
        is_title = block.level <= _LAST_LEVEL or place == 0
        if block.form is Form.HEADING and is_title and not _FIELD.match(block.text):
            yield block.text, "heading", block.span
            break
    if blocks and blocks[0].form is Form.PARAGRAPH:
        first = blocks[0].text.split("\n")[0].strip()
        if len(first) <= _LONGEST_LINE and not first.endswith((".", ":", ",", "。")):
            span = Span(blocks[0].span.start, blocks[0].span.start + len(first))
            yield first, "vague" if _SENTENCE.match(first) else "line", span
    stem = PurePath(document.name).stem
    if stem.strip("-_ "):
        yield re.sub(r"[-_]+", " ", stem).strip(), "file", None
