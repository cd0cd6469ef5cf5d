"""Words of several languages, found by their beginnings, and the notions that they stand for.

A lexicon maps notions to beginnings of words: `configur` finds *configured* and *configuración*.
Looking up is done word by word and remembered, so that a text of any length costs one pass.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Pictures and keys in letters; no word of any language read here is as long.
_LONGEST_WORD = 60
_ENDLESS = re.compile(rf"[^\s\u3040-\u9fff]{{{_LONGEST_WORD},}}")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+|www\.\S+")
_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


class _Plain(dict[int, str]):
    """What becomes of each character: a letter without accent, a digit, or a space."""

    def __missing__(self, code: int) -> str:
        """Looked up once for each character that turns up."""
        letters = unicodedata.normalize("NFKD", chr(code))
        if unicodedata.combining(letters[0]):
            kept = "" if code < _LATIN_ACCENTS_END else letters
        else:
            bare = (part for part in letters if ord(part) >= _LATIN_ACCENTS_END or part.isalnum())
            kept = unicodedata.normalize("NFC", "".join(bare))
            kept = kept if kept.isalnum() else " "
        self[code] = kept
        return kept


_LATIN_ACCENTS_END = 0x370
_PLAIN = _Plain()


@lru_cache(1 << 10)  # several readers ask for the same line one after the other
def plain(text: str) -> str:
    """The words in lower case without accents, a space before and after each; no addresses."""
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    lower = text.casefold()
    if not lower.isascii():
        lower = unicodedata.normalize("NFC", lower)
    words = lower.translate(_PLAIN).split()
    if len(lower) >= _LONGEST_WORD and max(map(len, words), default=0) >= _LONGEST_WORD:
        words = _ENDLESS.sub(" ", " ".join(words)).split()
    return f" {' '.join(words)} "


def is_japanese(text: str) -> bool:
    """Whether a text has Japanese letters, so that its words are not parted by spaces."""
    return not text.isascii() and _JAPANESE.search(text) is not None


class Lexicon:
    """Notions by the words that stand for them.

    `written` maps a notion to its words, separated by spaces. A word finds all that begin with it;
    a closing dot makes it whole; `_` joins several words. Japanese, which has no spaces, is found
    anywhere. Notions are single bits, so that a set of them is a number.
    """

    def __init__(self, written: Mapping[str, str]) -> None:
        self.bits: dict[str, int] = {notion: 1 << n for n, notion in enumerate(written)}
        self._begins: dict[str, list[tuple[str, int]]] = {}
        self._lengths: tuple[int, ...] = ()
        self._anywhere: list[tuple[str, int]] = []
        for notion, words in written.items():
            for word in words.split():
                self._add(word, self.bits[notion])
        self._lengths = tuple(sorted({len(begin) for begin in self._begins}))
        self._of_word: Callable[[str], tuple[tuple[str, int], ...]] = lru_cache(1 << 15)(self._look)

    def mask(self, *notions: str) -> int:
        """These notions as one number."""
        return sum(self.bits[notion] for notion in notions)

    def found(self, plainly: str) -> dict[int, int]:
        """The notions of a text that `plain` made, each with the place of its first word."""
        places: dict[int, int] = {}
        tried: set[str] = set()  # a phrase tells the same each time, in a line of a million too
        for place, hits in enumerate(map(self._of_word, plainly.split())):
            for phrase, bit in hits:
                if not phrase:
                    places.setdefault(bit, place)
                elif bit not in places and phrase not in tried:
                    tried.add(phrase)
                    at = plainly.find(phrase)
                    if at >= 0:
                        places[bit] = plainly.count(" ", 0, at)
        if is_japanese(plainly):
            self._find_anywhere(plainly, places)
        return places

    def _find_anywhere(self, plainly: str, places: dict[int, int]) -> None:
        for words, bit in self._anywhere:
            at = plainly.find(words)
            if at >= 0 and at < places.get(bit, at + 1):
                places[bit] = at

    def _add(self, written: str, bit: int) -> None:
        if _JAPANESE.search(written):
            self._anywhere.append((plain(written.replace("_", "")).strip(), bit))
            return
        whole = written.endswith(".")
        words = plain(written.replace("_", " ")).split()
        if len(words) > 1:
            phrase = f" {' '.join(words)}{' ' if whole else ''}"
            self._begins.setdefault(words[0] + " ", []).append((phrase, bit))
        else:
            self._begins.setdefault(words[0] + (" " if whole else ""), []).append(("", bit))

    def _look(self, word: str) -> tuple[tuple[str, int], ...]:
        return tuple(hit for begin in self._beginnings(word) for hit in self._begins[begin])

    def _beginnings(self, word: str) -> Iterator[str]:
        padded = word + " "
        for length in self._lengths:
            if length > len(padded):
                return
            if padded[:length] in self._begins:
                yield padded[:length]
