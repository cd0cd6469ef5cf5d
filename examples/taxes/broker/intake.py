"""Takes payments in: accepted is what the broker has on its disk."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import nats.errors
import nats.js.errors
from nats.js.api import Header
from taxes import register
from taxes.database import pool
from taxes.payments import KeyUsedError, Payment, Receipt, UnavailableError

from broker.stream import STREAM, connect, declare, packed, subject, unpacked

# What JetStream says when the subject has a message already.
TAKEN = (10071, 10164)


class Intake:
    """The broker decides which message of a key is the first, and keeps no other."""

    async def open(self) -> None:
        self._client, self._stream = await connect()
        self._pool = pool()
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()
        await self._client.close()

    async def collect(self, payment: Payment) -> Receipt:
        """Works without PostgreSQL, which may be away."""
        only = {Header.EXPECTED_LAST_SUBJECT_SEQUENCE: "0"}
        try:
            await self._stream.publish(subject(payment.key), packed(payment), headers=only)
        except nats.js.errors.BadRequestError as error:
            if error.err_code not in TAKEN:
                raise UnavailableError from error
            kept = await self._kept(payment.key)
            if kept is None:
                raise UnavailableError from error
            if kept != payment:
                raise KeyUsedError from None
        except nats.js.errors.NoStreamResponseError as error:
            # A broker that came back with nothing: this payment was not taken in.
            with suppress(nats.errors.Error, TimeoutError):
                await declare(self._stream)
            raise UnavailableError from error
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise UnavailableError from error
        return Receipt(key=payment.key, amount=payment.amount)

    async def receipt(self, key: str) -> Receipt | None:
        async with self._pool.connection() as connection:
            found = await register.find(connection, key)
        if found is not None:
            return found
        kept = await self._kept(key)
        return Receipt(key=key, amount=kept.amount) if kept else None

    async def notices(self, point: str, after: int) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection:
            return await register.notices(connection, point, after)

    async def _kept(self, key: str) -> Payment | None:
        try:
            message = await self._stream.get_last_msg(STREAM, subject(key))
        except nats.js.errors.NotFoundError:
            return None
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise UnavailableError from error
        return unpacked(message.data)
