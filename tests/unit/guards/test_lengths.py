"""Lengths of time in guards."""

from __future__ import annotations

import pytest

from twiceshy.guards.lengths import milliseconds, seconds


@pytest.mark.parametrize(
    ("text", "found"), [("200ms", 200), ("1.5s", 1500), ("2min", 120_000), ("0.5 s", 500)]
)
def test_lengths_of_time(text, found):
    """With their unit."""
    assert milliseconds(text) == found
    assert seconds(text) == found / 1000


@pytest.mark.parametrize("text", ["", "5", "long", "5 h", "-1s"])
def test_what_is_no_length_of_time(text):
    """A number without its unit is none."""
    with pytest.raises(ValueError, match="no length of time"):
        milliseconds(text)
