"""Takes payments in: accepted is what PostgreSQL has committed, together with its job."""

from __future__ import annotations

from typing import Any

from procrastinate.exceptions import ConnectorException
from taxes import register
from taxes.database import pool
from taxes.payments import KeyUsedError, Payment, Receipt, UnavailableError

from queued.jobs import WAITING, record

ACCEPT = """
    INSERT INTO accepted (key, taxpayer, point, amount)
    VALUES (%(key)s, %(taxpayer)s, %(point)s, %(amount)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING key
"""


class Intake:
    """Payment and job are written in one transaction: neither is there without the other."""

    async def open(self) -> None:
        self._pool = pool()
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def collect(self, payment: Payment) -> Receipt:
        try:
            await self._accept(payment)
        except ConnectorException as error:
            raise UnavailableError from error
        return Receipt(key=payment.key, amount=payment.amount)

    async def _accept(self, payment: Payment) -> None:
        async with self._pool.connection() as connection:
            accepted = await connection.execute(ACCEPT, payment.model_dump())
            if await accepted.fetchone():
                job = record.configure(connection=connection)
                await job.defer_async(key=payment.key)
            elif await self._waiting(connection, payment.key) != payment:
                raise KeyUsedError

    async def receipt(self, key: str) -> Receipt | None:
        async with self._pool.connection() as connection:
            found = await register.find(connection, key)
            if found is not None:
                return found
            waiting = await self._waiting(connection, key)
        return Receipt(key=key, amount=waiting.amount) if waiting else None

    async def notices(self, point: str, after: int) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection:
            return await register.notices(connection, point, after)

    async def _waiting(self, connection: Any, key: str) -> Payment | None:
        found = await (await connection.execute(WAITING, {"key": key})).fetchone()
        return Payment(**found) if found else None
