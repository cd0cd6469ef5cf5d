from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from twiceshy.model.schema import QName

SHOP = """
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL, age int, name varchar(40));
CREATE INDEX ON users (lower(email));
CREATE INDEX ON users (age);
CREATE TABLE goals (
    id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE, name text);
CREATE INDEX ON goals (user_id);
CREATE TABLE audit (what text, who int);
CREATE SCHEMA app;
CREATE TABLE app.goals (id int PRIMARY KEY, secret text);
CREATE TABLE visits (id int, region text, user_id int, PRIMARY KEY (id, region))
    PARTITION BY LIST (region);
CREATE TABLE visits_eu PARTITION OF visits FOR VALUES IN ('eu');
CREATE TABLE visits_us PARTITION OF visits FOR VALUES IN ('us') PARTITION BY RANGE (id);
CREATE TABLE visits_us_low PARTITION OF visits_us FOR VALUES FROM (MINVALUE) TO (50);
CREATE TABLE visits_us_high PARTITION OF visits_us FOR VALUES FROM (50) TO (MAXVALUE);
CREATE INDEX ON visits (user_id);
CREATE VIEW adults AS SELECT id, email FROM users WHERE age >= 18;
CREATE FUNCTION goals_of(person int) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY EXECUTE 'SELECT name FROM goals WHERE user_id = $1' USING person; END $$;
CREATE FUNCTION first_goal(person int) RETURNS text LANGUAGE sql STABLE
    AS 'SELECT name FROM goals WHERE user_id = person ORDER BY id LIMIT 1';
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO audit SELECT 'goal', id FROM users WHERE id = new.user_id; RETURN new; END $$;
CREATE TRIGGER note AFTER INSERT ON goals FOR EACH ROW EXECUTE FUNCTION note();
INSERT INTO users (email, age, name) SELECT 'U' || g || '@x.org', g % 90, 'n' || g
    FROM generate_series(1, 3000) g;
INSERT INTO goals (user_id, name) SELECT 1 + g % 3000, 'goal' FROM generate_series(1, 6000) g;
INSERT INTO visits SELECT g % 100, CASE WHEN g < 100 THEN 'eu' ELSE 'us' END, g
    FROM generate_series(0, 199) g;
INSERT INTO app.goals VALUES (1, 's');
"""


@pytest.fixture(scope="module")
def shop(worlds):
    """A shop with enough rows for the planner to use its indexes."""
    with worlds.world(SHOP) as playground:
        yield playground


@pytest.fixture
def service(shop):
    """A connection of the service."""
    with shop.service() as conn:
        yield conn


def tables(names):
    """Names of tables for people."""
    return sorted({str(name) for name in names})


def reads(evidence):
    """Every table that was read."""
    return tables(table for statement in evidence.statements for table in statement.reads)


def writes(evidence):
    """Every table that was written."""
    return tables(table for statement in evidence.statements for table in statement.writes)


def compared(evidence):
    """Every comparison, in short."""
    return {
        (str(c.table), c.column, c.operator, c.value)
        for statement in evidence.statements
        for c in statement.comparisons
    }


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("u.id = %s", [7], {("users", "id", "=", "7")}),
        ("%s = u.id", [7], {("users", "id", "=", "7")}),
        ("u.id IN (7, 8)", [], {("users", "id", "=", "7"), ("users", "id", "=", "8")}),
        ("u.id = ANY(%s)", [[7, 8]], {("users", "id", "=", "7"), ("users", "id", "=", "8")}),
        ("u.age BETWEEN 3 AND 4", [], {("users", "age", ">=", "3"), ("users", "age", "<=", "4")}),
        ("u.email LIKE %s", ["U7@%"], {("users", "email", "~~", "U7@%")}),
        ("u.email ILIKE %s", ["u7@%"], {("users", "email", "~~*", "u7@%")}),
        ("lower(u.email) = lower(%s)", ["U7@X.org"], {("users", "email", "=", "u7@x.org")}),
        (
            "u.email = %s AND u.age > 3",
            ["it's"],
            {("users", "email", "=", "it's"), ("users", "age", ">", "3")},
        ),
        ("u.id = 7 OR u.age = 3", [], {("users", "id", "=", "7"), ("users", "age", "=", "3")}),
        ("NOT u.name <> 'n7'", [], {("users", "name", "=", "n7")}),
        ("u.name = 'n7'::text", [], {("users", "name", "=", "n7")}),
        ("(u.id, u.age) = (7, 7)", [], {("users", "id", "=", "7"), ("users", "age", "=", "7")}),
        ("coalesce(u.age, 0) = 7", [], {("users", "age", "=", "7")}),
    ],
)
def test_a_comparison_names_table_column_and_value(shop, service, condition, values, expected):
    """However it was written, and whichever way the planner took."""
    with shop.watched() as found:
        service.execute(f"SELECT u.name FROM users u WHERE {condition}", values or None)
    assert reads(found[0]) == ["users"]
    assert compared(found[0]) >= expected


def test_a_join_names_both_sides(shop, service):
    """A value reaches the joined column as well, where the planner infers it."""
    with shop.watched() as found:
        service.execute(
            "SELECT g.name FROM goals g JOIN users u ON u.id = g.user_id WHERE u.id = %s", [7]
        )
    assert reads(found[0]) == ["goals", "users"]
    assert compared(found[0]) >= {("users", "id", "=", "7"), ("goals", "user_id", "=", "7")}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT name FROM goals WHERE user_id = 7 AND name > 'a'",
        "SELECT user_id FROM goals WHERE user_id = 7",
        "SELECT name FROM goals WHERE user_id IN (SELECT 7)",
        "SELECT (SELECT count(*) FROM goals WHERE user_id = 7)",
        "WITH mine AS MATERIALIZED (SELECT * FROM goals WHERE user_id = 7) SELECT name FROM mine",
        "SELECT 1 WHERE EXISTS (SELECT FROM goals WHERE user_id = 7)",
        "SELECT name FROM (SELECT * FROM goals WHERE user_id = 7 ORDER BY id LIMIT 9) q",
        "SELECT g.name FROM (VALUES (1)) v(x), LATERAL (SELECT * FROM goals WHERE user_id = 7) g",
        "SELECT name FROM goals WHERE user_id = 7 UNION ALL SELECT 'x' UNION SELECT 'y'",
        "SELECT name FROM goals WHERE user_id = 7 FOR UPDATE",
        "SELECT goals_of(7)",
        "SELECT first_goal(7)",
        "COPY (SELECT name FROM goals WHERE user_id = 7) TO STDOUT",
    ],
)
def test_whatever_the_plan_base_table_and_value_are_found(shop, service, query):
    """Bitmap, index-only, sub-selects, CTEs, functions: the base table comes out."""
    with shop.watched() as found:
        if query.startswith("COPY"):
            with service.cursor().copy(query) as copy:
                assert list(copy)
        else:
            service.execute(query)
    assert "goals" in reads(found[0])
    if "IN (SELECT" not in query:
        assert ("goals", "user_id", "=", "7") in compared(found[0])


def test_a_view_gives_way_to_its_table(shop, service):
    """The condition of the view counts as well."""
    with shop.watched() as found:
        service.execute("SELECT email FROM adults WHERE id = 7")
    assert reads(found[0]) == ["users"]
    assert compared(found[0]) == {("users", "id", "=", "7"), ("users", "age", ">=", "18")}


@pytest.mark.parametrize("how", [{}, {"prepare_threshold": 0}, {"autocommit": False}])
def test_every_way_of_a_driver(shop, how):
    """Simple and extended protocol, prepared statements, server-side cursors, pipelines."""
    with shop.service(**how) as conn:
        for number in range(8):
            with shop.watched() as found:
                conn.execute("SELECT name FROM goals WHERE user_id = %s", [number]).fetchall()
                conn.rollback()
            assert ("goals", "user_id", "=", str(number)) in compared(found[0])
    with shop.service(autocommit=False) as conn, shop.watched() as found:
        with conn.cursor("named") as cursor:
            cursor.execute("SELECT name FROM goals WHERE user_id = %s", [7])
            cursor.fetchmany(1)
        conn.commit()
    assert ("goals", "user_id", "=", "7") in compared(found[0])
    with shop.service(autocommit=True) as conn, shop.watched() as found, conn.pipeline():
        conn.execute("SELECT name FROM goals WHERE user_id = %s", [7])
        conn.execute("SELECT name FROM users WHERE id = %s", [8])
    assert compared(found[0]) >= {("goals", "user_id", "=", "7"), ("users", "id", "=", "8")}


def test_prepare_and_execute_in_sql(shop, service):
    """The plan carries the values, not $1, however often it was executed."""
    service.execute("PREPARE mine(int) AS SELECT name FROM goals WHERE user_id = $1")
    for number in range(1, 9):
        with shop.watched() as found:
            service.execute(f"EXECUTE mine({number})")
        assert compared(found[0]) == {("goals", "user_id", "=", str(number))}


def test_several_statements_in_one_string(shop, service):
    """Each has its own plan."""
    with shop.watched() as found:
        service.execute(
            "SELECT 1; SELECT name FROM users WHERE id = 3; DELETE FROM goals WHERE id = 9"
        )
    assert reads(found[0]) == ["goals", "users"]
    assert writes(found[0]) == ["goals"]
    assert compared(found[0]) == {("users", "id", "=", "3"), ("goals", "id", "=", "9")}
    assert shop.world.rewind()


def test_writes_are_told_from_reads_and_triggers_count(shop, service):
    """What a trigger does is what the request did."""
    with shop.watched() as found:
        service.execute("INSERT INTO goals (user_id, name) VALUES (7, 'new')")
    assert writes(found[0]) == ["audit", "goals"]
    assert reads(found[0]) == ["users"]
    assert ("users", "id", "=", "7") in compared(found[0])
    assert shop.world.rewind()


def test_checks_of_foreign_keys_are_no_reads(shop, service):
    """PostgreSQL looks the parent up by itself; nobody asked for its data."""
    service.execute("ALTER TABLE goals DISABLE TRIGGER note")
    try:
        with shop.watched() as found:
            service.execute("INSERT INTO goals (user_id, name) VALUES (7, 'new')")
            service.execute("UPDATE users SET id = 99999 WHERE id = 3000 AND false")
        assert "users" not in {
            str(table)
            for statement in found[0].statements
            if "INSERT" in statement.text or "KEY SHARE" in statement.text
            for table in statement.reads
        }
        assert any("FOR KEY SHARE" in statement.text for statement in found[0].statements)
    finally:
        service.execute("ALTER TABLE goals ENABLE TRIGGER note")
        shop.world.rewind()
        shop.world.snapshot()


def test_the_same_name_in_two_schemas(shop, service):
    """Tables are named with their schema, whatever the search path."""
    with shop.watched() as found:
        service.execute("SET search_path = app, public")
        service.execute("SELECT secret FROM goals WHERE id = 1")
    assert reads(found[0]) == ["app.goals"]
    assert compared(found[0]) == {("app.goals", "id", "=", "1")}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM visits WHERE user_id = 7",
        "SELECT * FROM visits WHERE id = 7 AND region = 'us'",
        "SELECT id FROM visits WHERE region = 'us' AND user_id > 190",
        "SELECT * FROM visits_us_low WHERE user_id = 7",
        "UPDATE visits SET user_id = 0 WHERE id = 7",
        "DELETE FROM visits WHERE user_id = 7",
        "INSERT INTO visits VALUES (700, 'us', 1)",
    ],
)
def test_partitions_go_by_the_name_of_their_table(shop, service, query):
    """The catalogue knows the whole table only."""
    with shop.watched() as found:
        service.execute(query)
    assert {*reads(found[0]), *writes(found[0])} == {"visits"}
    assert {table for table, *_ in compared(found[0])} <= {"visits"}
    assert shop.world.rewind()


def test_copying_a_whole_table(shop, service):
    """COPY of a table has no plan; the statement itself says what it reads or writes."""
    with shop.watched() as found:
        for statement in ("COPY users TO STDOUT", 'COPY "app".goals (id) TO STDOUT'):
            with service.cursor().copy(statement) as copy:
                assert list(copy)
    assert reads(found[0]) == ["app.goals", "users"]
    assert writes(found[0]) == []
    with shop.watched() as found:
        with service.cursor().copy("COPY audit FROM STDIN") as copy:
            copy.write_row(["copy this", 3])
        service.execute("SELECT 'copy users to me'")
    assert (reads(found[0]), writes(found[0])) == ([], ["audit"])
    assert shop.world.rewind()


def test_statements_that_fail_are_told(shop, service):
    """In the server's words, together with the statement."""
    with shop.watched() as found:
        for statement in ("SELECT nothing", "SELECT 1 / 0", "INSERT INTO users VALUES (1, 'x')"):
            with pytest.raises(psycopg.Error):
                service.execute(statement)
    first, second, third = found[0].errors
    assert first == 'column "nothing" does not exist at character 8 [SELECT nothing]'
    assert second == "division by zero [SELECT 1 / 0]"
    assert third.startswith('duplicate key value violates unique constraint "users_pkey"')


def test_databases_beside_ours_are_left_out(worlds, shop, service):
    """A server holds the template and other worlds as well."""
    with worlds.world(SHOP) as other, other.service() as stranger, shop.watched() as found:
        stranger.execute("SELECT name FROM users WHERE id = 1")
        with pytest.raises(psycopg.Error):
            stranger.execute("SELECT nonsense")
        service.execute("SELECT name FROM goals WHERE user_id = 5")
    assert reads(found[0]) == ["goals"]
    assert found[0].errors == ()


def test_our_own_statements_leave_no_trace(shop, service):
    """Neither looking at rows nor planting them counts as the service's doing."""
    with shop.watched() as found, shop.ours() as conn:
        conn.execute("SELECT * FROM users WHERE id = 1")
        shop.world.apply("UPDATE users SET age = 1 WHERE id = 1")
        assert shop.world.rewind()
        with pytest.raises(psycopg.Error):
            conn.execute("SELECT nonsense")
    assert found[0].statements == ()


@pytest.mark.parametrize(
    "text",
    ["line\nbreak", "tab\tand\n\ttab", "q\"uo'te", "back\\slash", "{}[]$1", "é日本🐘", "|%p|"],
)
def test_values_of_any_text(shop, service, text):
    """Values are read back as they were, whatever they hold."""
    with shop.watched() as found:
        service.execute("SELECT id FROM users WHERE email = %s", [text])
    assert ("users", "email", "=", text) in compared(found[0])


def test_statements_of_a_megabyte(shop, service):
    """Long lists are common; each value of them is found."""
    numbers = list(range(10_000))
    with shop.watched() as found:
        service.execute("SELECT name FROM users WHERE id = ANY(%s) OR id = -1", [numbers])
        service.execute("SELECT " + "1 + " * 3000 + "1, '" + "x" * 1_000_000 + "'")
        service.execute("SELECT name FROM goals WHERE user_id = 77")
    assert ("users", "id", "=", "9999") in compared(found[0])
    assert ("goals", "user_id", "=", "77") in compared(found[0])


def test_a_client_that_speaks_latin_1(shop):
    """The log is in the encoding of the database, whatever a client speaks."""
    with shop.service(client_encoding="latin1") as conn, shop.watched() as found:
        conn.execute("SELECT id FROM users WHERE email = %s", ["café"])
    assert ("users", "email", "=", "café") in compared(found[0])


def test_text_that_is_no_text(shop, service):
    """Bytes that are no UTF-8 are refused by the server, and told without harm."""
    with shop.watched() as found:
        with pytest.raises(psycopg.Error):
            service.execute(b"SELECT '\xff\xfe|x|00000|LOG:  duration'")
        service.execute("SELECT name FROM goals WHERE user_id = 6")
    assert len(found[0].errors) == 1
    assert ("goals", "user_id", "=", "6") in compared(found[0])


def test_the_log_is_kept_small(worlds, monkeypatch):
    """In a long rehearsal it is emptied now and then, while the server goes on writing to it."""
    monkeypatch.setattr("twiceshy.stage.evidence._KEEP_BYTES", 10_000)
    with worlds.world(SHOP) as playground, playground.service() as service:
        for number in range(1, 40):
            with playground.watched() as found:
                service.execute("SELECT name FROM goals WHERE user_id = %s", [number])
            assert compared(found[0]) == {("goals", "user_id", "=", str(number))}
            playground.log.trim()
            assert playground.log.position() < 20_000


def test_odd_names(worlds):
    """Quoted names of tables and columns come out as they are."""
    odd = sql.Identifier("a.b", 'x"[1]').as_string()
    ddl = f'CREATE SCHEMA "a.b"; CREATE TABLE {odd} ("Sp ace" int, "it\'s" text)'
    with (
        worlds.world(ddl) as playground,
        playground.service() as service,
        playground.watched() as found,
    ):
        service.execute(f'SELECT * FROM {odd} WHERE "Sp ace" = 3 AND "it\'s" = \'x\'')
    (statement,) = found[0].statements
    assert statement.reads == (QName("a.b", 'x"[1]'),)
    assert {(c.column, c.value) for c in statement.comparisons} == {("Sp ace", "3"), ("it's", "x")}
