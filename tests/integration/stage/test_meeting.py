from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from twiceshy.model.schema import QName
from twiceshy.stage.meeting import Meeting

SHOP = """
CREATE UNLOGGED TABLE carts (email text);
CREATE TABLE visits (email text);
CREATE TABLE users (email text);
CREATE TABLE marks (email text) PARTITION BY LIST (email);
CREATE TABLE marks_of_ana PARTITION OF marks FOR VALUES IN ('ana');
"""
VISITS, USERS = (QName("public", name) for name in ("visits", "users"))


@pytest.fixture
def shop(worlds):
    """A small shop's database."""
    with worlds.world(SHOP) as playground:
        yield playground


def check_then_write(shop):
    """A service that does not see the race: it takes whoever it has not seen yet."""
    with shop.service() as conn:
        conn.execute("INSERT INTO visits VALUES ('ana')")
        known = conn.execute("SELECT FROM users WHERE email = 'ana'").rowcount
        if not known:
            conn.execute("INSERT INTO users VALUES ('ana')")
        return not known


def together(shop, tables, *works):
    """What each work answers, when all are done while the tables let nobody write; who met."""
    with (
        Meeting(shop.server, shop.world.database, tables) as meeting,
        ThreadPoolExecutor(len(works)) as threads,
    ):
        asked = [threads.submit(work, shop) for work in works]
        meeting.wait(lambda: sum(not one.done() for one in asked))
        return [one.result() for one in asked], meeting.met


def test_all_have_checked_before_anybody_writes(shop):
    """Though each writes something before it checks: one table is opened after the other."""
    done, met = together(shop, [VISITS, USERS], *[check_then_write] * 4)

    assert (done, met) == ([True] * 4, 4)
    busy, changes = shop.world.settle(5.0)
    assert not busy
    assert [change.table for change in changes.rows] == [VISITS] * 4 + [USERS] * 4


def test_our_holding_leaves_no_trace(shop):
    """Neither statements nor errors of ours are in the evidence, and the way back is as short."""
    with shop.watched() as evidence:
        together(shop, [USERS, VISITS], check_then_write)

    texts = [statement.text for statement in evidence[0].statements]
    assert texts
    assert not [text for text in texts if "LOCK" in text or "pg_locks" in text]
    assert not evidence[0].errors
    assert shop.world.rewind(), shop.world.why_not
    assert not any(shop.contents().values())


def test_who_comes_alone_is_let_on(shop):
    """A service that takes one after the other lets one write and the others wait outside."""
    done, met = together(shop, [VISITS, USERS], check_then_write, lambda _: "never writes")

    assert (done, met) == ([True, "never writes"], 1)


def test_nobody_waits_for_those_who_do_not_write(shop):
    """With all answered there is nothing to wait for."""
    assert together(shop, [USERS], lambda _: 1, lambda _: 2) == ([1, 2], 0)


@pytest.mark.parametrize("tables", [[QName("public", "gone")], [USERS, QName("public", "gone")]])
def test_what_cannot_be_locked_stops_nobody(shop, tables):
    """A relation that went meanwhile: it goes on as without us."""
    assert together(shop, tables, check_then_write) == ([True], 0)


@pytest.mark.parametrize(("stopped", "written"), [("marks", "marks_of_ana"), ("carts", "carts")])
def test_other_sorts_of_tables(shop, stopped, written):
    """A partition is stopped with the whole table; what is not logged is stopped like the rest."""

    def mark(shop):
        with shop.service() as conn:
            conn.execute(f"INSERT INTO {written} VALUES ('ana')")

    assert together(shop, [QName("public", stopped)], mark, mark) == ([None, None], 2)


def test_somebody_who_does_not_let_a_table_go(shop):
    """A worker of the service that writes for long keeps it: nobody is stopped, nor the worker."""
    with shop.service(autocommit=False) as worker:
        worker.execute("INSERT INTO users VALUES ('bea')")
        assert together(shop, [USERS, VISITS], check_then_write) == ([True], 0)
        worker.execute("INSERT INTO visits VALUES ('bea')")


def test_a_service_that_limits_how_long_it_waits(shop):
    """Whoever gives up meanwhile stands there no more, and the others go on."""
    over = threading.Event()

    def impatient(shop):
        with shop.service(options="-c lock_timeout=30ms") as conn:
            try:
                conn.execute("INSERT INTO users VALUES ('ana')")
            except psycopg.errors.LockNotAvailable:
                over.set()

    assert together(shop, [USERS], impatient, lambda _: over.wait(20)) == ([None, True], 1)
