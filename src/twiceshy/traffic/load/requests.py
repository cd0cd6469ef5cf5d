"""Requests of a run, made ready beforehand: only key, amount and number are put in at the end."""

from __future__ import annotations

import re
from operator import itemgetter
from random import Random
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError, nearest
from twiceshy.traffic.exchange import as_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

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
        _check(plan)
        request = plan.request.fill(_STAND_INS)
        whole = as_bytes(plan.host, plan.port, request, plan.headers, keep_alive=True)
        head, _, body = whole.partition(b"\r\n\r\n")
        self._head, head_slots = _with_places(head)
        self._body, body_slots = _with_places(body)
        self._in_body = body_slots
        self._fixed = len(_SLOT.sub(b"", body))
        self._slots = (*head_slots, *body_slots)
        self._choose = _chooser(self._slots)
        self._by_lengths: dict[tuple[int, int], bytes] = {}

    def render(self, key: bytes, amount: int, number: int) -> bytes:
        """The request of one transaction."""
        values = (key, b"%d" % amount, b"%d" % number)
        lengths = (len(values[1]), len(values[2]))
        form = self._by_lengths.get(lengths)
        if form is None:
            form = self._by_lengths[lengths] = self._form(values)
        return form % self._choose(values)

    def _form(self, values: tuple[bytes, bytes, bytes]) -> bytes:
        """The request with places for its values, for values of these lengths."""
        length = self._fixed + sum(len(values[slot]) for slot in self._in_body)
        return _LENGTH.sub(b"%d" % length, self._head, count=1) + b"\r\n\r\n" + self._body


def _check(plan: LoadPlan) -> None:
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


def _with_places(text: bytes) -> tuple[bytes, tuple[int, ...]]:
    """The text as a form for `%`, and which value goes to each place."""
    slots = tuple(SLOTS.index(str(found.lastgroup)) for found in _SLOT.finditer(text))
    return _SLOT.sub(b"%b", text.replace(b"%", b"%%")), slots


def _chooser(slots: tuple[int, ...]) -> Callable[[tuple[bytes, bytes, bytes]], tuple[bytes, ...]]:
    """Picks the values in the order of their places."""
    if len(slots) > 1:
        choose: Callable[[tuple[bytes, bytes, bytes]], tuple[bytes, ...]] = itemgetter(*slots)
        return choose
    return lambda values: tuple(values[slot] for slot in slots)
