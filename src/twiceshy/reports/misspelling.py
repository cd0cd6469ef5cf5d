"""Tells a slip of the keyboard from another word.

Suggestions may be generous (`twiceshy.errors.nearest`): there, a mistake is certain. Here it is
not, since reports carry keys of other programs, so only what differs by a letter or two counts.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def meant(word: str, known: Iterable[str], likeness: float = 0.85) -> str | None:
    """The known word of which `word` is a misspelling; None when it is none, or is right."""
    names = list(known)
    if word in names:
        return None
    lower = word.lower()
    if lower in names:
        return lower
    letters = sorted(lower)
    swapped = (name for name in names if len(name) > 3 and sorted(name) == letters)
    close = get_close_matches(lower, names, n=1, cutoff=likeness)
    return next(swapped, None) or (close[0] if close else None)
