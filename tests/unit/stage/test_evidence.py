from __future__ import annotations

import json

import pytest

from twiceshy.model.history import Comparison, Join
from twiceshy.model.schema import Catalogue, QName, Table
from twiceshy.stage.evidence import ServerLog

USERS, GOALS, OTHER = QName("public", "users"), QName("public", "goals"), QName("app", "goals")
CATALOGUE = Catalogue((Table(USERS, ()), Table(GOALS, ()), Table(OTHER, ())))
ROOTS = {QName("public", "goals_eu"): GOALS, QName("public", "goals_us"): GOALS}


class GrowingLog(ServerLog):
    """A log together with the server that writes it."""

    def __init__(self, path):
        path.write_bytes(b"")
        super().__init__(path)
        self._path = path

    def append(self, *records, database="world", raw=b""):
        """Write records as the server does."""
        with self._path.open("ab") as file:
            for severity, text in records:
                lines = text.replace("\n", "\n\t")
                file.write(b"\xff4711|%b|00000|" % database.encode())
                file.write(f"{severity}:  {lines}\n".encode())
            file.write(raw)


@pytest.fixture
def log(tmp_path):
    """A log of a server that knows three tables and two partitions."""
    made = GrowingLog(tmp_path / "log")
    made.know(CATALOGUE, ROOTS)
    yield made
    made.close()


def plan(sql, tree, duration="0.1"):
    """A record of auto_explain."""
    document = json.dumps({"Query Text": sql, "Plan": tree}, indent=2)
    return "LOG", f"duration: {duration} ms  plan:\n{document}"


def scan(table, alias="", **more):
    """A node that reads a table."""
    return {
        "Node Type": "Seq Scan",
        "Relation Name": table.name,
        "Schema": table.schema,
        "Alias": alias or table.name,
        **more,
    }


def test_only_what_was_added_since_a_position_counts(log):
    """A slice of the file is what one request did."""
    log.append(plan("SELECT 1", scan(USERS)))
    position = log.position()
    assert log.since(position, "world").statements == ()
    log.append(plan("SELECT 2", scan(GOALS)))
    (statement,) = log.since(position, "world").statements
    assert (statement.text, statement.reads) == ("SELECT 2", (GOALS,))


def test_records_of_other_databases_do_not_count(log):
    """One server holds several, and its own processes none."""
    log.append(plan("SELECT 1", scan(USERS)), database="template")
    log.append(("ERROR", "no"), database="")
    log.append(plan("SELECT 2", scan(GOALS)))
    assert [s.text for s in log.since(0, "world").statements] == ["SELECT 2"]
    assert log.since(0, "world").errors == ()


def test_tables_are_found_all_over_the_plan(log):
    """And comparisons by the alias that they name, or by the node that they stand in."""
    tree = {
        "Node Type": "Nested Loop",
        "Join Filter": "(g.name <> 'x'::text)",
        "Plans": [
            scan(GOALS, "g", Filter="(g.user_id = 7)"),
            {
                "Node Type": "Bitmap Heap Scan",
                "Relation Name": "users",
                "Schema": "public",
                "Alias": "u",
                "Recheck Cond": "(u.id = 7)",
                "Plans": [{"Node Type": "Bitmap Index Scan", "Index Cond": "(id = 7)"}],
            },
        ],
    }
    log.append(plan("SELECT", tree))
    (statement,) = log.since(0, "world").statements
    assert set(statement.reads) == {USERS, GOALS}
    assert set(statement.comparisons) == {
        Comparison(GOALS, "name", "<>", "x"),
        Comparison(GOALS, "user_id", "=", "7"),
        Comparison(USERS, "id", "=", "7"),
    }


def test_a_changed_table_is_written_and_what_it_scans_is_read(log):
    """ModifyTable names the table that is written."""
    tree = {
        "Node Type": "ModifyTable",
        "Operation": "Delete",
        "Relation Name": "goals",
        "Schema": "public",
        "Alias": "goals",
        "Plans": [scan(USERS)],
    }
    log.append(plan("DELETE", tree))
    (statement,) = log.since(0, "world").statements
    assert (statement.reads, statement.writes) == ((USERS,), (GOALS,))


def test_partitions_become_their_table(log):
    """In reads, writes and comparisons, each once."""
    tree = {
        "Node Type": "Append",
        "Plans": [
            scan(QName("public", name), name, Filter=f"({name}.user_id = 7)")
            for name in ("goals_eu", "goals_us")
        ],
    }
    log.append(plan("SELECT", tree))
    (statement,) = log.since(0, "world").statements
    assert statement.reads == (GOALS,)
    assert statement.comparisons == (Comparison(GOALS, "user_id", "=", "7"),)


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT 1 FROM ONLY "public"."users" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x',  # noqa: E501 - as PostgreSQL spells it
        'SELECT 1 FROM "app"."My users" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x',
    ],
)  # fmt: skip
def test_checks_of_foreign_keys_are_no_reads(log, sql):
    """They are told as statements, without tables."""
    log.append(plan(sql, scan(USERS, "x")))
    (statement,) = log.since(0, "world").statements
    assert (statement.text, statement.reads) == (sql, ())


def test_a_lock_that_the_service_asks_for_is_a_read(log):
    """Only what PostgreSQL asks for by itself is left out."""
    sql = "SELECT 1 FROM users WHERE id = 7 FOR KEY SHARE"
    log.append(plan(sql, scan(USERS)))
    assert log.since(0, "world").statements[0].reads == (USERS,)


def test_errors_come_with_their_statement(log):
    """Details and hints are left out."""
    log.append(
        ("ERROR", 'column "x" does not exist'),
        ("HINT", "Perhaps you meant y."),
        ("STATEMENT", "SELECT x\nFROM users"),
        ("FATAL", "terminating connection"),
        ("WARNING", "nothing"),
    )
    assert log.since(0, "world").errors == (
        'column "x" does not exist [SELECT x FROM users]',
        "terminating connection",
    )


def test_copies_are_found_by_their_statement(log):
    """An unqualified name is looked up among the tables, and a partition becomes its table."""
    log.append(
        ("LOG", "statement: COPY users TO STDOUT"),
        ("LOG", "execute <unnamed>: COPY goals_eu FROM STDIN"),
        ("LOG", "statement: COPY app.goals TO STDOUT"),
        ("LOG", "statement: COPY unheard_of TO STDOUT"),
        ("LOG", "statement: SELECT copy FROM users"),
        ("LOG", "a copy of something was made"),
    )
    found = log.since(0, "world").statements
    assert [(s.reads, s.writes) for s in found] == [
        ((USERS,), ()),
        ((), (GOALS,)),
        ((OTHER,), ()),
        ((), ()),
    ]


def test_an_unqualified_name_may_mean_several_tables(log):
    """Then all of them count: too many reads harm less than one missed."""
    log.append(("LOG", "statement: COPY goals TO STDOUT"))
    assert set(log.since(0, "world").statements[0].reads) == {GOALS, OTHER}


def test_values_over_several_lines(log):
    """The server indents continuation lines with a tab; the text's own tabs stay."""
    log.append(plan("SELECT 'a\n\tb'", scan(USERS, Filter="(users.t = 'a\n\tb'::text)")))
    (statement,) = log.since(0, "world").statements
    assert statement.comparisons == (Comparison(USERS, "t", "=", "a\n\tb"),)


def test_what_cannot_be_read_is_passed_over(log):
    """A torn record costs itself, not its neighbours."""
    log.append(("LOG", "duration: 1 ms  plan:\n{ torn"), ("LOG", "duration: 2 ms"))
    log.append(raw=b"\xff1|world|00000|LOG:  \xc3\x28 no text\n\xff\xff1|wor\xff1|world|")
    log.append(plan("SELECT 1", scan(USERS)))
    assert [s.text for s in log.since(0, "world").statements] == ["SELECT 1"]


def test_the_file_is_emptied_when_it_is_large(log, monkeypatch):
    """Whoever appends goes on at its start."""
    log.append(plan("SELECT 1", scan(USERS)))
    log.trim()
    assert log.position() > 0
    monkeypatch.setattr("twiceshy.stage.evidence._KEEP_BYTES", 10)
    log.trim()
    assert log.position() == 0
    log.append(plan("SELECT 2", scan(USERS)))
    assert [s.text for s in log.since(0, "world").statements] == ["SELECT 2"]


def test_columns_that_a_plan_sets_equal(log):
    """A join carries a value on; partitions count as the table that they are a part of."""
    tree = {
        "Node Type": "Hash Join",
        "Hash Cond": "(lower(u.name) = g.owner)",
        "Plans": [scan(USERS, "u"), scan(QName("public", "goals_eu"), "g")],
    }
    log.append(plan("SELECT", tree))
    (statement,) = log.since(0, "world").statements
    assert statement.joins == (Join(USERS, "name", GOALS, "owner"),)
