"""The stream of payments: every message on its disk, one subject for each key."""

from __future__ import annotations

import os

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StorageType
from taxes.payments import Payment

# A stream remembers its keys for ever, so another database wants another stream.
STREAM = os.environ.get("STREAM", "payments")
ANSWER_WITHIN = 2.0


async def connect() -> tuple[Client, JetStreamContext]:
    """A client that waits for the broker for as long as it takes, and a stream that is there."""
    client = await nats.connect(
        os.environ["NATS_URL"],
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.1,
        error_cb=_quiet,
    )
    stream = client.jetstream(timeout=ANSWER_WITHIN)
    await declare(stream)
    return client, stream


async def declare(stream: JetStreamContext) -> None:
    """Make the stream; nothing happens when it is there."""
    await stream.add_stream(name=STREAM, subjects=[subject(">")], storage=StorageType.FILE)


def subject(key: str) -> str:
    return f"{STREAM}.{key}"


def packed(payment: Payment) -> bytes:
    return payment.model_dump_json().encode()


def unpacked(data: bytes) -> Payment:
    return Payment.model_validate_json(data)


async def _quiet(_: Exception) -> None:
    """Errors reach those who are waiting for an answer."""
