from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.postgres.script_text import (
    begins_isolation,
    extensions_named,
    manner_of,
    parts_of,
    roles_named,
    spelled,
)


def texts(script: str) -> list[str]:
    """The statements of a script."""
    return [part.sql for part in parts_of(script) if not part.meta]


def test_statements_end_at_semicolons_outside_of_quotes_comments_and_brackets():
    """A semicolon counts only where psql would send what it has."""
    script = """
    SELECT 'a;b', "c;d", $x$ ; $x$, E'it\\'s;' /* ; /* ; */ ; */; -- ;
    CREATE RULE r AS ON INSERT TO t DO ALSO (UPDATE a SET b = 1; DELETE FROM c);
    SELECT 2
    """
    assert len(texts(script)) == 3
    assert texts(script)[2] == "SELECT 2"


def test_a_body_in_plain_sql_is_part_of_its_function():
    """BEGIN ATOMIC and CASE open what END closes."""
    body = "BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END"
    assert len(texts(f"CREATE FUNCTION f() RETURNS int {body}; SELECT 3;")) == 2


def test_begin_and_end_are_statements_elsewhere():
    """Transactions are not taken for bodies."""
    assert texts("BEGIN; SELECT 1; END;") == ["BEGIN", "SELECT 1", "END"]


def test_each_part_knows_its_line():
    """Comments and blank lines before a statement are not where it begins."""
    parts = parts_of("-- first\n\nSELECT 1;\n/* a\nb */ SELECT\n2;\n\\echo x\n")
    assert [part.line for part in parts] == [3, 5, 7]


def test_copy_takes_its_data_with_it():
    """What follows COPY FROM STDIN up to the end mark is data, whatever it looks like."""
    parts = parts_of("COPY t (a) FROM STDIN;\n1;\n\\N\n\\.\nSELECT 1;")
    assert parts[0].data == "1;\n\\N\n"
    assert parts[1].sql == "SELECT 1"


def test_what_follows_a_syntax_error_is_cut_all_the_same():
    """psql knows no grammar, so the statements before an error run."""
    assert texts("SELECT 1; ALTER TABEL t; SELECT 2;") == ["SELECT 1", "ALTER TABEL t", "SELECT 2"]


def test_commands_of_psql_are_told_apart():
    """A backslash outside of quotes begins a command that goes to the end of its line."""
    parts = parts_of("SELECT '\\d';\n\\i other.sql\nSELECT 2 \\g\nSELECT 3")
    assert [part.sql for part in parts if part.meta] == ["\\i other.sql"]
    assert texts("SELECT 2 \\g\nSELECT 3") == ["SELECT 2", "SELECT 3"]


@given(st.text(max_size=200))
def test_any_text_is_cut_to_its_end(text: str):
    """No text stops the reader, and lines never run backwards."""
    lines = [part.line for part in parts_of(text)]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("sql", "manner"),
    [
        ("ALTER TABLE t ADD COLUMN a int", "plain"),
        ("SELECT 1", "plain"),
        ("REINDEX TABLE t", "plain"),
        ("CLUSTER t USING i", "plain"),
        ("ANALYZE t", "plain"),
        ("DO $$ BEGIN NULL; END $$", "plain"),
        ("VACUUM t", "alone"),
        ("VACUUM FULL t", "alone"),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", "alone"),
        ("DROP INDEX CONCURRENTLY i", "alone"),
        ("REINDEX TABLE CONCURRENTLY t", "alone"),
        ("REINDEX (CONCURRENTLY) INDEX i", "alone"),
        ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "alone"),
        ("CREATE DATABASE d", "alone"),
        ("DO $$ BEGIN UPDATE t SET a = 1; COMMIT; END $$", "alone"),
        ("LOCK TABLE t", "block"),
        ("no SQL at all", "block"),
        ("BEGIN", "transaction"),
        ("BEGIN; LOCK TABLE t; COMMIT", "transaction"),
        ("SET lock_timeout = '1s'", "setting"),
        ("SET LOCAL lock_timeout = '1s'", "setting"),
        ("SHOW lock_timeout", "setting"),
    ],
)
def test_the_manner_of_a_statement(sql: str, manner: str):
    """What may run in a transaction block, what may not, what needs or makes one."""
    assert manner_of(sql) == manner


def test_set_transaction_is_told_from_other_settings():
    """It must stay the first statement of its transaction."""
    assert begins_isolation("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    assert not begins_isolation("SET lock_timeout = '1s'")


def test_roles_that_a_text_takes_for_granted():
    """Owners and grantees count, what it creates itself and keywords do not."""
    sql = """CREATE ROLE own; GRANT own TO app; ALTER TABLE t OWNER TO boss;
    GRANT SELECT ON t TO public"""
    assert roles_named(sql) == {"app", "boss"}
    taken = "SET ROLE app; SET SESSION AUTHORIZATION boss; RESET ROLE"
    assert roles_named(taken) == {"app", "boss"}
    assert roles_named("SET ROLE NONE; SET lock_timeout = '1s'") == frozenset()
    assert roles_named("no SQL at all") == frozenset()


def test_names_are_quoted_where_they_must_be():
    """Plain names stay as they are; words of SQL and capitals need quotes."""
    assert [spelled(name) for name in ("orders", "order", "Order", "a b")] == [
        "orders",
        '"order"',
        '"Order"',
        '"a b"',
    ]


def test_extensions_that_a_text_creates():
    """By their names, however they are written."""
    sql = 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE EXTENSION hstore SCHEMA public;'
    assert extensions_named(sql) == {"uuid-ossp", "hstore"}
    assert extensions_named("no SQL at all") == frozenset()
