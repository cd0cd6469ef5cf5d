"""Requests from an HTTP Archive (HAR 1.2), as browsers, proxies and `twiceshy record` write it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from twiceshy.errors import ConfigurationError, Location
from twiceshy.model.scenario import RequestTemplate
from twiceshy.rehearsal.schema_values import plain_json
from twiceshy.traffic.secrets import hidden, hidden_json, hidden_pairs, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from twiceshy.model.scenario import JsonValue

_LARGEST = 256 * 1024 * 1024
_LONGEST_BODY = 1024 * 1024
# Variants of one request that differ in their query or body only.
_MOST_ALIKE = 5
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_FORM = "application/x-www-form-urlencoded"
# Files that every browser fetches beside a page; nobody asks for their shape.
_ASSET = re.compile(
    r".*\.(?:css|gif|ico|jpe?g|m?js|map|png|svg|ttf|wasm|webp|woff2?)", re.IGNORECASE
)
_ASSET_TYPE = re.compile(
    r"(?:image|font)/.*|text/(?:css|javascript)|application/(?:x-)?javascript|.*wasm|.*octet-stream"
)
# What the browser or the connection adds, and what no second request can use.
_UNKEPT = re.compile(
    r":.*|sec-.*|cf-.*|x-forwarded-.*|x-request-id|x-correlation-id|x-real-ip|proxy-.*|if-.*|"
    r"accept-(?:encoding|language)|cache-control|connection|content-length|content-type|dnt|"
    r"expect|forwarded|host|keep-alive|origin|pragma|priority|range|referer|te|trace(?:parent|"
    r"state)|trailer|transfer-encoding|upgrade.*|user-agent|via",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file recorded, in its order; `notes` say what could not be used, and why."""

    templates: tuple[RequestTemplate, ...] = ()
    notes: tuple[str, ...] = ()


class _UnusableError(Exception):
    """An entry cannot be sent again; the message is for a note."""


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    found: list[tuple[str, RequestTemplate]] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)


def read_har(file: Path) -> Recording:
    """The requests of a file.

    Raises ConfigurationError for a file that cannot be read, or that is no such archive.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise ConfigurationError(
                "The recording is too large to be read",
                location=Location(file),
                seen=f"more than {_LARGEST // 1024**2} MiB",
                todo="export it again without the bodies of the answers",
            )
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise ConfigurationError(
            "The recording cannot be read",
            location=Location(file),
            seen=(error.strerror or str(error)).lower(),
            todo="name a HAR file; `twiceshy record --proxy URL --out FILE` writes one",
        ) from None
    return parse_har(text, file)


def parse_har(text: str, file: Path) -> Recording:
    """The requests of an archive's text, which was read from `file`.

    One entry is looked at after the other, so that a large file takes little memory.
    """
    reading = _Reading()
    for number, entry in enumerate(_entries(text, file), 1):
        try:
            reading.found.append(_request(entry))
        except _UnusableError as problem:
            reading.unusable[str(problem)] += 1
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # A file may hold anything anywhere; what is this odd is not worth more words.
            reading.unusable[f"entry {number} is not written as an archive has it"] += 1
    kept, others = _of_one_host(reading)
    notes = (says if count == 1 else f"{says} ({count} times)" for says, count in others.items())
    return Recording(tuple(kept), tuple(notes))


def _entries(text: str, file: Path) -> Iterator[Any]:
    """Each entry, decoded when its turn comes."""
    begin = _ENTRIES.search(text)
    if begin is None:
        raise ConfigurationError(
            "This is no HTTP archive",
            location=Location(file),
            seen="it has no list of entries",
            todo="name a HAR file; `twiceshy record --proxy URL --out FILE` writes one",
        )
    decoder = json.JSONDecoder()
    place = _skip(text, begin.end())
    try:
        while text[place] != "]":
            entry, place = decoder.raw_decode(text, place)
            yield entry
            place = _skip(text, place)
    except (IndexError, ValueError, RecursionError) as problem:
        if isinstance(problem, json.JSONDecodeError):
            place = problem.pos
        raise ConfigurationError(
            "The recording is broken off, or is no JSON",
            location=Location(file, text.count("\n", 0, place) + 1),
            seen=problem.msg if isinstance(problem, json.JSONDecodeError) else "it ends too early",
            todo="record or export it again",
        ) from None


def _skip(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _request(entry: Any) -> tuple[str, RequestTemplate]:
    """The host that was asked, and the request."""
    request, response = entry["request"], entry.get("response") or {}
    method = str(request["method"]).upper()
    url = urlsplit(str(request["url"]))
    path = _literal(url.path or "/")
    name = f"{method} {path}"
    if method not in _METHODS or url.scheme in {"ws", "wss", "data", "blob"}:
        raise _UnusableError(f"{name}: only plain requests are sent again")
    _check_answer(name, response)
    template = RequestTemplate(
        method,
        path if path.startswith("/") else f"/{path}",
        query=_pairs(parse_qsl(url.query, keep_blank_values=True)),
        headers=_headers(request.get("headers") or ()),
    )
    return url.hostname or "", _with_body(template, request.get("postData"), request)


def _check_answer(name: str, response: Mapping[str, Any]) -> None:
    """Raise for what was refused when it was recorded, and for pictures, styles and scripts."""
    status = int(response.get("status") or 0)
    if response and not 100 < status < 400:
        seen = f"it was answered with {status}" if status else "it had no answer"
        raise _UnusableError(f"{name}: {seen} when it was recorded")
    kind = str((response.get("content") or {}).get("mimeType") or "")
    if status == 101 or kind.startswith("text/event-stream"):
        raise _UnusableError(f"{name}: only plain requests are sent again")
    if _ASSET.fullmatch(name) and _ASSET_TYPE.fullmatch(kind.partition(";")[0].strip().lower()):
        raise _UnusableError("a picture, style or script of a page")


def _literal(path: str) -> str:
    """The path to the letter, its braces encoded so that they are no slots."""
    return path.replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(plain_json(value))) for name, value in hidden_pairs(pairs))


def _headers(headers: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    """Those that a service may ask for; credentials are the actor's."""
    named = [(str(one["name"]), str(one.get("value") or "")) for one in headers]
    return tuple(
        (name, str(plain_json(value)))
        for name, value in named
        if not _UNKEPT.fullmatch(name)
        and not is_secret(name)
        and hidden(name, value) == value
        and not (name.lower() == "accept" and value == "*/*")
    )


def _with_body(template: RequestTemplate, body: Any, request: Mapping[str, Any]) -> RequestTemplate:
    """The template with its body in JSON or as a form."""
    if not body:
        if template.method not in {"GET", "HEAD"} and int(request.get("bodySize") or 0) > 0:
            raise _UnusableError(f"{template}: its body was not recorded")
        return template
    kind = str(body.get("mimeType") or "").partition(";")[0].strip().lower()
    text = _text(template, body)
    if kind == _FORM:
        pairs = [
            (str(one["name"]), str(one.get("value") or "")) for one in body.get("params") or ()
        ]
        # Browsers write names and values of `params` as they were sent: still encoded.
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
        return replace(template, form=_pairs(parse_qsl(text, keep_blank_values=True) or pairs))
    if kind == "application/json" or kind.endswith("+json"):
        return _with_json(template, text)
    if not text and not body.get("params"):
        if int(request.get("bodySize") or 0) == 0:
            return template
        raise _UnusableError(f"{template}: its body was not recorded")
    raise _UnusableError(f"{template}: its body is {kind or 'of no type'}, which is not sent")


def _text(template: RequestTemplate, body: Mapping[str, Any]) -> str:
    text = body.get("text") or ""
    if len(text) > _LONGEST_BODY:
        raise _UnusableError(f"{template}: its body is longer than {_LONGEST_BODY // 1024**2} MiB")
    if str(body.get("encoding") or body.get("_encoding") or "").lower() != "base64":
        return str(text)
    try:
        return base64.b64decode(text).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise _UnusableError(f"{template}: its body is binary, which is not sent") from None


def _with_json(template: RequestTemplate, text: str) -> RequestTemplate:
    if not text:
        raise _UnusableError(f"{template}: its body was not recorded")
    try:
        value: JsonValue = plain_json(hidden_json(json.loads(text)))
    except (ValueError, RecursionError):
        raise _UnusableError(f"{template}: its body is no JSON, as its type says") from None
    return replace(template, json=value, has_json=True)


def _of_one_host(reading: _Reading) -> tuple[list[RequestTemplate], Counter[str]]:
    """The requests to the host that was asked most; a page also asks strangers."""
    hosts = Counter(host for host, _ in reading.found)
    main = max(hosts, key=lambda host: hosts[host], default="")
    notes = Counter(reading.unusable)
    for host, count in hosts.items():
        if host != main:
            notes[f"requests to {host}, where {main} was asked more often"] += count
    return [template for host, template in reading.found if host == main], notes


def once(templates: Iterable[RequestTemplate]) -> tuple[list[RequestTemplate], list[str]]:
    """Each request once, and a few of those that differ in query or body only; notes on more."""
    by_name: dict[str, list[RequestTemplate]] = {}
    more: Counter[str] = Counter()
    for template in templates:
        alike = by_name.setdefault(str(template), [])
        if template in alike:
            continue
        if len(alike) < _MOST_ALIKE:
            alike.append(template)
        else:
            more[str(template)] += 1
    notes = [f"{request}: {count} more variants were recorded" for request, count in more.items()]
    return [template for alike in by_name.values() for template in alike], notes
