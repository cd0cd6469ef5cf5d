"""TOML text: its table, and the line on which each key stands.

The standard library's parser tells no positions, and those that keep them are slow or lossy, so
a scanner walks over text that the parser has accepted and writes down where keys begin.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from typing import TYPE_CHECKING, Any

from twiceshy.errors import ConfigurationError, Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")', re.DOTALL),
    re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def parse_toml(
    text: str,
    file: Path,
    *,
    first_line: int = 1,
    error: type[ConfigurationError] = ConfigurationError,
) -> dict[str, Any]:
    """The table that `text` holds; `first_line` is the line of `file` on which it begins.

    Raises `error`, with the line, for what is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        says, line = _split_position(str(problem), text)
    except RecursionError:
        says, line = "it is nested too deeply", 1
    except ValueError as problem:  # a number with thousands of digits
        says, line = str(problem), 1
    lines = text.split("\n")
    raise error(
        f"This is not valid TOML: {says[:1].lower()}{says[1:]}",
        location=Location(file, first_line + line - 1),
        seen=lines[line - 1].strip()[:120] or "(an empty line)",
        todo='Write `key = "text"`, `key = 3`, `key = true` or `key = ["a", "b"]`.',
    )


def _split_position(message: str, text: str) -> tuple[str, int]:
    """The parser's words and the line that it names; the last line with content at the end."""
    position = _AT_LINE.search(message)
    says = _AT_LINE.sub("", message)
    if position and position[1]:
        return says, int(position[1])
    return says, text.rstrip().count("\n") + 1


def toml_lines(text: str, first_line: int = 1) -> dict[str, int]:
    """The line of each dotted key in valid TOML: `service.env.HOME`, `steps.0.request`.

    Tables, dotted keys, inline tables and the items of arrays all have their entry. Of text that
    is not valid TOML the keys up to the fault are found.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"), first_line)
    # Where it is not valid, or nested absurdly deep, what was found so far is still true.
    with contextlib.suppress(IndexError, RecursionError, ValueError):
        scanner.document()
    return scanner.lines


def line_in(lines: Mapping[str, int], key: str) -> int:
    """The line of `key`, else that of the nearest table around it, else 0."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 0)


class _Scanner:
    """Walks over one document from left to right."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.position = 0
        self.counted = 0
        self.line = first_line
        self.lines: dict[str, int] = {}
        self.sizes: dict[tuple[str, ...], int] = {}

    def document(self) -> None:
        """Reads everything; IndexError where the text is not valid."""
        table: tuple[str, ...] = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text.startswith("[", self.position):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> tuple[str, ...]:
        """Reads `[a.b]` or `[[a.b]]`; the path that the keys below it have."""
        double = self.text.startswith("[[", self.position)
        line = self._line()
        self._advance(2 if double else 1)
        *outer, last = self._key()
        path: tuple[str, ...] = ()
        for part in outer:
            path = self._into_last((*path, part), line)
        path = (*path, last)
        self._note(path, line)
        if double:
            self.sizes[path] = self.sizes.get(path, -1) + 1
            path = self._into_last(path, line)
        self._skip(_SPACE)
        self._advance(2 if double else 1)
        return path

    def _into_last(self, path: tuple[str, ...], line: int) -> tuple[str, ...]:
        """`path` itself, or the newest item of the array of tables that it names."""
        self._note(path, line)
        if path in self.sizes:
            path = (*path, str(self.sizes[path]))
            self._note(path, line)
        return path

    def _pair(self, table: tuple[str, ...]) -> None:
        """Reads `key = value`."""
        line = self._line()
        path = table
        for part in self._key():
            path = (*path, part)
            self._note(path, line)
        self._skip(_SPACE)
        if self.text[self.position] != "=":
            raise IndexError
        self._advance(1)
        self._value(path)

    def _key(self) -> list[str]:
        """Reads a key and its dotted parts."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            if self.text[self.position] in "\"'":
                quoted = self._string()
                parts.append(tomllib.loads(f"key = {quoted}")["key"])
            else:
                bare = _BARE_KEY.match(self.text, self.position)
                if bare is None:
                    raise IndexError
                self.position = bare.end()
                parts.append(bare[0])
            self._skip(_SPACE)
            if not self.text.startswith(".", self.position):
                return parts
            self._advance(1)

    def _value(self, path: tuple[str, ...]) -> None:
        """Reads a value of whatever kind."""
        self._skip(_BLANK)
        opening = self.text[self.position]
        if opening == "[":
            self._items(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._string()
        elif self.position == self._skip(_SCALAR):
            raise IndexError

    def _items(self, path: tuple[str, ...]) -> None:
        """Reads an array; its items are called 0, 1 and so on."""
        self._advance(1)
        index = 0
        while self._closing() != "]":
            item = (*path, str(index))
            self._note(item, self._line())
            self._value(item)
            index += 1
        self._advance(1)

    def _inline_table(self, path: tuple[str, ...]) -> None:
        self._advance(1)
        while self._closing() != "}":
            self._pair(path)
        self._advance(1)

    def _closing(self) -> str:
        """The character after blanks and one comma."""
        self._skip(_BLANK)
        if self.text[self.position] == ",":
            self._advance(1)
            self._skip(_BLANK)
        return self.text[self.position]

    def _string(self) -> str:
        """Reads a string of any of the four kinds; as it is written."""
        for form in _STRINGS:
            found = form.match(self.text, self.position)
            if found:
                self.position = found.end()
                return found[0]
        raise IndexError

    def _note(self, path: tuple[str, ...], line: int) -> None:
        self.lines.setdefault(".".join(path), line)

    def _line(self) -> int:
        """The line of the current position."""
        self.line += self.text.count("\n", self.counted, self.position)
        self.counted = self.position
        return self.line

    def _skip(self, what: re.Pattern[str]) -> int:
        found = what.match(self.text, self.position)
        self.position = found.end() if found else self.position
        return self.position

    def _advance(self, count: int) -> None:
        self.position += count
