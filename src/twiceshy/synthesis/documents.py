"""JSON documents that hold what conditions look for."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from twiceshy.synthesis.conditions import near

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.synthesis.remarks import Remark

    Path = tuple[str, ...]
    Demand = tuple[Path, list[Any]]

_DIVES = {"->", "->>", "#>", "#>>", "jsonb_extract_path_text", "json_extract_path_text"}
_KINDS: dict[str, Any] = {
    "object": {}, "array": [], "string": "x", "number": 1, "boolean": True, "null": None,
}  # fmt: skip
_COMPARING = {"=", "<>", "<", ">", "<=", ">=", "~~", "= any"}
_HOLDING = {"?", "?&", "?|", "jsonb_exists", "jsonb_exists_all", "jsonb_exists_any"}
_LARGEST = 64
_VARIANTS = 4


def documents(found: tuple[Remark, ...], number: int) -> Iterator[str]:
    """Documents in which every path that is named leads to a value that suits its remarks."""
    demands = [demand for remark in found for demand in _demands(remark)]
    if not demands:
        return
    # What is vague must not take the place of what is plain.
    demands.sort(key=lambda demand: len(demand[1]) == 1 and demand[1][0] in ("x", True))
    for variant in range(_VARIANTS):
        document: Any = None
        for path, values in demands:
            document = _merged(document, path, values[variant % len(values)])
        yield json.dumps(document)
        if isinstance(document, dict):
            yield json.dumps({**document, "n_": number})
        elif isinstance(document, list):
            yield json.dumps([*document, number])


def _demands(remark: Remark) -> Iterator[Demand]:
    """What must stand where: a path, and values of which one is to stand there."""
    path: list[str] = []
    rest: list[str] = []
    for name, texts in remark.steps:
        if name in _DIVES and not rest:
            path += [part for text in texts for part in _keys(name, text)]
        else:
            rest.append(name)
    where = tuple(path)
    if remark.operator in _HOLDING:
        keys = [name for key in remark.constants for name in _keys("#>", key)]
        yield from (((*where, key), ["x"]) for key in keys)
    elif remark.operator in {"@>", "jsonb_contains"}:
        yield from ((where, [value]) for value in _parsed(remark.constants))
    else:
        values = _values(remark, rest, inside=bool(path))
        if values:
            yield where, values


def _values(remark: Remark, rest: list[str], *, inside: bool) -> list[Any]:
    """Values for one place; empty where the remark says nothing about it."""
    step = rest[-1] if rest else ""
    if step in {"jsonb_typeof", "json_typeof"}:
        return [_KINDS[text] for text in remark.constants if text in _KINDS] or [{}]
    if step in {"jsonb_array_length", "json_array_length"}:
        return [[1] * size for size in _sizes(remark)] or [[1]]
    if inside and remark.operator == "true":
        return [True]
    if inside and remark.operator in _COMPARING and not rest:
        return _scalars(remark) or ["x"]
    return ["x"] if inside and remark.operator == "is not null" else []


def _keys(name: str, text: str) -> list[str]:
    """The keys of a path such as `{a,b}`."""
    return text[1:-1].split(",") if name.startswith("#") and text.startswith("{") else [text]


def _sizes(remark: Remark) -> list[int]:
    named = [int(text) for text in remark.constants if text.isdigit()]
    steps = {">": (1, 0, 2), "<": (-1, 0)}.get(remark.operator, (0, 1, 2))
    near_them = (size + by for by in steps for size in named)
    return [size for size in near_them if 0 <= size <= _LARGEST]


def _scalars(remark: Remark) -> list[Any]:
    texts = [text for constant in remark.constants for text in near(remark.operator, constant)]
    return [_scalar(text) for text in (*texts, *remark.constants)]


def _scalar(text: str) -> Any:
    if re.fullmatch(r"-?\d+(\.\d+)?", text) or text in {"true", "false"}:
        return json.loads(text) if not re.match(r"-?0\d", text) else text
    return text


def _parsed(texts: tuple[str, ...]) -> Iterator[Any]:
    for text in texts:
        with suppress(ValueError):
            yield json.loads(text)


def _merged(document: Any, path: Path, value: Any) -> Any:
    """The document with `value` at the path; what is there and holds more stays."""
    if path:
        held = document if isinstance(document, dict) else {}
        return {**held, path[0]: _merged(held.get(path[0]), path[1:], value)}
    if isinstance(document, dict) and isinstance(value, dict):
        merged = dict(document)
        for key, inner in value.items():
            merged[key] = _merged(merged.get(key), (), inner)
        return merged
    if isinstance(document, list) and isinstance(value, list):
        return max(document, value, key=len)
    if document is None or (document == "x" and value is not True):
        return value
    return document if isinstance(document, type(value)) else document or value
