"""Bodies as values, whatever they are written in: JSON, lines of JSON, CSV, YAML, TOML, INI."""

from __future__ import annotations

import codecs
import configparser
import csv
import importlib
import io
import json
import re
import tomllib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.history import Reply

_LONGEST = 64 * 1024 * 1024
# Aliases in YAML can say a lot in few words.
_LONGEST_YAML = 1024 * 1024
_GZIP = b"\x1f\x8b"
_MAGIC = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (_GZIP, "gzip"),
    (b"SQLite format 3", "SQLite"),
)
BROKEN = "does not parse"
_SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar"}
# A line of a file that shells read.
_SETTING = re.compile(r"(?:export )?([A-Za-z_]\w*)=(.*)")
# What stands in front of the first section of an INI file.
_TOP = "top of the file"


class UnreadableError(Exception):
    """A body that cannot be looked into; the message says why."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """An object as it was written: a key may stand in it twice."""

    pairs: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """`sort` is `json`, `csv` ... or what it is instead; `value` is set where it has an inside.

    `separator` is what stands between the columns of a CSV where that is no comma.
    """

    sort: str
    value: Any = None
    has_inside: bool = False
    marked: bool = False
    separator: str = ""


def media_type(reply: Reply) -> str:
    """`application/json`: the content type without its parameters."""
    return (reply.header("content-type") or "").partition(";")[0].strip().lower()


def extension(reply: Reply) -> str:
    """`.csv` of the name under which the answer wants to be saved, or ""."""
    named = reply.header("content-disposition") or ""
    name = named.rpartition("filename")[2].strip("*= \t\"'").partition(";")[0].strip("\"' ")
    return f".{name.rpartition('.')[2].lower()}" if "filename" in named and "." in name else ""


def content_of(reply: Reply) -> Content:
    """What a reply's body says. Raises UnreadableError, with the reason, where that is hidden."""
    body = _decompressed(reply)
    if not body.strip():
        return Content("empty")
    marked = body.startswith(codecs.BOM_UTF8)
    body = body.removeprefix(codecs.BOM_UTF8)
    found = _by_name(reply, body) or _by_look(reply, body)
    separator = _separator(body.decode()) if found.sort == "csv" else ","
    named = _SEPARATORS.get(separator, "")
    return Content(found.sort, found.value, found.has_inside, marked, named)


def _by_name(reply: Reply, body: bytes) -> Content | None:
    """By the content type, or the name of the file that it is to be."""
    media, suffix = media_type(reply), extension(reply)
    for sort, read in _READERS.items():
        if sort in media or (suffix and suffix in {f".{sort}", _SUFFIXES.get(sort)}):
            return _read(sort, read, body)
    return None


def _read(sort: str, read: Callable[[str], Any], body: bytes) -> Content:
    try:
        return Content(sort, read(body.decode()), has_inside=True)
    except RecursionError:
        raise UnreadableError("it is nested too deep to be looked into") from None
    except (ValueError, yaml.YAMLError, configparser.Error, csv.Error):
        return Content(f"{sort.upper()} that {BROKEN}")


def _by_look(reply: Reply, body: bytes) -> Content:
    if body.lstrip()[:1] in {b"{", b"["}:
        found = _read("json", _json, body)
        if found.has_inside:
            return found
    magic = next((name for magic, name in _MAGIC if body.startswith(magic)), "")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if magic or "\0" in text:
        return Content(f"binary ({magic})" if magic else "binary")
    media, start = media_type(reply), text.lstrip()[:15].lower()
    if "html" in media or start.startswith(("<!doctype html", "<html")):
        return Content("HTML")
    if "xml" in media or start.startswith("<?xml"):
        return Content("XML", None, has_inside=True)
    if all(_SETTING.fullmatch(line) for line in text.splitlines() if line.strip()):
        return Content("settings", _settings(text), has_inside=True)
    return Content("text", text.strip(), has_inside=True)


# -- formats ----------------------------------------------------------------------------------


def _json(text: str) -> Any:
    return json.loads(
        text,
        object_pairs_hook=lambda pairs: Pairs(tuple(pairs)),
        parse_int=Numeral,
        parse_float=Numeral,
        parse_constant=Numeral,
    )


def _json_lines(text: str) -> Any:
    return [_json(line) for line in text.replace("\x1e", "").splitlines() if line.strip()]


def _csv(text: str) -> Any:
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text))
    names, *rows = [row for row in reader if row] or [[]]
    return [Pairs(tuple(zip(_padded(names, len(row)), row, strict=False))) for row in rows] or [
        Pairs(tuple((name, None) for name in names))
    ]


def _separator(text: str) -> str:
    """What stands most often in the first line, of what may separate columns."""
    return max(",;\t|", key=text.partition("\n")[0].count)


def _padded(names: list[str], length: int) -> list[str]:
    return names + [f"(column {number})" for number in range(len(names) + 1, length + 1)]


def _yaml(text: str) -> Any:
    if len(text) > _LONGEST_YAML:
        raise UnreadableError("it is YAML longer than 1 MB")
    documents = list(yaml.safe_load_all(text))
    value = documents[0] if len(documents) == 1 else documents
    if isinstance(value, dict | list):
        return value
    raise ValueError("that is text and no YAML")


def _ini(text: str) -> Any:
    parser = configparser.RawConfigParser(strict=False, interpolation=None, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as its docs say
    start = text.lstrip()
    parser.read_string(text if start.startswith("[") else f"[{_TOP}]\n{text}")
    sections = {name: dict(parser[name]) for name in parser.sections()}
    return {**sections.pop(_TOP, {}), **sections}


# Longer names first: `json` is a part of `ndjson`.
_READERS: dict[str, Callable[[str], Any]] = {
    "ndjson": _json_lines,
    "json-seq": _json_lines,
    "jsonl": _json_lines,
    "json": _json,
    "csv": _csv,
    "yaml": _yaml,
    "toml": tomllib.loads,
    "ini": _ini,
}
_SUFFIXES = {"yaml": ".yml", "ini": ".cfg"}


def _settings(text: str) -> Any:
    found = (_SETTING.fullmatch(line) for line in text.splitlines())
    return Pairs(tuple((line[1], line[2].strip()) for line in found if line))


# -- compression ------------------------------------------------------------------------------


def _decompressed(reply: Reply) -> bytes:
    body = reply.body
    if _is_as_sent(reply) and body[:2] != _GZIP:
        raise UnreadableError("its body is not compressed, though its header says so")
    names = (reply.header("content-encoding") or "").lower().split(",")
    for name in reversed([part.strip() for part in names if part.strip()]):
        body = _without(name, body)
    return body


def _is_as_sent(reply: Reply) -> bool:
    """Whether a body that should be gzip is as long as it was announced: nobody unpacked it."""
    said = (reply.header("content-encoding") or "").strip().lower()
    return said in {"gzip", "x-gzip"} and reply.header("content-length") == str(len(reply.body))


def _without(name: str, body: bytes) -> bytes:
    """One layer of compression less; gzip and deflate may have been taken off on the way here."""
    if name in {"identity", "deflate"} or (name in {"gzip", "x-gzip"} and body[:2] != _GZIP):
        return _inflated(body) if name == "deflate" and body[:1] == b"\x78" else body
    if name in {"gzip", "x-gzip"}:
        return _bounded(body, 31)
    if name == "br":
        return _brotli(body)
    raise UnreadableError(f"its body is compressed as {name}, which cannot be read here")


def _inflated(body: bytes) -> bytes:
    try:
        return _bounded(body, 15)
    except UnreadableError:
        return body


def _bounded(body: bytes, window: int) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        plain = stream.decompress(body, _LONGEST)
    except zlib.error:
        raise UnreadableError("its body is compressed, but not as its header says") from None
    if stream.unconsumed_tail:
        raise UnreadableError("its body is longer than 64 MB once it is unpacked")
    if not stream.eof:
        raise UnreadableError("its compressed body ends too soon")
    return plain


def _brotli(body: bytes) -> bytes:
    try:
        library: Any = importlib.import_module("brotli")
    except ImportError:
        raise UnreadableError(
            "its body is compressed with Brotli, which cannot be read here"
        ) from None
    try:
        plain: bytes = library.decompress(body)
    except library.error:
        raise UnreadableError("its body is compressed, but not as its header says") from None
    return plain
