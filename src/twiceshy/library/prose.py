"""The one place where the library reads prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Fact, Postmortem
from twiceshy.reports.headings import TIMELINE
from twiceshy.reports.prose.contents import contents_of
from twiceshy.reports.prose.parse import LONGEST, parse_document
from twiceshy.reports.prose.read import read_postmortems
from twiceshy.reports.prose.tasks import tasks_of
from twiceshy.reports.prose.times import times_of
from twiceshy.reports.prose.titles import title_of

if TYPE_CHECKING:
    from twiceshy.model.postmortem import Entry
    from twiceshy.reports.front_matter import Top

_LEAST_SECTIONS = 2


def postmortems_of(text: str, name: str, top: Top | None = None) -> tuple[Postmortem, ...]:
    """The incidents that a text tells, none where it is no postmortem."""
    return read_postmortems(text, name, top).postmortems


def begun(text: str, name: str, *, ours: bool) -> tuple[Postmortem, ...]:
    """What stands in a report that is only begun, or says too little to be known as one.

    Unless it is known to be `ours`, it has to have two of the sections that reports have.
    """
    if len(text) > LONGEST:
        return ()
    found = []
    for document in parse_document(text, name):
        sections = contents_of(document)
        if not ours and len(sections) < _LEAST_SECTIONS:
            continue
        times = times_of(document)
        one = Postmortem(
            span=document.part,
            title=title_of(document),
            language=Fact(document.language),
            date=times.date,
            started_at=times.started_at,
            ended_at=times.ended_at,
            sections=sections,
            timeline=times.timeline,
            action_items=tasks_of(document),
        )
        found.append(one)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Chronology:
    """The timeline of a text that may be only begun.

    `end` is the place behind the last thing in the section of the timeline, None without one.
    """

    language: str
    entries: tuple[Entry, ...]
    end: int | None = None


def chronology_of(text: str, name: str) -> Chronology:
    """The timeline of the last incident in a text, whether or not it is a postmortem already."""
    documents = parse_document(text, name)
    if not documents:
        return Chronology("en", ())
    document = documents[-1]
    ends = [block.span.end for block in document.blocks if block.section == TIMELINE]
    return Chronology(document.language, times_of(document).timeline, max(ends, default=None))
