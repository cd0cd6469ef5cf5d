"""Statements that are asked without a cursor."""

from __future__ import annotations

import os
import signal
import threading

import psycopg
import pytest

from twiceshy.postgres.connect import results


def test_each_statement_gives_something(scratch):
    """Rows, numbers of rows, and nothing, one after the other; any letters come through."""
    conn = scratch.database("CREATE TABLE t (a text)")
    found = results(
        conn, "BEGIN; INSERT INTO t VALUES ('a'), ('ä🐘'); SELECT max(a) FROM t; COMMIT"
    )
    assert [each.command_tuples for each in found] == [None, 2, 1, None]
    assert (found[2].get_value(0, 0) or b"").decode() == "ä🐘"


def test_an_error_is_psycopg_s_own(scratch):
    """With its class, constraint and detail; the connection goes on."""
    conn = scratch.database("CREATE TABLE t (a int CONSTRAINT small CHECK (a < 3))")
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        results(conn, "SELECT 1; INSERT INTO t VALUES (7)")
    assert caught.value.diag.constraint_name == "small"
    assert results(conn, "SELECT 1")[0].get_value(0, 0) == b"1"


def test_a_server_that_went_away(scratch):
    """It is an OperationalError, as with cursors."""
    conn = scratch.database()
    with pytest.raises(psycopg.OperationalError):
        results(conn, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert conn.closed
    with pytest.raises(psycopg.OperationalError):
        results(conn, "SELECT 1")


def test_much_text_goes_through(scratch):
    """In both directions, and at the same time."""
    conn = scratch.database()
    text = "x" * 5_000_000
    found = results(conn, f"SELECT '{text}'; SELECT '{text}'")
    assert [len(each.get_value(0, 0) or b"") for each in found] == [len(text)] * 2


def test_waiting_can_be_interrupted(scratch):
    """A server that does not answer must not make Ctrl-C useless."""
    conn = scratch.database()
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        results(conn, "SELECT pg_sleep(60)")
    timer.join()
    with pytest.raises(psycopg.OperationalError):
        conn.execute("ROLLBACK")
