"""Times of day at one place of a text."""

from __future__ import annotations

import re

import pytest

from twiceshy.reports.prose.clocks import clock_at, named_clocks


def _clock(text):
    lower = text.lower()
    for found in re.finditer(r"\d+", lower):
        clock = clock_at(lower, found.start(), found.end(), text)
        if clock is not None:
            return clock
    return None


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("7:05", 7, 5), ("19:05:33", 19, 5), ("7:05 PM", 19, 5), ("7:05 p.m.", 19, 5),
        ("7:05p", 19, 5), ("12:10 AM", 0, 10), ("7pm", 19, 0), ("1905hrs", 19, 5),
        ("1905 UTC", 19, 5), ("14h05", 14, 5), ("14 h 05", 14, 5), ("à 14h", 14, 0),
        ("14 heures 30", 14, 30), ("14.05 Uhr", 14, 5), ("14 Uhr", 14, 0), ("um 14.05", 14, 5),
        ("ore 14.05", 14, 5), ("a las 3 de la tarde", 15, 0), ("8 de la mañana", 8, 0),
        ("3 in the afternoon", 15, 0), ("alle 14", 14, 0), ("午後3時", 15, 0),
        ("15時半", 15, 30), ("午前9時05分", 9, 5), ("深夜0時", 0, 0), ("24:00", 24, 0),
    ],
)  # fmt: skip
def test_times_of_day_are_read(text, hour, minute):
    """With twelve and with twenty-four hours."""
    clock = _clock(text)
    assert clock is not None
    assert (clock.hour, clock.minute) == (hour, minute)


@pytest.mark.parametrize(
    "text",
    ["2h 30m", "1h15m", "soit 1 h 15", "(1h15)", "10.128.0.7", "img:1080", "25:10", "12:75",
     "port 8080", "$5:30", "v1.2", "5 hours", "pendant 2h", "1.5 GB", "3 times"],
)  # fmt: skip
def test_other_numbers_are_no_times_of_day(text):
    """Lengths, addresses, versions and amounts."""
    assert _clock(text) is None


def test_a_time_knows_its_half_of_the_day_and_its_zone():
    """Where the text says them."""
    clock = _clock("9:30 PM (PST)")
    assert clock is not None
    assert (clock.meridian, clock.zone, clock.offset) == ("pm", "PST", -480)
    assert _clock("9:30").meridian == ""


def test_a_time_with_a_dot_is_doubtful_alone():
    """It may be a number."""
    assert _clock("14.05 - restart").weak
    assert not _clock("um 14.05").weak


def test_noon_and_midnight_have_names():
    """In several languages, with a zone."""
    assert [
        clock.hour for clock in named_clocks("from midnight to noon", "from midnight to noon")
    ] == [0, 12]
    clocks = named_clocks("à minuit utc", "à minuit UTC")
    assert clocks[0].zone == "UTC"
    assert named_clocks("afternoon", "afternoon") == []
