"""Personal ids: eleven digits, of which the last two check the others."""

from __future__ import annotations


def bare(text: str) -> str:
    """Digits alone: 529.982.247-25 and 52998224725 are the same person."""
    return "".join(letter for letter in text if letter.isdigit())


def is_personal_id(digits: str) -> bool:
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    return all(_check(digits[:end]) == int(digits[end]) for end in (9, 10))


def _check(digits: str) -> int:
    total = sum(int(digit) * (len(digits) + 1 - place) for place, digit in enumerate(digits))
    return total * 10 % 11 % 10
