"""Brings payments from the broker's stream into the register: `python -m broker.worker`."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from typing import Any

import nats.errors
import psycopg
import psycopg_pool
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from taxes import register
from taxes.database import pool

from broker.stream import STREAM, connect, declare, subject, unpacked

BATCH = 100
# Seconds after which the broker gives to another worker what was not acknowledged.
PATIENCE = 1.0
AWAY = (nats.errors.Error, psycopg.Error, psycopg_pool.PoolTimeout, TimeoutError, OSError)
REPORT = """
    INSERT INTO backlog (waiting, seen_at)
    VALUES (%(waiting)s, clock_timestamp())
    ON CONFLICT (one) DO UPDATE SET waiting = excluded.waiting, seen_at = excluded.seen_at
"""

log = logging.getLogger(__name__)


class Worker:
    """First the commit, then the acknowledgement: what falls between comes again, and is known."""

    def __init__(
        self,
        client: Client,
        stream: JetStreamContext,
        connections: psycopg_pool.AsyncConnectionPool[Any],
    ) -> None:
        self._client = client
        self._stream = stream
        self._connections = connections
        self._messages: JetStreamContext.PullSubscription
        self._reported = 0.0

    async def subscribe(self) -> None:
        """The broker remembers how far it came, under the name of the subscription."""
        await declare(self._stream)
        config = ConsumerConfig(ack_wait=PATIENCE, max_ack_pending=10 * BATCH)
        self._messages = await self._stream.pull_subscribe(
            subject(">"), "register", stream=STREAM, config=config
        )

    async def turn(self) -> None:
        """One batch, in one transaction."""
        try:
            messages = await self._messages.fetch(BATCH, timeout=0.2)
        except TimeoutError:
            messages = []
        if messages:
            entries = await self._record(messages)
            for message in messages:
                await message.ack()
            await self._tell(entries)
        await self._report()

    async def _record(self, messages: Sequence[Msg]) -> list[dict[str, Any]]:
        payments = [unpacked(message.data) for message in messages]
        async with self._connections.connection() as connection:
            return await register.record(connection, payments)

    async def _tell(self, entries: Sequence[dict[str, Any]]) -> None:
        """Wake collection points that listen; whoever does not hear it finds the notice later."""
        for entry in entries:
            news = {"key": entry["key"], "number": entry["number"]}
            await self._client.publish(f"receipts.{entry['point']}", json.dumps(news).encode())

    async def _report(self) -> None:
        if time.monotonic() - self._reported < 0.2:
            return
        info = await self._messages.consumer_info()
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        async with self._connections.connection() as connection:
            await connection.execute(REPORT, {"waiting": waiting})
        self._reported = time.monotonic()


async def main() -> None:
    client, stream = await connect()
    async with pool() as connections:
        worker = Worker(client, stream, connections)
        while True:
            try:
                await worker.subscribe()
                while True:
                    await worker.turn()
            except AWAY as error:
                log.warning("again in a moment: %s", error)
            await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(main())
