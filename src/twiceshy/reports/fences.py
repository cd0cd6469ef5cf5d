"""Fenced code blocks: where they stand in a report, and what their first line says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_MARKS = ("```", "~~~")
_OPENING = re.compile(r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_CLOSING = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*")
# HTML at the margin may go on over any lines, and no fence is one in it.
_HTML = re.compile(r" {0,3}<")


@dataclass(frozen=True, slots=True)
class Fence:
    """A block: the line of its opening fence, from 1, what stands behind that, and its content."""

    line: int
    info: str
    content: str
    closed: bool


def parsed_fences(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Fence]:
    """Those that a parser of Markdown found."""
    for token in tokens:
        if token.type != "fence" or not token.map:
            continue
        first, end = token.map
        closed = _is_closed(token, lines[end - 1] if end - 1 > first else "")
        yield Fence(first + 1, token.info.strip(), token.content, closed)


def _is_closed(fence: Token, last_line: str) -> bool:
    """Whether a fenced block ends with a fence, and not with the text or list around it."""
    mark = last_line.strip(" \t>")
    return len(mark) >= len(fence.markup) and not mark.strip(fence.markup[0])


def fences_at_margin(lines: Sequence[str]) -> tuple[Fence, ...] | None:
    """Those of a text whose fences all stand at the margin, where nothing can be around them.

    None where only a parser of Markdown can tell.
    """
    found: list[Fence] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _HTML.match(line) or "\x00" in line:
            return None
        if any(mark in line for mark in _MARKS):
            opening = _OPENING.fullmatch(line)
            end = _end(lines, at, opening["mark"]) if opening else None
            if opening is None or end is None:
                return None
            content = "".join(f"{inside}\n" for inside in lines[at + 1 : end])
            found.append(Fence(at + 1, opening["info"].strip(), content, closed=True))
            at = end
        at += 1
    return tuple(found)


def _end(lines: Sequence[str], at: int, opening: str) -> int | None:
    """The line of the closing fence; None where a parser has to say."""
    for number in range(at + 1, len(lines)):
        if "\x00" in lines[number]:
            return None
        closing = _CLOSING.fullmatch(lines[number])
        if closing and closing["mark"].startswith(opening):
            return number
    return None
