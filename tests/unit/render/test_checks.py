from __future__ import annotations

from twiceshy.render.checks import check_lines
from twiceshy.render.marks import Page


def test_three_ways_a_check_can_end():
    """Only what is missing says what was seen and what to do."""
    page = Page(60)
    lines = [
        *check_lines("PostgreSQL starts", True, "18.1", "nothing", page),
        *check_lines("the service answers", False, "exit status 1", "see its log", page),
        *check_lines("an actor logs in", None, "", "", page),
    ]
    assert [line.plain for line in lines] == [
        "✓ ok       PostgreSQL starts",
        "✗ missing  the service answers",
        "           seen      exit status 1",
        "           to do     see its log",
        "? skipped  an actor logs in",
    ]
