"""Markdown, or what people take for it, line by line.

Not CommonMark to the letter: people who write reports indent at will, forget the space after a
bullet and put no blank line before a list. What a reader takes for a list is one here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.reports.prose.outline import LABEL
from twiceshy.reports.prose.tables import cells_of, is_delimiter
from twiceshy.reports.prose.writing import SIGNS, Writer, signed_heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twiceshy.reports.prose.document import Block
    from twiceshy.reports.prose.lines import Line

_MONTHS = "jan|feb|mär|maer|apr|mai|jun|jul|aug|sep|okt|nov|dez"
_BULLET = re.compile(
    r"(?:(?P<bullet>[-*+\u2013\u2014](?=\s)|[\u2022\u25cf\u25aa\u25e6\u2023\u2043\u25cb\u25a0\u30fb]"
    r"|-(?=(?-i:[A-Z\[])))"
    rf"|(?P<number>\(?\d{{1,3}}[.)](?=\s(?!\s*(?:{_MONTHS}))|[^\W\d])|\d{{1,2}},(?=\s(?-i:[A-Z]))"
    r"|[a-z]\)(?=\s)|#\.(?=\s)))"
    r"\s*",
    re.IGNORECASE,
)
_BOX = re.compile(r"\[(?P<mark>[ xX\u2713\u2714*-]?)\](?!\()\s*|(?P<sign>[\u2610\u2611\u2612])\s*")
_BOX_FIRST = "[\u2610\u2611\u2612"
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_DEFINITION = re.compile(r"\[(?!\^)[^\[\]]{1,200}\]:\s")
_FIRST = frozenset(
    "-*+#`~|>[=_\u2013\u2014\u2022\u25cf\u25aa\u25e6\u2023\u2043\u25cb\u25a0\u30fb"
    f"(0123456789abcdefgh\u2610\u2611\u2612{SIGNS}"
)
_DEEPEST = 12
_LONGEST_TITLE = 150


def blocks_of(lines: Sequence[Line], underlined: Callable[[Line, Line], int]) -> list[Block]:
    """The blocks of a text. `underlined` gives the level of a line with another below it."""
    return _Scanner(lines, underlined).blocks()


def setext(line: Line, below: Line) -> int:
    """The level of a Markdown heading that is underlined, 0 where it is none."""
    mark = below.text[0]
    if mark not in "=-" or below.text.strip(mark) or len(below.text) < 2:
        return 0
    if len(line.text) > _LONGEST_TITLE or line.text.endswith((".", ",", ";")):
        return 0
    return 1 if mark == "=" else 2


class _Scanner:
    """Goes through the lines once; what is open waits in `paragraph` or `item`."""

    def __init__(self, lines: Sequence[Line], underlined: Callable[[Line, Line], int]) -> None:
        self.lines = lines
        self.underlined = underlined
        self.writer = Writer()
        self.at = 0
        self.paragraph: list[Line] = []
        self.item: list[Line] = []
        self.item_start = 0
        self.number = ""
        self.checked: bool | None = None
        self.indents: list[int] = []
        self.blank = True

    def blocks(self) -> list[Block]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if not line.text:
                self._flush()
                self.blank = True
                continue
            if line.text[0] not in _FIRST or not self._special(line):
                self._words(line)
            self.blank = False
        self._flush()
        return self.writer.blocks

    def _special(self, line: Line) -> bool:
        """Whether the line is more than words, and was dealt with."""
        first = line.text[0]
        if first == ">":
            self._quoted(line)
            return True
        if first == "#":
            return self._atx(line) or self._bullet(line)
        if first in "`~" and (fence := _FENCE.match(line.text)):
            self._code(fence["fence"], line)
            return True
        if first == "|":
            return self._table(line)
        if first in "=-_*~" and self._rule(line):
            return True
        if first == "[" and _DEFINITION.match(line.text):
            self._flush()
            return True
        if first in SIGNS and (heading := signed_heading(line.text)):
            self._heading(LABEL, heading, line.start, line.end)
            return True
        return self._bullet(line)

    def _words(self, line: Line) -> None:
        """A line of plain words: it goes on with what is open, or begins a paragraph."""
        if "|" in line.text and self._table(line):
            return
        if self.item:
            if line.indent > self.indents[-1] or not self.writer.begins_section(line):
                self.item.append(line)
                return
            self._flush()
        if self.at < len(self.lines) and not self.paragraph:
            below = self.lines[self.at]
            level = self.underlined(line, below) if below.text else 0
            if level:
                self.at += 1
                self._heading(level, line.text, line.start, below.end)
                return
        self.paragraph.append(line)

    def _quoted(self, line: Line) -> None:
        """The line without its sign of quotation is read again, as if nothing had stood there."""
        count = len(line.text) - len(line.text.lstrip("> \t"))
        rest = line.after(count)
        if not rest.text or rest.text.startswith("[!"):
            self._flush()
            return
        rest = rest._replace(indent=0)
        if rest.text[0] not in _FIRST or rest.text[0] == ">" or not self._special(rest):
            self._words(rest)

    def _atx(self, line: Line) -> bool:
        text = line.text.lstrip("#")
        level = len(line.text) - len(text)
        if level > 6 or (text and not text[0].isspace() and (level < 2 or text[0].isdigit())):
            return False
        self._heading(level, text.strip().rstrip("#").rstrip(), line.start, line.end)
        return True

    def _heading(self, level: int, markup: str, start: int, end: int) -> None:
        self._flush()
        self.indents.clear()
        self.writer.heading(level, markup, start, end)

    def _rule(self, line: Line) -> bool:
        """A line across the page, or the underline of the paragraph above it."""
        mark = line.text[0]
        if line.text.strip(mark + " \t") or line.text.count(mark) < 3:
            return False
        self._flush()
        self.indents.clear()
        return True

    def _code(self, fence: str, line: Line) -> None:
        self._flush()
        first = self.at
        while self.at < len(self.lines):
            text = self.lines[self.at].text
            self.at += 1
            if text.startswith(fence) and not text.strip(fence[0]):
                break
        inside = self.lines[first : self.at]
        end = inside[-1].end if inside else line.end
        if inside and inside[-1].text.startswith(fence):
            inside = inside[:-1]
        text = "\n".join(" " * min(part.indent, 40) + part.text for part in inside)
        self.writer.code(text, line.start, end)

    def _table(self, line: Line) -> bool:
        """The rows of a table that begins here."""
        if line.text[0] != "|":
            below = self.lines[self.at].text if self.at < len(self.lines) else ""
            if "|" not in below or not is_delimiter(below):
                return False
        rows = [line]
        at = self.at
        step = 2 if self._is_loose(at) else 1  # some put a blank line between all rows
        at += step - 1
        while at < len(self.lines) and "|" in self.lines[at].text:
            rows.append(self.lines[at])
            at += 1
            if step == 2 and at < len(self.lines) and not self.lines[at].text:
                at += 1
        self._flush()
        self.at = at
        columns: tuple[str, ...] = ()
        for index, row in enumerate(rows):
            if is_delimiter(row.text):
                continue
            cells = cells_of(row.text)
            following = rows[index + 1].text if index + 1 < len(rows) else ""
            if following and is_delimiter(following):
                columns = self.writer.header(cells, row)
            else:
                self.writer.row(cells, columns, row)
        return True

    def _is_loose(self, at: int) -> bool:
        """Whether a blank line parts the head of a table from the line below it."""
        if at + 1 >= len(self.lines) or self.lines[at].text:
            return False
        return is_delimiter(self.lines[at + 1].text)

    def _bullet(self, line: Line) -> bool:
        match = _BULLET.match(line.text)
        box = _BOX.match(line.text) if not match else None
        if not match and not box:
            return False
        self._flush()
        rest = line.after(match.end() if match else 0)
        task = _BOX.match(rest.text) if rest.text[:1] in _BOX_FIRST else None
        self.number = (match["number"] or "") if match else ""
        self.checked = None
        if task:
            mark = task["mark"] if task["sign"] is None else task["sign"]
            self.checked = mark not in ("", " ", "-", "*", "\u2610")
            rest = rest.after(task.end())
        self._nest(line.indent)
        self.item_start = line.start
        if rest.text:
            self.item = [rest]
        return True

    def _nest(self, indent: int) -> None:
        """The depth of an item: how many items further left it stands under."""
        while self.indents and self.indents[-1] >= indent:
            self.indents.pop()
        if len(self.indents) < _DEEPEST:
            self.indents.append(indent)

    def _flush(self) -> None:
        """What is open ends."""
        if self.item:
            self.writer.item(
                self.item,
                len(self.indents) - 1,
                start=self.item_start,
                number=self.number,
                checked=self.checked,
            )
            self.item = []
        if self.paragraph:
            inside = self.indents and self.paragraph[0].indent > self.indents[-1]
            if not inside:
                self.indents.clear()
            self.writer.paragraph(self.paragraph, len(self.indents))
            self.paragraph = []
