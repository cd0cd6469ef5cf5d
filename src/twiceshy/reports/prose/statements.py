"""The sentences of a report, each with its place, its heading and what its words stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Span
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.document import Block, Document

_STOP = re.compile(
    r"(?P<stop>[.!?…])[.!?…]{0,8}[\"'”’»)\]*_`]*(?P<gap>\s+)(?=[^\sa-zà-ÿ])"
    r"|[。！？][。！？]*[」』）]*|\n[ \t]*\n"
)
# The same for a line of English, which is searched faster.
_PLAIN_STOP = re.compile(r"(?P<stop>[.!?])[.!?]{0,8}[\"')\]*_`]*(?P<gap>\s+)(?=[^\sa-z])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|vs|etc|approx|no|nr|mr|mrs|ms|dr|sr|sra|st|inc|ltd|fig|ca|"
    r"p\.ej|ej|z\.b|bzw|d\.h|usw|ggf|cf|env|aprox|art|núm|max|min)$|^\W*\d{1,2}$",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b\d{1,2}$")
_MONTH = re.compile(r"\s+(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)")
_ENDS_A_LINE = re.compile(r"[.!?:;。！？…)]$")
_BEGINS_A_LINE = re.compile(r"[^\sa-zà-ÿ]")
_BEGINS_WITH_A_TIME = re.compile(r"[^\w\n]{0,4}(?:[^\W\d_]{3,10}\.?,? )?\d{1,4}[^\s\w]")
_SHORT_LINE = 60
_EXCERPT = 12
_WINDOW = 4000
"""Characters of markup that may hide a text from being found where it stands."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence. `plain` is its text as `wording.plain` makes it.

    `headings` are those above it, outermost first. `start` and `end` are its place in the text of
    its block, `order` its place among all statements.
    """

    text: str
    plain: str
    block: Block
    start: int
    end: int
    order: int
    headings: tuple[str, ...] = field(default=())


def statements(document: Document) -> tuple[Statement, ...]:
    """Every sentence outside of headings and code, in the order of the text."""
    said: list[Statement] = []
    for block, headings in outlined(document):
        if block.form in (Form.HEADING, Form.CODE):
            continue
        for start, end in sentences(block.text):
            text = " ".join(block.text[start:end].split())
            if text:
                said.append(Statement(text, plain(text), block, start, end, len(said), headings))
    return tuple(said)


def outlined(document: Document) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Every block with the headings above it, outermost first; a heading without itself."""
    above: list[tuple[int, str]] = []
    headings: tuple[str, ...] = ()
    for block in document.blocks:
        if block.form is Form.HEADING:
            while above and above[-1][0] >= block.level:
                above.pop()
            headings = tuple(text for _, text in above)
            yield block, headings
            above.append((block.level, block.text))
            headings = (*headings, block.text)
        else:
            yield block, headings


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text stand: at full stops, and at lines that are each one."""
    if lines_apart(text):
        start = 0
        for line in text.split("\n"):
            yield from _sentences(text, start, start + len(line))
            start += len(line) + 1
    else:
        yield from _sentences(text, 0, len(text))


def lines_apart(text: str) -> bool:
    """Whether each line of a text is an entry of its own, and not the next part of a sentence."""
    if "\n" not in text:
        return False
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(_BEGINS_A_LINE.match(line) for line in lines):
        return False
    if all(map(_BEGINS_WITH_A_TIME.match, lines)) or (len(lines) > 2 and lines[0][-1] in ":："):
        return True
    return all(_ENDS_A_LINE.search(line) or len(line) < _SHORT_LINE for line in lines[:-1])


def place(document: Document, block: Block, text: str, offset: int = 0) -> Span:
    """Where a part of a block's text stands in the original; the whole block where markup hides it.

    Between its first and its last words, as they stand in the source of the block. `offset` is its
    place in the block's text: the source, which also holds the markup, has it there or later.
    """
    original, span = document.original, block.span
    words = text.split()
    if not words:
        return span
    first = min(span.start + offset, span.end)
    last = min(span.end, first + len(text) + offset + _WINDOW)
    start = original.find(text[:_EXCERPT].partition("\n")[0], first, last)
    if start < 0:
        start = original.find(words[0][:_EXCERPT], first, last)
    if start < 0:
        return span
    tail = words[-1][-_EXCERPT:]
    close = original.find(tail, start + max(0, len(text) - len(tail) - 40), last)
    return Span(start, close + len(tail)) if close >= 0 else Span(start, span.end)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    pattern = _PLAIN_STOP if text.isascii() and "\n" not in text else _STOP
    for stop in pattern.finditer(text, start, end):
        before = text[max(begin, stop.start() - 8) : stop.start()]
        if stop["stop"] == "." and _goes_on(before, text, stop.start() + 1):
            continue
        close = stop.start("gap") if stop["gap"] else stop.end()
        if close > begin:
            yield begin, close
        begin = stop.end()
    if begin < end:
        yield begin, end


def _goes_on(before: str, text: str, after: int) -> bool:
    """Whether a full stop ends no sentence: that of an abbreviation, a number, a German day."""
    if _ABBREVIATION.search(before):
        return True
    return bool(_DAY.search(before) and _MONTH.match(text, after))
