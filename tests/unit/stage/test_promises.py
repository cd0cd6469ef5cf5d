from __future__ import annotations

import pytest

from twiceshy.model.history import PlantedRow
from twiceshy.model.scenario import Plant
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.stage.promises import Frame, Promises, is_only_waiting, together_sql
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.ladder import Wish
from twiceshy.synthesis.proposal import CHECK, FOREIGN_KEY, Refused

HEADS, TAILS = QName("public", "heads"), QName("public", "tails")


def table(name: QName, points_at: QName, default: str | None = None) -> Table:
    """A table whose rows point at those of another, and may not point at nothing."""
    return Table(
        name,
        (
            Column("id", "integer", "int4", not_null=True, default=default),
            Column("other", "integer", "int4", not_null=True),
        ),
        unique_keys=(UniqueKey("key", ("id",), primary=True),),
        foreign_keys=(ForeignKey("fk", ("other",), points_at, ("id",)),),
    )


HEAD, TAIL = table(HEADS, TAILS), table(TAILS, HEADS)


def frame(made: Table, name: str) -> Frame:
    """A row of the table that is being found."""
    wish = Wish(made, Identity(name, 1, 1))
    return Frame(Plant(name, made.name), wish)


def test_a_promise_is_the_key_that_the_row_is_going_to_have():
    """The same one each time it is asked for; foreign keys are not promised."""
    first = frame(HEAD, "h").promise()
    assert first is not None
    assert first.values == {"id": str(Identity("h", 1, 1).integer(0))}
    asked = frame(HEAD, "h")
    assert asked.promise() == asked.promise() == first


def test_rows_without_a_key_promise_nothing():
    """There is nothing by which another row could point at them."""
    promises = Promises()
    bare = Table(HEADS, (Column("a", "text", "text"),))
    assert promises.make(frame(bare, "h")) == ()
    assert promises.owed == {}


def test_a_row_waits_for_what_is_above_it():
    """By way of others as well, until all are there; nobody waits for itself."""
    promises = Promises()
    (head,) = promises.make(frame(HEAD, "h"))
    tail = PlantedRow("t", TAILS, None, {"id": "1"}, {})
    promises.owed["t", TAILS] = promises.of([head], ("t", TAILS))
    assert promises.among([head, tail], ("x", HEADS)) == [head, tail]
    assert promises.among([head, tail], ("h", HEADS)) == [tail]
    assert promises.of([tail], ("x", HEADS)) == {("h", HEADS)}
    assert promises.of([tail], ("h", HEADS)) == frozenset()
    promises.settle([("h", HEADS), ("t", TAILS)])
    assert promises.among([head, tail], ("x", HEADS)) == []


@pytest.mark.parametrize(
    ("refused", "waits"),
    [
        (Refused(FOREIGN_KEY, constraint="fk"), True),
        (Refused(FOREIGN_KEY, constraint="another"), False),
        (Refused(CHECK, constraint="fk"), False),
    ],
)
def test_only_a_missing_row_is_worth_waiting_for(refused: Refused, waits: bool):
    """Whatever else is wrong is wrong now."""
    tail = PlantedRow("t", TAILS, None, {"id": "1"}, {})
    assert is_only_waiting(refused, HEAD, [tail]) == waits
    assert not is_only_waiting(refused, HEAD, [])


def test_rows_go_in_together():
    """As one statement, for constraints are looked at when it ends."""
    rows = [
        PlantedRow("t", TAILS, None, {"id": "1", "other": "2"}, {}),
        PlantedRow("h", HEADS, None, {"id": "2", "other": "1"}, {}),
    ]
    sql = together_sql(Catalogue((HEAD, TAIL)), rows)
    assert sql.startswith('WITH r0 AS (INSERT INTO "public"."tails"')
    assert sql.count("INSERT") == 2
    assert not together_sql(Catalogue((HEAD,)), rows[1:]).startswith("WITH")
