"""The shape of an answer: what stays the same as long as only values change."""

from __future__ import annotations

import datetime
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from twiceshy.guards.body import leaves, tree
from twiceshy.guards.contract.formats import TWICE, number_type, text_format
from twiceshy.guards.contract.headers import headers_of
from twiceshy.guards.contract.reading import (
    Numeral,
    Pairs,
    UnreadableError,
    content_of,
    media_type,
)
from twiceshy.model.history import NoReply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from twiceshy.model.history import Reply

ROOT = "$"
_MOST_VALUES = 200
_MOST_NODES = 1_000_000
_DEEPEST = 500
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Items:
    """How long the arrays at one place are: the shortest, the longest, and all together."""

    fewest: int
    most: int
    total: int

    def __str__(self) -> str:
        """`2 items`, or `0-3 items, 7 in all`."""
        if self.fewest == self.most == self.total:
            return f"{self.total} item" + ("" if self.total == 1 else "s")
        return f"{self.fewest}-{self.most} items, {self.total} in all"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a body, all items of an array taken together.

    `types` are `null`, `boolean`, `integer`, `number`, `text`, `object`, `array`, with the format
    behind a colon (`text:date`). `always` says that no object around it lacks it.
    """

    types: frozenset[str]
    always: bool = True
    items: Items | None = None

    @property
    def bases(self) -> frozenset[str]:
        """The types without formats and without null."""
        return _bases(self.types)

    def forms(self, base: str) -> frozenset[str]:
        """The formats of one type; "" for none in particular."""
        return _forms(self.types, base)


@lru_cache(maxsize=4096)
def _bases(types: frozenset[str]) -> frozenset[str]:
    return frozenset(name.partition(":")[0] for name in types) - {"null"}


@lru_cache(maxsize=4096)
def _forms(types: frozenset[str], base: str) -> frozenset[str]:
    split = (name.partition(":") for name in types)
    return frozenset(form for name, _, form in split if name == base)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one answer, or of several together.

    `sort` says what the body is: `json`, `csv`, `text`, `empty`, `JSON that does not parse` ...
    `values` are the texts seen at each place, some two hundred at the most.
    """

    status: int
    media: str = ""
    sort: str = "empty"
    places: Mapping[str, Place] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, hash=False)

    @property
    def status_class(self) -> int:
        """2 for 200, 4 for 404 and so on."""
        return self.status // 100


@dataclass(frozen=True, slots=True)
class Unread:
    """Nothing is known of an answer's shape, and why."""

    says: str


def shape_of(answer: Reply | NoReply) -> Shape | Unread:
    """The shape of any answer at all."""
    return Unread(answer.says) if isinstance(answer, NoReply) else _shape(answer)


@lru_cache(maxsize=4096)
def _shape(reply: Reply) -> Shape | Unread:
    try:
        content = content_of(reply)
        gathered = _Gathered()
        if content.sort == "XML":
            gathered.take_leaves(leaves(tree(reply)))
        elif content.has_inside:
            gathered.take(content.value)
    except UnreadableError as reason:
        return Unread(str(reason))
    headers = headers_of(reply, marked=content.marked, separator=content.separator)
    places, values = gathered.places(), gathered.values
    return Shape(reply.status, media_type(reply), content.sort, places, headers, values)


class _Gathered:
    """What was seen at each path while a value was walked through."""

    def __init__(self) -> None:
        self._types: dict[str, set[str]] = {}
        self._times: dict[str, int] = defaultdict(int)
        self._objects: dict[str, int] = defaultdict(int)
        self._around: dict[str, str] = {}
        self._lengths: dict[str, list[int]] = defaultdict(list)
        self._seen: dict[str, list[str]] = defaultdict(list)

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The texts at each path, in their order."""
        return {path: tuple(texts) for path, texts in self._seen.items()}

    def places(self) -> dict[str, Place]:
        """Every path that was met, in the order of meeting it, outer ones first."""
        return {
            path: Place(frozenset(types), self._is_always(path), self._items(path))
            for path, types in self._types.items()
        }

    def _is_always(self, path: str) -> bool:
        around = self._around.get(path)
        return around is None or self._times[path] >= self._objects[around]

    def _items(self, path: str) -> Items | None:
        lengths = self._lengths.get(path)
        return Items(min(lengths), max(lengths), sum(lengths)) if lengths else None

    def take(self, value: Any) -> None:
        """Walk through a value; UnreadableError when it is too deep or too large."""
        waiting: list[tuple[str, Any, int]] = [(ROOT, value, 0)]
        nodes = 0
        while waiting:
            path, current, depth = waiting.pop()
            nodes += 1
            if depth > _DEEPEST:
                raise UnreadableError("it is nested too deep to be looked into")
            if nodes > _MOST_NODES:
                raise UnreadableError("it has more values than can be looked through")
            inside = list(self._inside(path, current))
            waiting += [(below, item, depth + 1) for below, item in reversed(inside)]

    def take_leaves(self, found: Iterable[tuple[str, str]]) -> None:
        """The leaves of a tree of elements, those of one name together."""
        for path, value in found:
            plain = re.sub(r"\[\d+\]", "", path)
            self._add(plain or "/", f"text:{text_format(value)}".removesuffix(":"), value)

    def _inside(self, path: str, value: Any) -> Iterator[tuple[str, Any]]:
        pairs = _pairs(value)
        if pairs is not None:
            self._add(path, f"object:{TWICE}" if len(dict(pairs)) < len(pairs) else "object")
            self._objects[path] += 1
            # Of a key that stands twice, most readers take what comes last.
            for key, item in dict(pairs).items():
                below = path + step(key)
                self._around[below] = path
                yield below, item
        elif isinstance(value, list):
            self._add(path, "array")
            self._lengths[path].append(len(value))
            for item in value:
                yield f"{path}[]", item
        else:
            self._add(path, *_scalar(value))

    def _add(self, path: str, kind: str, text: str | None = None) -> None:
        self._types.setdefault(path, set()).add(kind)
        self._times[path] += 1
        if text is not None and len(self._seen[path]) < _MOST_VALUES:
            self._seen[path].append(text)


def _pairs(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, Pairs):
        return list(value.pairs)
    if isinstance(value, dict):
        return [(str(key), item) for key, item in value.items()]
    return None


def _scalar(value: Any) -> tuple[str, str | None]:
    if value is None:
        return "null", None
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, Numeral):
        return number_type(value.text), value.text
    if isinstance(value, int | float):
        return number_type(repr(value)), repr(value)
    if isinstance(value, datetime.date | datetime.time):
        value = value.isoformat()
    text = str(value)
    return f"text:{text_format(text)}".removesuffix(":"), text


def step(key: str) -> str:
    """The step to a key: `.name`, or `["any text"]`."""
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{json.dumps(key)}]"


def merged(shapes: Iterable[Shape]) -> Shape:
    """One shape for several answers to one request: each may be what any of them is."""
    first, *others = shapes
    for other in others:
        first = _both(first, other)
    return first


def _both(one: Shape, other: Shape) -> Shape:
    places = {}
    for path in dict.fromkeys((*one.places, *other.places)):
        here, there = one.places.get(path), other.places.get(path)
        if here is None or there is None:
            known = here or there or Place(frozenset())
            lacks = other if there is None else one
            always = known.always and not _has_around(lacks, path)
            places[path] = Place(known.types, always, known.items)
        else:
            places[path] = Place(
                here.types | there.types, here.always and there.always, _spanning(here, there)
            )
    headers = {name: text for name, text in one.headers.items() if other.headers.get(name) == text}
    values = {
        path: (*one.values.get(path, ()), *other.values.get(path, ()))[:_MOST_VALUES]
        for path in places
    }
    return Shape(one.status, one.media, one.sort, places, headers, values)


@lru_cache(maxsize=65536)
def around(path: str) -> str:
    """The path of the object or array that a path lies in; "" above the whole."""
    if path.endswith("[]"):
        return path.removesuffix("[]")
    quoted = re.search(r'\["(?:[^"\\]|\\.)*"\]$', path)
    if quoted:
        return path[: quoted.start()]
    return path.rpartition(".")[0] if path.startswith(ROOT) else ""


def _has_around(shape: Shape, path: str) -> bool:
    place = shape.places.get(around(path))
    return place is not None and "object" in place.bases and not path.endswith("[]")


def _spanning(here: Place, there: Place) -> Items | None:
    if here.items is None or there.items is None:
        return here.items or there.items
    return Items(
        min(here.items.fewest, there.items.fewest),
        max(here.items.most, there.items.most),
        here.items.total + there.items.total,
    )
