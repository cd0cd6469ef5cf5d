"""Reads a file into what the index keeps of it. Runs in other processes when there is much to read.

Nothing that a file holds can make this fail.
"""

from __future__ import annotations

import json
import os
import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twiceshy.archive.archive import guard_hash
from twiceshy.errors import Location, ReportError
from twiceshy.library.audience import Audience
from twiceshy.library.editions import editions
from twiceshy.library.entry import Action
from twiceshy.library.facts import Kept, facets_of, facts_of
from twiceshy.library.mechanisms import mechanisms
from twiceshy.library.prose import begun, postmortems_of
from twiceshy.library.words import is_without_blanks, words
from twiceshy.model.postmortem import Postmortem, Span
from twiceshy.reports import parse_report
from twiceshy.reports.front_matter import KEYS
from twiceshy.reports.headings import ROOT_CAUSES, SUMMARY, TRIGGER
from twiceshy.reports.parse import LONGEST, parse_without_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.library.editions import Edition
    from twiceshy.model.report import Report

EXCERPT = 280
"""Characters of a summary that stand for a report in a list."""
_LIKENESS = 60
"""Words of a report that similar ones are looked for with."""
_CODE_WITHIN = 20_000
_CODE = re.compile(r"`([^`\n]{2,60})`")
_MARKUP = re.compile(r"<!--.*?-->|<[^>\n]{1,200}>|!?\[([^\]\n]*)\]\([^)\n]*\)|[*_`#>|]+", re.DOTALL)
_BREAK = re.compile("\n")
_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_REQUEST = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE) (/[^\s\"'`,)]*)")


@dataclass(frozen=True, slots=True)
class Content:
    """A file's text; `problem` says why it could not be read in full."""

    text: str
    problem: ReportError | None = None


def read_content(path: Path) -> Content:
    """The text of a file, as far as it can be read."""
    try:
        with path.open("rb") as file:
            # In UTF-8 a character has at most four bytes: more than this is too long in any case.
            size = os.fstat(file.fileno()).st_size
            raw = file.read(min(size + 1, 4 * LONGEST + 4))
    except OSError as error:
        says = (error.strerror or str(error)).lower()
        return Content(
            "", ReportError("The report cannot be read", location=Location(path), seen=says)
        )
    try:
        return Content(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = ReportError(
            "The report is not UTF-8 text",
            location=Location(path, line),
            seen=f"byte {raw[error.start]:#04x}",
            todo="Save it as UTF-8.",
        )
        return Content(raw.decode("utf-8-sig", errors="replace"), problem)


def read_files(root: bytes, paths: Sequence[bytes]) -> list[tuple[bytes, list[Kept]]]:
    """What the index keeps of each of these files, seen from `root`."""
    folder = Path(os.fsdecode(root))
    return [(path, read_file(folder, Path(os.fsdecode(path)))) for path in paths]


def read_file(root: Path, path: Path) -> list[Kept]:
    """What the index keeps of one file; nothing where it is neither report nor postmortem."""
    content = read_content(root / path)
    problems = [content.problem] if content.problem else []
    if len(content.text) > LONGEST or (content.problem and not content.text):
        report = parse_report(content.text, path)
        whole = _Reading(path, content.text[:0], report, ())
        found = _kept(whole, 2, 2, Audience.RESTRICTED, len(problems), redacted=False)
        return [found]
    every = editions(content.text, path)
    lowest = every[0].low
    return [
        _kept(reading, one.low.level, one.high.level, lowest, len(problems), redacted=one.redacted)
        for one in every
        if (reading := read_edition(one, whole=False)) is not None
    ]


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    text: str
    report: Report
    postmortems: tuple[Postmortem, ...]


def read_edition(edition: Edition, *, whole: bool = True) -> _Reading | None:
    """All that can be read in an edition; None where it is no report.

    Unless the `whole` report is wanted, its sections are left out where prose tells the same.
    """
    found = postmortems_of(edition.text, str(edition.path), edition.top)
    brief = None if whole or not found else _brief(edition, found)
    report = brief or parse_report(edition.text, edition.path, edition.top)
    if not found:
        ours = is_ours(report)
        found = begun(edition.text, str(edition.path), ours=ours)
        if not (found or ours):
            return None
    return _Reading(edition.path, edition.text, report, found)


def is_ours(report: Report) -> bool:
    """Whether there is a guard or a key of ours in a text, be it a wrong one."""
    keys = any(key in report.front_matter for key in KEYS)
    return bool(report.guards or report.problems or keys)


def _brief(edition: Edition, found: Sequence[Postmortem]) -> Report | None:
    """Front matter and guards of a report, where prose tells all else of it; else None.

    Parsing Markdown a second time takes longer than all else that is done here.
    """
    report = parse_without_sections(edition.text, edition.path, edition.top)
    if report is None or not ("```" in edition.text or "~~~" in edition.text):
        return report
    # In a text with code, as reports of ours have it, nothing of their own form may be missed.
    one, title = found[0], report.front_matter.get("title")
    titled = report.title != edition.path.stem if title else one.title.value
    told = titled and SUMMARY in one.sections and any(each.action_items for each in found)
    return report if told else None


def _kept(
    reading: _Reading, low: int, high: int, lowest: Audience, problems: int, *, redacted: bool
) -> Kept:
    report = reading.report
    one = reading.postmortems[0] if reading.postmortems else Postmortem(Span(0, len(reading.text)))
    kind = report.guards[0].kind if report.guards else one.suggested.kind
    facets = facets_of(report, one, kind)
    title = facets["title"]
    told = f"{title}\n{_told(reading, one)}"
    said = words(told)
    facts = facts_of(report, one, _actions(reading))
    facts |= {
        "path": str(reading.path),
        "visibility": lowest.value,
        "redacted": redacted,
        "guards": [[guard.kind, guard.location.line, guard_hash(guard)] for guard in report.guards],
        "mechanisms": mechanisms(told, said),
        "sections": sorted(_sections(reading)),
        "excerpt": _excerpt(reading, one),
    }
    facts["problems"] += problems
    names = [facets["id"], kind, *facets["service"], *facets["tag"], *facets["author"]]
    shown = _searched(reading.text)
    return Kept(
        low=low,
        high=high,
        facets=_json(facets),
        facts=_json(facts),
        title=_storable(" ".join(words(title))),
        names=_storable(" ".join(words(" ".join(names)))),
        body=_storable(" ".join(words(shown))),
        text=_storable(shown),
        likeness=_json({"words": _likeness(said), "names": _names(reading, shown)}),
    )


def _searched(text: str) -> str:
    """The text below its front matter: keys are searched as what they mean."""
    lines = text.split("\n")
    fence = lines[0].strip("\ufeff\r ")
    if fence not in ("---", "+++"):
        return text
    ends = (place for place, line in enumerate(lines) if place and line.rstrip() in (fence, "..."))
    end = next(ends, None)
    return text if end is None else "\n".join(lines[end + 1 :])


def _told(reading: _Reading, one: Postmortem) -> str:
    """Summary, root causes and trigger; the beginning of the text where it has none of them."""
    parts = [
        one.sections[name].text for name in (SUMMARY, ROOT_CAUSES, TRIGGER) if name in one.sections
    ]
    parts += [cause.text for cause in one.root_causes]
    if not parts:
        wanted = (SUMMARY, ROOT_CAUSES, TRIGGER)
        parts = [section.text for section in reading.report.sections if section.name in wanted]
    return "\n".join(dict.fromkeys(parts)) or _searched(reading.text)[:2000]


def _excerpt(reading: _Reading, one: Postmortem) -> str:
    """The first sentences of the summary, without markup."""
    found = one.sections.get(SUMMARY)
    sections = reading.report.sections
    named = next((section.text for section in sections if section.name == SUMMARY), "")
    text = (found.text if found else "") or named or _told(reading, one)
    plain = " ".join(_MARKUP.sub(lambda mark: mark[1] or " ", text[: 4 * EXCERPT]).split())
    if len(plain) <= EXCERPT:
        return plain
    cut = plain[:EXCERPT]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + " \u2026"


def _sections(reading: _Reading) -> set[str]:
    found = {name for one in reading.postmortems for name in one.sections}
    return found or {section.name for section in reading.report.sections if section.name}


def _actions(reading: _Reading) -> tuple[Action, ...]:
    """Those of all incidents of the text, else those that the report's own form shows."""
    breaks = [found.start() for found in _BREAK.finditer(reading.text)]
    found = [
        Action(
            report="",
            text=task.text,
            line=bisect_left(breaks, task.span.start) + 1 if task.span else 0,
            done=task.done,
            owner=task.owner or "",
            due=task.due or "",
            priority=task.priority or "",
        )
        for one in reading.postmortems
        for task in one.action_items
    ]
    return tuple(found) or tuple(
        Action("", item.text, item.line, item.done, item.owner or "", item.due or "")
        for item in reading.report.action_items
    )


def _likeness(said: Iterable[str]) -> list[str]:
    """Words to compare reports by: those of the title and of what happened, each once."""
    kept: dict[str, None] = {}
    for word in said:
        # Pairs of letters are words here, their last one alone is none.
        if (len(word) > 3 or (len(word) == 2 and is_without_blanks(word))) and not word.isdigit():
            kept[word] = None
    return list(islice(kept, _LIKENESS))


def _names(reading: _Reading, text: str) -> list[str]:
    """Tables, columns, requests: what stands as code in the text, and in guards."""
    found = [name.strip() for name in _CODE.findall(text[:_CODE_WITHIN])]
    for guard in reading.report.guards:
        found += _REQUEST.findall(json.dumps(dict(guard.table), default=str))
    return sorted({name for name in found if name})[:30]


def _json(value: Any) -> str:
    return _storable(_TO_JSON.encode(value))


def _storable(text: str) -> str:
    """SQLite keeps UTF-8 only."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\ufffd")
