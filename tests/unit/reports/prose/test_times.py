"""All that texts of many makes say about times."""

from __future__ import annotations

import json
import pathlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.model.postmortem import Span
from twiceshy.reports.prose.document import Block, Document, Form
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.times import times_of

TOLD = pathlib.Path(__file__).parent / "timed"
EXPECTED = json.loads((TOLD / "expected.json").read_text("utf-8"))


def _times(text, name="report.md"):
    return times_of(parse_document(text, name)[0])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_report_tells_when_it_was(name):
    """The start, the end, how long it took and how many entries its timeline has."""
    times = _times((TOLD / f"{name}.md").read_text("utf-8"), f"{name}.md")
    expected = EXPECTED[name]
    assert str(times.started_at.value or "") == expected["start"]
    assert str(times.ended_at.value or "") == expected["end"]
    assert times.duration_minutes.value == expected["minutes"]
    assert len(times.timeline) == expected["entries"]
    assert [conflict.rule for conflict in times.conflicts] == expected.get("conflicts", [])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_places_lie_in_the_original(name):
    """Each span is a part of the text that holds something."""
    text = (TOLD / f"{name}.md").read_text("utf-8")
    times = _times(text)
    spans = [entry.span for entry in times.timeline]
    spans += [times.started_at.span, times.ended_at.span, times.duration_minutes.span]
    assert all(text[span.start : span.end].strip() for span in spans if span is not None)


def test_a_text_without_times_says_nothing():
    """Each field is empty, none is invented."""
    times = _times("# Postmortem\n\nThe shop sold nothing. We are sorry.\n")
    assert times.started_at.value is None
    assert times.duration_minutes.value is None
    assert times.timeline == ()


def test_every_supported_answer_is_listed():
    """The likeliest is the value, the others are alternatives."""
    times = _times(
        "# Outage\n\nStart: 2023-05-05 10:00 UTC\nEnd: 2023-05-05 11:00 UTC\n\n## Timeline\n"
        "- 09:50 UTC deploy\n- 10:00 UTC alert\n- 11:20 UTC all restored\n"
    )
    assert str(times.started_at.value) == "2023-05-05T10:00 UTC"
    assert "2023-05-05T09:50 UTC" in [str(one) for one in times.started_at.alternatives]
    assert "2023-05-05T11:20 UTC" in [str(one) for one in times.ended_at.alternatives]
    assert 90.0 in times.duration_minutes.alternatives


def test_a_date_that_can_be_read_both_ways_lists_both():
    """Without any other date, the other reading is an alternative."""
    times = _times("# Outage on 5/6/2023\n\nFrom 10:00 to 11:00 the shop was down.\n")
    assert str(times.started_at.value) == "2023-05-06T10:00"
    assert "2023-06-05T10:00" in [str(one) for one in times.started_at.alternatives]


def test_another_date_decides_the_order():
    """Day first as elsewhere in the text."""
    times = _times("# Outage on 5/6/2023\n\nDown from 10:00 to 11:00, mended on 25/6/2023.\n")
    assert str(times.started_at.value) == "2023-06-05T10:00"
    times = _times(
        "# Outage 05-06-2023\n\nThe shop was down for all of the users.\n\n## Timeline\n"
        "* 10:00 5th June 2023 - the deploy\n* 11:00 - the end of it\n"
    )
    assert str(times.date.value) == "2023-06-05"


def test_the_year_comes_from_wherever_it_stands():
    """The front matter, the name of the file, another date."""
    text = "# Outage\n\nOn May 4th from 10:00 to 11:00 UTC the shop was down.\n"
    assert str(_times(text).started_at.value) == "--05-04T10:00 UTC"
    assert str(_times(text, "2019-05-06-outage.md").started_at.value) == "2019-05-04T10:00 UTC"
    front = f"---\ndate: 2018-05-05\n---\n{text}"
    assert str(_times(front).started_at.value) == "2018-05-04T10:00 UTC"


def test_the_weekday_chooses_among_dates():
    """Where title, text and front matter differ."""
    times = _times(
        "---\ntitle: Outage of 2021-03-04\ndate: 2021-03-05\n---\nOn Friday, 4 March 2021.\n"
    )
    assert str(times.date.value) == "2021-03-05"


def test_times_to_detect_and_to_resolve_are_stated_or_computed():
    """What is stated comes first."""
    times = _times(
        "# Outage\n\nStart: 2023-05-05 10:00\nDetected: 2023-05-05 10:20\n"
        "Resolved: 2023-05-05 11:00\n\nTime to detect: 15 minutes\n"
    )
    assert times.minutes_to_detect.value == 15
    assert times.minutes_to_detect.alternatives == (20,)
    assert times.minutes_to_resolve.value == 40


def test_exposure_and_effort_are_told_apart_from_the_outage():
    """How long wrong data was seen, and how long people worked."""
    times = _times(
        "# Postmortem\n\n## What went wrong\n\n"
        "Customers saw the invoices of others for about 25 minutes.\n\n"
        "The attention of four people went to this for approximately 3 hours.\n"
    )
    assert times.exposure.value == "about 25 minutes"
    assert times.effort.value == "approximately 3 hours"
    assert times.duration_minutes.value == 25


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_can_be_read(text):
    """Nothing that a text holds makes reading fail."""
    _times(text)


@given(
    st.lists(
        st.sampled_from(
            ["Start: ", "End: ", "10:00", "9:75", " PM", "\n", "- ", "2023-02-30", "May 5",
             "| a | ",
             "# Timeline\n", "Duration: ", "5 hours", " to ", "from ", "Day 2", "Mon ", "午後3時",
             "date: ", "---\n", "24:00", "31/12/2023", "since ", "0000-00-00", "9999-12-31 "]
        ),
        max_size=40,
    )
)  # fmt: skip
@settings(max_examples=150)
def test_any_heap_of_times_can_be_read(parts):
    """Neither in a timeline nor elsewhere."""
    _times("".join(parts))


@pytest.mark.parametrize(
    "line", ["12:34\n", "a: 12:34\n", "since 10:00 until ", "1 hour and ", "at 10:00 it went. "]
)
def test_reading_takes_linear_time(line):
    """Also where a megabyte is one block of a timeline."""
    text = line * (500_000 // len(line))
    block = Block(Form.PARAGRAPH, text, Span(0, len(text)), "timeline", "Timeline")
    begin = time.process_time()
    times_of(Document(text, "report.md", Span(0, len(text)), "en", (block,)))
    assert time.process_time() - begin < 3
