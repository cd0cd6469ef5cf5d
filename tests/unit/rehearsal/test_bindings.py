"""Slots find their columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import line_template
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.rehearsal.bindings import bind, singular


def _table(name: str, *columns: str, parent: str | None = None) -> Table:
    key = ForeignKey("fk", ("user_id",), QName("public", parent), ("id",)) if parent else None
    names = ("id", *columns, *(("user_id",) if parent else ()))
    return Table(
        QName("public", name),
        tuple(Column(column, "bigint", "int8") for column in names),
        (UniqueKey("pk", ("id",), primary=True),),
        (key,) if key else (),
    )


CATALOGUE = Catalogue(
    (
        _table("users"),
        _table("goals", "slug", parent="users"),
        _table("app_deposits", parent="users"),
        _table("categories"),
        _table("boxes", parent="users"),
    )
)
OWNERSHIP = Ownership(CATALOGUE, (QName("public", "users"),))


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("/goals/{goal_id}", "goals.id"),
        ("/goals/{goalId}", "goals.id"),
        ("/goals/{id}", "goals.id"),
        ("/goals/{slug}", "goals.slug"),
        ("/goals/{goal_slug}", "goals.slug"),
        ("/goals/{goal}", "goals.id"),
        ("/deposits/{deposit_id}", "app_deposits.id"),
        ("/categories/{category_id}", "categories.id"),
        ("/boxes/{box_id}", "boxes.id"),
        ("/users/{user_id}/goals", "users.id"),
        ("/x?goal={goal_id}", "goals.id"),
    ],
)
def test_a_slot_finds_its_column_by_name(path: str, column: str) -> None:
    """By its own name, or by the part of the path before it."""
    ((slot,), _) = bind(line_template(f"GET {path}"), CATALOGUE, OWNERSHIP, {})
    assert f"{slot.table}.{slot.column}" == column


def test_a_column_that_tells_people_apart_is_found_by_its_own_name() -> None:
    """`/profiles/{userName}` means users.user_name where that is unique, and the only one."""
    users = replace(
        CATALOGUE.tables[0],
        columns=(*CATALOGUE.tables[0].columns, Column("user_name", "text", "text")),
        unique_keys=(*CATALOGUE.tables[0].unique_keys, UniqueKey("key", ("user_name",))),
    )
    catalogue = Catalogue((users, *CATALOGUE.tables[1:]))
    ownership = Ownership(catalogue, (QName("public", "users"),))
    ((slot,), _) = bind(line_template("GET /profiles/{userName}"), catalogue, ownership, {})
    assert f"{slot.table}.{slot.column}" == "users.user_name"


def test_what_is_written_wins() -> None:
    """A guard may say which column a slot means."""
    template = line_template("GET /x/{thing}")
    ((slot,), _) = bind(template, CATALOGUE, OWNERSHIP, {"thing": "goals.slug"})
    assert (str(slot.table), slot.column) == ("goals", "slug")


@pytest.mark.parametrize(
    ("bindings", "says"),
    [
        ({}, 'write bind = { thing = "table.column" }'),
        ({"thing": "gaols.id"}, "did you mean goals?"),
        ({"thing": "goals.slugg"}, "did you mean slug?"),
    ],
)
def test_what_cannot_be_found_says_what_to_write(bindings: dict[str, str], says: str) -> None:
    """The reason names the slot and the nearest name."""
    template = line_template("GET /goals/{goal_id}/x/{thing}")
    slots, unbound = bind(template, CATALOGUE, OWNERSHIP, bindings)
    assert [slot.name for slot in slots] == ["goal_id"]
    assert says in str(unbound["thing"])


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        *(("goals", "goal"), ("categories", "category"), ("boxes", "box")),
        *(("classes", "class"), ("batches", "batch"), ("status", "statu"), ("class", "class")),
    ],
)
def test_singulars_are_good_enough_for_matching(plural: str, one: str) -> None:
    """Rough is enough: both sides are treated alike."""
    assert singular(plural) == one
