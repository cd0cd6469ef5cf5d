"""Entries of timelines of many makes."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.chronicle import Chronicle
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.timeline import timeline_of


def _timeline(body, head="# Outage of 2023-05-05\n\n## Timeline\n"):
    return timeline_of(Chronicle(parse_document(head + body, "a.md")[0]))


def _said(body):
    return [(str(entry.at or ""), entry.text) for entry in _timeline(body)]


@pytest.mark.parametrize(
    "body",
    [
        "- 10:00 one\n- 10:30 two\n",
        "* **10:00**: one\n* **10:30**: two\n",
        "10:00 - one\n10:30 - two\n",
        "10:00: one\n\n10:30: two\n",
        "10:00\none\n\n10:30\ntwo\n",
        "### 10:00\n\none\n\n### 10:30\n\ntwo\n",
        "| Time | Event |\n|---|---|\n| 10:00 | one |\n| 10:30 | two |\n",
        "10:00 one<br>\n10:30 two<br>\n",
        "- [10:00] one\n- (10:30) two\n",
        "1. 10:00 AM one\n2. 10:30 AM two\n",
        "- at 10:00: one\n- around 10:30: two\n",
        "**2023-05-05**\n\n- 10:00 one\n- 10:30 two\n",
    ],
)
def test_entries_of_many_makes_are_the_same(body):
    """Time, text and the date from the title."""
    assert _said(body) == [("2023-05-05T10:00", "one"), ("2023-05-05T10:30", "two")]


def test_a_label_may_come_first():
    """With the time in brackets or at the end."""
    assert _said("- Start (10:00): one\n- End (10:30): two\n") == [
        ("2023-05-05T10:00", "Start: one"),
        ("2023-05-05T10:30", "End: two"),
    ]


def test_sentences_are_entries_where_there_are_no_lines():
    """Each that mentions a time."""
    entries = _timeline("It broke at 10:00. Nobody saw it. At 10:30 it was mended.\n")
    assert [str(entry.at) for entry in entries] == ["2023-05-05T10:00", "2023-05-05T10:30"]


def test_ranges_have_two_ends():
    """Also over midnight."""
    (entry, *_) = _timeline("- 23:30-00:15: work\n- 00:30 done\n")
    assert (str(entry.at), str(entry.until)) == ("2023-05-05T23:30", "2023-05-06T00:15")


def test_dates_are_carried_from_headings_and_entries():
    """And past midnight."""
    body = "### May 6\n- 23:00 a\n- 01:00 b\n- May 9, 10:00 c\n- 11:00 d\n"
    assert [time for time, _ in _said(body)] == [
        "2023-05-06T23:00", "2023-05-07T01:00", "2023-05-09T10:00", "2023-05-09T11:00",
    ]  # fmt: skip


def test_headings_that_end_with_a_time_are_entries():
    """The steps below them, which have no times, are none."""
    body = "### First try (06:00)\n1. Deploy\n2. Look\n\n### Second try (07:10)\n1. Roll back\n"
    assert [text for _, text in _said(body)] == ["First try (06:00)", "Second try (07:10)"]


def test_what_belongs_to_an_entry_is_none():
    """Items below it, lines that go on, pieces of code."""
    body = "- 10:00 one\n  - detail\n  more until 10:20\n\n```\n10:05 log\n```\n- 10:30 two\n"
    assert len(_timeline(body)) == 2


def test_phases_count_where_there_are_no_times_at_all():
    """As untimed entries."""
    entries = _timeline("- Detection: by hand\n- Mitigation: restart\n")
    assert [entry.at for entry in entries] == [None, None]


def test_a_timeline_needs_no_heading():
    """Where at least three lines begin with a time."""
    head = "# Outage of 2023-05-05\n\n## Context\n"
    assert len(_timeline("- 10:00 one\n- 10:10 two\n- 10:20 three\n", head)) == 3
    assert _timeline("We met at 10:00. At 11:00 we left.\n", head) == ()


def test_a_table_of_other_numbers_is_no_timeline():
    """Only one with times in its first columns."""
    assert _timeline("", "# Outage\n\n| a | b |\n|---|---|\n| 1 | 10:00 |\n") == ()


def test_times_can_count_from_the_start():
    """Where the text gives a start."""
    head = "# Outage\n\nDown from 2023-05-05 10:00 to 11:00 UTC.\n\n## Timeline\n"
    entries = _timeline("- T-5m: deploy\n- T+0: alert\n- T+1:00: resolved\n", head)
    assert [str(entry.at) for entry in entries] == [
        "2023-05-05T09:55 UTC", "2023-05-05T10:00 UTC", "2023-05-05T11:00 UTC",
    ]  # fmt: skip
    assert [entry.at for entry in _timeline("T+1h: a\nT+2d: b\n", "# X\n\n## Timeline\n")] == [
        None
    ] * 2


def test_one_moment_in_two_zones_is_no_range():
    """The first is the entry's time."""
    (entry, _) = _timeline("- 10:00 PST / 18:00 UTC: one\n- 10:10 PST: two\n")
    assert (str(entry.at), entry.until) == ("2023-05-05T10:00 PST", None)


def test_items_that_mention_their_time_later_are_entries_too():
    """Beside one whose time stands last."""
    body = "- Alert: it came at 10:00 by mail.\n- Call: the DBA came at 10:20.\n- End: 11:00\n"
    assert len(_timeline(body)) == 3


def test_entries_say_what_they_are():
    """By their words."""
    body = "- 10:00 outage began\n- 10:05 alert fired\n- 10:10 escalated\n- 10:20 resolved\n"
    marks = [entry.mark for entry in _timeline(body)]
    assert marks == ["start", "detected", "escalated", "resolved"]
