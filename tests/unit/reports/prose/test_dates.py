"""Dates at one place of a text."""

from __future__ import annotations

import re

import pytest

from twiceshy.reports.prose.dates import Manner, day_at, numeric_dates, votes_for_day_first


def _day(text, language="en", *, day_first=False):
    lower = text.lower()
    manner = Manner(language, day_first)
    for found in re.finditer(r"\d+", lower):
        day = day_at(lower, found.start(), found.end(), manner)
        if day is not None:
            return day
    return None


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "2023-04-05", (2023, 4, 5)),
        ("en", "2023/4/5", (2023, 4, 5)),
        ("en", "2021-25-03", (2021, 3, 25)),
        ("en", "April 5th, 2023", (2023, 4, 5)),
        ("en", "5th of April 2023", (2023, 4, 5)),
        ("en", "the 5 April", (None, 4, 5)),
        ("en", "05-Apr-2023", (2023, 4, 5)),
        ("en", "Decmber 5, 2023", (2023, 12, 5)),
        ("en", "April 2023", (2023, 4, None)),
        ("en", "2023-04", (2023, 4, None)),
        ("es", "5 de abril de 2023", (2023, 4, 5)),
        ("es", "5 de abril del 2023", (2023, 4, 5)),
        ("pt", "dia 5 de maio de 2023", (2023, 5, 5)),
        ("fr", "1er août 2023", (2023, 8, 1)),
        ("de", "5. Mai 2023", (2023, 5, 5)),
        ("de", "05.04.2023", (2023, 4, 5)),
        ("it", "5 maggio 2023", (2023, 5, 5)),
        ("ja", "2023年4月5日", (2023, 4, 5)),
        ("ja", "令和5年4月5日", (2023, 4, 5)),
        ("ja", "4月5日", (None, 4, 5)),
    ],
)
def test_dates_are_read_in_each_language(language, text, expected):
    """What is not said stays open."""
    day = _day(text, language, day_first=language != "en")
    assert day is not None
    assert (day.year, day.month, day.day) == expected


def test_numbers_alone_follow_the_manner_of_the_text():
    """Unless only the other order makes a date."""
    assert _day("5/6/2023").day == 6
    assert _day("5/6/2023", day_first=True).day == 5
    assert _day("25/6/2023").day == 25
    assert _day("6/25/2023", day_first=True).day == 25
    assert _day("6-25-23").year == 2023


def test_days_of_one_month_make_a_range():
    """Before or after its name."""
    assert (_day("March 4-9, 2022").day, _day("March 4-9, 2022").last_day) == (4, 9)
    assert _day("4th to 9th March").last_day == 9


def test_a_weekday_belongs_to_its_date():
    """Before it or in brackets after it."""
    assert _day("Tuesday, March 4, 2022").weekday == 1
    assert _day("2022-03-04 (Fri)").weekday == 4
    assert _day("2022年3月4日（金）").weekday == 4


def test_days_can_have_numbers_instead_of_dates():
    """As in exercises."""
    assert _day("Day 2: recovery").number == 2
    assert _day("2日目").number == 2


def test_two_numbers_may_be_a_date():
    """They are marked, since they may as well be a fraction."""
    assert _day("3/4").weak
    assert _day("24.12. morgens", "de", day_first=True).weak


@pytest.mark.parametrize(
    "text", ["2023-02-31", "1.13.2", "v2.0", "99/99/2020", "set 5", "13 people", "3021-01-01"]
)
def test_other_numbers_are_no_dates(text):
    """Versions, counts and days that do not exist."""
    assert _day(text) is None


def test_dates_vote_for_the_order_of_the_others():
    """Only those that can be read one way."""
    assert numeric_dates("on 25/6/2023 and 7-8-22, not 2023-01-02") == [(25, 6), (7, 8)]
    assert votes_for_day_first([(25, 6), (7, 8)]) == 1
    assert votes_for_day_first([(6, 25)]) == -1
