from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from twiceshy.render.legible import legible
from twiceshy.render.paragraph import indented, wrap


def lines(text, width, label=""):
    """The wrapped text as plain lines."""
    return [line.plain for line in wrap(Text(text), width, Text(label))]


def test_later_lines_stand_below_the_first():
    """The label has a column of its own."""
    assert lines("one two three", 14, "it: ") == ["it: one two", "    three"]


def test_a_command_is_not_broken():
    """What stands in backticks can be copied from one line."""
    assert lines("Write one with `twiceshy init`.", 28) == ["Write one with", "`twiceshy init`."]


def test_styles_survive():
    """A bold word is bold wherever it lands."""
    text = Text("plain ").append("bold words", style="bold").append(" plain")
    styled = [line.spans for line in wrap(text, 12)]
    assert all(spans for spans in styled[:2])


def test_line_breaks_are_kept():
    """Each line of the text begins a line."""
    assert lines("a\nb", 20, "- ") == ["- a", "  b"]


def test_nothing_is_one_empty_line():
    """A label without a text is still shown."""
    assert lines("", 20, "x") == ["x"]


def test_indented():
    """All lines are moved."""
    assert [line.plain for line in indented([Text("a"), Text("b")], 2)] == ["  a", "  b"]


@given(st.text(), st.integers(min_value=10, max_value=80))
def test_no_character_gets_lost(text, width):
    """Whatever is wrapped, all but white space is there again, in order."""
    text = legible(text).replace("\ue000", "")
    assert "".join("".join(lines(text, width)).split()) == "".join(text.split())
