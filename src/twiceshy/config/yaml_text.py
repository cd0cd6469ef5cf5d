"""YAML text (JSON included): its value, and the line on which each key stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from twiceshy.errors import ConfigurationError, Location

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class _Loader(yaml.SafeLoader):
    """YAML 1.2, in which a name `on`, a time and ports such as 22:22 are text."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        (
            r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
        "-+0123456789.",
    ),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


@dataclass(frozen=True, slots=True)
class YamlText:
    """A parsed text. Lines are looked up on demand, so that shared parts cost nothing."""

    data: Any
    root: yaml.Node | None = None

    def line_of(self, keys: Sequence[str]) -> int:
        """The line of the key at that path, or of the nearest thing around it that exists."""
        return self.find(keys)[0]

    def find(self, keys: Sequence[str]) -> tuple[int, int]:
        """The line of the deepest of `keys` that exists, and how many of them do not exist."""
        node = self.root
        line = node.start_mark.line + 1 if node else 0
        for depth, key in enumerate(keys):
            step = _step(node, key)
            if step is None:
                return line, len(keys) - depth
            line, node = step
        return line, 0


def _step(node: yaml.Node | None, key: str) -> tuple[int, yaml.Node] | None:
    """The line of one key or position inside of a node, and what stands there."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
        item: yaml.Node = node.value[int(key)]
        return item.start_mark.line + 1, item
    return None


def parse_yaml(
    text: str, file: Path, *, error: type[ConfigurationError] = ConfigurationError
) -> YamlText:
    """The value that `text` holds, which was read from `file`.

    Raises `error`, with the line, for what is not YAML.
    """
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            return YamlText(loader.construct_document(root) if root else None, root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 0
        says = problem.problem or problem.context or ""
    except RecursionError:
        line, says = 0, "it is nested too deeply"
    except (yaml.YAMLError, ValueError, TypeError) as problem:
        line, says = 0, str(problem).partition("\n")[0]
    raise error(f"This is not valid YAML: {says}", location=Location(file, line))
