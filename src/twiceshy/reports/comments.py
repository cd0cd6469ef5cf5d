"""The comments of a text, as HTML has them, found in one pass however many are never closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN, _CLOSE = "<!--", "-->"


def comments(text: str) -> Iterator[tuple[int, int]]:
    """Where each comment begins, and where it has ended; one that is never closed is none."""
    first = text.find(_OPEN)
    while first >= 0:
        end = text.find(_CLOSE, first + len(_OPEN))
        if end < 0:
            return
        yield first, end + len(_CLOSE)
        first = text.find(_OPEN, end)


def without_comments(text: str) -> str:
    """The text, and nothing in place of its comments."""
    pieces: list[str] = []
    done = 0
    for first, end in comments(text):
        pieces.append(text[done:first])
        done = end
    return "".join([*pieces, text[done:]])
