from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.synthesis.patterns import matching, of_like, of_similar

NUMBERS = (0, 1, 12_345, 2**127)
LETTERS = st.sampled_from(["a", "Z", "7", "[a-z]", "[^0-9]", r"\d", r"\w", ".", r"\.", "[-_]"])
COUNTS = st.sampled_from(["", "?", "*", "+", "{3}", "{2,}", "{1,4}", "+?"])


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Patterns that Python reads as PostgreSQL does."""
    parts = draw(st.lists(st.tuples(LETTERS, COUNTS), min_size=1, max_size=5))
    text = "".join(letter + count for letter, count in parts)
    if draw(st.booleans()):
        text = f"({text}|{draw(LETTERS)})" + draw(COUNTS)
    return draw(st.sampled_from(["{}", "^{}", "{}$", "^{}$"])).format(text)


@given(patterns(), st.integers(0, 2**128), st.integers(0, 20))
def test_what_is_made_matches(pattern: str, number: int, stretch: int) -> None:
    """Whatever is left open, and however long the text is to be."""
    text = matching(pattern, number, stretch)
    assert text is not None
    assert re.search(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("^[[:alpha:]_][[:digit:]]{2}$", "[a-zA-Z_][0-9]{2}"),
        ("^[]a]$", "[]a]"),
        ("^[^[:space:]]$", r"\S"),
        ("^[\\w.]+$", r"[\w.]+"),
        (r"^\S\D\W$", r"\S\D\W"),
        (r"^a\tb\\$", r"a\tb\\"),
        ("^(?:a|b){2}c?$", "[ab]{2}c?"),
        ("***:(?i)^x$", "x"),
        (r"^\Aab\Z$", "ab"),
        ("(?!x)^y$", "y"),
        ("^a|b$", "a|b"),
        ("^$", ""),
    ],
)
def test_the_server_s_own_signs(pattern: str, wanted: str) -> None:
    """Classes, options and marks that Python writes otherwise."""
    for number in NUMBERS:
        text = matching(pattern, number)
        assert text is not None
        assert re.fullmatch(wanted, text)


def test_other_numbers_give_other_texts() -> None:
    """Where the pattern leaves a choice; the same number always gives the same."""
    made = {matching("^[A-Z]{3}-[0-9]{4}$", number) for number in range(50)}
    assert len(made) == 50
    assert made == {matching("^[A-Z]{3}-[0-9]{4}$", number) for number in range(50)}


def test_texts_are_as_short_as_may_be_or_longer() -> None:
    """What may repeat does so the fewest times; `stretch` adds to that, up to what is allowed."""
    assert matching("^ab*c{2,}$", 0) == "acc"
    assert matching("^ab*$", 0, 3) == "abbb"
    assert matching("^a{1,2}$", 0, 30) == "aa"


def test_an_open_end_goes_on() -> None:
    """Behind a pattern that is not held fast anything may stand."""
    assert len(matching("^x", 5, 8) or "") == 9
    assert len(matching(r"x\$", 5, 8) or "") == 10
    assert matching("^x$", 5, 8) == "x"


@pytest.mark.parametrize("pattern", ["[a", "(a", "a)", "\\", "[^\\w\\W]" + "[", "(?<"])
def test_what_is_not_understood_is_said_to_be_so(pattern: str) -> None:
    """No text, and no error."""
    assert matching(pattern, 1) is None


@pytest.mark.parametrize(
    ("like", "yes", "no"),
    [
        ("ab%", ("ab", "abx"), ("xab",)),
        ("50\\%_", ("50%x",), ("50xx", "50%")),
        ("a.c", ("a.c",), ("abc",)),
    ],
)
def test_like(like: str, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    """Percent and underline are wild, everything else stands for itself."""
    pattern = of_like(like)
    assert all(re.search(pattern, text) for text in yes)
    assert not any(re.search(pattern, text) for text in no)


def test_similar_to() -> None:
    """Between LIKE and a regular expression."""
    pattern = of_similar("[A-Z]{2}_(x|y)%.")
    assert re.search(pattern, "AB-xmore.")
    assert not re.search(pattern, "AB-zmore.")
    assert not re.search(pattern, "AB-xmore")
