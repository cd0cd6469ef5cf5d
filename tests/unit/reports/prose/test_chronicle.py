"""What completes the moments of a text."""

from __future__ import annotations

import pytest

from twiceshy.model.postmortem import Moment
from twiceshy.reports.prose.chronicle import Chronicle, date_of, on, weekday_of
from twiceshy.reports.prose.parse import parse_document


def _chronicle(text, name="a.md"):
    return Chronicle(parse_document(text, name)[0])


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("# Outage\n\n## Timeline (UTC)\n- 10:00 a\n", "UTC"),
        ("# Outage\n\n## Timeline\n\nAll times in CET\n\n- 10:00 a\n", "CET"),
        ("# Outage\n\n| Time (PST) | Event |\n|---|---|\n| 10:00 | a |\n", "PST"),
        ("# Outage\n\nDown from 10:00 to 11:00 JST. Mended at 12:00.\n", "JST"),
    ],
)
def test_a_zone_said_once_holds_for_all(text, zone):
    """In a heading, a sentence, a column, or as the only one."""
    assert _chronicle(text).zone.name == zone


def test_two_zones_hold_only_where_they_stand():
    """Neither of them is that of all times."""
    assert _chronicle("# Outage\n\nDown from 10:00 CET to 09:30 UTC.\n").zone is None


@pytest.mark.parametrize(
    ("text", "name", "date"),
    [
        ("# Outage of 2023-05-05\n\nDate: 2023-05-09\n", "a.md", "2023-05-05"),
        ("# Outage\n\nIncident date: 2023-05-05\n\nDate: 2023-05-09\n", "a.md", "2023-05-05"),
        ("---\ndate: 2023-05-06\n---\nOn May 5, 2023 all was down.\n", "a.md", "2023-05-05"),
        ("---\ndate: 2023-05-06\n---\nAll was down.\n", "a.md", "2023-05-06"),
        ("All was down.\n", "reports/2023-05-05-outage.md", "2023-05-05"),
        ("All was down.\n", "20230505.md", "2023-05-05"),
        ("# 障害\n\n発生日: 2023年5月5日\n", "a.md", "2023-05-05"),
    ],
)
def test_the_date_of_the_incident_has_its_places(text, name, date):
    """A title before the date of a report, a text before its front matter."""
    assert str(_chronicle(text, name).anchor) == date


def test_a_text_without_dates_has_no_anchor():
    """Nor a year."""
    chronicle = _chronicle("All was down.\n")
    assert chronicle.anchor is None
    assert chronicle.year is None


def test_the_year_of_most_dates_is_that_of_the_others():
    """Due dates of action items do not count."""
    chronicle = _chronicle(
        "# Outage\n\nOn May 5, 2022 and May 6.\n\n## Action items\n- a by 2023-01-01\n"
        "- b by 2023-02-01\n"
    )
    assert chronicle.with_year(Moment(month=5, day=6)).year == 2022


def test_a_place_is_found_in_the_original_though_markup_stands_between():
    """Or the block's place stands for it."""
    text = "# Outage\n\n- at **10:00** on *May 5*, 2023 down\n"
    chronicle = _chronicle(text)
    told = next(told for told in chronicle.told if told.mentions)
    span = chronicle.span(told, told.mentions[0])
    assert text[span.start : span.end].strip()


def test_whole_dates_have_a_weekday():
    """Others have none, nor have days that do not exist."""
    assert weekday_of(Moment(2023, 5, 5)) == 4
    assert weekday_of(Moment(None, 5, 5)) is None
    assert date_of(Moment(2023, 2, 30)) is None
    assert str(on(Moment(hour=9), date_of(Moment(2023, 5, 5)))) == "2023-05-05T09:00"
