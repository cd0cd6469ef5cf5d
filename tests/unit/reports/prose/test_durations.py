"""Spans of time in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.reports.prose.durations import lengths_in


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2 hours 10 minutes", 130), ("1 h 20", 80), ("1h20", 80), ("1h20m", 80),
        ("about three hours", 180), ("an hour and a half", 90), ("half an hour", 30),
        ("1.5 hours", 90), ("45-minute outage", 45), ("2 days, 1 hour and 5 min", 2945),
        ("une heure et demie", 90), ("une demi-heure", 30), ("deux heures", 120),
        ("una hora y media", 90), ("veinte minutos", 20), ("14 días", 20160),
        ("uma hora e meia", 90), ("meia hora", 30), ("anderthalb Stunden", 90),
        ("zwei Stunden", 120), ("1,5 Stunden", 90), ("un'ora e mezza", 90), ("mezz'ora", 30),
        ("約2時間30分", 150), ("2時間半", 150), ("90分間", 90), ("90 seconds", 1.5),
        ("1 week", 10080), ("1hr15m", 75), ("1:15 hours", 75), ("2½ hours", 150),
        ("1 1/2 hours", 90), ("forty five minutes", 45), ("1 hour 30", 90),
    ],
)  # fmt: skip
def test_lengths_are_read_in_each_language(text, minutes):
    """In minutes."""
    (length,) = lengths_in(text)
    assert length.minutes == pytest.approx(minutes)


def test_a_range_of_lengths_has_two_ends():
    """With one unit for both."""
    (length,) = lengths_in("took 20-40 min")
    assert (length.minutes, length.most) == (20, 40)


@pytest.mark.parametrize(
    "text", ["a few hours", "3 months ago", "a user", "10 pods", "el mes 3", "$5 m", "300ms"]
)
def test_other_words_are_no_lengths(text):
    """Neither what is vague nor what places something in time."""
    assert lengths_in(text) == []


@given(st.text(alphabet="0123456789 hmindays.-'andone時間分半", max_size=50))
def test_any_text_can_be_read(text):
    """Lengths lie in the text."""
    assert all(0 <= one.start < one.end <= len(text) for one in lengths_in(text))
