from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.library.search import expression, marked, snippets, terms
from twiceshy.library.search_records import Filters
from unit.library.conftest import written

SPANISH = """\
# Caída de los depósitos

## Resumen
La lista de depósitos mostraba filas ajenas durante 30 minutos.

## Causa raíz
La consulta no filtraba por dueño en la sesión.
"""
JAPANESE = """\
# 決済サービスの障害

## 概要
決済サービスが30分間停止した。利用者に影響が出た。

## 根本原因
移行スクリプトがテーブルを排他ロックした。
"""


@pytest.fixture
def filled(shelf):
    """Three languages."""
    shelf.put("en", written("Orders stopped", keys='date = 2026-03-14\ntags = ["Night"]\n'))
    shelf.put("es", SPANISH)
    shelf.put("ja", JAPANESE)
    return shelf


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("deposito", {"es"}),
        ("DEPÓSITOS", {"es"}),
        ("caída de los dep", {"es"}),
        ("dueno", {"es"}),
        ("障害", {"ja"}),
        ("障", {"ja"}),
        ("排他ロ", {"ja"}),
        ("決済 ロック", {"ja"}),
        ("済サービ", {"ja"}),
        ("停止", {"ja"}),
        ("止", {"ja"}),
        ("済決", set()),
        ("exclusive lock", {"en"}),
        ('"exclusive lock"', {"en"}),
        ('"lock exclusive"', set()),
        ("lock exclusive", {"en"}),
        ("lock -migration", set()),
        ("lock -nothing", {"en"}),
        ("loc", {"en"}),
        ("loc exclusive", set()),
        ("-exclusive", {"es", "ja"}),
        ('-"exclusive lock" -deposito', {"ja"}),
        ("- -", set()),
        ("or", {"en"}),
        ("o", {"en"}),
        ("night", {"en"}),
        ("", {"en", "es", "ja"}),
        ('"', set()),
        ("AND OR NOT (", set()),
        ("%_*'", set()),
    ],
)
def test_what_a_query_finds(filled, query, found):
    """In any language and case, without accents, as one types; nothing in it is a command."""
    assert filled.ids(query) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"languages": ("es", "ja")}, {"es", "ja"}),
        ({"tags": ("nIGHT",)}, {"en"}),
        ({"since": datetime.date(2026, 3, 14)}, {"en"}),
        ({"until": datetime.date(2026, 3, 13)}, set()),
        ({"guarded": True}, set()),
        ({"guarded": False, "languages": ("en",)}, {"en"}),
        ({"services": ("nothing",)}, set()),
    ],
)
def test_filters(filled, filters, found):
    """All of them have to fit."""
    assert filled.ids("", **filters) == found


def test_facets_count_what_was_found(filled):
    """Not what there is besides."""
    hits = filled.found("lock")
    assert (hits.total, hits.facets["language"]) == (1, {"en": 1})
    assert filled.found("", Filters()).facets["language"] == {"en": 1, "es": 1, "ja": 1}


def test_snippets_show_why(filled):
    """Marks are ranges of the snippet's own text."""
    (hit,) = filled.found("排他").hits
    (snippet,) = hit.snippets
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["排他"]
    (hit,) = filled.found("dep").hits
    assert [hit.title.text[a:b] for a, b in hit.title.marks] == ["depósitos"]


def test_pages_of_hits(filled):
    """Of many, some; the total stays."""
    with filled.open() as library:
        from twiceshy.library import Audience

        first = library.search("", Filters(), Audience.INTERNAL, limit=2)
        second = library.search("", Filters(), Audience.INTERNAL, limit=2, offset=2)
    assert (first.total, len(first.hits), len(second.hits)) == (3, 2, 1)


@given(st.text(max_size=60))
def test_no_text_breaks_the_query(text):
    """Whatever is typed becomes an expression of words in quotes."""
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE word USING fts5 (title, names, body)")
    asked = expression(terms(text))
    if asked:
        connection.execute("SELECT rowid FROM word WHERE word MATCH ?", [asked]).fetchall()
    connection.close()


@given(st.text(max_size=300), st.text(min_size=1, max_size=8))
def test_marks_lie_within_the_text(text, query):
    """In order, and never over each other."""
    wanted = terms(query)
    for snippet in (marked(text, wanted), *snippets(text, wanted)):
        edges = [edge for mark in snippet.marks for edge in mark]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(snippet.text) for edge in edges)
