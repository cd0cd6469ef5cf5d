from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.render.scales import figure, instant, measure, moments, scale_of, tick

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([3, 497], (0, 100, 200, 300, 400, 500)),
        ([0.3, 1.2], (0, 0.25, 0.5, 0.75, 1.0, 1.25)),
        ([-3, 4], (-4, -2, 0, 2, 4)),
        ([], (0, 0.2, 0.4, 0.6, 0.8, 1)),
        ([0, 0], (0, 0.2, 0.4, 0.6, 0.8, 1)),
    ],
)
def test_an_even_scale_begins_at_nothing(values, ticks):
    """Its ticks are round, and the ends of the scale are two of them."""
    scale = scale_of(values)
    assert scale.ticks == pytest.approx(ticks)
    assert (scale.low, scale.high) == (scale.ticks[0], scale.ticks[-1])


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([3.4, 905], (1, 10, 100, 1000)),
        ([10, 1000], (10, 100, 1000)),
        ([2, 8], (1, 2, 5, 10)),
        ([5], (1, 2, 5, 10)),
        ([0, -1], (0.1, 0.2, 0.5, 1)),
    ],
)
def test_a_tenfold_scale_has_whole_powers(values, ticks):
    """Where there is one power only, there are ticks between."""
    assert scale_of(values, logarithmic=True).ticks == pytest.approx(ticks)


@given(NUMBERS, st.booleans())
def test_every_value_has_a_place(values, logarithmic):
    """Between 0 and 1, however large or small it is; and a handful of ticks, in order."""
    scale = scale_of(values, logarithmic=logarithmic)
    assert all(0 <= scale.place(value) <= 1 for value in values)
    assert 2 <= len(scale.ticks) <= 14
    assert list(scale.ticks) == sorted(set(scale.ticks))


def test_tenfold_values_stand_at_equal_distance():
    """And what is not above nothing stands at the low end."""
    scale = scale_of([1, 100], logarithmic=True)
    assert [scale.place(value) for value in (0, 1, 10, 100)] == pytest.approx([0, 0, 0.5, 1])


@pytest.mark.parametrize(
    ("seconds", "most", "labels"),
    [
        (5, 10, ["0 s", "0.5 s", "1 s"]),
        (5, 5, ["0 s", "1 s", "2 s"]),
        (0.5, 5, ["0 ms", "100 ms", "200 ms"]),
        (300, 6, ["0:00 min", "1:00 min", "2:00 min"]),
        (7200, 6, ["0:00 min", "20:00 min", "40:00 min"]),
        (0, 5, ["0 s"]),
        (float("inf"), 5, ["0 s"]),
    ],
)
def test_moments_are_round(seconds, most, labels):
    """Also where a run takes hours."""
    assert [label for _, label in moments(seconds, most)][:3] == labels


@given(st.floats(0, 1e12), st.integers(1, 12))
def test_there_are_few_moments(seconds, most):
    """As many as there is room for."""
    assert len(moments(seconds, most)) <= most + 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.1234, "0.12"),
        (3.44, "3.4"),
        (905.4, "905"),
        (10000, "10,000"),
        (-2.5, "-2.5"),
        (1.5e12, "1.5e+12"),
    ],
)
def test_a_figure_is_short(value, said):
    """As exact as a look at it."""
    assert figure(value) == said


def test_a_tick_is_exact():
    """Two of them never read the same."""
    assert [tick(value) for value in (1.25, 1.5, 0.1 * 3, 2000)] == ["1.25", "1.5", "0.3", "2,000"]


def test_units_and_moments():
    """A count may have no unit."""
    assert (measure(905, "ms"), measure(3, "")) == ("905 ms", "3")
    assert (instant(1.7), instant(1.934), instant(724)) == ("1.7 s", "1.93 s", "12:04 min")
