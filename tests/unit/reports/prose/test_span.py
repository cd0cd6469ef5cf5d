"""The beginning and the end in fields and sentences."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.candidates import fact
from twiceshy.reports.prose.chronicle import Chronicle
from twiceshy.reports.prose.fields import fields_of
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.span import found_times


def _found(text):
    chronicle = Chronicle(parse_document(f"# Outage of 2023-05-05\n\n{text}\n", "a.md")[0])
    return found_times(chronicle, fields_of(chronicle), ())


@pytest.mark.parametrize(
    "text",
    [
        "Start: 10:00 UTC\nEnd: 11:30 UTC",
        "- Incident start: May 5, 10:00 UTC\n- Incident end: May 5, 11:30 UTC",
        "Duration: 10:00 to 11:30 UTC",
        "The outage occurred from 10:00 AM to 11:30 AM UTC on May 5th.",
        "Between 10:00 and 11:30 UTC nobody could pay.",
        "Since the deployment (10:00 UTC) until the rollback (11:30 UTC) all was down.",
        "Inicio: 10:00 UTC\nFin: 11:30 UTC",
        "Início: 10:00 UTC\nTérmino: 11:30 UTC",
        "Début : 10h00 UTC\nFin : 11h30 UTC",
        "Beginn: 10:00 UTC\nEnde: 11:30 UTC",
        "Inizio: 10:00 UTC\nFine: 11:30 UTC",
        "発生: 10:00 UTC\n復旧: 11:30 UTC",
        "Début de la panne : 10:00 UTC\nRésolution : 11:30 UTC",
    ],
)
def test_start_and_end_are_found(text):
    """In each language and make."""
    found = _found(text)
    assert str(fact(found.start).value) == "2023-05-05T10:00 UTC"
    assert str(fact(found.end).value) == "2023-05-05T11:30 UTC"


def test_an_end_without_a_date_can_be_on_the_next_day():
    """Where it is much earlier; a little earlier is a mistake of the writer."""
    found = _found("Start: 23:10\nEnd: 00:40")
    assert str(fact(found.end).value) == "2023-05-06T00:40"
    found = _found("Start: 23:10\nEnd: 22:40")
    assert str(fact(found.end).value) == "2023-05-05T22:40"


def test_detection_and_resolution_are_found():
    """By their names."""
    found = _found("Start: 10:00\nFirst detected: 10:05\nResolved: 11:00\nClosed: 12:00")
    assert str(fact(found.detected).value) == "2023-05-05T10:05"
    assert str(fact(found.resolved).value) == "2023-05-05T11:00"
    assert str(fact(found.end).value) == "2023-05-05T12:00"


def test_times_of_action_items_and_lessons_do_not_count():
    """They are about other days."""
    found = _found("## Action items\n- Run the job from 01:00 to 02:00 UTC")
    assert [str(one.moment) for one in found.end] == []


def test_a_range_across_a_broken_line_is_found():
    """Though its end looks like a heading."""
    found = _found(
        "For every order since the release (10:00 UTC) until the fix\n(11:30 UTC):\n\n- x"
    )
    assert "2023-05-05T11:30 UTC" in [str(one.moment) for one in found.end]


def test_what_was_seen_later_to_have_begun_earlier_is_another_answer():
    """The stated start stays the likeliest."""
    found = _found("Start: 10:00 UTC\n\n## Root cause\n\nThe table was locked since 9:58 UTC.")
    starts = fact(found.start)
    assert str(starts.value) == "2023-05-05T10:00 UTC"
    assert "2023-05-05T09:58 UTC" in [str(one) for one in starts.alternatives]
