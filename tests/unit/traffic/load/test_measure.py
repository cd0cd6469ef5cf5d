"""Figures from a ledger written by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.model.ledger import Attempt, Closed, Detail, Intent, Outcome, Retried, Unsent
from twiceshy.traffic.load.measure import measure, percentiles

MS = 1_000_000
SECOND = 1000 * MS


def sent(number, planned, late, took, outcome=Outcome.ACKED):
    """A transaction with one attempt, in milliseconds."""
    began = planned + late * MS
    return [
        Intent(number, str(number), 1, planned),
        Attempt(number, 1, outcome, Detail.ANSWERED, 200, began, planned + took * MS),
    ]


def test_latency_counts_from_the_intended_time():
    """A request that went out late has waited; lateness says how much of that was ours."""
    entries = [*sent(0, 0, 0, 4), *sent(1, 10 * MS, 300, 304), *sent(2, 20 * MS, 0, 6)]
    figures = measure([*entries, Closed(3, 0)])
    assert figures.latency.count == 3
    assert figures.latency.p50 == pytest.approx(6, rel=0.001)
    assert figures.latency.longest == 304
    assert figures.lateness.longest == 300
    assert not figures.latency_counts


def test_a_retry_lengthens_the_latency():
    """What a client waits for its acknowledgement includes the attempts that failed."""
    entries = [
        *sent(0, 0, 1, 50, Outcome.UNKNOWN),
        Retried(0, 2, 80 * MS),
        Attempt(0, 2, Outcome.ACKED, Detail.ANSWERED, 200, 80 * MS, 90 * MS),
    ]
    figures = measure(entries)
    assert figures.latency.p50 == pytest.approx(90, rel=0.001)
    assert figures.lateness.count == 1
    assert figures.slices[0].unanswered == 1
    assert figures.latency_counts


def test_slices_are_those_of_the_intended_time():
    """Each slice of the run is there, also one in which nothing came."""
    entries = [
        *sent(0, 0, 0, 5),
        *sent(1, 2 * SECOND + 1, 0, 7),
        Unsent(2, 2 * SECOND + 5),
        Closed(4, 1),
    ]
    figures = measure(entries)
    assert figures.width == 1.0
    assert [(one.at, one.planned, one.sent, one.acked) for one in figures.slices] == [
        (0, 1, 1, 1),
        (1, 0, 0, 0),
        (2, 2, 1, 1),
    ]
    assert (figures.planned, figures.sent, figures.unsent) == (4, 2, 1)
    assert figures.slices[2].longest == 7


def evenly(count, seconds, took=1):
    """So many transactions in so many seconds."""
    return [e for n in range(count) for e in sent(n, n * seconds * SECOND // count, 0, took)]


@pytest.mark.parametrize(
    ("count", "seconds", "width", "slices"),
    [
        (500, 2, 0.05, 40),
        (500, 5, 0.1, 50),
        (500, 10, 0.2, 50),
        (500, 13, 0.25, 52),
        (500, 30, 0.5, 60),
        (500, 60, 1.0, 60),
        (500, 100, 1.0, 100),
        (700, 400, 1.0, 400),
        # A slice of fewer than five arrivals tells nothing of their rate.
        (100, 2, 0.1, 20),
        (10, 5, 1.0, 5),
    ],
)
def test_short_runs_are_cut_fine(count, seconds, width, slices):
    """Into forty or more slices, each long enough for some arrivals; a long one into seconds."""
    figures = measure(evenly(count, seconds))
    assert (figures.width, len(figures.slices)) == (width, slices)
    assert [one.at for one in figures.slices[:3]] == [0, width, 2 * width]
    assert sum(one.planned for one in figures.slices) == count
    assert sum(one.came for one in figures.slices) == count
    assert {one.p99 for one in figures.slices} == {1.0}


def test_what_comes_long_after_the_last_arrival_makes_slices_coarser():
    """There are at most 300 of them, or seconds, however late the last answer is."""
    entries = evenly(200, 2)
    late = [*sent(200, 0, 0, 14_990)]
    assert measure([*entries, *late]).width == 0.05
    assert len(measure([*entries, *late]).slices) == 300
    later = [*sent(200, 0, 0, 400_000)]
    assert (measure([*entries, *later]).width, len(measure([*entries, *later]).slices)) == (1, 401)


def test_a_rate_that_was_not_reached_shows():
    """What was not sent, or only after the arrivals were over, does not count."""
    late = [entry for number in range(10, 13) for entry in sent(number, 0, 500, 501)]
    on_time = [entry for number in range(10) for entry in sent(number, number * MS, 0, 1)]
    assert measure(on_time).rate_reached
    figures = measure([*on_time, *late, Unsent(13, 3 * MS)])
    assert figures.reached == pytest.approx(10 / 14)
    assert not figures.rate_reached


def test_acknowledgements_by_the_slice_in_which_they_came():
    """That may be after the last arrival."""
    figures = measure([*sent(0, 0, 0, 10), *sent(1, 0, 10, 120)])
    assert [(one.planned, one.acked, one.came) for one in figures.slices] == [
        (2, 2, 1),
        (0, 0, 0),
        (0, 0, 1),
    ]


def test_nothing_measured_is_no_error():
    """A run that was killed before its first request."""
    figures = measure([])
    assert (figures.sent, figures.reached, figures.slices) == (0, 0.0, ())


def test_percentiles_are_exact_to_three_digits():
    """Against the values themselves."""
    found = percentiles(Counter(range(1, 100_001)))
    assert found.p50 == pytest.approx(50, rel=0.001)
    assert found.p99 == pytest.approx(99, rel=0.001)
    assert found.p999 == pytest.approx(99.9, rel=0.001)
    assert found.count == 100_000
    assert found.histogram.startswith("HISTF")


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=50))
def test_values_are_sorted_as_the_histogram_sorts_them(values):
    """Sorting them into its buckets beforehand changes nothing."""
    plain = HdrHistogram(1, 24 * 3600 * 1_000_000, 3)
    for value in values:
        plain.record_value(value)
    assert percentiles(Counter(values)).histogram == plain.encode().decode()
