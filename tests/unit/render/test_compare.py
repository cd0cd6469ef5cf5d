from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.render.compare import Side, compare
from twiceshy.render.marks import Page


def drawn(left, right, width=60, highlights=(), **page) -> list[str]:
    """The comparison as plain lines."""
    sides = Side("expected", left), Side("got", right)
    return [line.plain for line in compare(*sides, Page(width, **page), highlights)]


def test_two_short_lines_stand_below_each_other():
    """Carets point at what differs, for eyes that see no colour."""
    assert drawn('{"n": 10}', '{"n": 12}') == [
        'expected  {"n": 10}',
        'got       {"n": 12}',
        "                 ^",
    ]


def test_highlights_are_pointed_at():
    """A given text is pointed at wherever it stands."""
    assert drawn("a", "x MARK y MARK", highlights=("MARK",))[-1].strip() == "^^^^   ^^^^"


def test_texts_of_several_lines_stand_side_by_side():
    """A sign between the columns tells what kind of difference each line has."""
    assert drawn("<p>\n1\n</p>", "<p>\n2\nnew\n</p>", width=31) == [
        "expected       │ got",
        "<p>            │ <p>",
        "1              ≠ 2",
        "               > new",
        "</p>           │ </p>",
    ]


def test_wide_lines_become_a_diff():
    """What fits no column is told with minus and plus."""
    long = "word " * 10
    assert drawn(f"a\n{long}1", f"a\n{long}2") == [
        "- expected   + got",
        "  a",
        f"- {long}1",
        f"+ {long}2",
        "  " + " " * 50 + "^",
    ]


def test_nothing_against_something():
    """A missing text is an empty side."""
    assert drawn("", "x\ny") == ["expected                     │ got", *(
        f"{'':<28} > {line}" for line in "xy"
    )]  # fmt: skip


def test_wide_characters_keep_the_columns():
    """Characters of two cells do not push the second column."""
    lines = drawn("名前\nb", "名前\nc", width=31)
    assert lines[1] == "名前           │ 名前"


def test_very_long_lines_are_cut_around_the_difference():
    """A page on one line of a hundred kilobytes does not fill the terminal."""
    lines = drawn("x" * 100_000 + "A", "x" * 100_000 + "B")
    assert len(lines) < 12
    assert any("B" in line for line in lines)
    assert len(drawn("x" * 1000 + "A", "x" * 1000 + "B", verbose=True)) > 30


def test_long_differences_are_cut():
    """A screenful says enough; verbose says all."""
    left = "\n".join(f"a{number}" for number in range(100))
    lines = drawn(left, left.replace("a", "b"))
    assert len(lines) == 25
    assert lines[-1].startswith("… ")
    assert len(drawn(left, left.replace("a", "b"), verbose=True)) > 100


@given(st.text(), st.text(), st.integers(min_value=20, max_value=120), st.text(max_size=3))
def test_any_texts_can_be_compared(left, right, width, highlight):
    """Whatever a service answers can be drawn, within the width."""
    from rich.cells import cell_len

    lines = drawn(left, right, width, (highlight,))
    assert all(cell_len(line) <= width for line in lines)
