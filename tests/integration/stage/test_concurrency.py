"""The service's own concurrency is what it would be without us."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from twiceshy.stage.server import ROLE

SHOP = """
CREATE TABLE stock (id serial PRIMARY KEY, n int DEFAULT 0, note text UNIQUE);
CREATE TABLE sales (id serial PRIMARY KEY, stock_id int REFERENCES stock, n int DEFAULT 0);
CREATE TABLE heap (a int, b text);
INSERT INTO stock (n) SELECT 0 FROM generate_series(1, 100);
INSERT INTO sales (stock_id) SELECT g FROM generate_series(1, 100) g;
INSERT INTO heap SELECT g, 'x' FROM generate_series(1, 100) g;
"""
_LOCKS = """
SELECT locktype, regexp_replace(relation::regclass::text, '[0-9]+', 'N'), mode, granted, count(*)
FROM pg_locks WHERE pid = %s AND locktype NOT IN ('virtualxid', 'transactionid')
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
"""


@contextmanager
def plain(worlds):
    """A database with the same tables that nobody watches; opens connections of a service."""
    name = "plain"
    admin = worlds.server.connect("postgres")
    admin.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0")
    url = worlds.server.address.url(name)
    try:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(SHOP)
        yield lambda: psycopg.connect(url, autocommit=True)
    finally:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


@pytest.fixture(params=["watched", "plain"])
def service(request, worlds):
    """Opens connections to a database that is watched, or to one that is not."""
    if request.param == "plain":
        with plain(worlds) as opened:
            yield opened
    else:
        with worlds.world(SHOP) as playground:
            yield playground.service


class Session:
    """A connection that refuses to wait for any lock."""

    def __init__(self, held, opened):
        self._conn = held.enter_context(opened())
        self._conn.execute("SET lock_timeout = '1ms'")
        self.pid = self._conn.info.backend_pid

    def do(self, *statements):
        """Do these; LockNotAvailable when one of them had to wait."""
        for statement in statements:
            self._conn.execute(statement)


@pytest.fixture
def sessions(service):
    """Two sessions, neither of which waits."""
    with ExitStack() as held:
        yield Session(held, service), Session(held, service)


def test_two_writers_to_different_rows_of_one_table_do_not_wait(sessions):
    """Each in a transaction of its own, both open at the same time."""
    one, two = sessions
    one.do("BEGIN", "UPDATE stock SET n = 1 WHERE id = 1", "INSERT INTO stock (n) VALUES (7)")
    two.do("BEGIN", "UPDATE stock SET n = 2 WHERE id = 2", "INSERT INTO stock (n) VALUES (8)")
    one.do("DELETE FROM heap WHERE a = 1", "UPDATE stock SET n = 3 WHERE id = 1", "COMMIT")
    two.do("DELETE FROM heap WHERE a = 2", "UPDATE stock SET n = 3 WHERE id = 2", "COMMIT")


def test_two_tables_crosswise_neither_wait_nor_deadlock(sessions):
    """In opposite order on different rows."""
    one, two = sessions
    one.do("BEGIN", "UPDATE stock SET n = 1 WHERE id = 1")
    two.do("BEGIN", "UPDATE sales SET n = 1 WHERE id = 2")
    one.do("UPDATE sales SET n = 1 WHERE id = 1")
    two.do("UPDATE stock SET n = 1 WHERE id = 2")
    one.do("COMMIT")
    two.do("COMMIT")


def test_changes_of_the_schema_in_two_sessions_do_not_wait(sessions):
    """Although changes of the schema are reported, no two of them meet."""
    one, two = sessions
    one.do("BEGIN", "ALTER TABLE stock ADD COLUMN x int", "CREATE TABLE a (b int)")
    two.do("BEGIN", "ALTER TABLE heap ADD COLUMN x int", "CREATE TABLE c (d int)")
    one.do("DROP TABLE a", "COMMIT")
    two.do("DROP TABLE c", "COMMIT")


WORK = [
    "UPDATE stock SET n = n + 1 WHERE id = 1",
    "INSERT INTO sales (stock_id) VALUES (1)",
    "DELETE FROM sales WHERE id = 3",
    "UPDATE heap SET b = 'y' WHERE a = 5",
    "TRUNCATE heap",
    "SELECT * FROM stock WHERE id = 1 FOR UPDATE",
    "LOCK TABLE sales IN SHARE MODE",
    "INSERT INTO stock (id, note) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET n = 9",
]


def held_locks(opened, watching, statement):
    """The locks that a transaction with one statement holds before it commits."""
    with opened() as conn:
        conn.execute("BEGIN")
        conn.execute(statement)
        found = watching.execute(_LOCKS, [conn.info.backend_pid]).fetchall()
        conn.execute("ROLLBACK")
        return found


def test_the_same_locks_are_held_as_without_us(worlds):
    """Kind, table and mode of every lock, for each kind of statement."""
    with worlds.world(SHOP) as playground, plain(worlds) as opened, ExitStack() as held:
        ours = held.enter_context(playground.ours())
        theirs = held.enter_context(worlds.server.connect("plain"))
        for statement in WORK:
            watched = held_locks(playground.service, ours, statement)
            assert watched == held_locks(opened, theirs, statement)


def test_a_crowd_at_work_while_we_look(worlds):
    """Eight sessions write to rows of their own, crosswise, while changes are being taken."""
    with worlds.world(SHOP) as playground:
        before = playground.contents()

        def work(number):
            with playground.service() as conn:
                conn.execute("SET lock_timeout = '3s'")
                tables = ["stock", "sales"] if number % 2 else ["sales", "stock"]
                for turn in range(30):
                    with conn.transaction():
                        for table in tables:
                            place = 1 + number * 10 + turn % 10
                            conn.execute(f"UPDATE {table} SET n = n + 1 WHERE id = {place}")
            return 30 * 2

        with ThreadPoolExecutor(8) as pool:
            workers = [pool.submit(work, number) for number in range(8)]
            seen = 0
            while not all(worker.done() for worker in workers):
                seen += len(playground.world.take_changes().rows)
            assert sum(worker.result() for worker in workers) == 480
        assert seen + len(playground.world.take_changes().rows) == 480
        with worlds.server.connect("postgres") as conn:
            assert conn.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = %s",
                [playground.world.database],
            ).fetchone() == (0,)
        assert playground.world.rewind()
        assert playground.contents() == before
