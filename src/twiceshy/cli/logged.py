"""Appends to the timeline of a report's file."""

from __future__ import annotations

import datetime
import difflib
import os
import re
from pathlib import Path

from twiceshy.config.project import Project
from twiceshy.errors import UsageError

_AT = re.compile(
    r"(?:(?P<day>\d{4}-\d{2}-\d{2})[T ])?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)


def append(project: Project, name: str, text: str, at: str) -> str:
    """The new line with its place, for a person. Raises UsageError."""
    from twiceshy.cli.selection import choose
    from twiceshy.library.prose import chronology_of
    from twiceshy.library.writing import alone_with, leads_out, replace_file
    from twiceshy.reports import read_reports
    from twiceshy.reports.journal import offset_of, with_line

    if not text.strip():
        raise UsageError("There is nothing to log", todo="Say in a few words what happened.")
    folder = project.root / project.reports
    reports = read_reports(folder) if folder.is_dir() else ()
    found = choose(reports, [name], "", Path.cwd())
    if len(found) != 1:
        raise UsageError(
            f"{name} are {len(found)} reports", todo="Name one of them by its id or its file."
        )
    path = found[0].path
    if leads_out(path, project.root):
        raise UsageError(
            "The report is a link that leads out of the project",
            where=str(path),
            todo="Write to the file itself.",
        )
    with alone_with(path):
        content = _content(path)
        before = _decoded(content, path)
        known = chronology_of(before, str(path))
        moment = _moment(at, offset_of(known.entries), has_lines=bool(known.entries))
        after = with_line(
            before,
            known.entries,
            moment,
            text,
            language=known.language,
            section_end=known.end,
            day=found[0].date,
        )
        mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
        replace_file(path, mark + after.encode())
    return _shown(path, before, after)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            "The report cannot be read",
            where=str(path),
            seen=(error.strerror or str(error)).lower(),
        ) from error


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            "The report is not UTF-8 text", where=str(path), todo="Save it as UTF-8."
        ) from None


def _moment(at: str, zone: datetime.timezone | None, *, has_lines: bool) -> datetime.datetime:
    """When it happened, in the zone of the timeline; a new timeline is kept in UTC.

    A timeline that names no zone is taken for one in the zone of this machine.
    """
    own: datetime.tzinfo | None = zone or (None if has_lines else datetime.UTC)
    now = datetime.datetime.now().astimezone(own)
    if not at.strip():
        return now
    given = _AT.fullmatch(at.strip())
    if given is None:
        raise _no_time(at)
    try:
        day = datetime.date.fromisoformat(given["day"]) if given["day"] else now.date()
        clock = datetime.time(int(given["hour"]), int(given["minute"]), int(given["second"] or 0))
    except ValueError:
        raise _no_time(at) from None
    stated = given["zone"]
    if stated:
        plain = "+00:00" if stated in ("Z", "UTC", "GMT") else stated
        there = datetime.datetime.strptime(plain, "%z").tzinfo
        if not given["day"]:
            day = now.astimezone(there).date()
        return datetime.datetime.combine(day, clock, tzinfo=there).astimezone(own)
    if own is None:
        return datetime.datetime.combine(day, clock).astimezone()
    return datetime.datetime.combine(day, clock, tzinfo=own)


def _no_time(at: str) -> UsageError:
    return UsageError(
        "This is no time",
        where="--at",
        seen=at,
        todo='Write 14:05 or "2026-03-14 14:05", with UTC or +02:00 behind it if you like.',
    )


def _shown(path: Path, before: str, after: str) -> str:
    """`file:line: the new line`."""
    from twiceshy.reports.lines import lines_of

    old, new = lines_of(before), lines_of(after)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    first, end = next((b, e) for tag, _, _, b, e in blocks if tag != "equal")
    number = next((n for n in range(end - 1, first - 1, -1) if new[n].strip()), first)
    return f"{os.path.relpath(path)}:{number + 1}: {new[number].strip()}"
