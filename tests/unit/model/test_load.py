"""Rates as people write them."""

from __future__ import annotations

import pytest

from twiceshy.model.load import rate_per_second


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10000/h", 10_000 / 3600),
        ("10,000 / hour", 10_000 / 3600),
        ("10_000/h", 10_000 / 3600),
        ("50/s", 50),
        ("0.5/s", 0.5),
        ("600 per min", 10),
        ("86400/day", 1),
        ("peak", 40),
        ("peak x 3", 120),
        ("Peak × 1.5", 60),
        ("peak*2", 80),
    ],
)
def test_a_rate_is_read(text, rate):
    """Numbers by a unit of time, and multiples of the peak."""
    assert rate_per_second(text, peak=40) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10000", "is no rate; write '10000/h'"),
        ("fast", "is no rate"),
        ("1,00/s", "is no rate"),
        ("10/hr", "did you mean 'hour'"),
        ("10/fortnight", "is no unit of time"),
        ("0/s", "nothing would arrive"),
        ("peak x 0", "nothing would arrive"),
        ("-3/s", "is no rate"),
    ],
)
def test_what_is_no_rate_is_told(text, says):
    """The message names what was written and what would do."""
    with pytest.raises(ValueError, match=says):
        rate_per_second(text, peak=40)


def test_a_multiple_of_an_unknown_peak_is_told():
    """Without a peak, a number is asked for."""
    with pytest.raises(ValueError, match="wants a peak, and none is known"):
        rate_per_second("peak x 3")
