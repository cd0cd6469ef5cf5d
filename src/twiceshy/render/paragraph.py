"""Text wrapped to a width, with a label before its first line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

# A command in backticks is kept on one line, so that it can be copied; this stands for its blanks.
_COMMAND = re.compile(r"`[^`\n]*`")
_HELD = "\ue000"
# Wrapping wants a console for its settings; nothing is ever written to this one.
_RULER = Console(width=80, color_system=None, quiet=True)


def wrap(text: Text, width: int, label: Text | None = None) -> list[Text]:
    """Lines of at most `width` cells; those after the first are indented as wide as `label`."""
    label = Text() if label is None else label
    indent = label.cell_len
    held = text.copy()
    held.plain = _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), text.plain)
    lines = held.wrap(_RULER, max(10, width - indent)) or [Text()]
    wrapped = []
    for place, line in enumerate(lines):
        line.plain = line.plain.replace(_HELD, " ")
        line.rstrip()
        before = label if place == 0 else Text(" " * indent)
        wrapped.append(Text.assemble(before, line))
    return wrapped


def indented(lines: Iterable[Text], cells: int) -> list[Text]:
    """The same lines, moved to the right."""
    return [Text.assemble(" " * cells, line) for line in lines]
