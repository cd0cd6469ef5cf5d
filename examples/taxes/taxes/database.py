"""A few connections to PostgreSQL, which come back after it was away."""

from __future__ import annotations

import os

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

MOST = 4


def pool() -> AsyncConnectionPool[AsyncConnection]:
    """Not open yet. Whoever takes a connection has one transaction, committed at the end.

    A connection that broke meanwhile fails once and is replaced. The pool could look at each before
    it gives it away, but waits for longer and longer between looks when many broke at once.
    """
    return AsyncConnectionPool(
        os.environ["DATABASE_URL"],
        min_size=1,
        max_size=MOST,
        timeout=5,
        reconnect_timeout=1e9,
        kwargs={"row_factory": dict_row},
        open=False,
    )
