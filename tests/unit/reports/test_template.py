from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.reports.headings import NAMES
from twiceshy.reports.parse import parse_report
from twiceshy.reports.template import new_report

DAY = datetime.date(2026, 12, 1)


@pytest.mark.parametrize("kind", ["isolation", "command", "conservation", "locks"])
def test_a_draft_is_a_sound_report(kind):
    """What `twiceshy new` writes has every section, a guard of the kind, and no problem."""
    report = parse_report(new_report("Deposits of others", DAY, kind), Path("x.md"))
    assert report.problems == ()
    assert (report.title, report.date) == ("Deposits of others", DAY)
    assert report.front_matter["status"] == "draft"
    assert {section.name for section in report.sections} - {""} == set(NAMES)
    assert [guard.kind for guard in report.guards] == [kind]
    assert report.action_items == ()


def test_the_guard_may_be_given():
    """Whoever knows the kinds can fill in the block."""
    text = new_report("T", DAY, "locks", guard='script = "x.sql"\n')
    assert parse_report(text, Path("x.md")).guards[0].table == {"kind": "locks", "script": "x.sql"}


@given(st.text(min_size=1))
def test_any_title_survives(title):
    """Quotes, line ends and control characters in a title are written so that they are read."""
    report = parse_report(new_report(title, DAY), Path("x.md"))
    assert report.problems == ()
    assert report.front_matter["title"] == title
