"""Contradictions between times."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.conflicts import RULES_OF_TIMES, said
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.times import times_of

HEAD = "# Outage\n\n"
TIMELINE = "\n## Timeline\n- 10:00 UTC deploy\n- 10:10 UTC alert\n- 11:00 UTC service restored\n"
CONTRADICTIONS = {
    "duration-against-timeline": f"{HEAD}Date: 2023-05-05\nDuration: 3 hours\n{TIMELINE}",
    "start-after-first-sign": (
        f"{HEAD}Start: 2023-05-05 10:05 UTC\nEnd: 2023-05-05 11:00 UTC\n\n## Root cause\n"
        "The table had been locked since 10:01 UTC.\n"
    ),
    "restored-before-end": (
        f"{HEAD}Date: 2023-05-05\n{TIMELINE}- 11:30 UTC incident closed\n\n"
        "The outage lasted from 10:00 UTC to 11:30 UTC.\n"
    ),
    "end-before-start": f"{HEAD}Start: 2023-05-05 10:00\nEnd: 2023-05-04 09:00\n",
    "weekday-against-date": f"{HEAD}It happened on Monday, 5 May 2023.\n",
    "title-against-front-matter": (
        "---\ntitle: Outage of 2023-05-05\ndate: 2023-05-09\n---\nNothing worked.\n"
    ),
    "timeline-out-of-order": (
        f"{HEAD}## Timeline\n- 2023-05-05 10:00 a\n- 2023-05-05 12:00 b\n- 2023-05-05 11:00 c\n"
    ),
}


def _rules(text):
    return [conflict.rule for conflict in times_of(parse_document(text, "a.md")[0]).conflicts]


@pytest.mark.parametrize("rule", RULES_OF_TIMES)
def test_each_contradiction_is_found(rule):
    """By the rule for it and by no other."""
    assert _rules(CONTRADICTIONS[rule]) == [rule]


@pytest.mark.parametrize("rule", RULES_OF_TIMES)
def test_a_conflict_points_at_what_contradicts(rule):
    """In words, with places in the text."""
    text = CONTRADICTIONS[rule]
    (conflict,) = times_of(parse_document(text, "a.md")[0]).conflicts
    assert conflict.says
    assert conflict.spans
    assert all(text[span.start : span.end].strip() for span in conflict.spans)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}Date: 2023-05-05\nDuration: about 1 hour\n{TIMELINE}",
        f"{HEAD}Start: 2023-05-05 23:30\nEnd: 00:40\n",
        f"{HEAD}It happened on Friday, 5 May 2023.\n",
        f"{HEAD}Date: 2023-05-05\n\n## Timeline\n- 23:50 a\n- 00:10 b\n",
        f"{HEAD}Date: 2023-05-05\n{TIMELINE}- 11:20 UTC report written\n",
        "---\ntitle: Outage of 2023-05-05\ndate: 2023-05-05\n---\nNothing worked.\n",
    ],
)
def test_what_agrees_is_no_conflict(text):
    """A night has a midnight, and `about` leaves some room."""
    assert _rules(text) == []


def test_lengths_are_said_in_words():
    """In days, hours and minutes."""
    assert said(1515) == "1 d 1 h 15 min"
    assert said(60) == "1 h"
    assert said(0.25) == "0.25 min"
