"""YAML text: its value, and the line on which each key stands.

Only plain data is built, by the rules of YAML 1.2: `no`, `on` and `22:30` are text. A scalar
that merely looks like a date (`2020-22-09`) is text too, keys are always text, and a document
that refers to itself is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import yaml

from twiceshy.errors import Location, ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
# Aliases can make a page of text stand for billions of values.
_MOST_VALUES = 100_000


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, except that no scalar is beyond it."""


def _or_text(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Builds a value as `construct` does, or else the text as written."""

    def build(loader: Any, node: Any) -> Any:
        try:
            return construct(loader, node)
        except (ArithmeticError, AttributeError, LookupError, ValueError):
            return loader.construct_scalar(node)

    return build


_OF_YAML_1_1 = {f"tag:yaml.org,2002:{tag}" for tag in ("bool", "int", "float")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _OF_YAML_1_1]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9]\d*)|0x[\da-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z", re.ASCII), list(_first)
    )
for _tag in ("bool", "int", "float", "timestamp"):
    _name = f"tag:yaml.org,2002:{_tag}"
    _Loader.add_constructor(_name, _or_text(yaml.SafeLoader.yaml_constructors[_name]))


def parse_yaml(text: str, file: Path, *, first_line: int = 1) -> tuple[Any, dict[str, int]]:
    """The value that `text` holds and the lines of its dotted keys; None for an empty text.

    `first_line` is the line of `file` on which the text begins. Raises ReportError, with the
    line, for what is not YAML.
    """
    starts = [0, *(index + 1 for index, letter in enumerate(text) if letter == "\n")]
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None, {}
        walk = _Walk()
        walk.into(node, "")
        value = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        says = ", ".join(filter(None, (error.context, error.problem)))
        index = mark.index if mark else 0
    except yaml.reader.ReaderError as error:
        says, index = "it holds a control character", error.position
    except RecursionError:
        says, index = "it is nested too deeply", 0
    else:
        lines = {
            key: first_line + bisect_right(starts, index) - 1 for key, index in walk.keys.items()
        }
        return value, lines
    line = bisect_right(starts, index)
    raise ReportError(
        f"This is not valid YAML: {says}",
        location=Location(file, first_line + line - 1),
        seen=text.split("\n")[line - 1].strip()[:120] or "(an empty line)",
        todo="Write `key: text`, `key: 3`, `key: true` or `key: [a, b]`; quote what holds a colon.",
    )


class _Walk:
    """Visits every node once: notes where keys stand, and refuses what should not be built."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.sizes: dict[int, int] = {}

    def into(self, node: yaml.Node, path: str) -> int:
        """The number of values that `node` stands for."""
        if id(node) in self.sizes:
            size = self.sizes[id(node)]
            if not size:
                raise _refusal(node, "it contains itself")
            return size
        self.sizes[id(node)] = 0
        size = 1
        for name, key, value in self._children(node):
            below = f"{path}.{name}" if path else name
            self.keys.setdefault(below, key.start_mark.index)
            size += self.into(value, below)
        if size > _MOST_VALUES:
            raise _refusal(node, "its aliases stand for too many values")
        self.sizes[id(node)] = size
        return size

    def _children(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Name, the node that stands for the name, and the value."""
        if isinstance(node, yaml.SequenceNode):
            yield from ((str(index), item, item) for index, item in enumerate(node.value))
        elif isinstance(node, yaml.MappingNode):
            yield from self._pairs(node)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        names: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refusal(key, "a key must be a text")
            if key.tag != _MERGE:
                key.tag = _TEXT
                if key.value in names:
                    raise _refusal(key, f"the key {key.value} occurs twice")
                names.add(key.value)
            yield key.value, key, value


def _refusal(node: yaml.Node, says: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=says, problem_mark=node.start_mark)
