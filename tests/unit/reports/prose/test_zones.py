"""Time zones as written."""

from __future__ import annotations

import pytest

from twiceshy.reports.prose.zones import zone_at, zone_in_brackets, zone_of_all


@pytest.mark.parametrize(
    ("text", "name", "offset"),
    [(" UTC", "UTC", 0), (" (CET)", "CET", 60), (" GMT +1", "GMT+1", 60), ("Z", "UTC", 0),
     (" UTC-03:30", "UTC-03:30", -210), (" IST", "IST", 330), ("+0200", "+0200", 120),
     (" Pacific Time", "Pacific Time", None),
        (" West Africa Time (WAT)", "WAT", 60), (" America/Lima", "America/Lima", None),
     (" 日本時間", "日本時間", 540), (" PT", "PT", None)],
)  # fmt: skip
def test_a_zone_is_kept_as_written_with_its_offset(text, name, offset):
    """The offset is in minutes east."""
    zone = zone_at(text, 0)
    assert zone is not None
    assert (zone.name, zone.offset, zone.end) == (name, offset, len(text))


@pytest.mark.parametrize("text", [" et puis", " PTA", " -15:00", "", " established"])
def test_other_words_are_no_zone(text):
    """Nor is the end of a range."""
    assert zone_at(text, 0) is None


def test_an_offset_with_a_colon_counts_where_only_it_can_stand():
    """As in ISO 8601."""
    zone = zone_at("-03:00", 0, bare=True)
    assert zone is not None
    assert zone.offset == -180


@pytest.mark.parametrize(
    ("text", "name"),
    [("All times in CET", "CET"), ("(all times are UTC)", "UTC"), ("Time (PST)", "PST"),
     ("Todas las horas en CLT", "CLT"), ("Alle Zeiten in MESZ", "MESZ"), ("時刻はJST", "JST")],
)  # fmt: skip
def test_a_sentence_gives_a_zone_to_all_times(text, name):
    """In several languages."""
    zone = zone_of_all(text)
    assert zone is not None
    assert zone.name == name


def test_a_text_without_such_a_sentence_has_no_zone_for_all():
    """A zone in another sentence is not meant."""
    assert zone_of_all("nothing here") is None


def test_a_heading_has_its_zone_in_brackets():
    """Other brackets are passed over."""
    zone = zone_in_brackets("Timeline (short) [UTC]")
    assert zone is not None
    assert zone.name == "UTC"
    assert zone_in_brackets("Timeline") is None
