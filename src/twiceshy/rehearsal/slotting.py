"""Ids in recorded requests become slots, so that rows of the stage take their place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import RequestTemplate
from twiceshy.rehearsal.bindings import bind, singular, table_named
from twiceshy.rehearsal.schema_values import is_id, slot_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twiceshy.model.scenario import JsonValue
    from twiceshy.model.schema import Catalogue, QName, Table

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,15}")
_PLAIN_KEYS = frozenset({"id", "pk", "uuid", "key", "guid"})


def with_slots(
    template: RequestTemplate, catalogue: Catalogue, holds: Callable[[QName, str, str], bool]
) -> tuple[RequestTemplate, Mapping[str, str]]:
    """The request with slots in place of ids, and the column that each is bound to.

    `holds` tells whether a column of a table holds a value. A number or UUID whose place names a
    table (`/goals/17`, `goal_id=17`) is an id even where no row has it: the recording may come
    from another database. Any other text is one when it is in the key of a row.
    """
    slots = _Slots(catalogue, holds)
    path = slots.path(template.path)
    changed = replace(
        template,
        path=path,
        query=tuple((name, slots.named(name, text)) for name, text in template.query),
        form=tuple((name, slots.named(name, text)) for name, text in template.form),
        json=slots.json(template.json, ()),
    )
    return changed, slots.bound


@dataclass(slots=True)
class _Slots:
    """The slots of one request: `bound` maps each to `table.column`."""

    catalogue: Catalogue
    holds: Callable[[QName, str, str], bool]
    bound: dict[str, str] = field(default_factory=dict)
    _values: dict[str, str] = field(default_factory=dict)

    def path(self, path: str) -> str:
        """The path, part by part."""
        path, mark, query = path.partition("?")
        parts = path.split("/")
        for place in range(2, len(parts)):
            before, value = parts[place - 1], unquote(parts[place])
            if value and not before.startswith("{"):
                parts[place] = self._part(before, value) or parts[place]
        return "/".join(parts) + mark + query

    def _part(self, before: str, value: str) -> str:
        """The slot for what stands behind `before`; "" when it is no id."""
        found = self._column("id", f"/{before}/{{id}}")
        if found is not None and _looks_like_id(value):
            return self._slot(before, *found, value)
        table = table_named(singular(before.lower().replace("-", "_")), self.catalogue)
        for column in _key_columns(table) if table else ():
            if table and self.holds(table.name, column, value):
                return self._slot(before, table.name, column, value)
        return self._anywhere(before, value) if _UUID.fullmatch(value) else ""

    def _anywhere(self, before: str, value: str) -> str:
        """The slot for an id that only one row in the world can have."""
        for table in self.catalogue.tables:
            for column in table.primary_key if len(table.primary_key) == 1 else ():
                if self.holds(table.name, column, value):
                    return self._slot(before, table.name, column, value)
        return ""

    def named(self, name: str, value: str) -> str:
        """A parameter or field: its slot when name and value are those of an id."""
        if not is_id((name,), {}) or not _looks_like_id(value):
            return value
        found = self._column(slot_name(name), f"/{{{slot_name(name)}}}")
        return self._slot("", *found, value, slot_name(name)) if found else value

    def json(self, value: JsonValue, names: tuple[str, ...]) -> JsonValue:
        """A body with its ids replaced, as far as a slot keeps their type."""
        if isinstance(value, dict):
            return {key: self.json(item, (*names, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.json(item, names) for item in value]
        if isinstance(value, bool) or not names:
            return value
        # A slot whose value is a number becomes one, so a number in a text would not stay a text.
        if isinstance(value, int) or (isinstance(value, str) and _UUID.fullmatch(value)):
            made = self.named(names[-1], str(value))
            return value if made == str(value) else made
        return value

    def _column(self, name: str, path: str) -> tuple[QName, str] | None:
        """The column that a slot of this name at this place means."""
        slots, _ = bind(
            RequestTemplate("GET", path), self.catalogue, Ownership(self.catalogue, ()), {}
        )
        found = next((slot for slot in slots if slot.name == name), None)
        return (found.table, found.column) if found else None

    def _slot(self, before: str, table: QName, column: str, value: str, name: str = "") -> str:
        """A slot for one value of a column; the same value has the same slot."""
        one = slot_name(singular(before.lower()))
        name = name or (f"{one}_{column}" if column in _PLAIN_KEYS else slot_name(column))
        free, number = name, 2
        while free in self._values and self._values[free] != value:
            free, number = f"{name}_{number}", number + 1
        self._values[free] = value
        self.bound[free] = f"{table}.{column}"
        return "{" + free + "}"


def _key_columns(table: Table) -> tuple[str, ...]:
    """The columns of all its keys, those of the primary key first."""
    return tuple(dict.fromkeys(column for key in table.unique_keys for column in key.columns))


def _looks_like_id(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value) or _UUID.fullmatch(value))
