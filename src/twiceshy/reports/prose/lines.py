"""The lines of a text with their places in it."""

from __future__ import annotations

from typing import NamedTuple

FILLER = "\ue000"
"""Stands for letters that no reader sees, where a space would part a word."""
_SPACE = f" \t\r\n\x0b\x0c\u00a0\u3000{FILLER}"


class Line(NamedTuple):
    """One line without its break and without the space around it.

    `start` is the place of its first letter in the original, `indent` the columns before it.
    """

    text: str
    start: int
    indent: int = 0

    @property
    def end(self) -> int:
        """The place after its last letter."""
        return self.start + len(self.text)

    def after(self, count: int) -> Line:
        """What is left of the line after so many letters, and the space that follows them."""
        rest = self.text[count:]
        text = rest.lstrip(_SPACE) if FILLER in rest else rest.lstrip()
        return Line(text, self.end - len(text), self.indent + len(self.text) - len(text))


def lines_of(text: str, start: int = 0) -> list[Line]:
    """The lines of a text that begins at `start`; empty lines have an empty text."""
    lines = []
    at = start
    for whole in text.splitlines(keepends=True):
        stripped = whole.strip(_SPACE) if FILLER in whole else whole.strip()
        if stripped:
            before = whole.index(stripped[0])
            indent = before if "\t" not in whole[:before] else len(whole[:before].expandtabs(4))
            lines.append(Line(stripped, at + before, indent))
        else:
            lines.append(Line("", at))
        at += len(whole)
    return lines
