"""Twelve changes that anybody may make to the services without harm to a single payment."""

from __future__ import annotations

from mutations.patch import Mutation, Patch
from mutations.taxes.change import Change

DATABASE = "taxes/database.py"
REGISTER = "taxes/register.py"
SERVER = "taxes/server.py"
CONF = "broker/nats.conf"
B_WORKER = "broker/worker.py"
Q_WORKER = "queued/worker.py"


def harmless() -> tuple[Change, ...]:
    """Each must leave the verdict of the guard at `holds`."""
    return (*_PACE, *_ANSWERS, *_REGISTER)


_PACE = (
    Change(
        Mutation(
            "small-batches",
            "the worker takes seven payments at once",
            (Patch(B_WORKER, "BATCH = 100\n", "BATCH = 7\n"),),
        ),
        "broker",
        "worker",
    ),
    Change(
        Mutation(
            "less-patience",
            "the broker sends again after seven tenths of a second",
            (Patch(B_WORKER, "PATIENCE = 1.0\n", "PATIENCE = 0.7\n"),),
        ),
        "broker",
        "worker",
    ),
    Change(
        Mutation(
            "lazy-disk",
            "the broker syncs when it likes; a crash of its process loses nothing by that",
            (Patch(CONF, "    sync_interval: always\n", ""),),
        ),
        "broker",
        "nats",
    ),
    Change(
        Mutation(
            "confirmed-acknowledgement",
            "the worker waits until the broker has seen each acknowledgement",
            (Patch(B_WORKER, "await message.ack()", "await message.ack_sync()"),),
        ),
        "broker",
        "sessions",
    ),
    Change(
        Mutation(
            "one-after-another",
            "the queue's worker does one job at a time",
            (Patch(Q_WORKER, "concurrency=2,", "concurrency=1,"),),
        ),
        "queued",
        "worker",
    ),
    Change(
        Mutation(
            "jobs-are-kept",
            "jobs that are done stay in their table",
            (Patch(Q_WORKER, 'delete_jobs="successful",', 'delete_jobs="never",'),),
        ),
        "queued",
        "worker",
    ),
    Change(
        Mutation(
            "fewer-connections",
            "every process makes do with two connections",
            (Patch(DATABASE, "MOST = 4\n", "MOST = 2\n"),),
        ),
        "queued",
        "sessions",
    ),
)

_ANSWERS = (
    Change(
        Mutation(
            "richer-answer",
            "an answer says where to ask for the receipt",
            (
                Patch(
                    SERVER,
                    "JSONResponse(receipt.model_dump(), 201 if receipt.number else 202)",
                    'JSONResponse({**receipt.model_dump(), "ask": f"/receipts/{receipt.key}"}, '
                    "201 if receipt.number else 202)",
                ),
            ),
        ),
        "broker",
        "service",
    ),
    Change(
        Mutation(
            "other-words",
            "an error in other words, with a time to wait",
            (
                Patch(
                    SERVER,
                    'JSONResponse({"error": "Not now. Try again with the same key."}, 503)',
                    'JSONResponse({"error": "Later, please."}, 503, headers={"Retry-After": "1"})',
                ),
            ),
        ),
        "queued",
        "sessions",
    ),
)

_REGISTER = (
    Change(
        Mutation(
            "no-wake-up",
            "nobody is woken: collection points look for their notices when they like",
            (Patch(B_WORKER, "            await self._tell(entries)\n", ""),),
        ),
        "broker",
        "worker",
    ),
    Change(
        Mutation(
            "numbers-from-5000",
            "the year's receipts begin at 5000",
            (Patch(REGISTER, "coalesce(max(number), 0)", "coalesce(max(number), 4999)"),),
        ),
        "queued",
        "service",
    ),
    Change(
        Mutation(
            "marked-first",
            "keys are marked before the register is locked",
            (
                Patch(
                    REGISTER,
                    "    await _one(connection, LOCK, register=REGISTER)\n"
                    "    last = await _one(connection, LAST, register=REGISTER)\n"
                    '    marked = await connection.execute(MARK, {"keys": list(by_key)})\n',
                    '    marked = await connection.execute(MARK, {"keys": list(by_key)})\n'
                    "    await _one(connection, LOCK, register=REGISTER)\n"
                    "    last = await _one(connection, LAST, register=REGISTER)\n",
                ),
            ),
        ),
        "broker",
        "worker",
    ),
)
