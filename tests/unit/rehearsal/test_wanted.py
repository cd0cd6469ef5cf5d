"""Requests that a guard wants, and those that it does not."""

from __future__ import annotations

import pytest

from twiceshy.model.scenario import line_template
from twiceshy.rehearsal.wanted import Wanted, without

LINES = (
    "GET /goals",
    "DELETE /goals/{goal_id}",
    "DELETE /goals/{goal_id}/members/{id}",
    "POST /admin/reset",
    "POST /admin/users/4/reset",
)
ALL = Wanted(tuple((line_template(line), {}) for line in LINES), notes=("one before",))


@pytest.mark.parametrize(
    ("skip", "left"),
    [
        ("DELETE /goals/{goal_id}", {0, 2, 3, 4}),
        ("DELETE /goals/{x}", {0, 2, 3, 4}),
        ("delete /goals/*", {0, 3, 4}),
        ("* /admin/*", {0, 1, 2}),
        ("/admin/*", {0, 1, 2}),
        ("DELETE *", {0, 3, 4}),
        ("POST /admin/users/{id}/reset", {0, 1, 2, 3}),
        ("POST /*/reset", {0, 1, 2}),
        ("GET /goals/", {1, 2, 3, 4}),
    ],
)
def test_skip(skip: str, left: set[int]) -> None:
    """A slot stands for one part of a path, a star for anything."""
    found = without(ALL, (skip,))
    assert {LINES.index(str(template)) for template, _ in found.templates} == left
    told = {note.partition(":")[0] for note in found.notes} - {"one before"}
    assert told == {line for number, line in enumerate(LINES) if number not in left}


def test_skip_that_names_nothing() -> None:
    """A typing error must not pass for care."""
    found = without(ALL, ("DELETE /gaols/{id}",))
    assert len(found.templates) == len(LINES)
    assert found.notes[-1] == "skip = DELETE /gaols/{id} names no request of this guard"


def test_no_skip() -> None:
    """Nothing changes."""
    assert without(ALL, ()) is ALL
