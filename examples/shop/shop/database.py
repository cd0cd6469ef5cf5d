"""A few connections that all requests share, as every web application has them.

A request that gets no connection in time fails: when some wait for a lock, soon all do.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from psycopg import Connection

Row = dict[str, Any]

CONNECTIONS = 4
PATIENCE = 1.0
"""Seconds that a request waits for a connection, and a statement for its end."""

_open: list[ConnectionPool[Connection[Row]]] = []


def open_pool() -> None:
    pool = ConnectionPool(
        os.environ["DATABASE_URL"],
        kwargs={
            "autocommit": True,
            "row_factory": dict_row,
            "options": f"-c statement_timeout={PATIENCE * 1000:.0f}",
        },
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        timeout=PATIENCE,
        open=True,
    )
    pool.wait(10)
    _open.append(pool)


def close_pool() -> None:
    while _open:
        _open.pop().close()


def connection() -> AbstractContextManager[Connection[Row]]:
    return _open[-1].connection()


def rows(query: str, **values: object) -> list[Row]:
    with connection() as conn:
        return conn.execute(query.encode(), values).fetchall()


def row(query: str, **values: object) -> Row | None:
    with connection() as conn:
        return conn.execute(query.encode(), values).fetchone()


def in_transaction() -> Iterator[Connection[Row]]:
    with connection() as conn, conn.transaction():
        yield conn
