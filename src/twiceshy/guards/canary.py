"""Finding somebody's data in a response: values planted so that they cannot be there by chance."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.history import PlantedRow, Reply
    from twiceshy.model.scenario import Request
    from twiceshy.model.schema import QName

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,'\u00a0\u202f ](?=\d)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A canary seen in a response: which value, from which column of whose row."""

    text: str
    table: QName
    column: str
    owner: str
    plant: str


@lru_cache(maxsize=1024)
def _haystack(reply: Reply) -> tuple[str, str]:
    """All text of a reply, in the forms in which a value may hide; and without separators."""
    parts = [
        value for name, value in reply.headers if name.lower() not in {"date", "content-length"}
    ]
    parts.append(reply.body.decode("utf-8", "replace"))
    text = "\n".join(parts)
    forms = {text, html.unescape(text), unquote_plus(text)}
    if "\\u" in text:
        forms.add(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text))
    whole = "\n".join(sorted(forms)).casefold()
    return whole, _BETWEEN_DIGITS.sub("", whole)


def holds_value(reply: Reply, value: str) -> bool:
    """Whether a planted value shows in a reply. Numbers match whole, with any separators."""
    return _holds(*_haystack(reply), value)


def holds_text(value: str, text: str) -> bool:
    """The same for a piece of text, such as a leaf of a body; the value comes first."""
    folded = text.casefold()
    return _holds(folded, _BETWEEN_DIGITS.sub("", folded), value)


def _holds(text: str, digits: str, value: str) -> bool:
    if _NUMBER.fullmatch(value):
        plain = re.sub(r"\D", "", value)
        # The plain search is much cheaper, and hardly ever finds anything.
        if plain in digits and re.search(rf"(?<!\d){plain}(?!\d)", digits):
            return True
        return value in text and bool(re.search(rf"(?<![\d.]){re.escape(value)}(?![\d.]*\d)", text))
    return value.casefold() in text


def sightings(reply: Reply, rows: Iterable[PlantedRow], request: Request) -> tuple[Sighting, ...]:
    """Every canary of `rows` in the reply, save those that the request itself had brought."""
    brought = request.target + "\n" + (request.body or b"").decode("utf-8", "replace")
    return tuple(
        Sighting(mark, row.table, column, row.owner or "", row.plant)
        for row in rows
        for column, mark in row.marks.items()
        if mark not in brought and holds_value(reply, mark)
    )
