"""Descriptions whose server has a path, and services that know it or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.rehearsal.description_text import parse_document
from twiceshy.rehearsal.openapi import describe
from twiceshy.rehearsal.prefixes import unserved, without_prefixes

DESCRIBED = describe(
    parse_document(
        """
openapi: 3.0.3
servers: [{ url: "https://api.example.com/v1" }]
paths:
  /goals/{id}: { get: {} }
  /goals: { get: {}, post: {} }
  /status: { get: {} }
  /login: { post: {}, servers: [{ url: / }] }
""",
        Path("openapi.yaml"),
    )
)


@pytest.mark.parametrize(
    ("served", "prefixes"),
    [
        ({"/goals": 200, "/status": 200}, {"/v1"}),
        ({"/goals": 401}, {"/v1"}),
        ({"/v1/goals": 401}, set()),
        ({"/v1/status": 500, "/goals": 200}, set()),
        ({}, set()),
    ],
)
def test_what_the_service_knows(served: dict[str, int], prefixes: set[str]) -> None:
    """A prefix goes only when nothing is found with it, and something without."""
    assert unserved(DESCRIBED, lambda path: served.get(path, 404)) == prefixes


def test_a_service_without_answers() -> None:
    """Nothing can be told, so nothing is changed."""
    assert unserved(DESCRIBED, lambda _: None) == set()


def test_taken_away() -> None:
    """Operations with other servers stay; a note says what was done."""
    changed = without_prefixes(DESCRIBED, {"/v1"})
    assert [str(one) for one in changed.operations] == [
        "GET /goals/{id}",
        "GET /goals",
        "POST /goals",
        "GET /status",
        "POST /login",
    ]
    assert "has the path /v1, which the service does not know" in changed.notes[-1]
    assert without_prefixes(DESCRIBED, ()) is DESCRIBED
