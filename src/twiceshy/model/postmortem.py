"""What can be read out of any existing postmortem, each part with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the original text, in characters: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One thing that the text says; `value` is None when it does not say it.

    `alternatives` are other answers that the text supports, `confidence` lies between 0 and 1.
    """

    value: T | None = None
    alternatives: tuple[T, ...] = ()
    confidence: float = 0.0
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as far as it is stated; None stands for what is not said.

    `zone` is as written (`UTC`, `CLT`, `-03:00`), `offset` its minutes east of UTC where known.
    `day_number` counts the days of texts that say `Day 1` instead of a date.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    zone: str = ""
    offset: int | None = None
    day_number: int | None = None

    def __str__(self) -> str:
        """As ISO 8601, `--MM-DD` where the year is unknown, `THH:MM` where the date is."""
        day = ""
        if self.month is not None:
            day = f"{self.year:04d}" if self.year is not None else "-"
            day += f"-{self.month:02d}"
            day += f"-{self.day:02d}" if self.day is not None else ""
        elif self.year is not None:
            day = f"{self.year:04d}"
        if self.hour is None:
            return day
        clock = f"T{self.hour:02d}:{self.minute or 0:02d}"
        if self.second is not None:
            clock += f":{self.second:02d}"
        return f"{day}{clock} {self.zone}".rstrip()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a timeline; `until` ends a range.

    `mark` is `start`, `detected`, `escalated` or `resolved` where the entry says so, else "".
    """

    text: str
    at: Moment | None = None
    until: Moment | None = None
    mark: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """An action item; `due` is an ISO date, or what was written where it is none."""

    text: str
    owner: str | None = None
    due: str | None = None
    priority: str | None = None
    done: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the text: a root cause, an impact figure, the content of a section."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two things in one text that cannot both be true; `rule` is an id as `reports lint` has it."""

    rule: str
    says: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The kind of guard that would re-create the failure, or `none`.

    `because` quotes the sentences that say so, or gives the reason for `none`. `draft` is the
    content of a guard block, as TOML, "" for `none`.
    """

    kind: str
    score: float
    because: tuple[str, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Postmortem:
    """One incident as its report tells it.

    `detected_by` is `user`, `monitoring` or `staff`. `sections` has those names of
    `reports.headings` whose content stands somewhere in the text, under whatever heading.
    """

    span: Span
    title: Fact[str] = Fact()
    language: Fact[str] = Fact()
    authors: Fact[tuple[str, ...]] = Fact()
    date: Fact[Moment] = Fact()
    started_at: Fact[Moment] = Fact()
    detected_at: Fact[Moment] = Fact()
    resolved_at: Fact[Moment] = Fact()
    ended_at: Fact[Moment] = Fact()
    duration_minutes: Fact[float] = Fact()
    minutes_to_detect: Fact[float] = Fact()
    minutes_to_resolve: Fact[float] = Fact()
    exposure: Fact[str] = Fact()
    effort: Fact[str] = Fact()
    detected_by: Fact[str] = Fact()
    severity: Fact[str] = Fact()
    services: Fact[tuple[str, ...]] = Fact()
    sections: Mapping[str, Passage] = field(default_factory=dict)
    timeline: tuple[Entry, ...] = ()
    action_items: tuple[Task, ...] = ()
    root_causes: tuple[Passage, ...] = ()
    impact_figures: tuple[Passage, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    suggested: Suggestion = Suggestion("none", 0.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a text: its postmortems, or the `reason` why it holds none."""

    postmortems: tuple[Postmortem, ...] = ()
    reason: str = ""
