"""A value that fits a JSON Schema of an OpenAPI document, with `{slots}` for ids of rows."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from twiceshy.model.scenario import SLOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twiceshy.model.scenario import JsonValue

_ID = re.compile(
    r"(?:^|[_.-])(?:id|uuid|guid)s?$|[a-z0-9](?:Id|ID|Uuid|UUID|Guid|GUID)s?$", re.ASCII
)
_ID_TYPES = frozenset({"string", "integer", "number", ""})
_NO_NAME = re.compile(r"[^A-Za-z0-9_]")
_DEEPEST = 12
_MOST = 3000
_FORMATS = {
    "date": "2024-01-15",
    "date-time": "2024-01-15T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/",
    "byte": "dGV4dA==",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "decimal": "1.00",
}


class MalformedError(Exception):
    """A part of the document is not what the standard says; the message is for a note."""


@dataclass(slots=True)
class Values:
    """Makes values from schemas of one document, and remembers what stood in place of slots.

    `examples` maps each slot that was put in to the value that the document itself would give.
    """

    document: Mapping[str, Any]
    examples: dict[str, str] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _left: int = _MOST

    def follow(self, part: Any) -> Mapping[str, Any]:
        """The table at `part`, `$ref`s of this document followed."""
        seen: list[str] = []
        while isinstance(part, dict) and isinstance(part.get("$ref"), str):
            reference = part["$ref"]
            if reference in seen:
                raise MalformedError(f"{reference} refers to itself")
            seen.append(reference)
            beside = {key: value for key, value in part.items() if key != "$ref"}
            part = self._target(reference)
            if beside and isinstance(part, dict):
                part = {**part, **beside}
        if part is True:
            return {}
        if not isinstance(part, dict):
            raise MalformedError(f"a table was expected in place of {_excerpt(part)}")
        return part

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise MalformedError(f"{reference} stands in another file")
        part: Any = self.document
        for step in unquote(reference[1:]).split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(part, dict) and key in part:
                part = part[key]
            elif isinstance(part, list) and key.isdecimal() and int(key) < len(part):
                part = part[int(key)]
            else:
                raise MalformedError(f"{reference} does not exist")
        return part

    def slot(self, name: str, example: Any) -> str:
        """The slot for an id that is called `name`."""
        slot = slot_name(name)
        self.examples.setdefault(slot, _as_text(example))
        return "{" + slot + "}"

    def make(self, schema: Any, names: Sequence[str] = ()) -> JsonValue:
        """A value that fits `schema`; `names` lead to it, the innermost last.

        Where a schema contains itself, the inner one is None.
        """
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if reference in self._open or len(names) > _DEEPEST:
            return None
        self._left -= 1
        if self._left < 0:
            raise MalformedError("its body has no end")
        self._open.append(str(reference) if reference else "")
        try:
            return self._made(self._flat(schema), names)
        finally:
            self._open.pop()

    def _made(self, table: Mapping[str, Any], names: Sequence[str]) -> JsonValue:
        if is_id(names, table):
            return self.slot(_id_name(names), self._plain(table))
        given = _given(table)
        if given is not _NOTHING:
            return self.with_slots(given, names)
        kind = _kind(table)
        if kind == "object":
            return self._object(table, names)
        if kind == "array":
            item = self.make(table.get("items", {}), names)
            return [] if item is None else [item] * max(1, _whole(table.get("minItems"), 1))
        return self._plain(table)

    def with_slots(self, example: Any, names: Sequence[str] = ()) -> JsonValue:
        """A given example, its ids replaced by slots and braces of its own made harmless."""
        if isinstance(example, dict):
            return {
                str(key): self.with_slots(value, (*names, str(key)))
                for key, value in example.items()
            }
        if isinstance(example, list):
            return [self.with_slots(item, names) for item in example]
        if names and is_id(names, {}) and _is_key(example):
            return self.slot(_id_name(names), example)
        return plain_json(example)

    def _object(self, table: Mapping[str, Any], names: Sequence[str]) -> JsonValue:
        properties = table.get("properties", {})
        required = table.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise MalformedError("properties of an object are not a table")
        made: dict[str, JsonValue] = {}
        for name, schema in properties.items():
            inner = self._flat(schema)
            wanted = name in required or not required or (name != "id" and is_id((name,), inner))
            if not wanted or inner.get("readOnly"):
                continue
            value = self.make(schema, (*names, str(name)))
            if value is not None or name in required:
                made[str(name)] = value
        return made

    def _flat(self, schema: Any) -> Mapping[str, Any]:
        """The schema with `allOf` merged and the first choice of `oneOf` or `anyOf` taken."""
        table = dict(self.follow(schema))
        for _ in range(_DEEPEST):
            parts = table.pop("allOf", None) or []
            choices = table.pop("oneOf", None) or table.pop("anyOf", None) or []
            if not isinstance(parts, list) or not isinstance(choices, list):
                raise MalformedError("allOf, oneOf or anyOf is not a list")
            tables = [self.follow(part) for part in choices]
            chosen = [part for part in tables if part.get("type") != "null"][:1]
            for part in [*map(self.follow, parts), *chosen]:
                table = _merge(table, part)
            if not parts and not choices:
                break
        return table

    def _plain(self, table: Mapping[str, Any]) -> JsonValue:
        """A simple value of the schema's type."""
        given = _given(table)
        if given is not _NOTHING:
            return plain_json(given)
        kind = _kind(table)
        if kind in {"integer", "number"}:
            return _number(table, kind)
        if kind == "boolean":
            return True
        return None if kind == "null" else _text(table)


def is_id(names: Sequence[str], schema: Mapping[str, Any]) -> bool:
    """Whether a value of that name and schema is likely to be the id of a row."""
    if not names or _kind(schema) not in _ID_TYPES or schema.get("enum") or "const" in schema:
        return False
    return bool(_ID.search(names[-1])) or schema.get("format") == "uuid"


def slot_name(name: str) -> str:
    """A parameter's name as a slot can bear it."""
    plain = _NO_NAME.sub("_", name)
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"


def plain_json(value: Any) -> JsonValue:
    """A value of YAML or JSON as JSON has it, with no braces that look like a slot."""
    if isinstance(value, dict):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_json(item) for item in value]
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, bool | int | float) or value is None:
        return value
    return SLOT.sub(r"(\1)", str(value))


def _id_name(names: Sequence[str]) -> str:
    """What the id is called elsewhere: `goal_ids` and the `id` inside of `goals` are `goal_id`."""
    last = names[-1]
    if _ID.search(last) and last.endswith("s"):
        last = last[:-1]
    if last.lower() == "id" and len(names) > 1:
        return f"{names[-2].removesuffix('s')}_id"
    return last


_NOTHING = object()


def _given(table: Mapping[str, Any]) -> Any:
    """A value that the schema itself names, or _NOTHING."""
    if "example" in table:
        return table["example"]
    examples = table.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    for key in ("const", "default"):
        if table.get(key) is not None:
            return table[key]
    choices = table.get("enum")
    return choices[0] if isinstance(choices, list) and choices else _NOTHING


def _kind(table: Mapping[str, Any]) -> str:
    """The type: the first that is not null, or what the other keys tell."""
    kind = table.get("type", "")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if not kind and "properties" in table:
        return "object"
    return "array" if not kind and "items" in table else str(kind)


def _merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both schemas at once: properties and required names are joined."""
    merged = {**second, **first}
    properties = (first.get("properties"), second.get("properties"))
    if isinstance(properties[0], dict) and isinstance(properties[1], dict):
        merged["properties"] = {**properties[1], **properties[0]}
    required = (first.get("required"), second.get("required"))
    if isinstance(required[0], list) and isinstance(required[1], list):
        merged["required"] = [*required[1], *required[0]]
    return merged


def _number(table: Mapping[str, Any], kind: str) -> int | float:
    low = table.get("minimum", table.get("exclusiveMinimum", 1))
    value = low if isinstance(low, int | float) and not isinstance(low, bool) else 1
    if table.get("exclusiveMinimum", False) is not False:
        value += 1
    value = max(value, 1)
    high = table.get("maximum")
    if isinstance(high, int | float) and value > high:
        value = high
    step = table.get("multipleOf")
    if isinstance(step, int | float) and step > 0 and value % step:
        value += step - value % step
    return int(value) if kind == "integer" else value


def _text(table: Mapping[str, Any]) -> str:
    known = _FORMATS.get(str(table.get("format", "")))
    if known is not None:
        return known
    text = "text"
    shortest = _whole(table.get("minLength"), 0)
    longest = _whole(table.get("maxLength"), len(text))
    return (text * (shortest // len(text) + 1))[: max(shortest, min(longest, len(text)))]


def _whole(value: Any, otherwise: int) -> int:
    """A reasonable count; a document may say anything."""
    if isinstance(value, bool) or not isinstance(value, int):
        return otherwise
    return min(max(value, 0), 1000)


def _is_key(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _excerpt(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
