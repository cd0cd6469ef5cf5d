"""Twelve ways in which a payment that was acknowledged is lost, doubled or changed after all."""

from __future__ import annotations

from mutations.patch import Mutation, Patch
from mutations.taxes.change import Change

SCHEMA = "db/schema.sql"
REGISTER = "taxes/register.py"
STREAM = "broker/stream.py"
B_INTAKE = "broker/intake.py"
B_WORKER = "broker/worker.py"
Q_INTAKE = "queued/intake.py"
Q_WORKER = "queued/worker.py"

KEYS_NOT_UNIQUE = Patch(
    SCHEMA,
    "CREATE TABLE entered (\n    key text PRIMARY KEY\n",
    "CREATE TABLE entered (\n    key text NOT NULL\n",
)
TOLD_WITH_RECEIPT = "        await cursor.executemany(TELL, entries)\n"
COMMITTED = """\
        async with self._connections.connection() as connection:
            return await register.record(connection, payments)
"""


def named() -> tuple[Change, ...]:
    """Each must turn the verdict of the guard to `recurs`."""
    return (*_ACKNOWLEDGED_TOO_EARLY, *_KNOWN_TOO_LATE, *_NOT_KEPT, *_TOLD_WRONGLY)


_ACKNOWLEDGED_TOO_EARLY = (
    Change(
        Mutation(
            "commit-after-acknowledgement",
            "a payment is answered at once and written into the queue in the background",
            (
                Patch(
                    Q_INTAKE,
                    "            await self._accept(payment)\n",
                    "            later = asyncio.create_task(self._accept(payment))\n"
                    "            self._later.add(later)\n"
                    "            later.add_done_callback(self._later.discard)\n",
                ),
                Patch(
                    Q_INTAKE,
                    "        self._pool = pool()\n",
                    "        self._pool = pool()\n"
                    "        self._later: set[asyncio.Task[None]] = set()\n",
                ),
                Patch(
                    Q_INTAKE, "from typing import Any\n", "import asyncio\nfrom typing import Any\n"
                ),
            ),
        ),
        "queued",
        "answered",
        "lost",
    ),
    Change(
        Mutation(
            "at-most-once-consumer",
            "what the broker has handed out counts as done",
            (
                Patch(
                    B_WORKER,
                    "ConsumerConfig(ack_wait=PATIENCE, max_ack_pending=10 * BATCH)",
                    'ConsumerConfig(ack_policy="none")',
                ),
            ),
        ),
        "broker",
        "sessions",
        "lost",
    ),
    Change(
        Mutation(
            "acknowledged-before-processing",
            "the worker acknowledges a batch and then enters it",
            (
                Patch(
                    B_WORKER,
                    "            entries = await self._record(messages)\n"
                    "            for message in messages:\n"
                    "                await message.ack()\n",
                    "            for message in messages:\n"
                    "                await message.ack()\n"
                    "            entries = await self._record(messages)\n",
                ),
            ),
        ),
        "broker",
        "sessions",
        "lost",
    ),
)

_KNOWN_TOO_LATE = (
    Change(
        Mutation(
            "checked-without-unique",
            "the queue asks whether it knows a key and then takes the payment in, and neither it "
            "nor the register has a constraint on keys",
            (
                Patch(
                    Q_INTAKE,
                    "            await self._accept(payment)\n",
                    "            if await self.receipt(payment.key) is None:\n"
                    "                await self._accept(payment)\n",
                ),
                Patch(
                    SCHEMA,
                    "CREATE TABLE accepted (\n    key text PRIMARY KEY,",
                    "CREATE TABLE accepted (\n    key text NOT NULL,",
                ),
                Patch(Q_INTAKE, "    ON CONFLICT (key) DO NOTHING\n", ""),
                KEYS_NOT_UNIQUE,
                Patch(REGISTER, "    ON CONFLICT (key) DO NOTHING\n", ""),
            ),
        ),
        "queued",
        "pause",
        "duplicated",
    ),
    Change(
        Mutation(
            "short-window",
            "the broker knows a key for half a second, and nothing else does",
            (
                Patch(
                    B_INTAKE,
                    '{Header.EXPECTED_LAST_SUBJECT_SEQUENCE: "0"}',
                    "{Header.MSG_ID: payment.key}",
                ),
                Patch(
                    STREAM,
                    "storage=StorageType.FILE)",
                    "storage=StorageType.FILE, duplicate_window=0.5)",
                ),
                KEYS_NOT_UNIQUE,
                Patch(REGISTER, "    ON CONFLICT (key) DO NOTHING\n", ""),
            ),
        ),
        "broker",
        "dropped",
        "duplicated",
    ),
)

_NOT_KEPT = (
    Change(
        Mutation(
            "swallowed-exception",
            "the worker logs that a batch could not be entered and takes the next one",
            (
                Patch(
                    B_WORKER,
                    COMMITTED,
                    "        try:\n"
                    "            async with self._connections.connection() as connection:\n"
                    "                return await register.record(connection, payments)\n"
                    "        except psycopg.Error:\n"
                    '            log.exception("a batch could not be entered")\n'
                    "            return []\n",
                ),
            ),
        ),
        "broker",
        "sessions",
        "lost",
    ),
    Change(
        Mutation(
            "total-in-a-variable",
            "the worker keeps the total of what it entered, and writes it over the register's",
            (
                Patch(
                    REGISTER, "    SET total = total + %(amount)s\n", "    SET total = %(amount)s\n"
                ),
                Patch(
                    REGISTER,
                    '{"register": REGISTER, "amount": amount}',
                    '{"register": REGISTER, "amount": _total(amount)}',
                ),
                Patch(
                    REGISTER,
                    "async def record(\n",
                    "_so_far = [0]\n\n\n"
                    "def _total(more: int) -> int:\n"
                    "    _so_far[0] += more\n"
                    "    return _so_far[0]\n\n\n"
                    "async def record(\n",
                ),
            ),
        ),
        "broker",
        "worker",
        "unexpected",
    ),
    Change(
        Mutation(
            "lost-on-broker-restart",
            "the broker keeps payments in memory",
            (Patch(STREAM, "storage=StorageType.FILE", "storage=StorageType.MEMORY"),),
        ),
        "broker",
        "nats",
        "lost",
    ),
    Change(
        Mutation(
            "left-in-progress",
            "nobody looks after the jobs of a dead worker",
            (Patch(Q_WORKER, "await asyncio.gather(work(), rescue())", "await work()"),),
        ),
        "queued",
        "stuck",
        "undrained",
    ),
)

_TOLD_WRONGLY = (
    Change(
        Mutation(
            "event-after-commit",
            "the notice is written in a transaction of its own, after that of the receipt",
            (
                Patch(REGISTER, TOLD_WITH_RECEIPT, ""),
                Patch(
                    B_WORKER,
                    "            await self._tell(entries)\n",
                    "            for entry in entries:\n"
                    "                async with self._connections.connection() as connection:\n"
                    "                    await connection.execute(register.TELL, entry)\n"
                    "            await self._tell(entries)\n",
                ),
            ),
        ),
        "broker",
        "stuck",
        "undrained",
    ),
    Change(
        Mutation(
            "told-twice",
            "who asks again with the key of a recorded payment has a second notice written",
            (
                Patch(
                    Q_INTAKE,
                    "                raise KeyUsedError\n",
                    "                raise KeyUsedError\n"
                    "            else:\n"
                    "                await connection.execute(AGAIN, payment.model_dump())\n",
                ),
                Patch(
                    Q_INTAKE,
                    "class Intake:\n",
                    'AGAIN = """\n'
                    "    INSERT INTO notices (point, key, number, amount)\n"
                    "    SELECT point, key, number, amount FROM receipts WHERE key = %(key)s\n"
                    '"""\n\n\n'
                    "class Intake:\n",
                ),
            ),
        ),
        "queued",
        "dropped",
        "duplicated",
    ),
    Change(
        Mutation(
            "off-by-one",
            "the register has one cent more than was paid",
            (
                Patch(
                    REGISTER,
                    '"number": number, **payment.model_dump()}',
                    '"number": number, **payment.model_dump(), "amount": payment.amount + 1}',
                ),
            ),
        ),
        "queued",
        "service",
        "wrong-amount",
    ),
)
