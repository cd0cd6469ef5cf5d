"""Adds a line to a report's timeline, in the form that the timeline already has.

Not a byte of the rest changes. Pure: text in, text out.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.reports.lines import lines_of
from twiceshy.reports.parse import parse_report
from twiceshy.reports.stamps import Stamp, stamp_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.postmortem import Entry, Moment
    from twiceshy.model.report import Section

HEADINGS = {
    "en": "Timeline",
    "es": "Cronología",
    "pt": "Linha do tempo",
    "fr": "Chronologie",
    "de": "Zeitlicher Ablauf",
    "it": "Cronologia",
    "ja": "タイムライン",
}
_MARKER = re.compile(r"\s*(?:[-*+\u2022]\s|\d+[.)]\s|#{1,6}\s|\||<)")


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry of the timeline: its first line (from 0), the line after it, form and time."""

    first: int
    end: int
    stamp: Stamp
    at: Moment


def with_line(
    text: str,
    entries: Sequence[Entry],
    at: datetime.datetime,
    says: str,
    *,
    language: str = "en",
    section_end: int | None = None,
    day: datetime.date | None = None,
) -> str:
    """`text` with a line that says what happened at `at`, which bears a zone.

    `entries` is the timeline as it was read in `text`. Without one, a line is put where the
    section of the timeline ends (`section_end`, in characters), and that section is made in the
    report's language where there is none. `day` is that of the report, where it says so.
    """
    says = " ".join(says.split())
    lines = lines_of(text)
    newline = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    told = _dated(_told(lines, entries), day)
    if told:
        return _beside(lines, told, at, says, newline)
    line = _first_line(at, says)
    if section_end is None:
        return _with_section(text, lines, language, line, newline)
    return _below(lines, section_end, line, newline)


def offset_of(entries: Sequence[Entry]) -> datetime.timezone | None:
    """The zone of the timeline's last times; None where it does not say it."""
    for entry in reversed(entries):
        if entry.at is not None and entry.at.offset is not None:
            return datetime.timezone(datetime.timedelta(minutes=entry.at.offset))
    return None


def _starts(lines: Sequence[str]) -> list[int]:
    """Where each line begins, in characters, and last where the text ends."""
    return [0, *accumulate(map(len, lines))]


def _told(lines: Sequence[str], entries: Sequence[Entry]) -> list[_Line]:
    """The entries that stand at the beginning of a line of their own, in the order of the text."""
    starts = _starts(lines)
    found: dict[int, tuple[Stamp, Moment]] = {}
    for entry in entries:
        if entry.span is None or entry.at is None or entry.at.hour is None:
            continue
        number = bisect_right(starts, entry.span.start) - 1
        if number >= len(lines):
            continue
        stamp = stamp_of(lines[number].rstrip("\r\n"))
        if stamp:
            found.setdefault(number, (stamp, entry.at))
    firsts = sorted(found)
    ends = [*firsts[1:], len(lines)]
    return [
        _Line(first, _end(lines, first, until), *found[first])
        for first, until in zip(firsts, ends, strict=False)
    ]


def _dated(told: list[_Line], day: datetime.date | None) -> list[_Line]:
    """The entries, of which those without a date above the first dated one are before it.

    They are read as of its day, but somebody who begins to write dates does so past midnight.
    """
    count = next((place for place, one in enumerate(told) if one.stamp.date), 0)
    if not count:
        return told
    above, first, last = told[:count], _key(told[count].at), _key(told[count - 1].at)
    begins = _day(above[0].at)
    if begins is None or _key(above[0].at) > last:
        return told
    if day is not None and day.toordinal() < first[0]:
        back = begins.toordinal() - day.toordinal()
    else:
        back = int(last > first)
    return [replace(one, at=_earlier(one.at, back)) for one in above] + told[count:]


def _earlier(at: Moment, days: int) -> Moment:
    """The same time so many days before."""
    day = _day(at)
    if day is None or day.toordinal() <= days:
        return at
    before = day - datetime.timedelta(days)
    return replace(at, year=before.year, month=before.month, day=before.day)


def _end(lines: Sequence[str], first: int, until: int) -> int:
    """The line after an entry: what is indented or goes on below it belongs to it."""
    heading = lines[first].lstrip().startswith("#")
    end = first + 1
    for number in range(first + 1, until):
        line = lines[number]
        if not line.strip():
            continue
        gap = number > end
        indented = line[:1].isspace()
        if heading:
            if line.startswith("#"):
                break
        elif not indented and (gap or _MARKER.match(line)):
            break
        end = number + 1
    return end


def _beside(
    lines: list[str], told: list[_Line], at: datetime.datetime, says: str, newline: str
) -> str:
    """The new line at its place among the others."""
    falling = len(told) > 1 and _key(told[0].at) > _key(told[-1].at)
    ordered = told[::-1] if falling else told
    new = _key_of(at, ordered[-1].at)
    before = [one for one in ordered if _key(one.at) <= new]
    model = before[-1] if before else ordered[0]
    date = _date(model, at)
    says = says.replace("|", "\\|") if model.stamp.lead.strip() == "|" else says
    line = model.stamp.line(at, says, date)
    if model.stamp.lead.strip() == "|":
        line = _row(model.stamp, at, says, date, lines[model.first])
    pieces = [line]
    if model.stamp.lead.lstrip().startswith("#") and not model.stamp.text.strip():
        head = model.stamp.line(at, "", date).rstrip()
        pieces = [head, "", says]
        pieces = ["", *pieces] if before and not falling else [*pieces, ""]
    elif _is_loose(lines, told):
        pieces = ["", line] if (before and not falling) else [line, ""]
    after = bool(before) != falling
    place = model.end if after else model.first
    return _put(lines, place, pieces, newline)


def _is_loose(lines: Sequence[str], told: Sequence[_Line]) -> bool:
    """Whether empty lines stand between the entries."""
    if len(told) < 2:
        return False
    return not lines[told[1].first - 1].strip()


def _row(stamp: Stamp, at: datetime.datetime, says: str, date: str, line: str) -> str:
    """A row of the same number of cells: time, then text; the others stay empty."""
    rest = len(re.findall(r"(?<!\\)\|", stamp.text))
    row = stamp.line(at, says, date)
    closes = line.rstrip().endswith("|")
    return row + " |" * max(1 if closes else 0, rest)


def _date(model: _Line, at: datetime.datetime) -> str:
    """What to write as the day: nothing where lines have none and the day is the same."""
    theirs = _day(model.at)
    if model.stamp.date:
        return model.stamp.date if theirs == at.date() else model.stamp.dated(at)
    if theirs is None or theirs == at.date():
        return ""
    return at.date().isoformat()


def _put(lines: list[str], place: int, pieces: Sequence[str], newline: str) -> str:
    head = "".join(lines[:place])
    if head and not head.endswith(("\n", "\r")):
        # The last line of the file had no end: it gets one, and the new last one has none.
        return head + newline + newline.join(pieces)
    return head + "".join(piece + newline for piece in pieces) + "".join(lines[place:])


def _first_line(at: datetime.datetime, says: str) -> str:
    zone = at.strftime("%z")
    shown = "UTC" if zone == "+0000" else f"{zone[:3]}:{zone[3:]}"
    return f"- {at:%Y-%m-%d %H:%M} {shown}: {says}"


def _with_section(text: str, lines: list[str], language: str, line: str, newline: str) -> str:
    """A section of its own at the end of the text."""
    sections = [one for one in parse_report(text, Path()).sections if one.level]
    heading = f"{'#' * _level(sections)} {HEADINGS.get(language, HEADINGS['en'])}"
    ends_empty = not lines or not lines[-1].strip()
    return _put(lines, len(lines), [*([] if ends_empty else [""]), heading, "", line], newline)


def _below(lines: list[str], section_end: int, line: str, newline: str) -> str:
    """At the end of a section that has no times yet; what it says besides stays above."""
    end = bisect_left(_starts(lines), section_end)
    hint = end
    while hint < len(lines) and (not lines[hint].strip() or lines[hint].startswith("<!--")):
        hint += 1
        if lines[hint - 1].strip():
            end = hint  # the hint of a draft stays above
    # Below a list the line goes on with it, below anything else it stands apart.
    goes_on = bool(re.match(r"\s*[-*+]\s", lines[end - 1]))
    follows = end < len(lines) and bool(lines[end].strip())
    return _put(lines, end, [*([] if goes_on else [""]), line, *([""] if follows else [])], newline)


def _level(sections: Sequence[Section]) -> int:
    """That of the report's own sections."""
    levels = [one.level for one in sections if one.name]
    return min(levels, default=2)


def _day(moment: Moment) -> datetime.date | None:
    if moment.year is None or moment.month is None or moment.day is None:
        return None
    try:
        return datetime.date(moment.year, moment.month, moment.day)
    except ValueError:
        return None


Key = tuple[int, int]


def _key(moment: Moment) -> Key:
    day = _day(moment)
    seconds = (moment.hour or 0) * 3600 + (moment.minute or 0) * 60 + (moment.second or 0)
    return (day.toordinal() if day else 0), seconds


def _key_of(at: datetime.datetime, like: Moment) -> Key:
    """Of the new line; without days where the timeline names none."""
    day = at.date().toordinal() if _day(like) else 0
    return day, at.hour * 3600 + at.minute * 60 + at.second
