"""What can be mended without changing what a report means. No other byte is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.reports.front_matter import read_top
from twiceshy.reports.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.front_matter import Top
    from twiceshy.reports.lint.rules import Remark
    from twiceshy.reports.lint.subject import Subject

_STATUS = re.compile(
    r"(?P<before>status\s*[:=]\s*[\"']?)(?P<value>[A-Za-z]+(?:[ _-][A-Za-z]+)?)"
    r"(?P<after>[\"']?\s*(?:#.*)?)"
)
_STATUSES = ("draft", "in-review", "published", "closed")
_BOX = re.compile(r"(?P<before>\s*(?:[-*+]|\d+[.)])\s+)(?P<box>\[X\]|\[\])(?=\s)")
# The year first: everything else is read differently in different countries.
_DUE = re.compile(
    r"(?P<before>(?:due|by|vence|para|até|prazo|pour|échéance|fällig|bis|entro|期限):?\s*)"
    r"(?P<year>\d{4})(?P<sep>[/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?=[\s),;]|$)",
    re.IGNORECASE,
)
_TASK = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[[ xX]?\]\s")
_FENCE = re.compile(r"\s*(?P<quoted>(?:>\s*)*)(?P<signs>`{3,}|~{3,})(?P<behind>.*)")


@dataclass(frozen=True, slots=True)
class _Slip:
    rule: str
    line: int
    start: int
    end: int
    right: str


def mended(text: str) -> str:
    """The text with such slips corrected: spelling of the status, boxes, due dates."""
    pieces: list[str] = []
    done = 0
    for slip in _slips(text):
        pieces += [text[done : slip.start], slip.right]
        done = slip.end
    return "".join([*pieces, text[done:]])


def spelling(subject: Subject) -> Iterator[Remark]:
    """What `mended` would correct."""
    for slip in _slips(subject.text):
        seen = f"{subject.text[slip.start : slip.end]}, should be {slip.right}"
        yield subject.remark(slip.rule, slip.line, seen)


def _slips(text: str) -> Iterator[_Slip]:
    """In their order; never within a block of code, nor in the original of an imported report."""
    lines = lines_of(text)
    bare = [line.rstrip("\r\n") for line in lines]
    top = read_top(bare, Path())
    kept = _original(lines, top)
    height = kept.start - 1 if kept else top.height
    place, fence = 0, ""
    for number, (line, content) in enumerate(zip(lines, bare, strict=True), start=1):
        if number <= height:
            yield from _status(content, number, place)
        elif number not in kept:
            before, fence = fence, _fence(content, fence)
            if not (before or fence):
                yield from _of_task(content, number, place)
        place += len(line)


def _original(lines: list[str], top: Top) -> range:
    """The lines, from 1, that an imported report keeps to the letter."""
    imported = top.table.get("imported")
    length = imported.get("bytes") if isinstance(imported, dict) else None
    closing = {"+++"} if lines[:1] and lines[0].startswith("+++") else {"---", "..."}
    ends = (number for number, line in enumerate(lines[1:], 2) if line.rstrip() in closing)
    first = next(ends, None)
    if not isinstance(length, int) or first is None:
        return range(0)
    sizes = accumulate(len(line.encode("utf-8", "replace")) for line in lines[first:])
    return range(first + 1, first + 2 + sum(size < length for size in sizes))


def _fence(line: str, opened: str) -> str:
    """The fence of the block of code that is open below `line`; `opened` is the one above it."""
    found = _FENCE.match(line)
    if not opened:
        return found["quoted"] + found["signs"] if found else ""
    if opened[0] == ">" and not line.lstrip().startswith(">"):
        return ""  # the block ends with the quotation that it stands in
    signs = opened.lstrip("> ")
    closes = found and found["signs"].startswith(signs) and not found["behind"].strip()
    return "" if closes else opened


def _status(line: str, number: int, place: int) -> Iterator[_Slip]:
    found = _STATUS.fullmatch(line)
    if not found:
        return
    right = re.sub(r"[ _-]", "-", found["value"].lower())
    if right in _STATUSES and right != found["value"]:
        start, end = found.span("value")
        yield _Slip("status-spelling", number, place + start, place + end, right)


def _of_task(line: str, number: int, place: int) -> Iterator[_Slip]:
    if not _TASK.match(line):
        return
    box = _BOX.match(line)
    if box:
        start, end = box.span("box")
        right = "[x]" if box["box"] == "[X]" else "[ ]"
        yield _Slip("box-spelling", number, place + start, place + end, right)
    for due in _DUE.finditer(line):
        month, day = int(due["month"]), int(due["day"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            right = f"{due['year']}-{month:02d}-{day:02d}"
            start, end = due.start("year"), due.end("day")
            yield _Slip("due-spelling", number, place + start, place + end, right)
