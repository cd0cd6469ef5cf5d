"""The headers that matter to whoever reads an answer, without what is only a value of theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from twiceshy.guards.contract.reading import extension

if TYPE_CHECKING:
    from twiceshy.model.history import Reply

MARK = "byte order mark"
CHARSET = "charset"
SEPARATOR = "column separator"
_USUAL = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_CHARSET = re.compile(r'charset\s*=\s*"?([^";\s]+)')
_RELATION = re.compile(r'rel\s*=\s*"?([^";,]+)')
# Their value is data; readers look whether they are there (page by page, or to ask again).
_PRESENT = ("etag", "last-modified", "x-total-count", "content-range")
_PART = re.compile(r"\d+|[0-9a-fA-F-]{8,}")

# A client that does not expect one of these stumbles over it; any other may come along.
UNEXPECTED = frozenset({MARK, CHARSET, SEPARATOR, "content-encoding", "content-disposition"})


def headers_of(reply: Reply, *, marked: bool = False, separator: str = "") -> dict[str, str]:
    """Each header that matters with its shape, and what no header says but readers must know.

    `marked` bodies begin with a byte order mark; `separator` stands between columns.
    """
    found = {
        CHARSET: _charset(reply),
        "content-disposition": _disposition(reply),
        "content-encoding": (reply.header("content-encoding") or "").strip().lower(),
        "location": _location(reply.header("location") or ""),
        "cache-control": _directives(reply.header("cache-control") or ""),
        "link": " ".join(sorted(set(_RELATION.findall(reply.header("link") or "")))),
        **{name: "present" if reply.header(name) else "" for name in _PRESENT},
        MARK: "present" if marked else "",
        SEPARATOR: separator,
    }
    return {name: text for name, text in found.items() if text}


def _charset(reply: Reply) -> str:
    found = _CHARSET.search((reply.header("content-type") or "").lower())
    name = found[1] if found else ""
    return "" if name in _USUAL else name


def _disposition(reply: Reply) -> str:
    text = reply.header("content-disposition") or ""
    return text.partition(";")[0].strip().lower() + extension(reply).replace(".", " of *.")


def _location(text: str) -> str:
    """`/goals/{}?page` for `/goals/17?page=2`; where it leads on another host, the host too."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "(no address)"
    path = "/".join("{}" if _PART.fullmatch(part) else part for part in parts.path.split("/"))
    query = "&".join(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
    local = parts.hostname in {None, "127.0.0.1", "localhost", "::1"}
    host = "" if local else f"{parts.scheme}://{parts.netloc}"
    return host + path + (f"?{query}" if query else "")


def _directives(text: str) -> str:
    names = {part.partition("=")[0].strip().lower() for part in text.split(",")}
    return " ".join(sorted(names - {""}))
