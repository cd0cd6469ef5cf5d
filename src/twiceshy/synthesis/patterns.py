"""Texts that match a pattern: regular expressions as PostgreSQL knows them, LIKE, SIMILAR TO.

Python's own `re` differs in classes and escapes, and cannot be asked for a text. Only what a CHECK
is likely to say is understood; look-ahead and back references are passed over, and PostgreSQL has
the last word on every text.
https://www.postgresql.org/docs/current/functions-matching.html#POSIX-SYNTAX-DETAILS
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS = string.ascii_lowercase + string.ascii_uppercase
_CLASSES = {
    "alpha": _LETTERS,
    "alnum": _LETTERS + string.digits,
    "digit": string.digits,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "xdigit": "0123456789abcdef",
    "space": " ",
    "blank": " ",
    "punct": "-_.,:;!?",
    "word": _LETTERS + string.digits + "_",
    "print": _LETTERS + string.digits,
    "graph": _LETTERS + string.digits,
    "cntrl": "\t",
}
_ESCAPES = {"d": "digit", "w": "word", "s": "space"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_ANY = "abcdefghjkmnpqrstuvwxyz23456789"
# What a negated class is taken from, plainest first.
_POOL = _LETTERS + string.digits + " -_.@"
_WITHOUT_WIDTH = "AZmMyY"
_COUNTS = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")


class _StrangeError(Exception):
    """A pattern that is not understood."""


@dataclass
class _Choices:
    """A large number that decides, digit by digit, what may be one thing or another."""

    number: int
    stretch: int

    def of(self, count: int) -> int:
        self.number, place = divmod(self.number, count)
        return place


@dataclass(frozen=True, slots=True)
class _Part:
    """One of `letters`, or one of `branches` in a row, `least` to `most` times (None: no end)."""

    letters: str = ""
    branches: tuple[tuple[_Part, ...], ...] = ()
    least: int = 1
    most: int | None = 1

    def texts(self, choices: _Choices) -> Iterator[str]:
        room = (
            choices.stretch if self.most is None else min(self.most - self.least, choices.stretch)
        )
        choices.stretch -= room
        for _ in range(self.least + room):
            if self.letters:
                yield self.letters[choices.of(len(self.letters))]
            elif self.branches:
                for part in self.branches[choices.of(len(self.branches))]:
                    yield from part.texts(choices)


def matching(pattern: str, number: int, stretch: int = 0) -> str | None:
    """A text that matches; other numbers give others where the pattern leaves a choice.

    What may repeat does so as few times as it may, with `stretch` so many times more. None for a
    pattern that is not understood.
    """
    try:
        parts = _parsed(pattern)
    except _StrangeError:
        return None
    choices = _Choices(number, stretch)
    return "".join(text for part in parts for text in part.texts(choices))


def is_whole(pattern: str) -> bool:
    """Whether nothing may follow what matches."""
    return pattern.endswith("$") and not pattern.endswith("\\$")


def of_like(pattern: str) -> str:
    """A LIKE pattern as a regular expression."""
    out: list[str] = []
    rest = iter(pattern)
    for character in rest:
        if character == "\\":
            out.append(_quoted(next(rest, "\\")))
        else:
            out.append({"%": ".*", "_": "."}.get(character) or _quoted(character))
    return f"^{''.join(out)}$"


def of_similar(pattern: str) -> str:
    """A SIMILAR TO pattern as a regular expression."""
    plain = re.sub(r"[.^$]", lambda found: "\\" + found[0], pattern)
    return f"^(?:{plain.replace('%', '.*').replace('_', '.')})$"


def _quoted(character: str) -> str:
    return character if character.isalnum() or character.isspace() else "\\" + character


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> tuple[_Part, ...]:
    reader = _Reader(re.sub(r"^(\*\*\*:)?(\(\?[a-z]+\))?", "", pattern))
    branches = reader.branches()
    if reader.rest():
        raise _StrangeError
    if len(branches) > 1:
        return (_Part(branches=branches),)
    # What is not held fast at its end may go on.
    return branches[0] if is_whole(pattern) else (*branches[0], _Part(_ANY, least=0, most=None))


@dataclass
class _Reader:
    """Reads a pattern once, from left to right."""

    text: str
    place: int = 0

    def rest(self) -> str:
        return self.text[self.place :]

    def take(self, wanted: str = "") -> str:
        """The next characters if they are those; without `wanted` the next one, whatever it is."""
        found = self.text[self.place : self.place + (len(wanted) or 1)]
        if wanted and found != wanted:
            return ""
        if not found:
            raise _StrangeError
        self.place += len(found)
        return found

    def branches(self) -> tuple[tuple[_Part, ...], ...]:
        found = [self._branch()]
        while self.take_if("|"):
            found.append(self._branch())
        return tuple(found)

    def take_if(self, wanted: str) -> bool:
        return bool(self.rest().startswith(wanted) and self.take(wanted))

    def _branch(self) -> tuple[_Part, ...]:
        parts = []
        while self.rest() and self.rest()[0] not in "|)":
            part = self._part()
            if part is not None:
                parts.append(self._repeated(part))
        return tuple(parts)

    def _part(self) -> _Part | None:
        character = self.take()
        if character in "^$":
            return None
        if character == "(":
            return self._group()
        if character == "[":
            return _Part(self._bracket())
        if character == ".":
            return _Part(_ANY)
        if character == "\\":
            return self._escape()
        return _Part(character)

    def _group(self) -> _Part | None:
        ahead = self.take_if("?=") or self.take_if("?!") or self.take_if("?<")
        self.take_if("?:")
        branches = self.branches()
        if not self.take_if(")"):
            raise _StrangeError
        return None if ahead else _Part(branches=branches)

    def _escape(self) -> _Part | None:
        character = self.take()
        if character in _WITHOUT_WIDTH or character in "123456789":
            return None
        if character.lower() in _ESCAPES:
            return _Part(_class(_ESCAPES[character.lower()], negated=character.isupper()))
        return _Part(_CONTROLS.get(character, character))

    def _bracket(self) -> str:
        negated = self.take_if("^")
        letters = self.take() if self.rest().startswith("]") else ""
        while not self.take_if("]"):
            letters += self._in_bracket()
        chosen = _without(letters) if negated else letters
        if not chosen:
            raise _StrangeError
        return chosen

    def _in_bracket(self) -> str:
        if self.take_if("[:"):
            name, closed, _ = self.rest().partition(":]")
            self.place += len(name) + len(closed)
            return _class(name)
        first = self._letter()
        if len(first) > 1 or not self.rest().startswith("-") or self.rest().startswith("-]"):
            return first
        self.take("-")
        last = self._letter()
        return "".join(chr(code) for code in range(ord(first), min(ord(last), ord(first) + 99) + 1))

    def _letter(self) -> str:
        """One character, or all of a class."""
        character = self.take()
        if character != "\\":
            return character
        character = self.take()
        if character in _ESCAPES:
            return _class(_ESCAPES[character])
        return _CONTROLS.get(character, character)

    def _repeated(self, part: _Part) -> _Part:
        least, most = self._counts()
        self.take_if("?")
        return _Part(part.letters, part.branches, least, most)

    def _counts(self) -> tuple[int, int | None]:
        for sign, counts in {"*": (0, None), "+": (1, None), "?": (0, 1)}.items():
            if self.take_if(sign):
                return counts
        found = _COUNTS.match(self.text, self.place)
        if not found:
            return 1, 1
        self.place = found.end()
        least = int(found[1])
        if not found[2]:
            return least, least
        return least, int(found[3]) if found[3] else None


def _class(name: str, *, negated: bool = False) -> str:
    letters = _CLASSES.get(name, "")
    return _without(letters) if negated else letters


def _without(letters: str) -> str:
    return "".join(letter for letter in _POOL if letter not in letters)
