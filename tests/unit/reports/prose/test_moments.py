"""Moments and ranges in texts."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.model.postmortem import Moment
from twiceshy.reports.prose.dates import Manner
from twiceshy.reports.prose.moments import moments_in, plain


def _said(text, language="en"):
    found = moments_in(text, Manner(language, day_first=language != "en"))
    return [(str(one.at), str(one.until) if one.until else "") for one in found]


@pytest.mark.parametrize(
    ("language", "text", "at", "until"),
    [
        ("en", "from 2:00 PM to 3:30 PM EAT on May 4th", "--05-04T14:00 EAT", "--05-04T15:30 EAT"),
        ("en", "May 4, 2021, 8 PM - May 5, 2021, 1 AM (UTC)", "2021-05-04T20:00 UTC",
         "2021-05-05T01:00 UTC"),
        ("en", "2021-05-04 10:00 to 11:15 UTC", "2021-05-04T10:00 UTC", "T11:15 UTC"),
        ("en", "between 18:30 on May 4, 2021 and 06:15 on May 5, 2021 (UTC)",
         "2021-05-04T18:30 UTC", "2021-05-05T06:15 UTC"),
        ("en", "between 10 and 11 am", "T10:00", "T11:00"),
        ("en", "2:00 - 4:30 PM", "T14:00", "T16:30"),
        ("en", "11:30 - 1:00 PM", "T11:30", "T13:00"),
        ("en", "from 01:00 WAT 02:40AM WAT (2nd June 2022)", "2022-06-02T01:00 WAT",
         "2022-06-02T02:40 WAT"),
        ("en", "June 28 to July 2, 2022", "2022-06-28", "2022-07-02"),
        ("en", "noon to 3 PM", "T12:00", "T15:00"),
        ("es", "el 4 de mayo de 2021 de 15:00 a 16:30 (CLT)", "2021-05-04T15:00 CLT", "T16:30 CLT"),
        ("pt", "das 14h às 16h30 de 3 de março", "--03-03T14:00", "--03-03T16:30"),
        ("fr", "de 14h00 à 16h00 GMT le 4 mai 2021",
         "2021-05-04T14:00 GMT", "2021-05-04T16:00 GMT"),
        ("de", "am 4. Mai 2021 von 14:00 bis 16:30 Uhr", "2021-05-04T14:00", "T16:30"),
        ("it", "dalle 14:30 alle 16:00 del 4 maggio 2021", "2021-05-04T14:30", "2021-05-04T16:00"),
        ("ja", "2021年5月4日 15:00〜16:30 JST", "2021-05-04T15:00 JST", "T16:30 JST"),
        ("ja", "午後3時15分ごろから午後5時半まで", "T15:15", "T17:30"),
    ],
)  # fmt: skip
def test_a_range_is_one_mention(language, text, at, until):
    """What only one of its ends says holds for both."""
    assert (at, until) in _said(text, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:15 6th Nov 2023", "2023-11-06T10:15"),
        ("18:30, Nov 27, 2025", "2025-11-27T18:30"),
        ("July 23 4:10 AM", "--07-23T04:10"),
        ("2024-05-01T10:30:05.123Z", "2024-05-01T10:30:05 UTC"),
        ("2024-05-01T10:30:05-03:00", "2024-05-01T10:30:05 -03:00"),
        ("2100hrs on 3 March", "--03-03T21:00"),
        ("Wed Jun 5 10:00:00 2024", "2024-06-05T10:00:00"),
        ("2024 June 7, 10:00", "2024-06-07T10:00"),
        ("2024-03-04 (Mon) 10:00", "2024-03-04T10:00"),
        ("12:00 noon", "T12:00"),
        ("Monday, September 5 at 10:00 Pacific Time", "--09-05T10:00 Pacific Time"),
    ],
)
def test_a_date_and_a_time_of_day_are_one_mention(text, expected):
    """In either order."""
    assert _said(text) == [(expected, "")]


def test_moments_of_different_sentences_stay_apart():
    """`and` joins only after `between`."""
    assert len(_said("at 10:00 and 11:00 it failed")) == 2
    assert len(_said("10:00\n2021-05-04")) == 2


def test_a_weekday_before_a_time_is_kept():
    """For timelines that name only weekdays."""
    (mention,) = moments_in("Friday 10:00")
    assert mention.weekday == 4


def test_a_time_without_am_or_pm_may_be_either():
    """From 1 to 12."""
    assert moments_in("9:30 alert")[0].halves[0]
    assert not moments_in("9:30 AM alert")[0].halves[0]
    assert not moments_in("19:30 alert")[0].halves[0]


def test_fractions_in_a_text_are_no_dates():
    """At the beginning of a line they may be."""
    assert _said("about 3/4 of the users on 10.0.0.1:80") == []


def test_the_plain_text_has_the_same_length():
    """Also where a letter has no small form of one letter."""
    assert plain("Ａｔ １５：３０").endswith("15:30")
    assert len(plain("İİ ß Ａ")) == len("İİ ß Ａ")


@pytest.mark.parametrize("text", ["11:22:", "1 ", "1", "12:34\n", "may 1 ", "from 1:00 to "])
def test_reading_takes_linear_time(text):
    """A megabyte is read in about a second, whatever it holds."""
    begin = time.process_time()
    moments_in(text * (1_000_000 // len(text)))
    assert time.process_time() - begin < 3


@given(st.text())
def test_any_text_can_be_read(text):
    """Mentions lie in the text, in their order."""
    mentions = moments_in(text)
    places = [place for mention in mentions for place in (mention.start, mention.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.text(alphabet="0123456789:/-. apmhTZ年月日時分〜至tohmay,", max_size=60))
def test_texts_that_look_like_times_can_be_read(text):
    """No combination of the signs of a time makes reading fail."""
    moments_in(text, Manner("ja", day_first=True))


@given(
    st.dates(min_value=datetime.date(1971, 1, 1), max_value=datetime.date(2098, 1, 1)),
    st.times(),
    st.sampled_from(["", "UTC", "CET", "GMT+1"]),
)
def test_a_moment_is_read_back_from_its_text(day, clock, zone):
    """What is written as text is read as the same moment."""
    moment = Moment(day.year, day.month, day.day, clock.hour, clock.minute, None, zone)
    (mention,) = moments_in(str(moment))
    assert str(mention.at) == str(moment)
