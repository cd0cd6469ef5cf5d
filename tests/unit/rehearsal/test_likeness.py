from __future__ import annotations

from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table
from twiceshy.rehearsal.likeness import likeness

USERS, GUESTS = QName("public", "users"), QName("public", "guests")
ROWS = {
    USERS: [
        {"id": "1", "email": "ana@example.com", "plan": "free"},
        {"id": "2", "email": "ben@example.com", "plan": "free"},
    ],
    GUESTS: [{"user_id": "1", "contact": "Ana@Example.com"}, {"user_id": None, "contact": None}],
}


def text(name):
    """A column of text."""
    return Column(name, "text", "text")


def number(name, **more):
    """A column of whole numbers."""
    return Column(name, "bigint", "int8", **more)


CATALOGUE = Catalogue(
    (
        Table(USERS, (number("id", identity="always"), text("email"), text("plan"))),
        Table(
            GUESTS,
            (number("user_id"), text("contact")),
            foreign_keys=(ForeignKey("guests_user", ("user_id",), USERS, ("id",)),),
        ),
    )
)


def found(sought=()):
    """What these rows say."""
    return likeness(CATALOGUE, lambda table, condition, limit: ROWS[table], sought)


def test_columns_that_hold_a_text():
    """Whatever its case; None holds nothing."""
    held = found(["BEN@example.com", "nobody", ""]).held
    assert held == {"BEN@example.com": ((USERS, "email"),), "nobody": (), "": ()}


def test_columns_that_hold_the_same():
    """Telling values, not the numbers that a sequence or a key gives."""
    assert found().alike == {frozenset({(USERS, "email"), (GUESTS, "contact")})}


def test_columns_that_repeat_a_few_values():
    """A kind, a plan, a status."""
    assert found().kinds == {(USERS, "plan"): ("free",)}
