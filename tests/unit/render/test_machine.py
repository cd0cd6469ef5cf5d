from __future__ import annotations

import json
from dataclasses import replace

import pytest

from twiceshy.errors import ConfigurationError, Location, SeveralProblems
from twiceshy.model.events import GuardFinished, ReportBroken, RunFinished, Uncovered
from twiceshy.model.plain import verdict_from_plain
from twiceshy.model.verdict import Value, Verdict
from twiceshy.render.machine import Machine, as_json
from twiceshy.render.machine_schema import Run, schema
from unit.render import story


def document(*events):
    """What programs get of these events."""
    machine = Machine(story.ROOT)
    for event in events:
        machine.hear(event)
    return machine.document()


def test_a_run_as_json(snapshot):
    """Stable, sorted and readable: other programs build on it."""
    assert as_json(document(*story.events())) == snapshot


def test_it_fits_its_schema_and_no_key_is_left_undocumented():
    """The schema describes every key that is written."""
    page = GuardFinished(story.REPORT, story.GUARD, Verdict(Value.RECURS, (story.PAGE,)), 1.0)
    uncovered = Uncovered((("GET /a", "refused with 404"),))
    written = json.loads(as_json(document(*story.events(), page, uncovered)))
    assert written["uncovered"] == [{"request": "GET /a", "why": "refused with 404"}]
    assert Run.model_validate(written).model_dump() == written


def test_the_schema_is_json_and_says_what_it_is(snapshot):
    """Changes of the schema are seen."""
    assert as_json(schema()) == snapshot


def test_a_verdict_can_be_read_back():
    """From the document comes the same verdict as went in."""
    (report,) = document(story.RECURS)["reports"]
    guard = json.loads(as_json(report["guards"][0]))
    assert verdict_from_plain(guard) == story.RECURS.verdict


def test_the_order_does_not_depend_on_the_order_of_events():
    """Reports are sorted by path, guards by line and version."""
    events = [story.HOLDS, story.UNKNOWN, story.RECURS, story.BROKEN]
    assert document(*events) == document(*reversed(events))


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_no_number_that_json_lacks(seconds):
    """A clock that went mad does not break a parser."""
    written = document(replace(story.HOLDS, seconds=seconds), RunFinished(seconds))
    assert "NaN" not in as_json(written)
    assert "Infinity" not in as_json(written)


def test_text_that_is_no_unicode():
    """A lone surrogate becomes writable."""
    as_json({"a": "\ud800"}).encode()


def test_several_problems_are_listed_one_by_one():
    """A report with two problems has two in the document."""
    problems = [
        ConfigurationError(f"{number}", location=Location(story.REPORT.path, number), key="k")
        for number in (1, 2)
    ]
    (report,) = document(ReportBroken(story.REPORT, SeveralProblems(problems)))["reports"]
    assert [problem["line"] for problem in report["problems"]] == [1, 2]
    assert report["problems"][0]["file"] == "postmortems/2020-09-22.md"


def test_the_worst_verdict_is_that_of_the_run():
    """recurs before unknown before holds; nothing rehearsed is unknown."""
    assert document(story.HOLDS)["verdict"] == "holds"
    assert document(story.HOLDS, story.UNKNOWN)["verdict"] == "unknown"
    assert document(*story.events())["verdict"] == "recurs"
    assert document()["verdict"] == "unknown"
