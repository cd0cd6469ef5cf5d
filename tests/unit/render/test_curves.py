from __future__ import annotations

import pytest
from tests.unit.render.strained import LATENCY, TOTALS

from twiceshy.model.exhibits import Line, Series
from twiceshy.render.curves import figure_rows, pieces, points_of, sampled, spoken

EVERY = tuple((float(at), 1.0) for at in range(8))


def test_a_missing_measurement_is_a_gap():
    """And two that are a little late are none."""
    line = Line("p50", (*EVERY, (8.6, 1.0), (12.0, 1.0)))
    assert [len(piece) for piece in pieces(line)] == [9, 1]


def test_what_is_no_number_was_not_measured():
    """It leaves a gap where it stood."""
    line = Line("p50", (*EVERY[:3], (3.0, float("nan")), *EVERY[4:]))
    assert len(points_of(line)) == 7
    assert [len(piece) for piece in pieces(line)] == [3, 4]


def test_a_count_has_no_gap():
    """It stays until the next one, however late that is."""
    line = Line("sent", (*EVERY, (99.0, 2.0)), steps=True)
    assert len(pieces(line)) == 1


@pytest.mark.parametrize("points", [(), ((1.0, 2.0),), ((1.0, 2.0), (9.0, 2.0))])
def test_few_points_have_no_usual_distance(points):
    """So they have no gap either."""
    assert len(pieces(Line("p50", points))) == bool(points)


def test_cells_keep_peaks_and_gaps():
    """A measurement speaks for the time around it; a gap stays empty."""
    points = ((0.5, 1.0), (1.5, 1.0), (1.6, 9.0), (2.5, 1.0), (6.5, 4.0), (7.5, 4.0))
    cells = sampled(Line("p50", points), 8.0, 8)
    assert cells == [1.0, 9.0, 1.0, None, None, None, 4.0, 4.0]


def test_cells_between_measurements():
    """Are on the line between them."""
    cells = sampled(Line("p50", ((0.0, 0.0), (4.0, 4.0))), 5.0, 5)
    assert cells == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_cells_of_a_count():
    """Hold what it was at their end; nothing before the first count."""
    cells = sampled(Line("sent", ((1.5, 1.0), (2.5, 7.0)), steps=True), 4.0, 4)
    assert cells == [None, 1.0, 7.0, 7.0]


def test_the_drawing_as_a_table():
    """With the moment of each peak."""
    assert figure_rows(LATENCY)[2] == ("p99", "12", "905 at 1.7 s", "13.4")
    empty = Series("Nothing", "ms", 1.0, (Line("p50", ()),))
    assert figure_rows(empty) == (("p50", "", "nothing was measured", ""),)


def test_the_drawing_in_words():
    """What somebody is told who does not see it."""
    assert spoken(TOTALS) == (
        "sent: 0 to 500 transactions at 5 s, last 500. "
        "acknowledged: 0 to 497 transactions at 5 s, last 497. "
        "recorded: 0 to 491 transactions at 5 s, last 491. "
        "kill service from 1.7 s to 2.4 s"
    )
