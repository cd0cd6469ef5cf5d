"""Requests of a run, made ready beforehand: only key, amount and number are put in at the end."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError, nearest
from twiceshy.traffic.exchange import as_bytes

if TYPE_CHECKING:
    from twiceshy.model.load import LoadPlan

SLOTS = ("key", "amount", "number")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What stands for the slots while the request is put together: a key like any other, and numbers,
# because a text that is nothing but a slot becomes a number in JSON.
_STAND_INS = {
    "key": "5e0f5e0f-5e0f-85e0-a5e0-5e0f5e0f5e0f",
    "amount": "909192939495969",
    "number": "808182838485868",
}
_SLOT = re.compile("|".join(f"(?P<{name}>{text})" for name, text in _STAND_INS.items()).encode())
_KEY = _STAND_INS["key"].encode()
_REMEMBERED = 4096
"""Amounts whose requests are kept, all but the key."""
_LENGTH = re.compile(rb"(?<=\r\nContent-Length: )\d+")


class Keys:
    """The key of each transaction: a UUID of version 8 that ends with the transaction's number.

    The same seed gives the same keys. As UUIDs they fit into a column of text as well as of uuid.
    """

    def __init__(self, seed: int) -> None:
        drawn = Random(f"keys {seed}").getrandbits(80)  # noqa: S311 - unique, not secret
        text = f"{drawn:020x}"
        variant = "89ab"[int(text[15], 16) % 4]
        self.prefix = f"{text[:8]}-{text[8:12]}-8{text[12:15]}-{variant}{text[16:19]}-".encode()

    def of(self, number: int) -> bytes:
        """The key of transaction `number`, in ASCII."""
        return b"%b%012x" % (self.prefix, number)


class Template:
    """Makes the bytes of each request. UsageError when the request cannot be sent as load."""

    def __init__(self, plan: LoadPlan) -> None:
        check(plan)
        request = plan.request.fill(_STAND_INS)
        whole = as_bytes(plan.host, plan.port, request, plan.headers, keep_alive=True)
        self._head, _, self._body = whole.partition(b"\r\n\r\n")
        self._numbered = "number" in plan.request.slots
        self._by_amount: dict[int, tuple[bytes, ...]] = {}

    def render(self, key: bytes, amount: int, number: int) -> bytes:
        """The request of one transaction."""
        parts = self._by_amount.get(amount)
        if parts is None:
            parts = self._parts(len(key), amount, number)
            if not self._numbered and len(self._by_amount) < _REMEMBERED:
                self._by_amount[amount] = parts
        return key.join(parts)

    def _parts(self, key_length: int, amount: int, number: int) -> tuple[bytes, ...]:
        """What stands before, between and after the places of the key."""
        values = {"amount": b"%d" % amount, "number": b"%d" % number}

        def value(found: re.Match[bytes]) -> bytes:
            return values.get(str(found.lastgroup), found[0])

        body = _SLOT.sub(value, self._body)
        length = len(body) + body.count(_KEY) * (key_length - len(_KEY))
        head = _LENGTH.sub(b"%d" % length, _SLOT.sub(value, self._head), count=1)
        return tuple((head + b"\r\n\r\n" + body).split(_KEY))


def check(plan: LoadPlan) -> None:
    """UsageError when the plan cannot be sent."""
    _check_numbers(plan)
    method = plan.request.method
    if method not in _METHODS:
        near = nearest(method, _METHODS)
        raise UsageError(
            f"Load is sent with {', '.join(_METHODS)} only.",
            where=str(plan.request),
            seen=method,
            todo=f"Did you mean {near}?" if near else "Choose one of these.",
        )
    unknown = [slot for slot in plan.request.slots if slot not in SLOTS]
    if unknown:
        near = nearest(unknown[0], SLOTS)
        raise UsageError(
            f"The request has a slot that nothing fills: {{{unknown[0]}}}.",
            where=str(plan.request),
            todo=f"Did you mean {{{near}}}?" if near else "Slots are {key}, {amount}, {number}.",
        )


def _check_numbers(plan: LoadPlan) -> None:
    low, high = plan.amounts
    sound = {
        f"{plan.connections} connections": plan.connections >= 1,
        f"{plan.processes} processes": plan.processes >= 1,
        f"{plan.retry.attempts} attempts": plan.retry.attempts >= 1,
        f"a timeout of {plan.timeout:g} s": plan.timeout > 0,
        f"amounts from {low} to {high}": low <= high,
    }
    for said, right in sound.items():
        if not right:
            raise UsageError(f"Load cannot be sent with {said}.", where=str(plan.request))
