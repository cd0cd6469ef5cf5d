"""The format of a text or a number: what a client would parse it as."""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache

EMPTY = "empty"
NULL_WORD = "null-word"
NOT_JSON = "not-json"
BEYOND = "beyond-2^53"
TWICE = "key-twice"

# What becomes of nothing when it is printed, in the languages that services are written in.
NULL_WORDS = frozenset(
    ["null", "NULL", "None", "nil", "undefined", "NaN", "nan", "<null>", "(null)", "<nil>"]
)
# Beyond this, clients that keep every number in 64 bits of floating point lose digits (RFC 8259).
EXACT = 2**53

_CLOCK = r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
_ZONE = r"\s?(?:Z|[+-]\d\d(?::?\d\d)?)"
_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("boolean", r"true|false|True|False|TRUE|FALSE"),
        ("integer", r"-?(?:0|[1-9]\d*)"),
        ("number", r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?"),
        ("uuid", r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        ("date", r"\d{4}-\d\d-\d\d"),
        ("date-time", rf"\d{{4}}-\d\d-\d\dT{_CLOCK}{_ZONE}"),
        ("date-time-local", rf"\d{{4}}-\d\d-\d\dT{_CLOCK}"),
        # Not every client that reads a moment with a T reads one with a space.
        ("date-time-spaced", rf"\d{{4}}-\d\d-\d\d {_CLOCK}{_ZONE}"),
        ("date-time-local-spaced", rf"\d{{4}}-\d\d-\d\d {_CLOCK}"),
        ("time", rf"{_CLOCK}(?:{_ZONE})?"),
        ("date-slashed", r"\d{4}[/.]\d\d?[/.]\d\d?"),
        ("date-http", r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"),
        ("url", r"https?://\S+"),
    )
)  # fmt: skip
_DAY_FIRST = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-]\d{4}(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
# Shorter words look like base64 by chance.
_LONG = 16
_MONTHS = 12

# Two texts of these by chance are unlikely; of any other format they are not.
_MOMENTS = frozenset(name for name, _ in _PATTERNS if name.startswith("date-time"))
STRICT = frozenset({"uuid", "date", "date-http", "url"}) | _MOMENTS


def text_format(text: str) -> str:
    """The name of a text's format; "" for text that is just text."""
    if not text:
        return EMPTY
    if text in NULL_WORDS:
        return NULL_WORD
    for name, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return name
    days = _DAY_FIRST.fullmatch(text)
    if days:
        return _order(int(days[1]), int(days[2]))
    if text[0] in '{["' and parsed(text) is not None:
        return "json"
    return "base64" if _looks_coded(text) and decoded(text) is not None else ""


def _looks_coded(text: str) -> bool:
    mixed = all(re.search(some, text) for some in ("[a-z]", "[A-Z]", "[0-9]"))
    return len(text) >= _LONG and (mixed or text.endswith("="))


def _order(first: int, second: int) -> str:
    if first > _MONTHS:
        return "date-day-first"
    return "date-month-first" if second > _MONTHS else "date-either-first"


def parsed(text: str) -> object:
    """What a text says as JSON; None when it is none, or null."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def decoded(text: str) -> bytes | None:
    """What a text says as base64; None when it is none."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def number_type(token: str) -> str:
    """`integer` or `number`, with what is special about it; `token` is as it was written."""
    if not token.lstrip("-")[:1].isdigit():
        return f"number:{NOT_JSON}"
    if any(letter in token for letter in ".eE"):
        return "number"
    beyond = len(token) > 16 or abs(int(token)) > EXACT
    return f"integer:{BEYOND}" if beyond else "integer"


def is_whole(text: str) -> bool:
    """Whether a number as written has nothing behind its point."""
    try:
        return float(text).is_integer()
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def shown(types: frozenset[str]) -> str:
    """`text (date) or null`, in an order that is always the same."""
    words = []
    for name in sorted(types, key=lambda name: (name == "null", name)):
        base, _, form = name.partition(":")
        words.append(f"{base} ({form})" if form else base)
    return " or ".join(words) or "nothing"
