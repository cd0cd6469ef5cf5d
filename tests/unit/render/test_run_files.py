"""A run as JUnit XML, as Markdown and as a page: all made of the document for programs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from tests.unit.render.scripts import LANES
from tests.unit.render.strained import LATENCY, TOTALS
from tests.unit.render.test_rehearsed import _Tags

from twiceshy.model.events import GuardFinished, Uncovered
from twiceshy.model.exhibits import Table
from twiceshy.model.verdict import Finding, Value, Verdict
from twiceshy.render.details import as_text
from twiceshy.render.exhibits_html import exhibit_html
from twiceshy.render.exhibits_markdown import exhibit_markdown
from twiceshy.render.junit import junit
from twiceshy.render.machine import Machine
from twiceshy.render.machine_schema import Run
from twiceshy.render.run_markdown import run_markdown
from twiceshy.render.run_page import run_page
from unit.render import story

LOST = Finding(
    "conservation.lost",
    "After `kill service` 6 of 497 acknowledged transactions are not recorded.",
    "POST /payments",
    seen="the last of them at 1.69 s",
    exhibits=(LATENCY, TOTALS, LANES),
    remedy="Answer after the commit.",
)


def document(*events):
    """What programs get of these events."""
    machine = Machine(story.ROOT)
    for event in events:
        machine.hear(event)
    return machine.document()


@pytest.fixture(scope="module")
def told():
    """A run in which everything happens, with every form of exhibit."""
    verdict = Verdict(Value.RECURS, (story.PAGE, LOST))
    lost = GuardFinished(story.SIGNUP, story.COMMAND, verdict, 2.0)
    uncovered = Uncovered((("GET /a", "refused with 404"),))
    return document(*story.events(), lost, uncovered)


def test_junit(told, snapshot):
    """A failure is what recurs, an error what nobody could tell; their texts are the terminal's."""
    assert junit(told) == snapshot


def test_junit_is_counted(told):
    """As those who read it expect, for every suite and for all."""
    root = ET.fromstring(junit(told).encode())
    assert [root.attrib[name] for name in ("tests", "failures", "errors")] == ["5", "2", "2"]
    allowed = ET.fromstring(junit(told, allow_unknown=True).encode())
    assert (allowed.attrib["errors"], allowed.attrib["skipped"]) == ("1", "1")


def test_junit_holds_any_text():
    """Also what XML cannot."""
    finding = Finding("r", "a\x00b \ud800 \uffff ]]> <b>", "GET /", seen="\x1b[31m \ufffe")
    finished = replace(story.RECURS, verdict=Verdict(Value.RECURS, (finding,)))
    written = junit(document(finished))
    failure = next(ET.fromstring(written.encode()).iter("failure"))
    assert "]]> <b>" in failure.attrib["message"]


def test_markdown(told, snapshot):
    """Guards in a table, what recurs with its exhibits; curves as a table of their figures."""
    assert run_markdown(told) == snapshot


def test_markdown_of_foreign_text_is_no_markup():
    """Neither tags nor mentions, and no further cell of a table."""
    table = Table("<b> @all", ("a|b",), (("`x` | <i>",), ("",)))
    finding = Finding("r", "<script> @all", "GET /", exhibits=(table,))
    finished = replace(story.RECURS, verdict=Verdict(Value.RECURS, (finding,)))
    written = run_markdown(document(finished))
    assert "<script>" not in written
    assert "@all" not in written
    assert "| a\\|b |" in written
    assert "| `` `x` \\| <i> `` |\n|  |" in written


def test_long_tables_are_cut_in_markdown():
    """A comment that is too long is refused as a whole."""
    table = Table("", ("n",), tuple((str(number),) for number in range(40)))
    lines = "\n".join(exhibit_markdown(table)).splitlines()
    assert len(lines) == 24
    assert lines[-1] == "… 20 more rows"


def test_the_page_is_whole_and_asks_nobody(told):
    """Every tag is closed; no script, no other file, no other host; both drawings are there."""
    page = run_page(told)
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert not {"script", "link", "img", "iframe"} & set(tags.seen)
    assert "http" not in page
    assert tags.seen.count("svg") == 3
    for says in ("Answer after the commit.", "GET /a: refused with 404", "twiceshy-c4n4ry-goal"):
        assert says in page


def test_what_is_pointed_at_is_marked():
    """Within text that may be anything, also the name of the mark."""
    shown = replace(story.PAGE.exhibits[0], left="<mark> a", highlights=("mark", "<", "a"))
    (side,) = [part for part in exhibit_html(shown) if "without</p>" in part]
    assert '<pre tabindex="0"><mark>&lt;mark</mark>&gt; <mark>a</mark></pre>' in side


def test_exhibits_of_what_holds():
    """Stand on the page, in JSON, and at a terminal that tells everything."""
    holds = replace(story.HOLDS, verdict=Verdict(Value.HOLDS, exhibits=(LATENCY,)))
    written = document(holds)
    assert "<svg" in run_page(written)
    assert Run.model_validate(written).reports[0].guards[0].exhibits[0].form == "series"
    assert "p99" in as_text(holds)
    assert "p99" not in run_markdown(written)
    doubtful = replace(story.HOLDS, verdict=Verdict(Value.UNKNOWN, exhibits=(LATENCY,)))
    assert "| `p99` | 12 | 905 at 1.7 s | 13.4 |" in run_markdown(document(doubtful))


def test_nothing_rehearsed():
    """Is said in every form."""
    nothing = document()
    assert run_markdown(nothing).startswith("### ❔ no guard was rehearsed")
    assert "no guard was rehearsed" in run_page(nothing)
    assert ET.fromstring(junit(nothing).encode()).attrib["tests"] == "0"
