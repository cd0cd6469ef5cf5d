"""The beginning and the end as a timeline shows them."""

from __future__ import annotations

from twiceshy.model.postmortem import Entry, Moment
from twiceshy.reports.prose.candidates import Found
from twiceshy.reports.prose.timeline_ends import add_from_timeline


def _found(*entries):
    found = Found([], [], [], [])
    add_from_timeline(entries, found)
    for candidates in (found.start, found.detected, found.resolved, found.end):
        candidates.sort(key=lambda one: -one.weight)
    return found


def _entry(day, hour=None, mark="", until=None):
    return Entry("text", Moment(2023, 5, day, hour), until, mark)


def test_the_first_entry_begins_and_the_one_that_says_so_ends():
    """What follows the end is work afterwards."""
    found = _found(
        _entry(5, 9), _entry(5, 10, "detected"), _entry(5, 11, "resolved"), _entry(5, 12)
    )
    assert found.start[0].moment.hour == 9
    assert found.detected[0].moment.hour == 10
    assert (found.end[0].moment.hour, found.resolved[0].moment.hour) == (11, 11)


def test_the_earliest_entry_begins_where_they_are_out_of_order():
    """The first one is an alternative."""
    found = _found(_entry(5, 10), _entry(5, 9), _entry(5, 12))
    assert [one.moment.hour for one in found.start[:2]] == [9, 10]


def test_a_recurrence_days_later_is_not_the_end():
    """It is an alternative."""
    found = _found(_entry(5, 9), _entry(5, 10), _entry(5, 11), _entry(15, 9, "resolved"))
    assert found.end[0].moment.day == 5
    assert 15 in [one.moment.day for one in found.end]


def test_dates_alone_begin_and_end_too():
    """Also before and after the times of one day."""
    found = _found(_entry(5), _entry(9))
    assert (found.start[0].moment.day, found.end[0].moment.day) == (5, 9)
    found = _found(_entry(1), _entry(5, 9), _entry(5, 10), _entry(7, None, "resolved"))
    assert (found.start[0].moment.day, found.end[0].moment.day) == (1, 7)


def test_a_range_at_the_end_ends_with_it():
    """Not where it begins."""
    found = _found(_entry(5, 9), _entry(5, 10, until=Moment(2023, 5, 5, 11)))
    assert found.end[0].moment.hour == 11


def test_a_timeline_without_times_says_nothing():
    """No candidate is made up."""
    assert _found(Entry("text")).start == []
