from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.library.prose import chronology_of
from twiceshy.reports.journal import offset_of, with_line

UTC = datetime.UTC
TEXT = """\
# Outage of orders on 2026-03-14

## Summary

Orders fail.

{}

## Impact

All users.
"""


def logged(text, at, says="Back again"):
    """The text after a line was added, and that line."""
    known = chronology_of(text, "a.md")
    zone = offset_of(known.entries) or UTC
    hour, minute = map(int, at.rpartition(" ")[2].split(":"))
    day = datetime.date.fromisoformat(at.partition(" ")[0] if " " in at else "2026-03-14")
    moment = datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return with_line(
        text, known.entries, moment, says, language=known.language, section_end=known.end
    )


def added(before, after):
    """The lines that are new; all others are as they were, to the byte."""
    left = before.splitlines(keepends=True)
    new = []
    for line in after.splitlines(keepends=True):
        if left and line == left[0]:
            left.pop(0)
        else:
            new.append(line.strip())
    assert not left, left
    return [line for line in new if line]


@pytest.mark.parametrize(
    ("timeline", "at", "line"),
    [
        ("- 14:05 UTC: Alert\n- 14:20 UTC: Known", "15:02", "- 15:02 UTC: Back again"),
        ("* **14:05** Alert\n* **14:20** Known", "15:02", "* **15:02** Back again"),
        (
            "- 2026-03-14 14:05 Alert\n- 2026-03-14 14:20 Known",
            "15:02",
            "- 2026-03-14 15:02 Back again",
        ),
        ("- 14:05:11 Alert\n- 14:20:09 Known", "15:02", "- 15:02:00 Back again"),
        ("- 2:05 PM - Alert\n- 2:20 PM - Known", "15:02", "- 3:02 PM - Back again"),
        ("- 14h05 : Alert\n- 14h20 : Known", "15:02", "- 15h02 : Back again"),
        ("- 1405hrs Alert\n- 1420hrs Known", "15:02", "- 1502hrs Back again"),
        ("1. 14:05 Alert\n2. 14:20 Known", "15:02", "3. 15:02 Back again"),
        (
            "| Time | What |\n| --- | --- |\n| 14:05 | Alert |\n| 14:20 | Known |",
            "15:02",
            "| 15:02 | Back again |",
        ),
        ("14:05 - Alert\n\n14:20 - Known", "15:02", "15:02 - Back again"),
        ("- 14:05 Alert\n- 14:20 Known", "2026-03-15 00:10", "- 2026-03-15 00:10 Back again"),
        (
            "- 2026-03-14 14:05 Alert\n- 2026-03-14 14:20 Known",
            "2026-03-15 00:10",
            "- 2026-03-15 00:10 Back again",
        ),
        (
            "- 2026/03/14 14:05 Alert\n- 2026/03/14 14:20 Known",
            "2026-03-15 00:10",
            "- 2026/03/15 00:10 Back again",
        ),
    ],
)
def test_the_form_of_the_others(timeline, at, line):
    """Bullets, numbers, tables, clocks of every make: the new line looks like its neighbours."""
    text = TEXT.format("## Timeline\n\n" + timeline)
    after = logged(text, at)
    assert added(text, after) == [line]
    assert after.index("Known") < after.index("Back again") < after.index("## Impact")


def test_headings_with_times():
    """The text goes below the heading."""
    text = TEXT.format("## Timeline\n\n### 14:05\n\nAlert\n\n### 14:20\n\nKnown")
    assert added(text, logged(text, "15:02")) == ["### 15:02", "Back again"]


def test_its_place_by_time():
    """Between others, before them, and in a timeline that begins with the latest."""
    rising = TEXT.format("## Timeline\n\n- 14:05 Alert\n  with more\n- 14:20 Known\n  and more")
    after = logged(rising, "14:10")
    assert after.index("with more") < after.index("14:10") < after.index("14:20")
    after = logged(rising, "13:00")
    assert after.index("13:00") < after.index("14:05")
    after = logged(rising, "15:00")
    assert after.index("and more") < after.index("15:00")
    falling = TEXT.format("## Timeline\n\n- 14:20 Known\n- 14:05 Alert")
    after = logged(falling, "15:00")
    assert after.index("15:00") < after.index("14:20")
    after = logged(falling, "14:10")
    assert after.index("14:20") < after.index("14:10") < after.index("14:05")


def test_the_zone_of_the_timeline():
    """Is what the new time is told in."""
    known = chronology_of(TEXT.format("## Timeline\n\n- 14:05 CET Alert\n- 14:20 CET Known"), "a")
    assert offset_of(known.entries) == datetime.timezone(datetime.timedelta(hours=1))
    known = chronology_of(TEXT.format("## Timeline\n\n- 14:05 Alert\n- 14:20 Known"), "a")
    assert offset_of(known.entries) is None


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        (
            "# Outage\n\n## Summary\n\nThe orders of all users fail since this morning.\n",
            "Timeline",
        ),
        ("# Caída\n\n## Resumen\n\nLos pedidos de los usuarios fallan desde hoy.\n", "Cronología"),
        (
            "# Panne\n\n## Résumé\n\nLes commandes des clients échouent depuis ce matin.\n",
            "Chronologie",
        ),
        (
            "# Ausfall\n\n## Zusammenfassung\n\nDie Bestellungen der Kunden schlagen fehl.\n",
            "Zeitlicher Ablauf",
        ),
        ("# 障害\n\n## 概要\n\n注文が失敗しています。\n", "タイムライン"),
    ],
)
def test_a_report_without_a_timeline(text, heading):
    """Gets one in its language, which is then read as one."""
    after = logged(text, "15:02")
    assert added(text, after) == [f"## {heading}", "- 2026-03-14 15:02 UTC: Back again"]
    twice = logged(after, "15:09", "Still back")
    assert added(after, twice) == ["- 2026-03-14 15:09 UTC: Still back"]
    assert len(chronology_of(twice, "a.md").entries) == 2


def test_an_empty_timeline():
    """The hint of a draft stays, and what stands below stays below."""
    text = TEXT.format("## Timeline\n\n<!-- One line for each event. -->")
    after = logged(text, "15:02")
    assert added(text, after) == ["- 2026-03-14 15:02 UTC: Back again"]
    assert after.index("for each") < after.index("15:02") < after.index("## Impact")


def test_line_ends_stay():
    """Those of the file are also those of the new line; a missing last one stays missing."""
    text = TEXT.format("## Timeline\n\n- 14:05 Alert\n- 14:20 Known").replace("\n", "\r\n")
    assert "- 15:02 Back again\r\n\r\n## Impact" in logged(text, "15:02")
    text = "# Outage 2026-03-14\n\n## Timeline\n\n- 14:05 Alert\n- 14:20 Known"
    assert logged(text, "15:02").endswith("Known\n- 15:02 Back again")


def test_what_is_said_stays_one_line():
    """Breaks become blanks, and a bar breaks no table."""
    text = TEXT.format("## Timeline\n\n| T | W |\n| - | - |\n| 14:05 | Alert |\n| 14:20 | Known |")
    assert added(text, logged(text, "15:02", "a\n# b | c")) == [r"| 15:02 | a # b \| c |"]


@given(
    st.text(alphabet="# -*|:0123456789\r\nTimeline", max_size=120),
    st.text(max_size=40).filter(lambda says: says.strip()),
)
def test_nothing_is_lost(text, says):
    """Whatever the text: every line of it is still there, in its order."""
    after = logged(text, "15:02", says)
    lines = iter(after.splitlines())
    assert all(line in lines for line in text.splitlines())
    assert len(after) > len(text)


@pytest.mark.parametrize("sign", ["\x0c", "\u2028", "\x85"])
def test_signs_that_end_no_line_move_nothing(sign):
    """A form feed above the timeline, or what Unicode calls a line's end, misplaces no line."""
    before = TEXT.format("## Timeline\n\n- 14:05 UTC Alert\n- 15:20 UTC Known")
    before = before.replace("Orders fail.", f"Orders{sign} fail.")
    after = logged(before, "15:02")
    assert "- 14:05 UTC Alert\n- 15:02 UTC Back again\n- 15:20 UTC Known\n" in after


def test_lines_that_end_with_a_carriage_return_alone():
    """The new line ends like its neighbours, also as old Macs wrote."""
    before = TEXT.format("## Timeline\n\n- 14:05 UTC Alert\n- 15:20 UTC Known")
    after = logged(before.replace("\n", "\r"), "15:02")
    assert "\n" not in after
    assert "- 14:05 UTC Alert\r- 15:02 UTC Back again\r- 15:20 UTC Known\r" in after


@pytest.mark.parametrize("keys", ["", "+++\ndate = 2026-03-14\n+++\n"])
@pytest.mark.parametrize(
    ("at", "place", "line"),
    [
        ("2026-03-15 00:30", 3, "- 2026-03-15 00:30 UTC Back again"),
        ("2026-03-15 00:05", 2, "- 2026-03-15 00:05 UTC Back again"),
        ("2026-03-14 23:45", 1, "- 23:45 UTC Back again"),
    ],
)
def test_past_midnight(keys, at, place, line):
    """Lines without a date above the first one that has a date are of the day before."""
    told = "- 23:40 UTC Alert\n- 23:50 UTC Known\n- 2026-03-15 00:10 UTC Rolled back"
    before = keys + TEXT.format(f"## Timeline\n\n{told}")
    zone = datetime.UTC
    known = chronology_of(before, "a.md")
    day = datetime.date(2026, 3, 14) if keys else None
    moment = datetime.datetime.fromisoformat(at).replace(tzinfo=zone)
    after = with_line(before, known.entries, moment, "Back again", section_end=known.end, day=day)
    wanted = told.split("\n")
    wanted.insert(place, line)
    assert "\n".join(wanted) in after


def test_lines_that_fall_stay_as_they_are_read():
    """In a timeline with the newest line on top, nothing is moved to the day before."""
    told = "- 14:40 UTC Known\n- 14:20 UTC Seen\n- 2026-03-14 14:05 UTC Alert"
    after = logged(TEXT.format(f"## Timeline\n\n{told}"), "2026-03-14 14:50")
    assert f"- 14:50 UTC Back again\n{told}" in after


def test_a_day_after_the_report():
    """What is logged of the first day, after something of a later one, finds its place."""
    told = "- 14:05 UTC Alert\n- 14:45 UTC Known\n- 2026-03-20 16:00 UTC Told to all"
    before = TEXT.format(f"## Timeline\n\n{told}")
    known = chronology_of(before, "a.md")
    moment = datetime.datetime(2026, 3, 14, 14, 50, tzinfo=UTC)
    after = with_line(before, known.entries, moment, "Mended", day=datetime.date(2026, 3, 14))
    assert "Known\n- 14:50 UTC Mended\n- 2026-03-20" in after
