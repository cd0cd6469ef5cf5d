"""Foreign text made safe and readable: a response may hold what a terminal would obey."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

# Controls that a terminal obeys, and marks that reorder text or hide in it.
_OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def legible(text: str) -> str:
    """`text` with every control character shown instead of obeyed; line breaks stay."""
    text = text.replace("\r\n", "\n").expandtabs(4)
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return _OBEYED.sub(lambda found: _picture(found[0]), text)


def one_line(text: str) -> str:
    """`legible`, with all white space as single spaces."""
    return " ".join(legible(text).split())


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if character == "\x7f" else f"\\u{code:04x}"


def spread_json(text: str, width: int) -> str:
    """JSON over several indented lines where it is wider than `width`; anything else as it is.

    Only white space changes: numbers, key order and escapes stay exactly as they were sent.
    """
    stripped = text.strip()
    if len(stripped) <= width or "\n" in stripped or stripped[:1] not in ("{", "["):
        return text
    try:
        json.loads(stripped)
        return "\n".join(_lines("", _Reader(stripped).value(), width))
    except (ValueError, RecursionError):
        return text


@dataclass(frozen=True, slots=True)
class _Node:
    """An object or array: its brackets and its items, each after `"name": ` or nothing."""

    opens: str
    closes: str
    items: tuple[tuple[str, _Node | str], ...]

    def __str__(self) -> str:
        """All on one line."""
        inside = ", ".join(f"{name}{value}" for name, value in self.items)
        return f"{self.opens}{inside}{self.closes}"


class _Reader:
    """Reads valid JSON into nodes and the very texts between them."""

    _TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = self._TOKEN.findall(text)
        self._at = 0

    def value(self) -> _Node | str:
        """The next value."""
        opens = self._next()
        if opens not in ("{", "["):
            return opens
        closes = "}" if opens == "{" else "]"
        items = []
        while self._tokens[self._at] != closes:
            items.append(self._item(named=opens == "{"))
            self._at += self._tokens[self._at] == ","
        self._at += 1
        return _Node(opens, closes, tuple(items))

    def _item(self, *, named: bool) -> tuple[str, _Node | str]:
        if not named:
            return "", self.value()
        name = self._next()
        self._at += 1
        return f"{name}: ", self.value()

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _lines(name: str, value: _Node | str, width: int) -> list[str]:
    """The value after its name: on one line where that leaves room for a comma."""
    text = f"{name}{value}"
    if isinstance(value, str) or not value.items or len(text) < width:
        return [text]
    lines = [f"{name}{value.opens}"]
    for place, (item_name, item) in enumerate(value.items):
        inner = _lines(item_name, item, width - 2)
        inner[-1] += "," if place + 1 < len(value.items) else ""
        lines += [f"  {line}" for line in inner]
    return [*lines, value.closes]
