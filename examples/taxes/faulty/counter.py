"""The officer at the counter: one line, one payment, one connection."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg.rows import dict_row
from starlette.concurrency import run_in_threadpool
from taxes.payments import KeyUsedError, Payment, Receipt
from taxes.register import FIND, REGISTER

ANSWERED = "SELECT number, amount FROM answers WHERE key = %(key)s"
LAST = """
    SELECT total, (SELECT coalesce(max(number), 0) FROM receipts WHERE register_id = id) AS last
    FROM registers
    WHERE id = %(register)s
"""
ENTER = """
    INSERT INTO receipts (register_id, number, key, taxpayer, point, amount)
    VALUES (%(register)s, %(number)s, %(key)s, %(taxpayer)s, %(point)s, %(amount)s)
"""
CARRY = """
    UPDATE registers
    SET total = %(total)s
    WHERE id = %(register)s
"""
KEEP = """
    INSERT INTO answers (key, number, amount)
    VALUES (%(key)s, %(number)s, %(amount)s)
    ON CONFLICT DO NOTHING
"""


class Counter:
    """Takes a payment while its citizen waits, and answers with the number of the receipt."""

    async def open(self) -> None:
        self._connection = await run_in_threadpool(_connect)

    async def close(self) -> None:
        self._connection.close()

    async def collect(self, payment: Payment) -> Receipt:
        return await run_in_threadpool(self._collect, payment)

    async def receipt(self, key: str) -> Receipt | None:
        found = await run_in_threadpool(self._row, FIND, key=key)
        return Receipt(key=key, status="recorded", **found) if found else None

    async def notices(self, _: str, __: int) -> list[dict[str, Any]]:
        """Nobody is told later: the officer waits for the answer."""
        return []

    def _collect(self, payment: Payment) -> Receipt:
        try:
            answered = self._row(ANSWERED, key=payment.key)
            if answered is None:
                number = self._enter(payment)
                self._connection.commit()
                # The officer may press the button again; then this is the answer.
                answered = {"number": number, "amount": payment.amount}
                self._connection.execute(KEEP, {"key": payment.key, **answered})
            self._connection.commit()
        except psycopg.Error:
            self._start_over()
            raise
        if answered["amount"] != payment.amount:
            raise KeyUsedError
        return Receipt(key=payment.key, status="recorded", **answered)

    def _enter(self, payment: Payment) -> int:
        """The receipt takes the next number, and the total is carried on, as in the paper book."""
        last = self._row(LAST, register=REGISTER)
        number, total = last["last"] + 1, last["total"] + payment.amount
        values = {"register": REGISTER, "number": number, "total": total, **payment.model_dump()}
        self._connection.execute(ENTER, values)
        self._connection.execute(CARRY, values)
        return number

    def _row(self, query: str, **values: object) -> dict[str, Any]:
        return self._connection.execute(query.encode(), values).fetchone()

    def _start_over(self) -> None:
        """Leave nothing half done, and come back after the database was away."""
        if self._connection.closed:
            self._connection = _connect()
        self._connection.rollback()


def _connect() -> psycopg.Connection[dict[str, Any]]:
    return psycopg.Connection.connect(os.environ["DATABASE_URL"], row_factory=dict_row)
