from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.render.sql import highlighted

LONG = (
    "SELECT d.id, g.name FROM deposits d LEFT JOIN goals g ON g.id = d.goal_id "
    "WHERE d.note = 'taken FROM the WHERE house' ORDER BY d.id"
)


def test_a_long_statement_is_broken_before_its_clauses():
    """Words inside of literals are no clauses."""
    assert highlighted(LONG).plain.split("\n") == [
        "SELECT d.id, g.name",
        "FROM deposits d",
        "LEFT JOIN goals g ON g.id = d.goal_id",
        "WHERE d.note = 'taken FROM the WHERE house'",
        "ORDER BY d.id",
    ]


def test_a_short_statement_stays():
    """What fits a line needs no breaks."""
    assert highlighted("SELECT 1 FROM t").plain == "SELECT 1 FROM t"


def test_comments_stay_where_they_are():
    """A break after `--` would make a statement of a comment."""
    statement = "SELECT 1 -- FROM here WHERE nothing matters, and so on and so on FROM t"
    assert highlighted(statement).plain == statement


@given(st.text())
def test_only_white_space_changes(text):
    """Whatever the statement holds, its characters stay in order."""
    shown = highlighted(text).plain
    assert "".join(highlighted(shown).plain.split()) == "".join(shown.split())
