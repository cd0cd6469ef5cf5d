"""The transaction in which rows are tried."""

from __future__ import annotations

import psycopg
import pytest

from twiceshy.errors import CannotTell
from twiceshy.stage.rows import run
from twiceshy.stage.tryout import Tryout

NUMBERS = "CREATE TABLE numbers (n int PRIMARY KEY); INSERT INTO numbers VALUES (0)"


@pytest.fixture
def conn(scratch):
    """A database with one table of numbers."""
    return scratch.database(NUMBERS)


def numbers(conn) -> list[str]:
    """What is in the table."""
    return [row["n"] for row in run(conn, "SELECT n FROM numbers ORDER BY n")]


def test_nothing_is_left(conn):
    """Statements that waited and rows that were taken are gone in the end."""
    with Tryout(conn) as tryout:
        tryout.add(["INSERT INTO numbers VALUES (1)"])
        assert tryout.attempt("INSERT INTO numbers VALUES (2) RETURNING n") == [{"n": "2"}]
        assert numbers(tryout.conn) == ["0", "1", "2"]
    assert numbers(conn) == ["0"]


def test_a_refusal_leaves_no_trace(conn):
    """Neither the first attempt nor a later one takes with it what stood there before."""
    with Tryout(conn) as tryout:
        tryout.add(["INSERT INTO numbers VALUES (1)"])
        for _ in range(2):
            with pytest.raises(psycopg.errors.UniqueViolation):
                tryout.attempt("INSERT INTO numbers VALUES (2), (1)")
        tryout.attempt("INSERT INTO numbers VALUES (3)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            tryout.attempt("INSERT INTO numbers VALUES (3)")
        tryout.attempt("INSERT INTO numbers VALUES (4)")
        tryout.take_back()
        assert numbers(tryout.conn) == ["0", "1", "3"]


def test_a_state_that_cannot_be(conn):
    """It is told from a row that is refused, whether it is sent with one or by itself."""
    with Tryout(conn) as tryout:
        tryout.add(["INSERT INTO numbers VALUES (0)"])
        with pytest.raises(CannotTell, match="could not be brought about"):
            tryout.attempt("INSERT INTO numbers VALUES (2)")
    with Tryout(conn) as tryout:
        tryout.attempt("INSERT INTO numbers VALUES (2)")
        tryout.add(["INSERT INTO numbers VALUES (0)"])
        with pytest.raises(CannotTell, match="could not be brought about"):
            tryout.attempt("INSERT INTO numbers VALUES (3)")
    with Tryout(conn) as tryout:
        tryout.add(["INSERT INTO numbers VALUES (0)"])
        with pytest.raises(CannotTell, match="could not be brought about"):
            assert tryout.conn
    assert numbers(conn) == ["0"]


def test_beginning_again(conn):
    """Everything so far is dropped, and what was waiting is not sent."""
    with Tryout(conn) as tryout:
        tryout.attempt("INSERT INTO numbers VALUES (1)")
        tryout.add(["INSERT INTO numbers VALUES (2)"])
        tryout.start_again()
        assert numbers(tryout.conn) == ["0"]
