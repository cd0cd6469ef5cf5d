"""The date that is carried down a timeline."""

from __future__ import annotations

from twiceshy.model.postmortem import Moment
from twiceshy.reports.prose.carrying import Calendar, minutes_after
from twiceshy.reports.prose.chronicle import Chronicle
from twiceshy.reports.prose.parse import parse_document


def _calendar(text):
    return Calendar(Chronicle(parse_document(text, "a.md")[0]))


def _placed(calendar, *moments, half=False):
    return [str(calendar.place(moment, half=half)) for moment in moments]


def test_a_time_of_day_gets_the_date_of_the_text():
    """And the next day after midnight."""
    calendar = _calendar("# Outage of 2023-12-31\n")
    times = (Moment(hour=23), Moment(hour=1), Moment(hour=2))
    assert _placed(calendar, *times) == [
        "2023-12-31T23:00", "2024-01-01T01:00", "2024-01-01T02:00",
    ]  # fmt: skip


def test_a_time_a_little_earlier_is_out_of_order_on_the_same_day():
    """Nobody waits a day for it."""
    calendar = _calendar("# Outage of 2023-05-05\n")
    assert _placed(calendar, Moment(hour=12), Moment(hour=11))[1] == "2023-05-05T11:00"


def test_hours_without_their_half_go_on():
    """After 11 AM comes 1 PM, where the timeline tells halves."""
    calendar = _calendar("# Outage of 2023-05-05\n")
    assert _placed(calendar, Moment(hour=11), Moment(hour=1), half=True)[1] == "2023-05-05T13:00"


def test_a_date_without_a_year_goes_on_into_the_next_one():
    """December, then January."""
    calendar = _calendar("# Outage of 2023-12-31\n")
    moments = (Moment(month=12, day=31, hour=9), Moment(month=1, day=2, hour=9))
    assert _placed(calendar, *moments)[1] == "2024-01-02T09:00"


def test_days_are_counted_where_there_are_no_dates():
    """By their number, or by month and day."""
    calendar = _calendar("# Outage\n")
    assert calendar.place(Moment(hour=9, day_number=2)).day_number == 2
    assert calendar.place(Moment(hour=23)).day_number == 2
    assert calendar.place(Moment(hour=1)).day_number == 3
    calendar = _calendar("# Outage on May 31\n")
    assert _placed(calendar, Moment(hour=23), Moment(hour=1))[1] == "--06-01T01:00"


def test_numbered_days_count_from_the_date():
    """Day 1 is the date itself."""
    calendar = _calendar("# Outage of 2023-05-05\n")
    assert _placed(calendar, Moment(hour=9, day_number=3)) == ["2023-05-07T09:00"]
    assert calendar.place(Moment(hour=9, day_number=9000)).day is None


def test_a_weekday_is_the_next_one():
    """From the date on."""
    calendar = _calendar("# Outage of 2023-05-05\n")
    assert str(calendar.place(Moment(hour=9), weekday=0)) == "2023-05-08T09:00"


def test_the_end_of_all_days_is_borne():
    """There is no day after it."""
    calendar = _calendar("# Outage\n")
    calendar.place(Moment(9999, 12, 31, 23))
    assert calendar.place(Moment(hour=1)).hour == 1


def test_minutes_since_the_start_have_many_forms():
    """With hours, days or alone; other signs are none."""
    texts = ("t+1:30 a", "t+5m a", "+2h a", "t-10 a", "t+1d a", "- t+30s", "soon")
    assert [minutes_after(text) for text in texts] == [90, 5, 120, -10, 1440, 0, None]
