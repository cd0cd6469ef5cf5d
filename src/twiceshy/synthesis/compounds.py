"""Arrays, composites and ranges, written from values of what they consist of."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING

from twiceshy.synthesis.typical import MOMENTS, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twiceshy.model.schema import Column
    from twiceshy.synthesis.remarks import Remark

    Inner = Callable[[Column, tuple[Remark, ...]], tuple[str, ...]]

_SIZES = frozenset({"cardinality", "array_length", "array_upper"})
# `7 = ALL (numbers)` names the column on its right.
_HELD = frozenset({"@>", "= any", "&&"})
_ALLOWED = frozenset({"<@", "= all", "&&"})
_LARGEST = 64
_ALTERNATIVES = 8


def arrays(column: Column, found: tuple[Remark, ...], inner: Inner) -> Iterator[str]:
    """Arrays of the sizes and with the elements that are asked for, also within arrays."""
    if not column.parts:
        return
    held = [text for remark in found if remark.operator in _HELD for text in _items(remark)]
    allowed = [text for remark in found if remark.operator in _ALLOWED for text in _items(remark)]
    pool = tuple(dict.fromkeys(allowed)) or inner(column.parts[0], ())
    sizes = _sizes(found)
    deep = any(remark.step == "array_ndims" and "2" in remark.constants for remark in found)
    for first in range(min(len(pool), _ALTERNATIVES)):
        for size in sizes:
            spare = [pool[(first + place) % len(pool)] for place in range(size)]
            items = (*held, *spare)[: max(size, len(held))]
            text = ",".join(quoted(item) for item in items)
            yield f"{{{{{text}}}}}" if deep and items else f"{{{text}}}"
    if held:
        yield f"{{{','.join(quoted(item) for item in held)}}}"
    if not sizes:
        yield from (f"{{{quoted(item)}}}" for item in pool[:_ALTERNATIVES])
        yield f"{{{','.join(quoted(item) for item in pool[:2])}}}"


def _sizes(found: tuple[Remark, ...]) -> list[int]:
    named = [
        int(text)
        for remark in found
        if remark.step in _SIZES
        for text in remark.constants
        if text.isdigit()
    ]
    near = [size + by for by in (0, 1, -1) for size in named if 0 < size + by <= _LARGEST]
    loose = any(remark.step in _SIZES | {"array_ndims"} for remark in found) and not named
    if loose or any(remark.operator in _HELD | _ALLOWED for remark in found):
        near += [1, 2, 3]
    return list(dict.fromkeys(near))


def _items(remark: Remark) -> Iterator[str]:
    """The elements of an array that is named, as `{a,b}` or already apart."""
    for text in remark.constants:
        if re.fullmatch(r"\{.*\}", text):
            yield from (part.strip('"') for part in text[1:-1].split(",") if part)
        else:
            yield text


def composites(column: Column, found: tuple[Remark, ...], inner: Inner) -> Iterator[str]:
    """Values for each attribute, the best of all first; then one attribute at a time differs."""
    choices = [inner(part, _about(part.name, found)) or (None,) for part in column.parts]
    best: list[str | None] = [values[0] for values in choices]
    if best:
        yield _row(best)
    for place in range(_ALTERNATIVES):
        for number, values in enumerate(choices):
            if place + 1 < len(values):
                yield _row([*best[:number], values[place + 1], *best[number + 1 :]])


def _about(attribute: str, found: tuple[Remark, ...]) -> tuple[Remark, ...]:
    """Remarks about one attribute, as if it were a column."""
    return tuple(
        replace(remark, column=attribute, steps=remark.steps[1:])
        for remark in found
        if remark.steps and remark.steps[0] == (".", (attribute,))
    )


def _row(values: list[str | None]) -> str:
    return "(" + ",".join("" if value is None else quoted(value) for value in values) + ")"


def ranges(column: Column, found: tuple[Remark, ...], inner: Inner, number: int) -> Iterator[str]:
    """Ranges between values that are named or typical; first one that no other row overlaps."""
    part = column.parts[0]
    if part.name == "range":
        yield from (f"{{{text}}}" for text in inner(part, found) if text != "empty")
        return
    bounds = _bounds(part, found, inner)
    named = any(remark.constants for remark in found)
    if not named:
        yield from _apart(part, number)
    for low, high in pairwise(bounds):
        yield f"[{quoted(low)},{quoted(high)})"
        yield f"[{quoted(low)},{quoted(low)}]"
    if bounds:
        yield f"[{quoted(bounds[-1])},)"
        yield f"(,{quoted(bounds[0])})"
        yield f"[{quoted(bounds[0])},{quoted(bounds[-1])})"
    yield from _apart(part, number)
    yield "empty"


def _apart(part: Column, number: int) -> Iterator[str]:
    """Somewhere far up, a place of its own for each row."""
    if part.base in MOMENTS:
        day = f"{2031 + number // 336 % 60}-{1 + number % 336 // 28:02d}-{1 + number % 28:02d}"
        yield f"[{day},{day}]" if part.base == "date" else f'["{day} 10:00","{day} 11:00")'
    elif part.base in {"int4", "int8", "numeric", "float8", "float4"}:
        yield f"[{10_000 + 10 * number},{10_000 + 10 * number + 1})"


def _bounds(part: Column, found: tuple[Remark, ...], inner: Inner) -> list[str]:
    """Values of the subtype in their order."""
    about = tuple(
        replace(remark, column=part.name, steps=(), operator=operator, constants=(text,))
        for remark in found
        for constant in remark.constants
        for text in re.sub(r'[\[\](){}"]', "", constant).split(",")
        for operator in (">=", ">")
        if text
    )
    values = [*dict.fromkeys(inner(part, about))][:_ALTERNATIVES]
    return sorted((value for value in values if value not in {"now", "today"}), key=_order)


def _order(value: str) -> tuple[Decimal, str]:
    try:
        return Decimal(value), ""
    except InvalidOperation:
        return Decimal(0), value
