from __future__ import annotations

import pytest

from twiceshy.reports.front_matter import KEYS
from twiceshy.reports.misspelling import meant


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("visiblity", "visibility"),
        ("titel", "title"),
        ("tag", "tags"),
        ("Title", "title"),
        ("stauts", "status"),
        ("reviewer", "reviewers"),
        ("severty", "severity"),
        ("dtae", "date"),
    ],
)
def test_a_slip_is_told_from_another_word(word, known):
    """A letter more, less or swapped still names the key that was meant."""
    assert meant(word, KEYS) == known


@pytest.mark.parametrize(
    "word",
    ["aliases", "author", "description", "image", "url", "draft", "slug", "type", "data", "toc"],
)
def test_other_words_are_left_alone(word):
    """Keys of site generators are no misspellings of ours, and neither are our own."""
    assert meant(word, KEYS) is None
    assert meant("title", KEYS) is None
