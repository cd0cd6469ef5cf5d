"""Who wrote a report: as its front matter, a label or a line below the title says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from twiceshy.model.postmortem import Fact
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.labels import labelled
from twiceshy.reports.prose.statements import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.reports.prose.document import Document
    from twiceshy.reports.prose.labels import Labelled

_AUTHOR = re.compile(
    r"^ (?:authors?|written by|prepared by|report(?:ed)? (?:author|by)|owners?|incident (?:owner|"
    r"commander)|author s|post ?mortem owner|autor(?:es|as|a|en)?|autor es|escrito por|elaborado "
    r"por|"
    r"redactado por|auteurs?|auteur s|redige par|ecrit par|verfasser(?:in)?|erstellt von|autore|"
    r"autori|autore i|scritto da|redatto da|作成者|著者|執筆者|報告者|記入者) $"
)
_BYLINE = re.compile(
    r"^\W*(?:by|written by|por|par|von|da|di|autor|"
    r"文責)\s+(?P<names>[^\W\d_][^\n.:;]{2,80}?)[\s._*]*$",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"^(?:[^\W\d_a-zß-ÿ][\w'’.-]*|and|y|e|et|und|ed|de|da|van|von|der|&|,)(?:[,\s]+"
    r"(?:[^\W\d_a-zß-ÿ][\w'’.-]*|and|y|e|et|und|ed|de|da|van|von|der|&)){0,9},?$"
)
_KEYS = ("author", "authors", "autor", "autores", "auteur", "auteurs", "autoren", "owner", "owners")
_BETWEEN = re.compile(
    r"\s*(?:[,;/、・]|\band\b|&|\by\b|\be\b|\bet\b|\bund\b|\bed\b)\s+|\s*[,;、・]\s*"
)
_ROLE = re.compile(r"\s*[(<\[（].*$")
_NOBODY = re.compile(r"^\W*(?:tbd|n/?a|none|unknown|-+|\?+|todo)?\W*$", re.IGNORECASE)
_TOP = 12
"""Blocks at the beginning, where a line with a name is the author's."""


def authors_of(
    document: Document, entries: Sequence[Labelled] | None = None
) -> Fact[tuple[str, ...]]:
    """The names of the authors; None where nobody is named."""
    for key in _KEYS:
        names = tuple(_named(document.front_matter.get(key)))
        if names:
            return Fact(names, (), 0.95)
    for entry in labelled(document) if entries is None else entries:
        if _AUTHOR.match(entry.label):
            names = _names(entry.value.split("\n", 1)[0])
            if names:
                return Fact(names, (), 0.9, place(document, entry.block, entry.value))
    for block in document.blocks[:_TOP]:
        line = _BYLINE.match(block.text) if block.form is Form.PARAGRAPH else None
        if line is not None and _NAMES.match(line["names"]):
            return Fact(_names(line["names"]), (), 0.7, place(document, block, line["names"]))
    return Fact()


def _named(value: Any) -> Iterator[str]:
    """The names in a value of front matter, whatever its make."""
    if isinstance(value, str):
        yield from _names(value)
    elif isinstance(value, dict):
        yield from _named(value.get("name"))
    elif isinstance(value, list):
        for entry in value[:20]:
            yield from _named(entry)


def _names(text: str) -> tuple[str, ...]:
    parts = (_ROLE.sub("", part).strip(" .@*_\"'`") for part in _BETWEEN.split(text[:200]))
    return tuple(part for part in dict.fromkeys(parts) if part and not _NOBODY.match(part))
