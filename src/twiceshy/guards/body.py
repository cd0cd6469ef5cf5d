"""The inside of a response as a tree, whatever its format: JSON, HTML, or lines of text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twiceshy.model.history import Reply

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# An end tag that authors leave out is implied by the start of a neighbour.
_CLOSED_BY_NEIGHBOUR = frozenset(
    ["li", "dt", "dd", "p", "tr", "td", "th", "option", "thead", "tbody"]
)
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a response: `label` is its step in the path, `value` set for leaves."""

    label: str
    value: str | None = None
    children: tuple[Node, ...] = ()


Leaf = tuple[str, str]


def tree(reply: Reply) -> Node:
    """The body of a reply as a tree; a body that does not parse is a tree of its lines."""
    return _tree(reply.body, (reply.header("content-type") or "").lower())


@lru_cache(maxsize=512)
def _tree(body: bytes, content_type: str) -> Node:
    text = body.decode("utf-8", "replace")
    if "json" in content_type or text[:1] in {"{", "["}:
        try:
            return _json("$", json.loads(text, parse_float=str, parse_int=str))
        except (ValueError, RecursionError):
            pass
    if "html" in content_type or "xml" in content_type:
        return _html(text)
    lines = tuple(Node(f"line {n}", line) for n, line in enumerate(text.splitlines(), 1))
    return Node("", None, lines)


def _json(label: str, value: Any, depth: int = 0) -> Node:
    if depth > _DEEPEST:
        return Node(label, json.dumps(value))
    if isinstance(value, dict):
        return Node(
            label, None, tuple(_json(f".{key}", value[key], depth + 1) for key in sorted(value))
        )
    if isinstance(value, list):
        return Node(
            label, None, tuple(_json(f"[{n}]", item, depth + 1) for n, item in enumerate(value))
        )
    if isinstance(value, str):
        return Node(label, value)
    return Node(label, {True: "true", False: "false", None: "null"}.get(value, str(value)))


@dataclass(slots=True)
class _Element:
    label: str
    children: list[_Element | Node]

    def frozen(self) -> Node:
        seen: dict[str, int] = {}
        children: list[Node] = []
        for child in self.children:
            node = child.frozen() if isinstance(child, _Element) else child
            number = seen[node.label] = seen.get(node.label, 0) + 1
            label = node.label if number == 1 else f"{node.label}[{number}]"
            children.append(Node(label, node.value, node.children))
        return Node(self.label, None, tuple(children))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", [])
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        current = self.open[-1].label.removeprefix("/")
        if tag in _CLOSED_BY_NEIGHBOUR and current == tag:
            self.open.pop()
        values: list[_Element | Node] = [Node(f"/@{name}", value or "") for name, value in attrs]
        element = _Element(f"/{tag}", values)
        self.open[-1].children.append(element)
        if tag not in _VOID and len(self.open) < _DEEPEST:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].label == f"/{tag}":
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text:
            self.open[-1].children.append(Node("/text()", text))


def _html(text: str) -> Node:
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root.frozen()


def leaves(node: Node, path: str = "") -> Iterator[Leaf]:
    """Every leaf as (path, value). An empty list or object counts as a leaf, so that it shows."""
    here = path + node.label
    if node.value is not None:
        yield here, node.value
    elif not node.children:
        yield here, "(empty)"
    for child in node.children:
        yield from leaves(child, here)


def find(node: Node, holds: Callable[[str], bool]) -> tuple[tuple[int, ...], ...]:
    """The leaves whose value `holds` what is looked for, as child numbers from the root down."""
    found: list[tuple[int, ...]] = []
    _find(node, holds, (), found)
    return tuple(found)


def _find(
    node: Node, holds: Callable[[str], bool], at: tuple[int, ...], found: list[tuple[int, ...]]
) -> None:
    if node.value is not None and holds(node.value):
        found.append(at)
    for number, child in enumerate(node.children):
        _find(child, holds, (*at, number), found)


def path_of(node: Node, at: tuple[int, ...]) -> str:
    """The readable path of a place found by `find`."""
    path = node.label
    for number in at:
        node = node.children[number]
        path += node.label
    return path
