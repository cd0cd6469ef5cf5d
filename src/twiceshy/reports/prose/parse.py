"""A text of any format into documents: one for each incident that it tells of."""

from __future__ import annotations

from twiceshy.model.postmortem import Span
from twiceshy.reports.prose.document import Document
from twiceshy.reports.prose.language import language_of
from twiceshy.reports.prose.lines import lines_of
from twiceshy.reports.prose.masking import masked
from twiceshy.reports.prose.scanning import blocks_of, setext
from twiceshy.reports.prose.top import front_matter_of


def parse_document(text: str, name: str) -> tuple[Document, ...]:
    """The documents that a text holds; `name` is its path, or "-" for standard input.

    Never raises for content.
    """
    front_matter, begin = front_matter_of(text)
    shown = masked(text, is_mdx=name.endswith(".mdx"))
    blocks = blocks_of(lines_of(shown[begin:], begin), setext)
    words = "\n".join(block.text for block in blocks if block.form.value != "code")
    language, _, _ = language_of(words)
    part = Span(0, len(text))
    return (Document(text, name, part, language, tuple(blocks), front_matter),)
