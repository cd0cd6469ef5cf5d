"""One connection to PostgreSQL for each thread of the server, opened when it is first needed."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]

_of_thread = threading.local()


def connection() -> Connection[Row]:
    """The thread's connection. Each statement commits by itself, unless in a transaction block."""
    known: Connection[Row] | None = getattr(_of_thread, "connection", None)
    if known is None or known.closed:
        known = Connection.connect(
            os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row
        )
        _of_thread.connection = known
    return known


def rows(query: str, **values: object) -> list[Row]:
    """All rows that the query finds."""
    return connection().execute(query.encode(), values).fetchall()


def row(query: str, **values: object) -> Row | None:
    """The first row that the query finds."""
    return connection().execute(query.encode(), values).fetchone()


def change(query: str, **values: object) -> int:
    """Run a statement that changes rows; how many it changed."""
    return connection().execute(query.encode(), values).rowcount


def as_json(value: object) -> str:
    """Amounts as text, so that no cent is lost, and times in UTC."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    message = f"no JSON for {type(value).__name__}"
    raise TypeError(message)
