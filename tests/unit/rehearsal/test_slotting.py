"""Ids in recorded requests, and the columns that they come from."""

from __future__ import annotations

import pytest

from twiceshy.model.scenario import RequestTemplate, line_template
from twiceshy.model.schema import Catalogue, Column, QName, Table, UniqueKey
from twiceshy.rehearsal.slotting import with_slots

A_UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


def table(name: str, columns: str, key: str) -> Table:
    """A table whose columns are numbers or texts, and its primary key."""
    return Table(
        QName("public", name),
        tuple(Column(column, "text", "text") for column in columns.split()),
        unique_keys=(UniqueKey(f"{name}_pkey", tuple(key.split()), primary=True),),
    )


CATALOGUE = Catalogue(
    (
        table("users", "id email", "id"),
        table("goals", "id user_id name", "id"),
        table("preferences", "user_id provider tweaks", "user_id provider"),
        table("exports", "ref made", "ref"),
    )
)
ROWS = {
    ("preferences", "provider", "acme"),
    ("exports", "ref", A_UUID),
    ("goals", "id", "17"),
}


def holds(name: QName, column: str, value: str) -> bool:
    """Whether one of the rows above says so."""
    return (name.name, column, value) in ROWS


@pytest.mark.parametrize(
    ("path", "expected", "bound"),
    [
        ("/goals", "/goals", {}),
        ("/goals/17", "/goals/{goal_id}", {"goal_id": "goals.id"}),
        ("/goals/4711/x", "/goals/{goal_id}/x", {"goal_id": "goals.id"}),
        ("/goals/mine", "/goals/mine", {}),
        ("/api/v1/goals/17", "/api/v1/goals/{goal_id}", {"goal_id": "goals.id"}),
        ("/reports/2024", "/reports/2024", {}),
        (
            "/preferences/acme/download",
            "/preferences/{provider}/download",
            {"provider": "preferences.provider"},
        ),
        ("/preferences/other", "/preferences/other", {}),
        (f"/files/{A_UUID}", "/files/{ref}", {"ref": "exports.ref"}),
        (
            "/users/1/goals/17",
            "/users/{user_id}/goals/{goal_id}",
            {"user_id": "users.id", "goal_id": "goals.id"},
        ),
        ("/goals/17/goals/18", "/goals/{goal_id}/goals/{goal_id_2}",
         {"goal_id": "goals.id", "goal_id_2": "goals.id"}),
        ("/goals/17/goals/17", "/goals/{goal_id}/goals/{goal_id}", {"goal_id": "goals.id"}),
        ("/", "/", {}),
        ("//17", "//17", {}),
    ],
)  # fmt: skip
def test_paths(path: str, expected: str, bound: dict[str, str]) -> None:
    """The word before an id names its table, or a row has that very key."""
    template, bindings = with_slots(line_template(f"GET {path}"), CATALOGUE, holds)
    assert template.path == expected
    assert bindings == bound


def test_query_form_and_body() -> None:
    """A parameter's name tells; in a body the type of an id is kept."""
    template, bindings = with_slots(
        RequestTemplate(
            "POST",
            "/goals/17",
            query=(("goal_id", "17"), ("page", "17"), ("userId", "me")),
            form=(("user_id", "3"),),
            json={"goal_id": 17, "user_id": "17", "deep": [{"userId": 5, "count": 5, "id": None}]},
            has_json=True,
        ),
        CATALOGUE,
        holds,
    )
    assert template.query == (("goal_id", "{goal_id}"), ("page", "17"), ("userId", "me"))
    assert template.form == (("user_id", "{user_id}"),)
    assert template.json == {
        "goal_id": "{goal_id}",
        "user_id": "17",
        "deep": [{"userId": "{userId}", "count": 5, "id": None}],
    }
    assert bindings == {"goal_id": "goals.id", "user_id": "users.id", "userId": "users.id"}
