from __future__ import annotations

import pytest

from twiceshy.model.postmortem import Moment
from twiceshy.site.clock import minutes, span


def test_times_without_dates_go_on_past_midnight():
    """A clock that goes back by many hours has passed midnight."""
    told = [Moment(hour=23, minute=50), Moment(hour=0, minute=10), Moment(hour=0, minute=40)]
    assert minutes(told) == [0, 20, 50]


def test_a_date_counts_until_the_next_one():
    """Entries below a date need not repeat it, and what has no clock has no place."""
    told = [
        Moment(2026, 10, 14, 9, 0),
        Moment(hour=9, minute=30),
        None,
        Moment(2026, 10, 15),
        Moment(month=10, day=15, hour=9, minute=0, year=2026),
    ]
    assert minutes(told) == [0, 30, None, None, 1440]


def test_zones_count_where_all_are_known():
    """10:00 in Berlin in summer is 08:00 UTC."""
    told = [Moment(2026, 8, 1, 8, 0, offset=0), Moment(2026, 8, 1, 10, 0, offset=120)]
    assert minutes(told) == [0, 0]
    told.append(Moment(2026, 8, 1, 10, 0))
    assert minutes(told) == [0, 120, 120]


def test_an_entry_that_is_a_little_late_stays_on_its_day():
    """Somebody remembered something later."""
    assert minutes([Moment(hour=10), Moment(hour=9, minute=45)]) == [0, -15]


def test_days_that_are_numbered_and_days_that_do_not_exist():
    """`Day 1`, and a 31st of June."""
    assert minutes([Moment(day_number=1, hour=9), Moment(day_number=2, hour=9)]) == [0, 1440]
    assert minutes([Moment(2026, 6, 31, 9), Moment(hour=10)]) == [0, 60]
    assert minutes([]) == []


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 min"),
        (0.5, "30 s"),
        (47, "47 min"),
        (119, "119 min"),
        (120, "2 h"),
        (375, "6 h 15 min"),
        (2880, "2 days"),
        (3000, "2 days 2 h"),
    ],
)
def test_lengths_are_told_in_the_unit_that_fits(length, said):
    """Minutes, hours, days."""
    assert span(length) == said
