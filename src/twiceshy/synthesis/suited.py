"""Values that suit what conditions remark about a column, for every type; see `candidates`."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from twiceshy.synthesis.compounds import arrays, composites, ranges
from twiceshy.synthesis.conditions import near
from twiceshy.synthesis.documents import documents
from twiceshy.synthesis.remarks import remarks
from twiceshy.synthesis.typical import DECIMALS, INTEGERS, MOMENTS, TEXTS, fits, fresh, typical
from twiceshy.synthesis.written import LENGTHS, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.schema import Column
    from twiceshy.synthesis.identity import Identity
    from twiceshy.synthesis.remarks import Remark

_MOST = 40
_FIELDS = frozenset({"extract", "date_part", "date_trunc"})
_NETWORKS = ("198.18.0.0/15", "2001:db8::/32")
_WIDEST_GAP = 64


def candidates(
    column: Column, found: tuple[Remark, ...], identity: Identity, attempt: int = 0
) -> tuple[str, ...]:
    """Values for a column or a part of one, those first that suit the remarks about it."""
    own = tuple(remark for check in column.checks for remark in remarks(check, (column.name,)))
    values = [*suited(column, (*found, *own), identity, attempt)]
    if not column.parts:
        renewed = (fresh(column, identity, attempt), _plain_number(column, identity, attempt))
        values += [value for value in renewed if value is not None]
        values += typical(column, identity)
    return tuple(dict.fromkeys(value for value in values if fits(column, value)))


def _plain_number(column: Column, identity: Identity, attempt: int) -> str | None:
    number = str(identity.row + 100 * attempt)
    return number if column.base in INTEGERS | DECIMALS else None


def suited(
    column: Column, found: tuple[Remark, ...], identity: Identity, attempt: int = 0
) -> Iterator[str]:
    """Values made for these remarks; nothing where there are none, except for compound types."""
    return islice(_suited(column, found, identity, attempt), _MOST)


def _suited(
    column: Column, found: tuple[Remark, ...], identity: Identity, attempt: int
) -> Iterator[str]:
    if column.parts:
        yield from _compound(column, found, identity, attempt)
    elif column.base in TEXTS:
        yield from written(column, found, identity, attempt)
    elif column.base in {"json", "jsonb"}:
        yield from documents(found, identity.row + 1_000 * attempt)
    else:
        yield from _single(column, found, identity.row + 100 * attempt)
    yield from (value for remark in found if not remark.steps for value in _near(remark))


def _compound(
    column: Column, found: tuple[Remark, ...], identity: Identity, attempt: int
) -> Iterator[str]:
    def inner(part: Column, about: tuple[Remark, ...]) -> tuple[str, ...]:
        return candidates(part, about, identity, attempt)

    if column.kind == "composite":
        yield from composites(column, found, inner)
    elif column.kind == "array":
        yield from arrays(column, found, inner)
    else:
        yield from ranges(column, found, inner, identity.row + 1_000 * attempt)


def _single(column: Column, found: tuple[Remark, ...], number: int) -> Iterator[str]:
    if column.base in INTEGERS | DECIMALS:
        yield from _numbers(column, found, number)
    elif column.base in MOMENTS:
        yield from _moments(found)
    elif column.base in {"inet", "cidr"}:
        yield from _networks(column.base, found, number)
    else:
        yield from _others(column, found, number)


def _near(remark: Remark) -> Iterator[str]:
    for constant in remark.constants:
        yield from near(remark.operator.removesuffix(" any"), constant)


def _numbers(column: Column, found: tuple[Remark, ...], number: int) -> Iterator[str]:
    """Between two constants, of a remainder, below zero: what lies near no constant."""
    for remark in found:
        if remark.step in {"%", "mod"} and remark.operator in {"=", "<>"}:
            yield from _of_remainder(remark, number)
    constants = sorted({value for remark in found for value in _decimals(remark.constants)})
    for low, high in pairwise(constants):
        yield from _between(column, low, high)
    for remark in found:
        if remark.step == "abs":
            yield from (f"-{value}" for value in _near(remark) if not value.startswith("-"))
            yield from (f"-{value + 1:f}" for value in _decimals(remark.constants))


def _of_remainder(remark: Remark, number: int) -> Iterator[str]:
    moduli = [int(text) for text in remark.steps[-1][1] if re.fullmatch(r"[1-9]\d*", text)]
    for modulus in moduli[:1]:
        for text in remark.constants:
            rest = int(text) if text.isdigit() else 0
            rest += remark.operator == "<>"
            yield from (str(rest + modulus * factor) for factor in (number, 1, 0, 100, 10_000))


def _between(column: Column, low: Decimal, high: Decimal) -> Iterator[str]:
    if column.base in INTEGERS:
        if high - low <= _WIDEST_GAP:
            yield from (str(value) for value in range(int(low) + 1, int(high)))
        return
    yield from (f"{low + (high - low) * part / 8:f}" for part in (4, 2, 6, 1))


def _decimals(texts: tuple[str, ...]) -> Iterator[Decimal]:
    for text in texts:
        try:
            value = Decimal(text)
        except InvalidOperation:
            continue
        if value.is_finite():
            yield value


def _moments(found: tuple[Remark, ...]) -> Iterator[str]:
    """Days of each week, month and hour, and of the years that are named."""
    if not any(remark.step in _FIELDS for remark in found):
        return
    texts = [t for remark in found if remark.step in _FIELDS for t in remark.constants]
    yield from (f"{text}-06-15 00:00:00+00" for text in texts if re.fullmatch(r"[12]\d{3}", text))
    yield from _days_named(found)
    yield "2024-01-01 00:00:00+00"
    yield from (f"2024-01-{day:02d}" for day in range(1, 8))
    yield from (f"2024-{month:02d}-01" for month in range(2, 13))
    yield from (f"2024-01-01 {hour:02d}:00:00+00" for hour in range(1, 24))


def _days_named(found: tuple[Remark, ...]) -> Iterator[str]:
    """The day of year, month and day as they are named."""
    named = {"year": 2024, "month": 1, "day": 1}
    for remark in found:
        if remark.step in _FIELDS and remark.steps[-1][1][:1] and remark.operator == "=":
            field = remark.steps[-1][1][0].lower()
            numbers = [int(text) for text in remark.constants if text.isdigit()]
            if field in named and numbers:
                named[field] = numbers[0]
    with suppress(ValueError):
        yield f"{date(*named.values())} 00:00:00+00"


def _networks(base: str, found: tuple[Remark, ...], number: int) -> Iterator[str]:
    """Addresses and networks inside of those that are named, with the masks that are named."""
    if not found:
        return
    lengths = [int(t) for r in found if r.step == "masklen" for t in r.constants if t.isdigit()]
    named = [text for remark in found for text in remark.constants if "." in text or ":" in text]
    for text in (*named, *_NETWORKS):
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            continue
        for length in (*lengths, network.max_prefixlen):
            if length <= network.max_prefixlen:
                step = 2 ** (network.max_prefixlen - length) if base == "cidr" else 1
                room = max(1, network.num_addresses // step)
                yield f"{network.network_address + step * (number % room)}/{length}"


def _others(column: Column, found: tuple[Remark, ...], number: int) -> Iterator[str]:
    """Bytes of a length, spans of time next to those that are named, addresses of a maker."""
    constants = [text for remark in found for text in remark.constants]
    if column.base == "bytea":
        wanted = [t for r in found if r.step in LENGTHS for t in r.constants if t.isdigit()]
        sizes = (int(text) + by for text in wanted for by in (0, 1, -1))
        yield from (f"\\x{number % 256:02x}" + "61" * (size - 1) for size in sizes if size > 0)
    elif column.base == "interval":
        yield from (f"{text} {by}" for text in constants for by in ("1 second", "-1 second"))
    elif column.base in {"macaddr", "macaddr8"}:
        ending = f":{number // 256 % 256:02x}:{number % 256:02x}"
        yield from (text[: -len(ending)] + ending for text in constants if text.count(":") > 4)
