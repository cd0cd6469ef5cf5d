from __future__ import annotations

from twiceshy.model.verdict import Value
from twiceshy.render.demo import demo_lines, example_heading
from twiceshy.render.marks import Page


def test_all_as_it_should_be(snapshot):
    """A friendly end, and what to do next."""
    rows = [("deposits", Value.RECURS, Value.HOLDS, 12.34)]
    lines = [line.plain for line in demo_lines(rows, "/opt/examples", Page(80))]
    assert "\n".join(lines) == snapshot


def test_not_as_it_should_be():
    """Then nobody is sent on."""
    rows = [("deposits", Value.RECURS, Value.UNKNOWN, 1.0)]
    text = "\n".join(line.plain for line in demo_lines(rows, "/opt/examples", Page(80)))
    assert "not as it should be" in text
    assert "twiceshy init" not in text


def test_heading_fits_the_page():
    """A rule with the example's name."""
    assert len(example_heading("deposits", Page(40))[1].plain) == 40
