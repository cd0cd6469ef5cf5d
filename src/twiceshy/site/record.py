"""A report as JSON, for programs, and the schema of that."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from twiceshy.config.json_schema import DIALECT
from twiceshy.site.cards import state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.library.entry import GuardState, Volume
    from twiceshy.library.search_records import Similar
    from twiceshy.model.postmortem import Moment
    from twiceshy.site.site import Site

_State = Literal["holds", "recurs", "unknown", "never", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EventRecord(_Part):
    """One entry of the timeline."""

    at: str | None = Field(description="ISO 8601 as far as it is stated, such as --09-22T08:30.")
    text: str = Field(description="What happened.")
    mark: str = Field(description="start, detected, escalated, resolved, or empty.")


class ActionRecord(_Part):
    """One action item."""

    text: str = Field(description="What is to be done.")
    owner: str | None = Field(description="Who does it.")
    due: str | None = Field(description="An ISO date, or what was written where it is none.")
    done: bool = Field(description="Whether it is done.")
    overdue: bool = Field(description="Whether it should have been done when this was written.")


class GuardRecord(_Part):
    """One guard, and what is known of it."""

    kind: str = Field(description="Its kind, such as isolation.")
    verdicts: dict[str, str] = Field(
        description="The last verdict on each version; today's code has the empty name."
    )
    rehearsed_at: datetime.datetime | None = Field(description="When it last ran.")
    proved: bool = Field(description="Whether it recurs on what failed, and holds today.")


class SimilarRecord(_Part):
    """Another report that is like this one."""

    id: str = Field(description="Its id.")
    title: str = Field(description="Its title.")
    reasons: list[str] = Field(description="Why it is here.")


class ReportRecord(_Part):
    """One postmortem as its page shows it. What an edition leaves out is not in it."""

    schema_: str = Field(
        default="../schema/report.json", alias="$schema", description="Where this is described."
    )
    id: str = Field(description="Its id, which stays when the file is moved.")
    title: str = Field(description="Its title.")
    page: str = Field(description="Its page, seen from the first page.")
    path: str = Field(description="Its file, seen from the project's folder.")
    language: str | None = Field(description="A code such as en or ja.")
    date: datetime.date | None = Field(description="The day of the incident.")
    severity: str | None = Field(description="As the report names it.")
    status: str | None = Field(description="draft, in-review, published or closed.")
    visibility: str = Field(description="The lowest audience that may see it.")
    redacted: bool = Field(description="Whether this edition leaves parts of it out.")
    authors: list[str] = Field(description="Who wrote it.")
    reviewers: list[str] = Field(description="Who read it before it was published.")
    services: list[str] = Field(description="What was touched.")
    tags: list[str] = Field(description="What it is filed under.")
    started_at: str | None = Field(description="ISO 8601 as far as it is stated.")
    detected_at: str | None = Field(description="As started_at.")
    resolved_at: str | None = Field(description="As started_at.")
    ended_at: str | None = Field(description="As started_at.")
    duration_minutes: float | None = Field(description="How long it lasted.")
    minutes_to_detect: float | None = Field(description="How long until somebody knew.")
    minutes_to_resolve: float | None = Field(
        description="How long until it was resolved, as the report counts it."
    )
    detected_by: str | None = Field(description="user, monitoring or staff.")
    excerpt: str = Field(description="The beginning of its summary.")
    timeline: list[EventRecord] = Field(description="What happened when.")
    action_items: list[ActionRecord] = Field(description="What is done about it.")
    root_causes: list[str] = Field(description="Why it happened, in the report's words.")
    state: _State = Field(description="The worst that its guards say; none without a guard.")
    guards: list[GuardRecord] = Field(description="Its guards.")
    similar: list[SimilarRecord] = Field(description="Reports that are like it.")


def schema() -> dict[str, Any]:
    """The JSON Schema of a report's JSON."""
    made = ReportRecord.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, **made, "title": "twiceshy report"}


def record(site: Site, volume: Volume, alike: Sequence[Similar]) -> str:
    """A report as JSON text."""
    entry = volume.entry
    same = ("id", "title", "redacted", "excerpt", "date", "duration_minutes", "minutes_to_detect")
    said = ("language", "severity", "status", "detected_by")
    several = ("authors", "reviewers", "services", "tags")
    moments = ("started_at", "detected_at", "resolved_at", "ended_at")
    made = ReportRecord(
        **{name: getattr(entry, name) for name in (*same, "minutes_to_resolve")},
        **{name: getattr(entry, name) or None for name in said},
        **{name: list(getattr(entry, name)) for name in several},
        **{name: _at(getattr(entry, name)) for name in moments},
        page=site.href(entry.id),
        path=entry.path.as_posix(),
        visibility=entry.visibility.value,
        timeline=_events(volume),
        action_items=_actions(site, volume),
        root_causes=[cause.text for one in volume.postmortems for cause in one.root_causes],
        state=state(entry),
        guards=[_guard(guard) for guard in entry.guards],
        similar=[_similar(other) for other in alike],
    )
    return made.model_dump_json(by_alias=True, indent=2) + "\n"


def _at(moment: Moment | None) -> str | None:
    return (str(moment) or None) if moment else None


def _events(volume: Volume) -> list[EventRecord]:
    return [
        EventRecord(at=_at(line.at), text=line.text, mark=line.mark)
        for one in volume.postmortems
        for line in one.timeline
    ]


def _guard(guard: GuardState) -> GuardRecord:
    verdicts = {version: value.value for version, value in guard.verdicts.items()}
    return GuardRecord(
        kind=guard.kind, verdicts=verdicts, rehearsed_at=guard.at, proved=guard.proved
    )


def _similar(other: Similar) -> SimilarRecord:
    reasons = [reason.says for reason in other.reasons]
    return SimilarRecord(id=other.entry.id, title=other.entry.title, reasons=reasons)


def _actions(site: Site, volume: Volume) -> list[ActionRecord]:
    return [
        ActionRecord(
            text=action.text,
            owner=action.owner or None,
            due=action.due or None,
            done=action.done,
            overdue=action.overdue(site.today),
        )
        for action in volume.entry.actions
    ]
