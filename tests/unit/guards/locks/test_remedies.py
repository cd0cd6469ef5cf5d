"""What to do instead, pattern by pattern: with the names of the statement at hand."""

from __future__ import annotations

import pytest
from tests.unit.guards.locks.histories import ACCESS, SHARE, concluded, runs, statement, together

from twiceshy.postgres.script_text import parts_of
from twiceshy.postgres.shapes import shape_of

SCAN = {"scanned": {"orders": 50_000}}
BULK = {"changed": {"orders": 50_000}}

# A statement that blocks, and what must stand in the SQL to paste instead of it.
PATTERNS = {
    "index": (
        "CREATE INDEX i ON orders (total)",
        ["CREATE INDEX CONCURRENTLY i ON orders (total);"],
    ),
    "unique index": (
        "CREATE UNIQUE INDEX i ON orders (lower(code)) WHERE total > 3",
        ["CREATE UNIQUE INDEX CONCURRENTLY i ON orders ((lower(code))) WHERE total > 3;"],
    ),
    "index of a partitioned table": (
        "CREATE INDEX i ON log (at)",
        ["ON ONLY log", "CONCURRENTLY log_may_i ON log_may", "ALTER INDEX i ATTACH PARTITION"],
    ),
    "reindex": ("REINDEX TABLE orders", ["REINDEX TABLE CONCURRENTLY orders;"]),
    "reindex of one index": ("REINDEX INDEX orders_pkey", ["REINDEX INDEX CONCURRENTLY"]),
    "vacuum full": ("VACUUM FULL orders", ["VACUUM (ANALYZE) orders;"]),
    "refresh": ("REFRESH MATERIALIZED VIEW totals", []),
    "check": (
        "ALTER TABLE orders ADD CHECK (total > 0)",
        ["CHECK (total > 0) NOT VALID;", "VALIDATE CONSTRAINT orders_check;"],
    ),
    "foreign key": (
        'ALTER TABLE orders ADD CONSTRAINT "Who" FOREIGN KEY (who) REFERENCES customers (id)',
        ['"Who" FOREIGN KEY (who) REFERENCES customers (id) NOT VALID;', 'CONSTRAINT "Who";'],
    ),
    "unique": (
        "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)",
        ["CREATE UNIQUE INDEX CONCURRENTLY u ON orders (code);", "UNIQUE USING INDEX u;"],
    ),
    "primary key": (
        "ALTER TABLE orders ADD PRIMARY KEY (id)",
        ["CONCURRENTLY orders_pkey", "VALIDATE CONSTRAINT", "PRIMARY KEY USING INDEX orders_pkey;"],
    ),
    "not null": (
        "ALTER TABLE orders ALTER total SET NOT NULL",
        ["CHECK (total IS NOT NULL) NOT VALID;", "VALIDATE", "SET NOT NULL;", "DROP CONSTRAINT"],
    ),
    "type": (
        "ALTER TABLE orders ALTER total TYPE bigint",
        ["ADD COLUMN total_new bigint;", "CREATE TRIGGER", "COMMIT;", "RENAME COLUMN total_new TO"],
    ),
    "type with an expression": (
        "ALTER TABLE orders ALTER total TYPE bigint USING round(total * 100)",
        ["NEW.total_new := round(new.total * 100)"],
    ),
    "volatile default": (
        "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()",
        ["ADD COLUMN token uuid;", "SET DEFAULT gen_random_uuid();", "token IS NULL", "VALIDATE"],
    ),
    "serial": (
        "ALTER TABLE orders ADD COLUMN n bigserial",
        ["ADD COLUMN n bigint;", "CREATE SEQUENCE orders_n_seq", "nextval('orders_n_seq')"],
    ),
    "identity": (
        "ALTER TABLE orders ADD COLUMN n int GENERATED ALWAYS AS IDENTITY",
        ["ADD COLUMN n integer;", "CREATE SEQUENCE orders_n_seq"],
    ),
    "generated": (
        "ALTER TABLE orders ADD COLUMN cents int GENERATED ALWAYS AS (total * 100) STORED",
        ["NEW.cents := new.total * 100", "UPDATE orders SET cents = total * 100"],
    ),
    "cheap and slow in one": (
        "ALTER TABLE orders ADD COLUMN a int, ADD CONSTRAINT c CHECK (total > 0)",
        ["ADD COLUMN a integer;", "NOT VALID;", "VALIDATE CONSTRAINT c;"],
    ),
}


def _blocking(sql, **more):
    locked = {"locks": f"orders {ACCESS}", **SCAN, "lock_timeout": 300, **more}
    if " log " in sql:
        locked |= {"locks": f"log {SHARE}, log_may {SHARE}", "scanned": {"log_may": 30_000}}
    if "totals" in sql:
        locked |= {"locks": f"totals {ACCESS}"}
    (finding,) = concluded(runs(statement(sql, **locked))).findings
    return finding


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_has_sql_to_paste(name):
    """With the names of table, column and index in it, and a time-out in front."""
    sql, wanted = PATTERNS[name]
    remedy = _blocking(sql).remedy
    for text in wanted:
        assert text in remedy.sql
    if wanted:
        assert remedy.sql.startswith("SET lock_timeout")


@pytest.mark.parametrize("name", PATTERNS)
def test_what_is_to_be_pasted_can_be_read(name):
    """PostgreSQL's own parser takes each statement of it."""
    sql, _ = PATTERNS[name]
    for part in parts_of(_blocking(sql).remedy.sql):
        assert shape_of(part.sql).tag != "other"


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("UPDATE orders SET a = 1", "UPDATE orders SET a = 1"),
        ("DELETE FROM orders WHERE total < 3", "AND (total < 3)"),
    ],
)
def test_bulk_changes_come_in_batches(sql, wanted):
    """In the order of the key, each batch committed."""
    found = concluded(runs(statement(sql, "orders RowExclusiveLock", **BULK)))
    (finding,) = found.findings
    assert wanted in finding.remedy.sql
    assert "COMMIT;" in finding.remedy.sql


@pytest.mark.parametrize(
    "sql",
    [
        "CLUSTER orders USING orders_pkey",
        "ALTER TABLE orders SET UNLOGGED",
        "ALTER TABLE orders ADD EXCLUDE USING gist (span WITH &&)",
        "ALTER TABLE orders ADD COLUMN a positive",
        "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON orders (total)'; END $$",
        "SELECT widen()",
        "MERGE INTO orders USING customers ON true WHEN MATCHED THEN DELETE",
        "UPDATE orders o SET a = 1 FROM customers c WHERE c.id = o.who",
        "this is no SQL",
    ],
)
def test_where_no_rewrite_is_known_it_says_so(sql):
    """The principle, and plainly that nobody can write it down for every case."""
    remedy = _blocking(sql).remedy
    assert not remedy.sql
    assert remedy.text.endswith("No mechanical rewrite is known.")


def test_what_an_earlier_statement_locked_is_mended_by_commits():
    """VALIDATE is harmless, unless the lock of ADD CONSTRAINT is still held."""
    script = together(
        statement("BEGIN"),
        statement(
            "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID",
            f"orders {ACCESS}",
            lock_timeout=300,
        ),
        statement(
            "ALTER TABLE orders VALIDATE CONSTRAINT c",
            "orders ShareUpdateExclusiveLock",
            **SCAN,
        ),
        statement("COMMIT"),
    )
    (finding,) = concluded(runs(*script)).findings
    assert finding.remedy.whole
    assert "BEGIN" not in finding.remedy.sql
    assert finding.remedy.sql.count(";") == 3


def test_set_local_outside_of_a_transaction_is_named():
    """It looks like a time-out and is none."""
    script = (
        statement("SET LOCAL lock_timeout = '300ms'", line=3),
        statement("ALTER TABLE orders ADD COLUMN a int", f"orders {ACCESS}", line=4),
    )
    (finding,) = concluded(runs(*script)).findings
    assert "SET LOCAL on line 3 does nothing" in finding.remedy.says


def test_a_time_out_that_was_taken_back_is_named():
    """From there on it is missing."""
    script = (
        statement("ALTER TABLE orders ADD a int", f"orders {ACCESS}", lock_timeout=300),
        statement("RESET lock_timeout"),
        statement("ALTER TABLE orders ADD b int", f"orders {ACCESS}", line=9),
    )
    (finding,) = concluded(runs(*script)).findings
    assert "no longer in force on line 9" in finding.remedy.says


def test_a_failed_build_leaves_an_index_to_drop():
    """Which IF NOT EXISTS would take for done."""
    index = statement("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON orders (code)")
    found = concluded(runs(index, failure="23505 not unique", failed_statement=0))
    assert found.findings[0].remedy.sql == "DROP INDEX CONCURRENTLY IF EXISTS u;"
