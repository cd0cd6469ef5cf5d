"""What must not be kept of a request: credentials in headers, in the query and in bodies."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.scenario import JsonValue

HIDDEN = "Hidden-Secret-1"
"""Stands in place of a secret. It has what most rules want of a password, so a form takes it."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET = frozenset(
    {
        "apikey",
        "auth",
        "authorization",
        "cookie",
        "credential",
        "credentials",
        "csrf",
        "csrfmiddlewaretoken",
        "csrftoken",
        "cvc",
        "cvv",
        "jwt",
        "otp",
        "pass",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "sessionid",
        "sid",
        "sig",
        "signature",
        "token",
        "xsrf",
    }
)
_PAIRS = frozenset({("api", "key"), ("access", "key"), ("private", "key"), ("session", "id")})
_ADDRESSES = frozenset({"location", "content-location", "referer"})
# A JSON Web Token, and what stands behind the scheme of an Authorization header.
_LOOKS_SECRET = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?:Bearer|Basic)\s+\S+")


def is_secret(name: str) -> bool:
    """Whether a header, parameter or field of that name carries a credential."""
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "".join(words)
    return (
        joined in _SECRET or not _SECRET.isdisjoint(words) or not _PAIRS.isdisjoint(pairwise(words))
    )


def hidden(name: str, value: str) -> str:
    """The value, or what stands in its place when it is a secret; nothing stays nothing."""
    return HIDDEN if value and (is_secret(name) or _LOOKS_SECRET.fullmatch(value)) else value


def hidden_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Parameters, fields of a form or headers without their secrets."""
    return tuple((name, hidden(name, value)) for name, value in pairs)


def hidden_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Headers without their secrets, those in the addresses that they name included."""
    return tuple(
        (name, hidden_url(value) if name.lower() in _ADDRESSES else hidden(name, value))
        for name, value in headers
    )


def hidden_url(url: str) -> str:
    """The address without secrets in its query; to the letter as it was where there are none."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        user = parts.netloc.rpartition("@")[0]
    except ValueError:
        return ""
    safe = hidden_pairs(pairs)
    if list(safe) == pairs and not user:
        return url
    query = urlencode(safe) if list(safe) != pairs else parts.query
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


def hidden_json(value: JsonValue, name: str = "") -> JsonValue:
    """A body without its secrets, at any depth; the types of what stays are the same."""
    if isinstance(value, dict):
        # All that stands within `credentials` is one.
        outer = name if is_secret(name) else ""
        return {key: hidden_json(item, outer or key) for key, item in value.items()}
    if isinstance(value, list):
        return [hidden_json(item, name) for item in value]
    if isinstance(value, str):
        return hidden(name, value)
    # A PIN or code may be a number; that it is wrong afterwards is the point.
    if isinstance(value, int | float) and not isinstance(value, bool) and is_secret(name):
        return 0
    return value
