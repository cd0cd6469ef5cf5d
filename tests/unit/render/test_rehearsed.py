"""Rehearsed scripts: the document for programs, and what is made of it."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from tests.unit.render.scripts import BAD, DOUBTFUL, GOOD, LANES

from twiceshy.model.verdict import Value, Verdict
from twiceshy.render.exhibits import exhibit
from twiceshy.render.lanes_svg import lanes_svg
from twiceshy.render.marks import ASCII, Page
from twiceshy.render.rehearsed import document
from twiceshy.render.rehearsed_markdown import rehearsed_markdown
from twiceshy.render.rehearsed_page import rehearsed_page
from twiceshy.render.rehearsed_text import rehearsed_lines


def text(*conclusions, width=80, **page):
    """All lines, as they are without colours."""
    told = document(conclusions)
    return "\n".join(line.plain.rstrip() for line in rehearsed_lines(told, Page(width, **page)))


def test_the_document_of_one_script(snapshot):
    """Its keys are a promise to programs."""
    told = document([BAD], seconds=3.21987)
    assert json.loads(json.dumps(told)) == told
    assert told == snapshot


def test_several_scripts_are_told_together():
    """Each by itself, and what they come to."""
    told = document([BAD, GOOD, DOUBTFUL])
    assert told["verdict"] == "recurs"
    assert [one["verdict"] for one in told["scripts"]] == ["recurs", "holds", "unknown"]
    assert told["says"] == "would block and would break"


def test_what_never_came_to_a_conclusion_is_told_with_its_reason():
    """Such as a schema that needs an extension."""
    told = document([], [Verdict(Value.UNKNOWN, reasons=("no extension postgis",))])
    assert (told["verdict"], told["reasons"]) == ("unknown", ["no extension postgis"])
    lines = [line.plain for line in rehearsed_lines(told, Page(80))]
    assert any("no extension postgis" in line for line in lines)


def test_the_terminal(snapshot):
    """What people read: would block, where, which lock, who waits, later, instead."""
    assert text(BAD) == snapshot


def test_a_script_that_holds_is_one_line():
    """And the server that it was rehearsed on."""
    first, *rest = text(GOOD).splitlines()
    assert first == "✓ would block nobody  db/b.sql"
    assert "server    PostgreSQL 18" in rest


def test_lanes_in_letters_of_every_terminal():
    """Without blocks where the terminal has none."""
    lines = [line.plain for line in exhibit(LANES, Page(70, ASCII))]
    assert all(line.isascii() for line in lines[:-1])
    assert "#" in lines[1]
    assert "~" in lines[3]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_lanes_fit_the_page(width):
    """However narrow it is."""
    assert all(line.cell_len <= max(width, 40) for line in exhibit(LANES, Page(width)))


def test_markdown(snapshot):
    """For a pull request, with the remedy to fold open."""
    assert rehearsed_markdown(document([BAD, GOOD])) == snapshot


def test_markdown_of_a_script_is_no_markup():
    """Names out of a script make neither tags nor mentions."""
    told = rehearsed_markdown(document([BAD]))
    assert "<old>" not in told.replace("`DROP TABLE <old>`", "")
    assert "@everybody" not in told


class _Tags(HTMLParser):
    """All tags, and those that are still open."""

    void = frozenset({"meta", "line", "rect", "br"})

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.void:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_nobody():
    """Every tag is closed; no script, no other file, no other host."""
    page = rehearsed_page(document([BAD, GOOD, DOUBTFUL]))
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert not {"script", "link", "img", "iframe"} & set(tags.seen)
    assert "http" not in page
    assert "prefers-color-scheme:dark" in page
    assert "DROP TABLE &lt;old&gt;" in page


def test_every_bar_says_what_it_is():
    """For those who point at it, and those who listen."""
    drawing = lanes_svg(LANES)
    assert drawing.count("<rect") == 4
    assert drawing.count("<title>") == 4 + len(LANES.lanes)
    assert "250 ms, for line 2" in drawing
