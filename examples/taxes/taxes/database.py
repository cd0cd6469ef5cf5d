"""A few connections to PostgreSQL, which come back after it was away."""

from __future__ import annotations

import os

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

MOST = 4


def pool(most: int = MOST) -> AsyncConnectionPool[AsyncConnection]:
    """Not open yet. Whoever takes a connection has one transaction, committed at the end."""
    return AsyncConnectionPool(
        os.environ["DATABASE_URL"],
        min_size=1,
        max_size=most,
        timeout=5,
        reconnect_timeout=1e9,
        kwargs={"row_factory": dict_row},
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
