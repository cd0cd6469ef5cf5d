from __future__ import annotations

import pytest

from twiceshy.model.history import RowChange
from twiceshy.model.schema import Column, QName, Table, UniqueKey
from twiceshy.stage.undo import CannotUndo, Undo, undo

USERS = Table(
    QName("public", "users"),
    (
        Column("id", "integer", "int4", not_null=True, identity="always"),
        Column("name", "text", "text"),
        Column("upper", "text", "text", generated=True),
    ),
    (UniqueKey("users_pkey", ("id",), primary=True), UniqueKey("users_name_key", ("name",))),
)
LOGS = Table(QName("public", "logs"), (Column("line", "text", "text"),), rows=50_000)
VISITS = Table(QName("public", "visits"), (Column("line", "text", "text"),), partitioned=True)
CODES = Table(
    QName("public", "codes"),
    (Column("code", "text", "text", not_null=True), Column("n", "integer", "int4")),
    (
        UniqueKey("partial", ("code",), predicate="(n > 0)"),
        UniqueKey("lazy", ("code",), deferrable=True),
        UniqueKey("nullable", ("n",)),
        UniqueKey("code", ("code",)),
    ),
)
TABLES = {table.name: table for table in (USERS, LOGS, VISITS, CODES)}


def insert(table, **new):
    """A row that was inserted."""
    return RowChange("insert", table.name, None, new)


def delete(table, **old):
    """A row that was deleted."""
    return RowChange("delete", table.name, old, None)


def update(table, old, new):
    """A row that was updated."""
    return RowChange("update", table.name, old, new)


def test_an_inserted_row_is_deleted_by_its_key():
    """The primary key is enough to find a row."""
    assert undo([insert(USERS, id="1", name="a", upper="A")], TABLES) == [
        Undo(
            'DELETE FROM ONLY "public"."users" t USING (VALUES (\'1\'::integer)) v(c0) '
            'WHERE t."id" = v.c0',
            1,
        )
    ]


def test_a_deleted_row_is_inserted_without_what_is_generated():
    """Generated columns follow by themselves, identities are given their old values."""
    assert undo([delete(USERS, id="1", name=None, upper=None)], TABLES) == [
        Undo(
            'INSERT INTO "public"."users" ("id", "name") OVERRIDING SYSTEM VALUE '
            "VALUES ('1', NULL)",
            1,
        )
    ]


def test_an_updated_row_gets_back_what_differs():
    """Only that: an identity column, say, cannot be written at all."""
    old, new = {"id": "1", "name": "it's"}, {"id": "1", "name": "\\"}
    assert undo([update(USERS, old, new)], TABLES) == [
        Undo(
            'UPDATE ONLY "public"."users" t SET "name" = \'it\'\'s\' WHERE t."id" = \'1\'::integer',
            1,
        )
    ]
    assert undo([update(USERS, old, old)], TABLES) == []


def test_the_newest_change_is_undone_first():
    """And neighbours of one kind become one statement."""
    changes = [
        insert(USERS, id="1", name="a"),
        insert(USERS, id="2", name="b"),
        delete(USERS, id="1", name="a"),
        insert(LOGS, line="x"),
    ]
    statements = undo(changes, TABLES)
    assert [(s.sql.split(" t ")[0].split(" (")[0], s.rows) for s in statements] == [
        ("WITH wanted AS", 1),
        ('INSERT INTO "public"."users"', 1),
        ('DELETE FROM ONLY "public"."users"', 2),
    ]
    assert len(undo(changes, TABLES, together=False)) == 4


def test_what_must_be_unique_is_undone_row_by_row():
    """Two rows may have swapped a name, so the order matters; other columns go together."""
    swapped = [
        update(USERS, {"id": str(n), "name": f"a{n}"}, {"id": str(n), "name": f"b{n}"})
        for n in range(3)
    ]
    assert [statement.rows for statement in undo(swapped, TABLES)] == [1, 1, 1]
    counted = [
        update(CODES, {"code": str(n), "n": None}, {"code": str(n), "n": None}) for n in range(3)
    ]
    assert undo(counted, TABLES) == []


def test_rows_that_changed_more_than_once_are_undone_step_by_step():
    """The same key twice in one statement would meet the row once."""
    plain = Table(USERS.name, USERS.columns[:2], USERS.unique_keys[:1])
    steps = [
        update(plain, {"id": "1", "name": "a"}, {"id": "1", "name": "b"}),
        update(plain, {"id": "2", "name": "a"}, {"id": "2", "name": "b"}),
        update(plain, {"id": "1", "name": "b"}, {"id": "1", "name": "c"}),
    ]
    assert [statement.rows for statement in undo(steps, {plain.name: plain})] == [2, 1]


def test_a_row_without_a_key_is_found_by_all_its_columns():
    """Of equal rows as many are deleted as were inserted."""
    (statement,) = undo([insert(LOGS, line="x"), insert(LOGS, line="x")], TABLES)
    assert statement.rows == 2
    assert 'ROW(s."line")::text = content' in statement.sql
    (statement,) = undo([update(LOGS, {"line": "x"}, {"line": None})], TABLES)
    assert "= ROW(NULL::text)::text LIMIT 1" in statement.sql


def test_partitions_are_met_through_their_table():
    """ONLY would leave them out, and a row's place is known together with its partition."""
    (statement,) = undo([insert(VISITS, line="x")], TABLES)
    assert "ONLY" not in statement.sql
    assert "(t.tableoid, t.ctid)" in statement.sql


def test_a_unique_key_may_stand_for_a_primary_key():
    """When it holds always, for each row, and none of its columns can be NULL."""
    (statement,) = undo([insert(CODES, code="x", n="1")], TABLES)
    assert statement.sql.endswith('WHERE t."code" = v.c0')


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (RowChange("truncate", USERS.name), "users was truncated"),
        (insert(Table(QName("app", "new"), ())), "app.new is not in the catalogue"),
        (update(USERS, None, {"id": "1"}), "users was updated without a trace of its old rows"),
    ],
)
def test_what_cannot_be_undone_is_said(change, why):
    """Then a fresh clone has to do."""
    with pytest.raises(CannotUndo) as error:
        undo([change], TABLES)
    assert str(error.value) == why


def test_a_table_without_columns_cannot_be_undone():
    """Its rows cannot be told apart, nor written."""
    bare = Table(QName("public", "bare"), ())
    with pytest.raises(CannotUndo, match="bare has no columns"):
        undo([insert(bare)], {bare.name: bare})


def test_reading_a_large_table_again_and_again_is_not_tried():
    """Rows without a key are found by reading everything."""
    undo([insert(LOGS, line="x")] * 300, TABLES)
    with pytest.raises(CannotUndo, match="logs is large and has no key"):
        undo([insert(LOGS, line="x")] * 500, TABLES)
