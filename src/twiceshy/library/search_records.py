"""What is searched for, and what is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from twiceshy.library.entry import Entry


@dataclass(frozen=True, slots=True)
class Filters:
    """Of several values of one filter, one has to fit; of several filters, all. Case is folded.

    `since` and `until` are included; a report without a date fits neither.
    """

    kinds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    guarded: bool | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the text on one line; `marks` are the ranges in it that were searched for."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One report that was found. `title` has its marks, `snippets` are at most three."""

    entry: Entry
    title: Snippet
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """The best hits, how many there are in all, and for each facet the count of each value.

    Facets: `kind`, `service`, `tag`, `severity`, `status`, `language`, `author`, `guarded`
    (`yes` or `no`) and `year`; values with the highest counts first.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two reports are alike.

    `because` is `mechanism`, `guard`, `names` (tables, requests), `service` or `words`; `words`
    are those in common.
    """

    because: str
    words: tuple[str, ...]

    @property
    def says(self) -> str:
        """The reason as a few words for a person."""
        lead = {
            "mechanism": "same mechanism",
            "guard": "same kind of failure",
            "names": "same tables or requests",
            "service": "same service",
            "words": "words in common",
        }[self.because]
        return f"{lead}: {', '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class Similar:
    """Another report that is like a given one; `score` lies between 0 and 1."""

    entry: Entry
    score: float
    reasons: tuple[Reason, ...]
