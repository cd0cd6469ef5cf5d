"""What compound types consist of: elements of arrays, attributes, bounds of ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twiceshy.model.schema import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

# A domain over a domain, an array of composites that hold arrays: nobody goes deeper.
_DEEPEST = 8
_VARIABLE = {"varchar", "bpchar"}
_BITS = {"bit", "varbit"}


@dataclass(frozen=True, slots=True)
class _Type:
    """One row of `catalogue_types.sql`."""

    oid: int
    name: str
    kind: Any
    multirange: bool
    inner: int | None
    modifier: int
    not_null: bool
    labels: list[str]
    checks: list[str]
    attributes: list[tuple[str, int, int]]


class TypeParts:
    """Knows every type that the columns of some tables have, and those that these consist of."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._types = {row[0]: _Type(*row) for row in rows}

    def parts(self, oid: int) -> tuple[Column, ...]:
        """The parts of the type, below any domains; empty for a type that has none."""
        return self._parts(oid, _DEEPEST)

    def _parts(self, oid: int, depth: int) -> tuple[Column, ...]:
        found = self._types.get(oid)
        while found is not None and found.kind == "domain":
            found = self._types.get(found.inner or 0)
        if found is None or depth == 0:
            return ()
        if found.kind == "composite":
            return tuple(self._column(*attribute, depth) for attribute in found.attributes)
        if found.kind in {"array", "range"} and found.inner:
            name = "range" if found.multirange else "element"
            return (self._column(name, found.inner, -1, depth),)
        return ()

    def _column(self, name: str, oid: int, modifier: int, depth: int) -> Column:
        """A part in the shape of a column; `checks` come from the domains above its base type."""
        found = self._types[oid]
        checks: list[str] = []
        not_null = False
        while found.kind == "domain":
            checks += found.checks
            not_null = not_null or found.not_null
            modifier = found.modifier
            found = self._types[found.inner or 0]
        return Column(
            name=name,
            type=found.name,
            base=found.name,
            kind=found.kind,
            not_null=not_null,
            max_length=_length(found.name, modifier),
            enum_labels=tuple(found.labels or self._labels_of_elements(found)),
            base_type=_numeric(modifier) if found.name == "numeric" else found.name,
            parts=self._parts(found.oid, depth - 1),
            checks=tuple(checks),
        )

    def _labels_of_elements(self, found: _Type) -> list[str]:
        element = self._types.get(found.inner or 0)
        return element.labels if found.kind == "array" and element is not None else []


def _length(base: str, modifier: int) -> int | None:
    if modifier < 0:
        return None
    if base in _VARIABLE:
        return modifier - 4
    return modifier if base in _BITS else None


def _numeric(modifier: int) -> str:
    """As `format_type` prints it; the modifier packs precision and scale, from 4 on."""
    if modifier < 4:
        return "numeric"
    return f"numeric({(modifier - 4) >> 16},{(modifier - 4) & 0x7FF})"
