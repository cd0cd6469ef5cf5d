"""The queue, and the one job in it: bring a payment into the register."""

from __future__ import annotations

import os

from procrastinate import App, PsycopgConnector, RetryStrategy
from psycopg_pool import AsyncConnectionPool
from taxes import register
from taxes.database import pool
from taxes.payments import Payment

WAITING = "SELECT key, taxpayer, point, amount FROM accepted WHERE key = %(key)s"

app = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
connections: AsyncConnectionPool = pool()


@app.task(name="record", queue="payments", retry=RetryStrategy(wait=1))
async def record(key: str) -> None:
    """May run twice, when a worker dies between this commit and that of the job's end."""
    async with connections.connection() as connection:
        found = await (await connection.execute(WAITING, {"key": key})).fetchone()
        await register.record(connection, [Payment(**found)])
