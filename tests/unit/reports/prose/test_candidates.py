"""Possible answers and the likeliest of them."""

from __future__ import annotations

import pytest

from twiceshy.model.postmortem import Moment, Span
from twiceshy.reports.prose.candidates import (
    MOST_ALTERNATIVES,
    Candidate,
    fact,
    instant,
    minutes_between,
)

DAY = Moment(2023, 5, 5, 10, 0)


def test_the_first_is_the_value_and_each_answer_counts_once():
    """A zone makes no other answer."""
    zoned = Moment(2023, 5, 5, 10, 0, zone="UTC", offset=0)
    other = Moment(2023, 5, 5, 11, 0)
    answer = fact([Candidate(zoned, 0.9, Span(1, 2)), Candidate(DAY, 0.5), Candidate(other, 0.4)])
    assert (answer.value, answer.alternatives) == (zoned, (other,))
    assert (answer.confidence, answer.span) == (0.9, Span(1, 2))


def test_no_answer_is_an_empty_fact():
    """Nor is an empty moment one."""
    assert fact([]).value is None
    assert fact([Candidate(Moment(), 0.9)]).value is None


def test_there_are_not_too_many_alternatives():
    """The least likely are left out."""
    many = [Candidate(Moment(2023, 5, day), 0.5) for day in range(1, 20)]
    assert len(fact(many).alternatives) == MOST_ALTERNATIVES


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (DAY, Moment(2023, 5, 6, 9, 30), 1410),
        (Moment(hour=23), Moment(hour=1), 120),
        (Moment(month=5, day=5, hour=9), Moment(month=5, day=5, hour=10), 60),
        (Moment(hour=9, day_number=1), Moment(hour=9, day_number=2), 1440),
        (Moment(2023, 5, 5), Moment(2023, 5, 7), 2880),
        (Moment(2023, 5, 5), Moment(2023, 5, 5), None),
        (DAY, Moment(hour=11), None),
        (Moment(2023, 5, 5, 10, 0, zone="UTC", offset=0),
         Moment(2023, 5, 5, 12, 0, zone="CEST", offset=120), 0),
    ],
)  # fmt: skip
def test_minutes_between_moments(start, end, minutes):
    """As far as both are known; zones count where both have one."""
    assert minutes_between(start, end) == minutes


def test_a_day_that_does_not_exist_is_no_instant():
    """Neither is a date without a time."""
    assert instant(Moment(2023, 2, 30, 10)) is None
    assert instant(Moment(2023, 2, 3)) is None
