from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.reports.prose.parse import LONGEST, parse_document
from twiceshy.reports.prose.read import read_postmortems

TEXTS = [path.read_text("utf-8") for path in sorted((Path(__file__).parent / "texts").iterdir())]
NAMES = ("a.md", "a.mdx", "a.html", "a.rst", "a.txt", "-")
SHARDS = (
    "<", ">", "<script>", "</script>", "<!--", "-->", "```", "~~~", "|", "|---|", "**", "__", "`",
    "[", "](", "![", "# ", "## Timeline\n", "- ", "  - ", "1. ", "> ", "---\n", "+++\n", "===\n",
    ".. note::\n", "{{<", ">}}", "&#0;", "&lt;", "\x00", "\u2028", "\ufeff", "\udc80", "\r", "\r\n",
    "\t", "10:61", "99:99", "2024-13-45", "Day 0", "**Impact:**", "<td>", "</tr>", "<h1>", "<pre>",
    "障害", "\u202e", "e\u0301", "title: x\n", "<a href='", '"', "\\", "\n\n",
)  # fmt: skip


def check(text, name):
    """What is true of every text: it is read, and its places lie in it, part after part."""
    reading = read_postmortems(text, name)
    assert bool(reading.postmortems) != bool(reading.reason)
    at = 0
    for document in parse_document(text, name):
        assert document.part.start == at
        at = document.part.end
        for block in document.blocks:
            assert 0 <= block.span.start <= block.span.end <= len(text)
    assert at == len(text)


def mutated(seed):
    """One of our texts with pieces cut, doubled, swapped and put in."""
    chance = random.Random(seed)
    text = chance.choice(TEXTS)
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(len(text) + 1)
        end = min(len(text), place + chance.randrange(60))
        piece = text[place:end]
        shard = "".join(chance.choices(SHARDS, k=chance.randrange(1, 6)))
        text = chance.choice(
            (
                text[:place] + shard + text[place:],
                text[:place] + text[end:],
                text[:place] + piece * chance.randrange(2, 6) + text[end:],
                text[end:] + piece + text[:place],
                text[:place] + shard * chance.randrange(1, 30) + text[end:],
            )
        )
    return text, chance.choice(NAMES)


@given(st.text(max_size=400), st.sampled_from(NAMES))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text, name):
    """Nothing that a file holds makes reading fail."""
    check(text, name)


@given(st.lists(st.sampled_from(SHARDS), max_size=40), st.sampled_from(NAMES))
@settings(max_examples=150, deadline=None)
def test_any_heap_of_markup_is_read(pieces, name):
    """However it opens and never closes."""
    check("".join(pieces), name)


def test_mutated_texts_are_read():
    """Five hundred of them."""
    for seed in range(500):
        check(*mutated(seed))


@pytest.mark.soak
def test_many_mutated_texts_are_read():
    """Ten thousand, each within a second."""
    for seed in range(500, 10_500):
        text, name = mutated(seed)
        started = time.monotonic()
        check(text, name)
        assert time.monotonic() - started < 5, seed


@pytest.mark.parametrize("shard", [*SHARDS, "a", " ", "- x\n", "a|b\n", "10:00 x\n", "A b. "])
def test_long_repetitions_take_time_in_proportion(shard):
    """A text of one thing, a hundred thousand letters long, is read in seconds."""
    text = TEXTS[0] + shard * (20_000 // len(shard))
    started = time.process_time()
    read_postmortems(text, "a.md")
    assert time.process_time() - started < 8


def test_deep_nesting_is_read():
    """Lists, quotations and brackets within each other, hundreds deep."""
    for text in (
        "".join(f"{' ' * depth}- x\n" for depth in range(500)),
        ">" * 5000 + " x",
        "[" * 5000 + "]" * 5000,
        "<div>" * 5000,
        "<table><tr><td>" * 3000,
    ):
        check(text, "a.md")


def test_a_text_that_is_too_long_is_refused():
    """With its length, and without being read."""
    reading = read_postmortems("a" * (LONGEST + 1), "a.md")
    assert reading.reason.startswith("it is too long: 5,000,001 characters")
