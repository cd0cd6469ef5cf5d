"""Schedules, which are drawn before the run and never change in it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.model.load import Burst, Constant, InTurn, Poisson, Ramp, Replay
from twiceshy.traffic.load.schedule import draw, draw_amounts, processes_for, seconds

SECOND = 1_000_000_000
rates = st.floats(0.5, 100)
lengths = st.floats(0.1, 3)
simple = st.one_of(
    st.builds(Constant, rates, lengths),
    st.builds(Poisson, rates, lengths),
    st.builds(Ramp, st.floats(0, 100), rates, lengths),
    st.builds(Burst, st.integers(0, 50), lengths),
    st.builds(
        Replay, st.lists(st.floats(0, 100), max_size=20).map(tuple), st.sampled_from([0.5, 1, 3])
    ),
)
arrivals = st.one_of(simple, st.builds(InTurn, st.lists(simple, max_size=4).map(tuple)))


@given(arrivals, st.integers(0, 5))
def test_moments_never_go_back_and_lie_within_the_run(shape, seed):
    """Arrivals come in order, from 0 to the length of the shape, the same for the same seed."""
    moments = draw(shape, seed)
    assert all(first <= second for first, second in pairwise(moments))
    assert all(0 <= moment <= seconds(shape) * SECOND + 1000 for moment in moments)
    assert draw(shape, seed) == moments


@given(rates, lengths)
def test_a_constant_rate_keeps_equal_distance(rate, length):
    """Rate times length arrivals, one distance apart."""
    moments = draw(Constant(rate, length))
    assert len(moments) == int(rate * length + 1e-9)
    assert all(
        second - first == pytest.approx(SECOND / rate, abs=2) for first, second in pairwise(moments)
    )


def test_a_rate_by_the_hour_comes_out_whole():
    """10,000 an hour are 10,000 in an hour, whatever a division leaves."""
    assert len(draw(Constant(10_000 / 3600, 3600))) == 10_000


@given(st.floats(0, 100), st.floats(1, 100), st.floats(1, 3))
def test_a_ramp_has_the_mean_of_its_rates(first, last, length):
    """As many arrivals as the middle rate would give; more of them where the rate is higher."""
    moments = draw(Ramp(first, last, length))
    assert len(moments) == int((first + last) / 2 * length + 1e-9)
    half = sum(moment < length / 2 * SECOND for moment in moments)
    expected = (first * 0.75 + last * 0.25) / 2 * length
    assert half == pytest.approx(expected, abs=2)


def test_poisson_arrivals_have_their_rate_and_no_memory():
    """The mean is the rate, and distances vary as much as their mean."""
    moments = draw(Poisson(200, 50), seed=7)
    assert len(moments) == pytest.approx(10_000, rel=0.04)
    gaps = [second - first for first, second in pairwise(moments)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert deviation == pytest.approx(mean, rel=0.05)
    assert draw(Poisson(200, 50), seed=8) != moments


def test_recorded_arrivals_are_replayed_faster():
    """The first is the beginning, and distances shrink by the factor."""
    assert list(draw(Replay((10.0, 13.0, 11.0), faster=2))) == [0, SECOND // 2, 3 * SECOND // 2]


def test_parts_follow_each_other():
    """A part begins where the last one ends, also when that had no arrivals to its end."""
    shape = InTurn((Burst(2, seconds=1.0), Constant(2, 1.0)))
    assert list(draw(shape)) == [0, 0, SECOND, SECOND + SECOND // 2]
    assert seconds(shape) == 2.0


@given(st.integers(-5, 5), st.integers(0, 20), st.integers(0, 3))
def test_amounts_lie_between_their_bounds(low, width, seed):
    """Both bounds are possible, and the same seed draws the same."""
    amounts = draw_amounts(300, low, low + width, seed)
    assert set(amounts) <= set(range(low, low + width + 1))
    assert draw_amounts(300, low, low + width, seed) == amounts


@pytest.mark.parametrize(
    ("shape", "cores", "processes"),
    [
        (Constant(10_000, 0.5), 8, 1),
        (Constant(50_000, 0.5), 8, 3),
        (Constant(50_000, 0.5), 2, 1),
        (Constant(50_000, 0.5), 1, 1),
        (InTurn((Constant(10, 1), Constant(30_000, 0.5))), 8, 2),
        (Burst(0), 8, 1),
    ],
)
def test_a_high_rate_takes_several_processes(shape, cores, processes):
    """By its busiest moment, and one core is left for the service."""
    assert processes_for(draw(shape), cores) == processes
