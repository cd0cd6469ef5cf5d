"""What people type as a query of the index, and what was found as snippets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from twiceshy.library.search_records import Snippet
from twiceshy.library.words import fold, folded_with_places, is_without_blanks, pairs, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PART = re.compile(r'(?P<minus>-?)"(?P<quoted>[^"]*)"?|(?P<word>\S+)')
_WIDTH = 150
"""Characters of a snippet, about."""
_MOST_PARTS = 20
SNIPPETS = 3


@dataclass(frozen=True, slots=True)
class Term:
    """Words that have to follow each other, whole as they are compared; the last as a beginning."""

    words: tuple[str, ...]
    open: bool
    excluded: bool = False


def terms(query: str) -> tuple[Term, ...]:
    """The terms of what somebody typed. What stands behind a minus must not occur."""
    found = []
    for part in _PART.finditer(query):
        quoted = part["quoted"]
        text = part["word"] or quoted or ""
        excluded = bool(part["minus"]) or (
            quoted is None and text.startswith("-") and len(text) > 1
        )
        whole = tuple(word for _, _, word in runs(fold(text)))
        if whole:
            last = part.end() == len(query)
            found.append(Term(whole, open=last and quoted is None, excluded=excluded))
    return tuple(found[:_MOST_PARTS])


def expression(wanted: Sequence[Term]) -> str:
    """The terms in the language of FTS5; "" when nothing is asked for, only excluded."""
    asked = [_phrase(term) for term in wanted if not term.excluded]
    excluded = exclusion(wanted)
    if not asked:
        return ""
    text = " AND ".join(asked)
    return f"({text}) NOT ({excluded})" if excluded else text


def exclusion(wanted: Sequence[Term]) -> str:
    """What must not occur, in the language of FTS5; "" when nothing is excluded."""
    return " OR ".join(_phrase(term) for term in wanted if term.excluded)


def _phrase(term: Term) -> str:
    """Quoted words, of which the last may go on where it is still being typed."""
    pieces: list[str] = []
    for place, word in enumerate(term.words):
        if is_without_blanks(word):
            # The last letter alone would ask that the run ends here.
            pieces += pairs(word)[:-1] or [word]
        else:
            pieces.append(word)
            continue
        if place < len(term.words) - 1:
            pieces.append(word[-1])
    last = term.words[-1]
    beginning = term.open or (is_without_blanks(last) and len(last) == 1)
    phrase = f'"{" ".join(pieces)}"' + ("*" if beginning else "")
    # Almost every text has a word that begins with a given letter; few titles have.
    single = term.open and term.words == (last,) and len(last) == 1 and last.isascii()
    return f"{{title names}} : {phrase}" if single else phrase


def marked(text: str, wanted: Sequence[Term]) -> Snippet:
    """The whole text with what was searched for marked."""
    return Snippet(text, tuple(_joined(_marks(text, wanted))))


def snippets(text: str, wanted: Sequence[Term]) -> tuple[Snippet, ...]:
    """Pieces of the text around what was searched for, those with the most different words first.

    A text that has none of it (the words stand in its title) has no snippet.
    """
    found = list(_joined(_marks(text, wanted)))
    pieces: list[tuple[int, int]] = []
    for start, end in found:
        if pieces and start < pieces[-1][1]:
            continue
        pieces.append(_around(text, start, end))
        if len(pieces) > 40:
            break

    def worth(piece: tuple[int, int]) -> tuple[int, int]:
        inside = {fold(text[a:b]) for a, b in found if piece[0] <= a and b <= piece[1]}
        return -len(inside), piece[0]

    best = sorted(sorted(pieces, key=worth)[:SNIPPETS])
    return tuple(_snippet(text, piece, found) for piece in best)


def _snippet(text: str, piece: tuple[int, int], found: Iterable[tuple[int, int]]) -> Snippet:
    """The piece on one line, with its marks moved along."""
    first, end = piece
    inside = [(a, b) for a, b in found if first <= a and b <= end]
    edges = [first, *(edge for mark in inside for edge in mark), end]
    shown = "\u2026 " if first else ""
    marks: list[tuple[int, int]] = []
    for place, (a, b) in enumerate(pairwise(edges)):
        part = re.sub(r"\s+", " ", text[a:b])
        if place % 2:
            marks.append((len(shown), len(shown) + len(part)))
        shown += part
    shown += " \u2026" if end < len(text) else ""
    return Snippet(shown, tuple(marks))


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch around a place that begins and ends between words, within its paragraph."""
    before = max(
        text.rfind("\n\n", 0, start) + 2 if "\n\n" in text[:start] else 0, start - _WIDTH // 3
    )
    blank = re.search(r"\s", text[before:start]) if before else None
    if blank and before and not text[before - 1].isspace():
        before += blank.end()
    after = min(len(text), before + _WIDTH)
    after = max(after, end)
    paragraph = text.find("\n\n", end, after)
    if paragraph >= 0:
        return before, paragraph
    blank_at = max(text.rfind(" ", end, after), text.rfind("\n", end, after))
    return before, blank_at if blank_at > end and after < len(text) else after


def _marks(text: str, wanted: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where the terms stand, in the order of the text; parts of a run of letters without blanks."""
    asked = [term for term in wanted if not term.excluded]
    if not asked or not text:
        return
    pattern = re.compile(
        "|".join(sorted((_pattern(term) for term in asked), key=len, reverse=True))
    )
    folded, places = _folded(text)
    for found in pattern.finditer(folded):
        if found.end() > found.start():
            yield places[found.start()], places[found.end()]


def _pattern(term: Term) -> str:
    text = r"[\W_]+".join(map(re.escape, term.words))
    before = "" if is_without_blanks(term.words[0]) else r"(?<![^\W_])"
    last = is_without_blanks(term.words[-1])
    after = r"[^\W_]*" if term.open and not last else "" if last else r"(?![^\W_])"
    return before + text + after


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and where each of its characters comes from."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    return folded_with_places(text)


def _joined(marks: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Marks that touch each other as one."""
    last: tuple[int, int] | None = None
    for mark in marks:
        if last and mark[0] <= last[1]:
            last = (last[0], max(last[1], mark[1]))
            continue
        if last:
            yield last
        last = mark
    if last:
        yield last
