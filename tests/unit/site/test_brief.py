from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

import shelf_of_reports
from twiceshy.library.audience import Audience
from twiceshy.library.entry import Action, Entry, GuardState
from twiceshy.model.postmortem import Moment
from twiceshy.model.verdict import Value
from twiceshy.site.brief import brief, how_long, is_fixed, plain
from twiceshy.site.pages import volume_of

ENTRY = Entry("a", Path("a.md"), "A", Audience.PUBLIC)
TODAY = shelf_of_reports.TODAY


def _guard(**verdicts: Value) -> tuple[GuardState, ...]:
    return (GuardState("command", 1, {k.replace("today", ""): v for k, v in verdicts.items()}),)


def test_a_manager_reads_what_who_how_long_and_fixed(sites):
    """In the report's own words where there are any."""
    told = brief(volume_of(sites["public"], "2024-10-14-checkout"), TODAY)
    answers = {question: answer for question, answer, _ in told}
    assert answers["What happened?"].startswith("On 14 October a change of the card provider")
    assert answers["Who was affected?"].startswith("3,214 shoppers saw Your card was refused;")
    assert answers["Is it fixed?"].startswith("No: the failure comes back on today's version.")
    assert "1 of 3 done. 1 overdue." in answers["Is it fixed?"]


def test_how_long_says_what_is_known():
    """Length, both ends, and how long nobody knew."""
    at = {"started_at": Moment(2024, 1, 2, 3, 4), "resolved_at": Moment(2024, 1, 2, 4, 4)}
    whole = replace(ENTRY, duration_minutes=60, minutes_to_detect=5, **at)
    assert how_long(whole) == "60 min. From 2024-01-02 03:04 to 04:04. Noticed after 5 min."
    late = Moment(2024, 1, 3, 4, 4, zone="UTC")
    assert how_long(replace(ENTRY, started_at=at["started_at"], ended_at=late)) == (
        "From 2024-01-02 03:04 to 2024-01-03 04:04 UTC."
    )
    assert how_long(ENTRY) == ""
    assert how_long(replace(ENTRY, started_at=Moment(2024, 1, 2))) == ""


@pytest.mark.parametrize(
    ("guards", "says"),
    [
        (_guard(today=Value.HOLDS), "Yes"),
        (_guard(today=Value.RECURS), "No"),
        (_guard(today=Value.UNKNOWN), "could not tell"),
        (_guard(faulty=Value.RECURS), "not been rehearsed"),
        ((), "No guard"),
    ],
)
def test_fixed_is_what_the_guard_says(guards, says):
    """A report without one cannot say yes."""
    assert says in is_fixed(replace(ENTRY, guards=guards), TODAY)


def test_action_items_that_are_late_are_counted():
    """Also where the guard holds."""
    late = Action("a", "x", 1, done=False, due_on=TODAY.replace(day=1))
    said = is_fixed(replace(ENTRY, actions=(late,), status="closed"), TODAY)
    assert said == (
        "Service was restored. No guard watches for it. Action items: 0 of 1 done. 1 overdue."
    )


def test_comments_that_are_never_closed_take_no_time():
    """And hide nothing that the page shows."""
    started = time.monotonic()
    assert plain("<!-- x --> y <!-- z") == "y <!-- z."
    plain("<!--" * 40_000, 200_000)
    assert time.monotonic() - started < 5


def test_plain_words_have_no_markup_and_no_comments():
    """Lists and paragraphs become sentences."""
    text = "- **Nobody**\n- [could](x.md) `log in`\n\n<!-- hidden --> Done!\n\n```\ncode\n```\n"
    assert plain(text) == "Nobody. could log in. Done!"
