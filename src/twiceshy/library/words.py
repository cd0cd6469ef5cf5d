"""Text as words to be compared: case and accents folded, Japanese and Chinese in pairs of letters.

A language without blanks has no words to look up, so each run of its letters becomes overlapping
pairs, with the last letter once more alone: a single letter can then be searched as a beginning.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WITHOUT_BLANKS = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_RUN = re.compile(rf"([{_WITHOUT_BLANKS}]+)|(?:(?![{_WITHOUT_BLANKS}])[^\W_])+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_BEYOND_ASCII = re.compile(r"([^\x00-\x7f]+)")
_IS_RUN = re.compile(rf"[{_WITHOUT_BLANKS}]")


class _Folding(dict[int, str]):
    """What each character is compared as, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if _IS_RUN.match(character):
            # In Japanese, a mark above makes another letter: it is no accent.
            folded = unicodedata.normalize("NFKC", character)
        else:
            parts = unicodedata.normalize("NFKD", character.casefold())
            folded = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` as it is compared: `ÉCOLE` and `école` become `ecole`."""
    if text.isascii():
        return text.lower()
    pieces = _BEYOND_ASCII.split(unicodedata.normalize("NFKC", text))
    pieces[::2] = [piece.lower() for piece in pieces[::2]]
    pieces[1::2] = [piece.translate(_FOLDING) for piece in pieces[1::2]]
    return "".join(pieces)


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """`text` folded character by character, and for each character of that its place in `text`.

    There is one more place at the end: the length of `text`.
    """
    pieces = [character.translate(_FOLDING) for character in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), [*places, len(text)]


def words(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    if not _IS_RUN.search(folded):
        return _WORD.findall(folded)
    return list(_words(folded))


def _words(folded: str) -> Iterator[str]:
    for found in _RUN.finditer(folded):
        run = found[1]
        if run is None:
            yield found[0]
        else:
            yield from pairs(run)


def pairs(run: str) -> list[str]:
    """Every two letters that follow each other, and the last one."""
    return [run[place : place + 2] for place in range(len(run))]


def is_without_blanks(word: str) -> bool:
    """Whether the word belongs to a language that is searched in pairs of letters."""
    return bool(_IS_RUN.match(word))


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text with its place, runs of letters without blanks whole; folded."""
    for found in _RUN.finditer(text):
        yield found.start(), found.end(), fold(found[0])
