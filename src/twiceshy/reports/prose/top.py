"""The front matter of any site generator: what it says, however badly it is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twiceshy.config.toml_text import parse_toml
from twiceshy.errors import ConfigurationError, ReportError
from twiceshy.reports.yaml_text import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.reports.front_matter import Top

_OPENING = re.compile(r"\ufeff?\s{0,20}(?P<fence>---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_MOST = 50_000
_KEY_LINE = re.compile(
    r"^[ \t]*[\"']?([A-Za-z_][\w .-]{0,60}?)[\"']?[ \t]*[:=][ \t]*(\S[^\n]*)?$", re.MULTILINE
)
_PLAIN_LINE = re.compile(
    r"([A-Za-z_][\w-]*):[ \t]+"
    r"([^\s'\"\[\]{}>|&*!%#@`,?:-][^:#\[\]{}]*|\"[^\"\\]*\"|'[^']*')[ \t]*"
)
_TYPED = re.compile(r"(?:true|false|null|~|[-+.]?\d[\d_.eExXa-fA-F+-]*)\Z", re.IGNORECASE)


def front_matter_of(text: str, top: Top | None = None) -> tuple[Mapping[str, Any], int]:
    """The keys above a text and the place at which the text itself begins.

    Front matter that is malformed yields those of its lines that are a key and a value. An
    imported report has two, of which ours goes first. `top` is what was read of it before.
    """
    table, begin = _one(text, top)
    if isinstance(table.get("imported"), dict):
        original, length = _one(text[begin:])
        return {**original, **table}, begin + length
    return table, begin


def _one(text: str, known: Top | None = None) -> tuple[dict[str, Any], int]:
    opening = _OPENING.match(text)
    if not opening:
        return {}, 0
    fence = opening["fence"]
    # Of the same length with every kind of line break, so that places stay what they are.
    top = text[:_MOST].replace("\r\n", " \n").replace("\r", "\n")
    end = _CLOSING[fence].search(top, opening.end())
    inside = top[opening.end() : end.start()] if end else ""
    if not end or (fence == "---" and not _KEY_LINE.search(inside[:2000])):
        return {}, 0
    is_toml = fence == "+++"
    if is_toml and known is not None and known.table and inside == known.written + "\n":
        return known.table, end.end()
    return _parsed(inside, is_toml=is_toml), end.end()


def _parsed(text: str, *, is_toml: bool) -> dict[str, Any]:
    simple = None if is_toml else _simple(text)
    if simple is not None:
        return simple
    try:
        if is_toml:
            return parse_toml(text, Path(), first_line=1, error=ReportError)
        value, _ = parse_yaml(text, Path())
    except ConfigurationError:
        value = None
    if isinstance(value, dict):
        return value
    return {match[1]: (match[2] or "").strip("\"' ") for match in _KEY_LINE.finditer(text)}


def _simple(text: str) -> dict[str, Any] | None:
    """YAML of nothing but `key: text`, which most front matter is; None for any other."""
    table: dict[str, Any] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _PLAIN_LINE.fullmatch(line)
        if not match or match[1] in table or _TYPED.match(match[2].strip()):
            return None
        table[match[1]] = match[2].strip().strip("\"'")
    return table
