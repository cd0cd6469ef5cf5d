from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from twiceshy.library import Audience
from twiceshy.library.checking import subjects
from twiceshy.library.search_records import Filters
from twiceshy.library.telling.boards import actions_lines, statistics_lines
from twiceshy.library.telling.documents import actions_csv, statistics_document
from twiceshy.library.telling.findings import hits_lines, similar_lines
from twiceshy.library.telling.remarks import remarks_document, remarks_lines, rules_lines, sum_line
from twiceshy.render.marks import ASCII, UNICODE, Page
from twiceshy.reports import read_reports
from twiceshy.reports.lint import lint
from unit.library.conftest import TODAY, written

INTERNAL = Audience.INTERNAL


@pytest.fixture
def filled(shelf):
    """Reports with everything that is drawn, and with what a terminal would obey."""
    keys = "severity = 'sev1'\nservices = ['orders', 'a-very-long-name-of-a-service-indeed']\n"
    for day in ("2026-01-10", "2026-03-10"):
        more = "Bad \x1b[31mletters\x07 and a long_word_without_any_blank_" + "x" * 60
        title = f"Orders stopped {day} because of a migration that nobody had looked at twice"
        shelf.put(day, written(title, keys=f"date = {day}\n{keys}", guard=True, more=more))
    shelf.put(
        "ja",
        "+++\ntitle='決済サービスの障害についての長い報告書の題名'\n+++\n## 概要\n排他ロック\n",
    )
    return shelf


def pages(shelf, page):
    """Every page of the library, by name."""
    folder = shelf.root / "postmortems"
    with shelf.open() as library:
        entries = {entry.id: entry for entry in library.entries(INTERNAL)}
        found = library.search("orders", Filters(), INTERNAL)
        actions = library.actions(INTERNAL, TODAY)
        owners = library.owners(INTERNAL, TODAY)
        first = entries["2026-01-10"]
        similar = library.similar(first.id, INTERNAL)
        stats = library.stats(INTERNAL, TODAY)
    checked = [(one.report.path, lint(one)) for one in subjects(shelf.root, read_reports(folder))]
    return {
        "hits": hits_lines(found, "orders", page, facets=True),
        "similar": similar_lines(first, similar, page),
        "stats": statistics_lines(stats, page),
        "actions": actions_lines(actions, owners, entries, TODAY, page),
        "remarks": remarks_lines(checked, page, shelf.root),
        "sum": sum_line(checked, 1, page),
        "rules": rules_lines(page),
    }


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("marks", [UNICODE, ASCII])
def test_pages_fit(filled, width, marks):
    """No line is wider than the page, but a path, which has to stay whole."""
    for name, lines in pages(filled, Page(width, marks)).items():
        assert lines, name
        wide = [line.plain for line in lines if line.cell_len > width and ".md" not in line.plain]
        assert not wide, (name, wide)


def test_nothing_is_obeyed(filled):
    """What a terminal would obey is shown instead."""
    for name, lines in pages(filled, Page(80)).items():
        plain = "\n".join(line.plain for line in lines)
        assert "\x1b" not in plain, name
        assert "\x07" not in plain, name


def test_marks_without_unicode(filled):
    """The tool's own signs are plain there."""
    lines = pages(filled, Page(80, ASCII))["stats"]
    assert "█" not in "\n".join(line.plain for line in lines)


def test_documents_are_plain_data(filled):
    """They can be written as JSON."""
    with filled.open() as library:
        json.dumps(statistics_document(library.stats(INTERNAL, TODAY)))
    checked = [(Path("a.md"), ())]
    assert remarks_document(checked, Path())["counts"] == {"error": 0, "warning": 0, "note": 0}


def test_no_cell_is_a_formula(shelf):
    """What a spreadsheet would compute gets a sign in front."""
    text = written("A").replace("Test of the lock", '=cmd|"/c calc"!A1, "quoted"')
    shelf.put("a", text)
    with shelf.open() as library:
        entries = {entry.id: entry for entry in library.entries(INTERNAL)}
        told = actions_csv(library.actions(INTERNAL, TODAY), entries, TODAY)
    rows = list(csv.DictReader(io.StringIO(told)))
    assert rows[0]["text"].startswith("'=cmd")
    assert len(rows) == 3
