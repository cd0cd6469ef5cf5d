"""Statements as their text tells them, and rewritten."""

from __future__ import annotations

import pytest

from twiceshy.postgres.shapes import index_on, is_volatile, of_new_row, shape_of


@pytest.mark.parametrize(
    ("sql", "tag", "tables"),
    [
        ("CREATE INDEX ON orders (a)", "create index", ("orders",)),
        ('CREATE UNIQUE INDEX i ON s."Or ders" (a)', "create unique index", ('s."Or ders"',)),
        ("DROP INDEX a, s.b", "drop index", ()),
        ("DROP TRIGGER t ON s.a", "drop trigger", ("s.a",)),
        ("DROP TABLE a, b CASCADE", "drop table", ("a", "b")),
        ("REINDEX (VERBOSE) TABLE a", "reindex", ("a",)),
        ("VACUUM (FULL, ANALYZE) a, b", "vacuum full", ("a", "b")),
        ("VACUUM (FULL off) a", "vacuum", ("a",)),
        ("VACUUM", "vacuum", ()),
        ("ANALYZE a", "analyze", ("a",)),
        ("CLUSTER", "cluster", ()),
        ("LOCK a, b IN SHARE MODE", "lock table", ("a", "b")),
        ("TRUNCATE a", "truncate", ("a",)),
        ("ALTER TABLE a RENAME COLUMN b TO c", "rename column", ("a",)),
        ("ALTER TABLE a RENAME TO b", "rename table", ("a",)),
        ("ALTER INDEX i SET (fillfactor = 70)", "alter index", ("i",)),
        ("CREATE POLICY p ON a USING (true)", "create policy", ("a",)),
        ("REFRESH MATERIALIZED VIEW m", "refresh", ("m",)),
        ("SELECT 1; SELECT 2", "other", ()),
        ("no SQL", "other", ()),
        ("", "other", ()),
    ],
)
def test_what_a_statement_is(sql, tag, tables):
    """A word or two, and its tables as they would be written."""
    shape = shape_of(sql)
    assert (shape.tag, shape.tables) == (tag, tables)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY i ON a (b)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX TABLE CONCURRENTLY a",
        "REINDEX (CONCURRENTLY) INDEX i",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
    ],
)
def test_concurrently_in_all_its_spellings(sql):
    """And what comes without it."""
    assert shape_of(sql).concurrently
    assert not shape_of(
        sql.replace(" CONCURRENTLY", "").replace("(CONCURRENTLY) ", "")
    ).concurrently


@pytest.mark.parametrize(
    ("sql", "changes", "locks"),
    [
        ("UPDATE a SET b = 1", True, False),
        ("INSERT INTO a SELECT 1", False, False),
        ("INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1", True, False),
        ("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING", False, False),
        ("WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x", True, False),
        ("SELECT 1 FROM (SELECT 1 FROM a FOR UPDATE) s", False, True),
    ],
)
def test_rows_that_others_then_wait_for(sql, changes, locks):
    """Also where it stands in the middle of a statement."""
    shape = shape_of(sql)
    assert (shape.changes_rows, shape.locks_rows) == (changes, locks)


def test_the_parts_of_an_alter_table():
    """Names in quotes where they need them, constraints with what they say."""
    shape = shape_of(
        'ALTER TABLE a ADD COLUMN "B" int NOT NULL DEFAULT 3 REFERENCES c (id), ALTER d TYPE text,'
        " ADD CONSTRAINT e CHECK (f > 0) NOT VALID"
    )
    column, kind, check = shape.actions
    assert (column.sort, column.name, column.type, column.default) == (
        "AddColumn",
        '"B"',
        "integer",
        "3",
    )
    assert [one.sort for one in column.constraints] == ["not null", "other", "foreign key"]
    assert (kind.sort, kind.name, kind.type) == ("AlterColumnType", "d", "text")
    assert (check.name, check.constraints[0].definition) == ("e", "CHECK (f > 0)")
    assert check.constraints[0].not_valid
    (partition,) = shape_of("ALTER TABLE a DETACH PARTITION g").actions
    assert partition.partition == "g"


@pytest.mark.parametrize(
    ("default", "volatile"),
    [("now()", False), ("3", False), ("'x'::text", False), ("random()", True), ("f()", True)],
)
def test_defaults_that_are_another_for_each_row(default, volatile):
    """Whatever is not known to be the same is taken to be another."""
    assert is_volatile(default) == volatile


def test_rewriting():
    """Columns from NEW, and an index on another table."""
    assert of_new_row("a + lower(b) || t.c") == "new.a + lower(new.b) || t.c"
    sql = "CREATE INDEX i ON log USING gin (a) WHERE b > 3"
    assert (
        index_on(sql, "s.part", "j", only=False, concurrently=True)
        == "CREATE INDEX CONCURRENTLY j ON s.part USING gin (a) WHERE b > 3"
    )
    assert index_on(sql, "log", "i", only=True, concurrently=False).startswith(
        "CREATE INDEX i ON ONLY log"
    )
