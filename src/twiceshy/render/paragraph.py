"""Text wrapped to a width, with a label before its first line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

# Wrapping wants a console for its settings; nothing is ever written to this one.
_RULER = Console(width=80, color_system=None, quiet=True)


def wrap(text: Text, width: int, label: Text | None = None) -> list[Text]:
    """Lines of at most `width` cells; those after the first are indented as wide as `label`."""
    label = Text() if label is None else label
    indent = label.cell_len
    # Without an end character per line, trailing blanks would be left by the wrapping.
    lines = text.wrap(_RULER, max(10, width - indent)) or [Text()]
    wrapped = []
    for place, line in enumerate(lines):
        line.rstrip()
        before = label if place == 0 else Text(" " * indent)
        wrapped.append(Text.assemble(before, line))
    return wrapped


def indented(lines: Iterable[Text], cells: int) -> list[Text]:
    """The same lines, moved to the right."""
    return [Text.assemble(" " * cells, line) for line in lines]
