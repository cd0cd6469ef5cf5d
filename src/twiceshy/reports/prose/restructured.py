"""reStructuredText made readable for the scanner of Markdown: same length, same places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twiceshy.reports.prose.lines import Line

_ADORNMENT = frozenset("=-~^\"'`#*+<>:._")
_CODE = re.compile(r"^([ \t]*)\.\. (?:code-block|code|sourcecode|highlight|literalinclude|raw)::")
_CONTENT = re.compile(
    r"^[ \t]*\.\. (?:note|warning|tip|important|caution|danger|attention|hint|admonition|topic"
    r"|sidebar|epigraph|rubric|container|list-table|table|csv-table)::[ \t]*"
)
_DIRECTIVE = re.compile(r"^[ \t]*\.\.(?:[ \t]|$)")
_OPTION = re.compile(r"^[ \t]+:[\w-]+:(?:[ \t][^\n]*)?$")
_FIELD = re.compile(r"^([ \t]*):([^:\n]{1,60}):(?=[ \t]|$)")
_ROLE = re.compile(r":[\w:.+-]{1,40}:`([^`<\n]{1,200})(?:<[^`>\n]{0,300}>)?`")
_LINK = re.compile(r"`([^`<\n]{1,200}?)[ ]?<[^`>\n]{0,500}>`__?")
_CELL = re.compile(r"^([ \t]*)\* - ")
_NEXT_CELL = re.compile(r"^([ \t]+)- ")
_SIMPLE = re.compile(r"^[ \t]*=+(?:[ \t]+=+)+[ \t]*$")


def restructured(text: str) -> str:
    """The text without directives, options and roles; tables as rows with bars."""
    text = _ROLE.sub(lambda match: _padded(match, match[1]), text)
    text = _LINK.sub(lambda match: _padded(match, match[1]), text)
    return "".join(_Lines(text).shown())


def _padded(match: re.Match[str], shown: str) -> str:
    before = match[0].find(shown)
    return " " * before + shown + " " * (len(match[0]) - before - len(shown))


class _Lines:
    """Goes through the lines once, and knows in which directive or table it is."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines(keepends=True)
        self.skipping: int | None = None
        self.listing = False
        self.edges: list[int] = []
        self.rules = 0

    def shown(self) -> list[str]:
        """Every line as it is to be read."""
        return [self._line(line) for line in self.lines]

    def _line(self, line: str) -> str:
        words = line.strip()
        indent = len(line) - len(line.lstrip())
        if self.skipping is not None:
            if not words or indent > self.skipping:
                return _blank(line)
            self.skipping = None
        if words.startswith(".."):
            return self._directive(line, indent)
        if _SIMPLE.match(line.rstrip("\r\n")):
            return self._edge(line)
        if self.edges and words:
            return self._simple_row(line)
        return self._words(line)

    def _words(self, line: str) -> str:
        """A line that is no directive and in no table of that kind."""
        if _OPTION.match(line.rstrip("\r\n")):
            return _blank(line)
        cell = _CELL.match(line) or _NEXT_CELL.match(line) if self.listing else None
        if cell:
            return " " * (cell.end() - 2) + "| " + line[cell.end() :]
        field = _FIELD.match(line)
        if field:
            return f"{field[1]} {field[2]}:{line[field.end() :]}"
        return line

    def _directive(self, line: str, indent: int) -> str:
        content = _CONTENT.match(line)
        self.listing = bool(content) and "list-table" in line
        if content:
            return " " * content.end() + line[content.end() :]
        if _DIRECTIVE.match(line):
            self.skipping = indent
        return _blank(line)

    def _edge(self, line: str) -> str:
        """A rule of a table without upright lines: where its columns begin."""
        starts = [match.start() for match in re.finditer(r"(?<!=)=", line)]
        if not self.edges:
            self.edges = starts
            self.rules = 1
            return _blank(line)
        self.rules += 1
        if self.rules == 2:
            return re.sub("=", "-", re.sub("[ \t]+=", lambda m: m[0][:-2] + "|-", line))
        self.edges = []
        return _blank(line)

    def _simple_row(self, line: str) -> str:
        letters = list(line)
        for edge in self.edges[1:]:
            if edge - 1 < len(letters) and letters[edge - 1] in " \t":
                letters[edge - 1] = "|"
        return "".join(letters)


def _blank(line: str) -> str:
    return re.sub(r"[^\r\n]", " ", line)


class Titles:
    """The levels of underlined titles: each sign is one level deeper when it first occurs."""

    def __init__(self) -> None:
        self._signs: list[str] = []

    def level(self, line: Line, below: Line) -> int:
        """The level of a line that another underlines, 0 where it does not."""
        sign = below.text[0]
        if sign not in _ADORNMENT or below.text.strip(sign) or len(below.text) < 3:
            return 0
        if len(below.text) + 3 < len(line.text) or len(line.text) > 200:
            return 0
        if sign not in self._signs:
            self._signs.append(sign)
        return min(self._signs.index(sign) + 1, 6)
