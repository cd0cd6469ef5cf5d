from __future__ import annotations

import threading

import psycopg
import pytest

from twiceshy.model.schema import QName

SHOP = """
CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE orders (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE,
    total numeric(10,2), note text);
CREATE TABLE visits (at timestamptz DEFAULT now(), region text, path text)
    PARTITION BY LIST (region);
CREATE TABLE visits_eu PARTITION OF visits FOR VALUES IN ('eu');
CREATE TABLE visits_us PARTITION OF visits FOR VALUES IN ('us');
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE SEQUENCE numbers;
CREATE VIEW names AS SELECT name FROM users;
CREATE MATERIALIZED VIEW totals AS SELECT sum(total) AS total FROM orders;
INSERT INTO users (name) VALUES ('ana'), ('ben'), ('cem');
INSERT INTO orders (user_id, total, note) SELECT 1 + g % 3, g, 'n' FROM generate_series(1, 9) g;
INSERT INTO visits (region, path) VALUES ('eu', '/'), ('eu', '/'), ('us', '/a');
SELECT lo_from_bytea(4711, '\\x00ff');
"""
BEYOND = [
    "TRUNCATE orders",
    "TRUNCATE visits",
    "TRUNCATE visits_eu, orders",
    "TRUNCATE users CASCADE",
    "TRUNCATE users, orders RESTART IDENTITY",
    "ALTER TABLE users ADD COLUMN extra text DEFAULT 'x'",
    "CREATE TABLE new_one AS SELECT 1 AS a",
    "SELECT 1 AS a INTO new_one",
    "DROP TABLE orders CASCADE",
    "DROP VIEW names",
    "CREATE OR REPLACE VIEW names AS SELECT name FROM users WHERE false",
    "CREATE INDEX ON users (name)",
    "ALTER SEQUENCE numbers RESTART",
    "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
    "GRANT SELECT ON users TO PUBLIC",
    "COMMENT ON TABLE users IS 'x'",
    "ALTER TABLE users DISABLE TRIGGER USER",
    "CREATE TABLE visits_asia PARTITION OF visits FOR VALUES IN ('asia')",
    "ALTER TABLE visits DETACH PARTITION visits_us",
    "SELECT lo_put(4711, 0, '\\x11')",
    "SELECT lo_create(0)",
    "SELECT lo_unlink(4711)",
]


@pytest.fixture
def shop(worlds):
    """A small shop's database, at its snapshot."""
    with worlds.world(SHOP) as playground:
        yield playground


def changes(playground):
    """What was changed since the last look, in short."""
    return [
        (change.operation, str(change.table), dict(change.old or {}), dict(change.new or {}))
        for change in playground.world.take_changes().rows
    ]


def test_changes_carry_old_and_new_rows(shop):
    """Each change names table and kind and carries the whole row before and after."""
    with shop.service() as service:
        service.execute("UPDATE users SET name = 'eva' WHERE id = 2")
        service.execute("DELETE FROM orders WHERE id = 3")
        service.execute("INSERT INTO users (name) VALUES ('dan')")
    assert changes(shop) == [
        ("update", "users", {"id": "2", "name": "ben"}, {"id": "2", "name": "eva"}),
        ("delete", "orders", {"id": "3", "user_id": "1", "total": "3.00", "note": "n"}, {}),
        ("insert", "users", {}, {"id": "4", "name": "dan"}),
    ]
    assert changes(shop) == []


def test_changes_of_a_partition_bear_the_name_of_the_whole_table(shop):
    """The catalogue knows no partitions, so neither do changes; a moved row is two of them."""
    before = shop.contents()
    with shop.service() as service:
        service.execute("UPDATE visits SET region = 'us' WHERE region = 'eu' AND path = '/'")
    assert [(kind, table) for kind, table, _, _ in changes(shop)] == [
        ("delete", "visits"), ("insert", "visits"), ("delete", "visits"), ("insert", "visits"),
    ]  # fmt: skip
    assert shop.world.rewind()
    assert shop.contents() == before


def test_what_was_not_committed_yet_is_no_change_yet(shop):
    """A transaction's changes are told once it commits, and never when it does not."""
    with shop.service(autocommit=False) as service:
        service.execute("UPDATE users SET name = 'x' WHERE id = 1")
        assert changes(shop) == []
        service.rollback()
        service.execute("UPDATE users SET name = 'y' WHERE id = 1")
        service.commit()
    assert [new["name"] for _, _, _, new in changes(shop)] == ["y"]


def test_commits_that_wait_for_no_disk_are_seen_at_once(shop):
    """A service may commit asynchronously; nothing of it is missed."""
    with shop.service() as service:
        service.execute("SET synchronous_commit = off")
        for number in range(50):
            service.execute("UPDATE users SET name = %s WHERE id = 1", [str(number)])
            assert [new["name"] for _, _, _, new in changes(shop)] == [str(number)]


def test_states_of_ours_are_taken_back_as_well(shop):
    """What `apply` did is part of what rewind undoes."""
    before = shop.contents()
    shop.world.apply("INSERT INTO users (id, name) VALUES (900, 'z'); DELETE FROM orders")
    assert shop.contents() != before
    assert shop.world.rewind()
    assert shop.contents() == before


def test_what_states_changed_is_told_of_nobody(shop):
    """Changes that are told came after the state, also after several states or one of nothing."""
    before = shop.contents()
    with shop.service() as service:
        service.execute("UPDATE users SET name = 'before' WHERE id = 1")
        shop.world.apply("INSERT INTO users (id, name) VALUES (900, 'z')")
        shop.world.apply("DELETE FROM orders")
        service.execute("UPDATE users SET name = 'after' WHERE id = 1")
        assert [new["name"] for _, _, _, new in changes(shop)] == ["after"]
        shop.world.apply("")
        service.execute("UPDATE users SET name = 'again' WHERE id = 1")
        assert [change.new["name"] for change in shop.world.settle(5.0)[1].rows] == ["again"]
    assert shop.world.rewind()
    assert shop.contents() == before


def test_a_state_that_fails_changes_nothing(shop):
    """When PostgreSQL refuses a state, nothing of it stays and the world goes on."""
    before = shop.contents()
    with pytest.raises(psycopg.errors.UniqueViolation):
        shop.world.apply("DELETE FROM orders; INSERT INTO users (name) VALUES ('ana')")
    assert shop.world.rewind()
    assert shop.contents() == before
    shop.world.apply("DELETE FROM orders")
    assert shop.world.rewind()


def test_a_service_keeps_its_connection_and_its_prepared_statements(shop):
    """Rewinding disturbs nobody who is connected."""
    with shop.service(prepare_threshold=0) as service:
        for _ in range(30):
            service.execute("INSERT INTO users (name) VALUES (%s)", ["new"])
            (number,) = service.execute("SELECT id FROM users WHERE name = 'new'").fetchone()
            assert number == 4
            assert shop.world.rewind()


def test_a_new_snapshot_is_where_rewind_goes(shop):
    """Whatever happened before the snapshot stays."""
    with shop.service() as service:
        service.execute("INSERT INTO users (name) VALUES ('kept')")
        shop.world.snapshot()
        service.execute("INSERT INTO users (name) VALUES ('gone')")
        assert shop.world.rewind()
        found = service.execute("SELECT name FROM users ORDER BY id").fetchall()
        assert [name for (name,) in found] == ["ana", "ben", "cem", "kept"]
        (number,) = service.execute("SELECT nextval('users_id_seq')").fetchone()
        assert number == 5


@pytest.mark.parametrize("statement", BEYOND)
def test_what_rows_cannot_take_back_is_said(shop, statement):
    """After TRUNCATE, DDL and work on large objects rewind says no, and why."""
    with shop.service() as service:
        service.execute(statement)
        assert not shop.world.rewind()
        assert shop.world.why_not


def test_refreshing_a_materialized_view_is_said(shop):
    """The rows of a materialized view cannot be taken back."""
    with shop.service() as service:
        service.execute("UPDATE orders SET total = 1")
        service.execute("REFRESH MATERIALIZED VIEW totals")
    assert not shop.world.rewind()
    assert shop.world.why_not == "the schema was changed"


def test_temporary_tables_have_no_effect(shop):
    """What a session keeps for itself needs no undoing."""
    before = shop.contents()
    with shop.service() as service:
        service.execute("CREATE TEMP TABLE mine (id serial PRIMARY KEY, v text)")
        service.execute("CREATE INDEX ON mine (v); INSERT INTO mine (v) VALUES ('a')")
        service.execute("ALTER TABLE mine ADD COLUMN w int; TRUNCATE mine; DROP TABLE mine")
        service.execute("CREATE TEMP TABLE other ON COMMIT DROP AS SELECT 1 AS a")
        service.execute("UPDATE users SET name = 'x' WHERE id = 1")
        assert [table for _, table, _, _ in changes(shop)] == ["users"]
        assert shop.world.rewind()
    assert shop.contents() == before


def test_rows_that_the_service_holds_locked_are_not_waited_for_long(shop):
    """Undoing waits a moment for a lock, then says that it cannot."""
    with shop.service() as service, shop.service(autocommit=False) as other:
        service.execute("UPDATE users SET name = 'x' WHERE id = 1")
        other.execute("SELECT FROM users WHERE id = 1 FOR UPDATE")
        assert not shop.world.rewind()
        assert shop.world.why_not == "rows were locked by the service"


def test_rows_that_cannot_be_told_apart_from_what_others_did_are_not_touched(shop):
    """When a row is not as the log left it, the undoing is not counted as done."""
    with shop.service() as service:
        service.execute("INSERT INTO users (name) VALUES ('x')")
        shop.world.take_changes()
        # Behind the log's back: changes under an origin are left out of it, as ours are.
        with shop.ours() as hidden:
            hidden.execute("SELECT pg_replication_origin_create('hidden')")
            hidden.execute("SELECT pg_replication_origin_session_setup('hidden')")
            hidden.execute("DELETE FROM users WHERE name = 'x'")
            hidden.execute("SELECT pg_replication_origin_session_reset()")
            hidden.execute("SELECT pg_replication_origin_drop('hidden')")
        assert not shop.world.rewind()
        assert shop.world.why_not == "a row to be put back was not as it had been left"


def test_more_changes_than_anybody_wants_to_read(worlds, monkeypatch):
    """Beyond a limit the changes are not kept: a fresh clone is quicker, and that is said."""
    monkeypatch.setattr("twiceshy.stage.world._MOST_CHANGES", 100)
    with worlds.world(SHOP) as playground, playground.service() as service:
        service.execute("INSERT INTO visits (region) SELECT 'eu' FROM generate_series(1, 500)")
        found = playground.world.take_changes()
        assert not found.complete
        assert len(found.rows) <= 100
        assert not playground.world.rewind()
        assert playground.world.why_not == "more than 100 rows were changed"


def test_a_large_table_without_a_key_is_cloned(worlds):
    """Finding a thousand rows by reading everything a thousand times is not tried."""
    sql = (
        "CREATE TABLE heap (a int, b text);"
        "INSERT INTO heap SELECT g, 'x' FROM generate_series(1, 30000) g"
    )
    with worlds.world(sql) as playground, playground.service() as service:
        before = playground.contents()
        service.execute("DELETE FROM heap WHERE a = 7; UPDATE heap SET b = 'y' WHERE a < 20")
        assert playground.world.rewind()
        assert playground.contents() == before
        service.execute("UPDATE heap SET b = 'y' WHERE a < 2000")
        assert not playground.world.rewind()
        assert playground.world.why_not == "heap is large and has no key to find rows by"


def test_a_service_at_rest_is_quiet(shop):
    """Connections that do nothing disturb nobody."""
    with shop.service(), shop.service():
        busy, found = shop.world.settle(5.0)
    assert (busy, found.rows) == ("", ())


def test_a_transaction_left_open_is_named(shop):
    """Whoever does not come to rest is named by statement and state."""
    with shop.service(autocommit=False) as service:
        service.execute("UPDATE users SET name = 'x' WHERE id = 1")
        busy, _ = shop.world.settle(0.05)
        assert busy == "UPDATE users SET name = 'x' WHERE id = 1 (idle in transaction)"
        service.rollback()
        assert shop.world.settle(5.0)[0] == ""


def test_what_a_stopped_service_left_running_is_ended(shop):
    """A server does not notice by itself that nobody waits for an answer any more."""
    with shop.service(autocommit=False) as service:
        service.execute("UPDATE users SET name = 'x' WHERE id = 1")
        assert "idle in transaction" in shop.world.settle(0.0)[0]
        shop.world.end_sessions()
        assert shop.world.settle(0.0)[0] == ""
        with pytest.raises(psycopg.OperationalError):
            service.commit()


def test_work_in_the_background_is_waited_for(shop):
    """What a request set off may go on after its answer; its changes count."""
    with shop.service() as service:
        ended = threading.Event()

        def work() -> None:
            service.execute("SELECT pg_sleep(0.2); UPDATE users SET name = 'late' WHERE id = 1")
            ended.set()

        worker = threading.Thread(target=work)
        with shop.ours() as watching:
            worker.start()
            active = (
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'"
            )
            while watching.execute(active).fetchone() == (0,):
                pass
        busy, found = shop.world.settle(10.0)
        worker.join()
    assert busy == ""
    assert [change.new["name"] for change in found.rows] == ["late"]


def test_tables_made_after_the_template_are_learned(shop):
    """A service that makes its tables when it starts gets them watched and undone as well."""
    with shop.service() as service:
        service.execute("CREATE TABLE late (id serial PRIMARY KEY, v text, parent int)")
        service.execute("CREATE UNLOGGED TABLE later (id int, v text)")
        service.execute("INSERT INTO late (v) VALUES ('a'), ('b')")
        assert shop.world.take_changes().obstacle
        assert QName("public", "late") in shop.world.learn().by_name
        shop.world.snapshot()
        before = shop.contents()
        service.execute("UPDATE late SET v = 'x'; INSERT INTO late (v) VALUES ('c')")
        service.execute("INSERT INTO later VALUES (1, 'x')")
        assert shop.world.rewind()
        assert shop.contents() == before


def test_two_worlds_on_one_server_do_not_meet(worlds):
    """Each sees the changes of its own database only."""
    with worlds.world(SHOP) as one, worlds.world(SHOP) as two:
        with one.service() as service:
            service.execute("UPDATE users SET name = 'x' WHERE id = 1")
        assert changes(two) == []
        assert len(changes(one)) == 1
        assert two.world.rewind()
        assert one.world.rewind()


def test_many_worlds_one_after_the_other_leave_nothing_on_the_server(worlds):
    """Slots and origins are few on a server; each world gives its own back."""

    def held() -> object:
        with worlds.server.connect("postgres") as conn:
            return conn.execute(
                "SELECT count(*) FROM pg_replication_slots UNION ALL "
                "SELECT count(*) FROM pg_replication_origin"
            ).fetchall()

    before = held()
    for _ in range(12):
        with worlds.world(SHOP) as playground, playground.service() as service:
            service.execute("DELETE FROM orders")
            assert playground.world.rewind()
    assert held() == before


def test_a_database_that_goes_away_is_told_so(worlds):
    """When the server ends its sessions, the stage is lost: an error of its own."""
    from twiceshy.errors import StageLost

    with worlds.world(SHOP) as playground:
        with worlds.server.connect("postgres") as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [playground.world.database],
            )
        for act in (playground.world.take_changes, playground.world.rewind):
            with pytest.raises(StageLost, match="The scratch database went away"):
                act()
        with pytest.raises(StageLost):
            playground.world.settle(1.0)


def test_every_server_follows_and_takes_back(worlds_everywhere):
    """Changes, sequences, evidence and partitions, on each server that there is."""
    with worlds_everywhere.world(SHOP) as playground, playground.service() as service:
        before = playground.contents()
        with playground.watched() as found:
            service.execute("INSERT INTO users (name) VALUES ('dan')")
            service.execute("UPDATE visits SET region = 'us' WHERE path = '/'")
            service.execute("SELECT * FROM orders WHERE user_id = 2")
        statements = found[0].statements
        assert {str(table) for s in statements for table in s.reads} == {"visits", "orders"}
        assert {str(table) for s in statements for table in s.writes} == {"visits", "users"}
        assert ("orders", "user_id", "2") in {
            (str(c.table), c.column, c.value) for s in statements for c in s.comparisons
        }
        assert playground.contents() != before
        assert playground.world.rewind(), playground.world.why_not
        assert playground.contents() == before
