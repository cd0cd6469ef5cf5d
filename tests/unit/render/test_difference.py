from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.render.difference import Pair, differing, occurrences, pairs, window

LINES = st.lists(st.text("abc", max_size=3), max_size=30).map("\n".join)


def test_an_added_line_stands_alone():
    """Lines before and after it stay beside their counterparts."""
    assert pairs("a\nc", "a\nb\nc") == (
        Pair("same", "a", "a"),
        Pair("added", right="b"),
        Pair("same", "c", "c"),
    )


def test_a_changed_line_stands_beside_its_old_self():
    """A replaced line is one pair; what has no counterpart is removed or added."""
    assert pairs("a\nb", "x") == (Pair("changed", "a", "x"), Pair("removed", left="b"))


def test_long_equal_stretches_are_left_out():
    """Three equal lines on each side of a change remain."""
    same = [str(number) for number in range(20)]
    found = pairs("\n".join([*same, "old", *same]), "\n".join([*same, "new", *same]))
    assert [pair.skipped for pair in found if pair.change == "skipped"] == [17, 17]
    assert [pair.left for pair in found if pair.change == "same"] == [
        "17", "18", "19", "0", "1", "2",
    ]  # fmt: skip


@given(LINES, LINES)
def test_no_line_gets_lost(left, right):
    """Each text can be put together again from its pairs and the counts of what was left out."""
    found = pairs(left, right)
    skipped = sum(pair.skipped for pair in found)
    lefts = [pair for pair in found if pair.change in ("same", "changed", "removed")]
    rights = [pair for pair in found if pair.change in ("same", "changed", "added")]
    assert len(lefts) + skipped == len(left.splitlines())
    assert len(rights) + skipped == len(right.splitlines())


@given(st.text("ab", max_size=8), st.text("ab", max_size=8))
def test_differing_parts_explain_the_difference(left, right):
    """Outside of the two spans the lines are equal."""
    (start, end), (other, other_end) = differing(left, right)
    assert left[:start] == right[:other]
    assert left[end:] == right[other_end:]
    assert start <= end
    assert other <= other_end


def test_occurrences_are_merged():
    """Overlapping finds are pointed at once."""
    assert occurrences("xabcabx", ("abc", "cab", "", "nope")) == [(1, 6)]


def test_a_window_shows_the_first_span():
    """Of a very long line, the part around the difference."""
    start, end = window("x" * 1000, [(500, 510)], 100)
    assert start <= 500
    assert end >= 510
    assert end - start == 100
    assert window("short", [], 100) == (0, 5)
