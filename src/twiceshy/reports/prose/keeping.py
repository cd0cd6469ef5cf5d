"""An imported report: front matter of ours, and below it the original, to the letter.

The front matter says how long the original is and what its checksum is. What people write below
it, such as a guard, is no part of it, so that the original can be had back at any time.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twiceshy.config.toml_text import parse_toml
from twiceshy.errors import Location, ReportError
from twiceshy.reports.prose.encodings import UTF_8, encoded
from twiceshy.reports.prose.formats import format_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from twiceshy.model.postmortem import Moment, Postmortem

_FENCE = b"+++\n"
_MOST_FRONT_MATTER = 100_000
# Keys of the original's own front matter that keep their meaning in ours.
_CARRIED = ("id", "tags", "reviewers", "hide")
_VISIBILITY = ("public", "internal", "restricted")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a report comes from: name, text and encoding, and which incident of how many."""

    name: str
    text: str
    encoding: str = UTF_8
    part: int = 1
    parts: int = 1


def kept(postmortem: Postmortem, source: Source, front_matter: Mapping[str, Any]) -> bytes:
    """The file of an imported report. `front_matter` is that of the original."""
    original = source.text[postmortem.span.start : postmortem.span.end]
    lines = [*_head(postmortem, front_matter), "", *_imported(postmortem, source, original)]
    lines += _suggested(postmortem)
    top = "\n".join(lines)
    body = original.encode(UTF_8, errors="surrogateescape")
    return _FENCE + top.encode(UTF_8, errors="replace") + b"\n" + _FENCE + body


def original_of(content: bytes, path: Path) -> bytes:
    """The original of an imported report, byte for byte.

    Raises ReportError when the file is no imported report, or the original in it was changed.
    """
    end = content.find(b"\n" + _FENCE, 0, _MOST_FRONT_MATTER)
    top = content[len(_FENCE) : end + 1] if content.startswith(_FENCE) and end > 0 else b""
    table = parse_toml(top.decode(UTF_8, "replace"), path, first_line=2, error=ReportError)
    imported = table.get("imported")
    length = imported.get("bytes") if isinstance(imported, dict) else None
    if not isinstance(imported, dict) or not isinstance(length, int):
        raise ReportError(
            "This report was not imported",
            location=Location(path, 1),
            seen="no table [imported] with a key bytes in its front matter",
            todo="Only imported reports have an original.",
        )
    start = end + 1 + len(_FENCE)
    text = content[start : start + length].decode(UTF_8, errors="surrogateescape")
    original = encoded(text, str(imported.get("encoding", UTF_8)))
    if hashlib.sha256(original).hexdigest() != imported.get("sha256"):
        raise ReportError(
            "The original in this report was changed since it was imported",
            location=Location(path, content.count(b"\n", 0, start) + 1),
            seen="its checksum is not that of the front matter",
            todo="Look in the history of the file; write additions below the original.",
        )
    return original


def _head(postmortem: Postmortem, front_matter: Mapping[str, Any]) -> list[str]:
    """The keys that every report may have."""
    day = _day(postmortem.date.value or postmortem.started_at.value)
    severity = postmortem.severity.value or front_matter.get("severity")
    visibility = front_matter.get("visibility")
    lines = [f"title = {_quoted(postmortem.title.value or 'Untitled')}"]
    lines += [f"date = {day.isoformat()}"] if day else []
    lines += [f"severity = {_quoted(str(severity))}"] if severity else []
    lines += ['status = "draft"']
    known = visibility if visibility in _VISIBILITY else "internal"
    lines += [f"visibility = {_quoted(known)}"]
    lines += [f"services = {_quoted(list(postmortem.services.value or ()))}"]
    for key in _CARRIED:
        value = front_matter.get(key)
        parts = value if isinstance(value, list) else [value]
        if all(isinstance(part, bool | str | int) for part in parts) and value is not None:
            lines.append(f"{key} = {_quoted(value)}")
    return lines


def _imported(postmortem: Postmortem, source: Source, original: str) -> list[str]:
    content = encoded(original, source.encoding)
    body = original.encode(UTF_8, errors="surrogateescape")
    lines = [
        "[imported] # the original stands below, to the letter",
        f"from = {_quoted(source.name)}",
        f"format = {_quoted(format_of(source.text, source.name).value)}",
        f"language = {_quoted(postmortem.language.value or '')}",
    ]
    lines += [f"part = {source.part}", f"parts = {source.parts}"] if source.parts > 1 else []
    lines += [f"encoding = {_quoted(source.encoding)}"] if source.encoding != UTF_8 else []
    return [
        *lines,
        f"bytes = {len(body)}",
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
    ]


def _suggested(postmortem: Postmortem) -> list[str]:
    """The guard that would fit. It runs only once somebody has put it into a block."""
    suggested = postmortem.suggested
    if not suggested.because and suggested.kind == "none":
        return []
    lines = [
        "",
        "[suggested] # runs only as a block ```toml guard, which you may write below the original",
        f"kind = {_quoted(suggested.kind)}",
        f"because = {_quoted(list(suggested.because))}",
    ]
    draft = suggested.draft.strip("\n")
    if draft and "'''" not in draft and "+++" not in draft and draft.isprintable() is not None:
        lines.append(f"guard = '''\n{draft}\n'''")
    elif draft:
        lines.append(f"guard = {_quoted(draft)}")
    return lines


def _day(moment: Moment | None) -> datetime.date | None:
    if moment is None or moment.year is None or moment.month is None or moment.day is None:
        return None
    try:
        return datetime.date(moment.year, moment.month, moment.day)
    except ValueError:
        return None


def _quoted(value: str | int | list[Any]) -> str:
    """A TOML value. JSON's are the same, except that TOML also escapes DEL."""
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return text.encode(UTF_8, "replace").decode(UTF_8)
