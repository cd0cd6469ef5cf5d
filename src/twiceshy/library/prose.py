"""The one place where the library reads prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.reports.headings import TIMELINE
from twiceshy.reports.prose.parse import parse_document
from twiceshy.reports.prose.read import read_postmortems
from twiceshy.reports.prose.times import times_of

if TYPE_CHECKING:
    from twiceshy.model.postmortem import Entry, Postmortem


def postmortems_of(text: str, name: str) -> tuple[Postmortem, ...]:
    """The incidents that a text tells, none where it is no postmortem."""
    return read_postmortems(text, name).postmortems


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
