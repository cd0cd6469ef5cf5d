"""Requests that went by, in the form in which tools exchange them: HTTP Archive (HAR) 1.2."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twiceshy.traffic.secrets import hidden_headers, hidden_json, hidden_pairs, hidden_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORM = "application/x-www-form-urlencoded"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """One request that went by, and what can be told of its answer.

    `body` is None when it was longer than what is kept. `began` is in seconds since 1970,
    `seconds` how long it took. `size` counts the answer's bytes; its body is not kept.
    """

    method: str
    url: str
    headers: Pairs
    body: bytes | None
    status: int
    reason: str
    answer_headers: Pairs
    size: int
    began: float
    seconds: float

    @property
    def path(self) -> str:
        """Without host and query."""
        return urlsplit(self.url).path or "/"


def archive(passed: Iterable[Passed], program: str) -> dict[str, Any]:
    """The document of all that went by, secrets replaced; `program` says what wrote it."""
    name, _, version = program.partition(" ")
    entries = [_entry(one) for one in sorted(passed, key=lambda one: one.began)]
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": name, "version": version},
            "comment": "Credentials are replaced, bodies of answers are not kept.",
            "entries": entries,
        }
    }


def _entry(one: Passed) -> dict[str, Any]:
    began = datetime.datetime.fromtimestamp(one.began, datetime.UTC)
    took = round(one.seconds * 1000, 1)
    kind = _header(one.answer_headers, "content-type")
    return {
        "startedDateTime": began.isoformat(timespec="milliseconds"),
        "time": took,
        "request": _request(one),
        "response": {
            "status": one.status,
            "statusText": one.reason,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _named(hidden_headers(one.answer_headers)),
            "content": {"size": one.size, "mimeType": kind},
            "redirectURL": hidden_url(_header(one.answer_headers, "location")),
            "headersSize": -1,
            "bodySize": one.size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    }


def _request(one: Passed) -> dict[str, Any]:
    url = hidden_url(one.url)
    request: dict[str, Any] = {
        "method": one.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(hidden_headers(one.headers)),
        "queryString": _named(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": -1 if one.body is None else len(one.body),
    }
    if one.body is None or one.body:
        request["postData"] = _body(one)
    return request


def _body(one: Passed) -> dict[str, Any]:
    """The body of a request, as far as secrets can be found in it: JSON and forms."""
    kind = _header(one.headers, "content-type")
    plain = kind.partition(";")[0].strip().lower()
    if one.body is None:
        return {"mimeType": kind, "comment": "The body is too long to be kept."}
    if _header(one.headers, "content-encoding").lower() not in {"", "identity"}:
        return {"mimeType": kind, "comment": "The body is packed, and was not kept."}
    try:
        text = one.body.decode("utf-8")
        if plain == _FORM:
            pairs = hidden_pairs(parse_qsl(text, keep_blank_values=True))
            return {"mimeType": kind, "params": _named(pairs), "text": urlencode(pairs)}
        if plain == "application/json" or plain.endswith("+json"):
            value = hidden_json(json.loads(text))
            return {"mimeType": kind, "text": json.dumps(value, ensure_ascii=False)}
    except (ValueError, RecursionError):
        return {"mimeType": kind, "comment": "The body is not what its type says: not kept."}
    return {"mimeType": kind, "comment": "Bodies of this type are not kept."}


def _header(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _named(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
