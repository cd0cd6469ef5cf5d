"""The municipality's register: a payment comes in once, with number, total and notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from taxes.payments import Payment, Receipt

REGISTER = 1

# Whoever holds this row numbers and adds; all others wait for their turn.
LOCK = "SELECT total FROM registers WHERE id = %(register)s FOR UPDATE"
LAST = "SELECT coalesce(max(number), 0) AS last FROM receipts WHERE register_id = %(register)s"
MARK = """
    INSERT INTO entered (key)
    SELECT unnest(%(keys)s::text[])
    ON CONFLICT (key) DO NOTHING
    RETURNING key
"""
ENTER = """
    INSERT INTO receipts (register_id, number, key, taxpayer, point, amount)
    VALUES (%(register)s, %(number)s, %(key)s, %(taxpayer)s, %(point)s, %(amount)s)
"""
TELL = """
    INSERT INTO notices (point, key, number, amount)
    VALUES (%(point)s, %(key)s, %(number)s, %(amount)s)
"""
ADD = """
    UPDATE registers
    SET total = total + %(amount)s
    WHERE id = %(register)s
"""
FIND = "SELECT number, amount FROM receipts WHERE key = %(key)s ORDER BY number LIMIT 1"
NEWS = """
    SELECT id, key, number, amount
    FROM notices
    WHERE point = %(point)s AND id > %(after)s
    ORDER BY id
    LIMIT 100
"""


async def record(
    connection: AsyncConnection[dict[str, Any]], payments: Sequence[Payment]
) -> list[dict[str, Any]]:
    """Enter those that are new, all or none: the caller commits. However often one comes, it is
    entered once, because its key is marked in the same transaction."""
    by_key = {payment.key: payment for payment in reversed(payments)}
    await _one(connection, LOCK, register=REGISTER)
    last = await _one(connection, LAST, register=REGISTER)
    marked = await connection.execute(MARK, {"keys": list(by_key)})
    new = [by_key[row["key"]] for row in await marked.fetchall()]
    entries = [
        {"register": REGISTER, "number": number, **payment.model_dump()}
        for number, payment in enumerate(new, start=last["last"] + 1)
    ]
    if entries:
        cursor = connection.cursor()
        await cursor.executemany(ENTER, entries)
        await cursor.executemany(TELL, entries)
        amount = sum(payment.amount for payment in new)
        await connection.execute(ADD, {"register": REGISTER, "amount": amount})
    return entries


async def find(connection: AsyncConnection[dict[str, Any]], key: str) -> Receipt | None:
    found = await _one(connection, FIND, key=key)
    return Receipt(key=key, status="recorded", **found) if found else None


async def notices(
    connection: AsyncConnection[dict[str, Any]], point: str, after: int
) -> list[dict[str, Any]]:
    """What a collection point has not heard yet."""
    return await (await connection.execute(NEWS, {"point": point, "after": after})).fetchall()


async def _one(connection: AsyncConnection[dict[str, Any]], query: str, **values: object) -> Any:
    return await (await connection.execute(query.encode(), values)).fetchone()
