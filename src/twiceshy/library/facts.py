"""What the index keeps of one edition of a report, and how an `Entry` is made of it again.

Kept is plain data (JSON): whoever can write to the index's folder must not be able to run anything
with it.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twiceshy.library.audience import Audience
from twiceshy.library.entry import Action, Entry, GuardState
from twiceshy.model.postmortem import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twiceshy.model.postmortem import Fact, Postmortem
    from twiceshy.model.report import Report

MOMENTS = ("started_at", "detected_at", "resolved_at", "ended_at")
MINUTES = ("duration_minutes", "minutes_to_detect", "minutes_to_resolve")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT_PARTS = (
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "zone",
    "offset",
    "day_number",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One edition as the index keeps it.

    `facets` is what is filtered by, `facts` all else of the entry, both JSON. `title`, `names` and
    `body` are searched in, `text` is shown in snippets, `likeness` is JSON: words and names that
    similar reports share.
    """

    low: int
    high: int
    facets: str
    facts: str
    title: str
    names: str
    body: str
    text: str
    likeness: str


def texts(value: Any) -> tuple[str, ...]:
    """A value of the front matter as a list of texts: one, several, or none."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(
        str(item).strip() for item in items if item not in (None, "") and str(item).strip()
    )


def day_of(text: str | None) -> datetime.date | None:
    """The day that an ISO date names; None for anything else."""
    if not text or not _ISO_DAY.match(text):
        return None
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None


def facets_of(report: Report, one: Postmortem, kind: str) -> dict[str, Any]:
    """What is filtered by. Front matter wins over the text."""
    table = report.front_matter
    day = report.date or _day(one.date.value) or _day(one.started_at.value)
    return {
        "id": report.id,
        "title": report.title if table.get("title") else one.title.value or report.title,
        "date": day.isoformat() if day else "",
        "kind": kind,
        "severity": _first(texts(table.get("severity"))) or one.severity.value or "",
        "status": _first(texts(table.get("status"))),
        "language": _first(texts(table.get("language") or table.get("lang")))
        or one.language.value
        or "",
        "service": texts(table.get("services")) or one.services.value or (),
        "tag": texts(table.get("tags")),
        "author": texts(table.get("authors") or table.get("author")) or one.authors.value or (),
        "guarded": bool(report.guards),
    }


def facts_of(report: Report, one: Postmortem, actions: tuple[Action, ...]) -> dict[str, Any]:
    """Everything else that an entry says, but guards, mechanisms and the excerpt."""
    return {
        **{name: _plain_moment(getattr(one, name)) for name in MOMENTS},
        **{name: getattr(one, name).value for name in MINUTES},
        "detected_by": one.detected_by.value or "",
        "reviewers": texts(report.front_matter.get("reviewers")),
        "actions": [_plain_action(action) for action in actions],
        "problems": len(report.problems),
        "conflicts": len(one.conflicts),
    }


def _first(values: tuple[str, ...]) -> str:
    return values[0] if values else ""


def _day(moment: Moment | None) -> datetime.date | None:
    if moment is None or None in (moment.year, moment.month, moment.day):
        return None
    try:
        return datetime.date(moment.year or 0, moment.month or 0, moment.day or 0)
    except ValueError:
        return None


def _plain_moment(fact: Fact[Moment]) -> list[Any] | None:
    moment = fact.value
    return None if moment is None else [getattr(moment, part) for part in _MOMENT_PARTS]


def _plain_action(action: Action) -> list[Any]:
    return [action.text, action.line, action.done, action.owner, action.due, action.priority]


def entry_of(
    id_: str,
    facets: Mapping[str, Any],
    facts_text: str,
    state: Callable[[str, list[Any]], GuardState],
) -> Entry:
    """The entry that was kept. `state` makes a guard of its report's id and its plain data."""
    facts = json.loads(facts_text)
    actions = tuple(
        Action(id_, text, line, done, owner, due, day_of(due), priority)
        for text, line, done, owner, due, priority in facts["actions"]
    )
    return Entry(
        id=id_,
        path=Path(facts["path"]),
        title=facets["title"],
        visibility=Audience(facts["visibility"]),
        language=_first(facets["language"]),
        date=day_of(facets["date"]),
        severity=_first(facets["severity"]),
        status=_first(facets["status"]),
        authors=facets["author"],
        services=facets["service"],
        tags=facets["tag"],
        kind=_first(facets["kind"]),
        detected_by=facts["detected_by"],
        reviewers=tuple(facts["reviewers"]),
        guards=tuple(state(facets["id"], guard) for guard in facts["guards"]),
        actions=actions,
        mechanisms=tuple(facts["mechanisms"]),
        sections=tuple(facts["sections"]),
        problems=facts["problems"],
        conflicts=facts["conflicts"],
        redacted=facts["redacted"],
        excerpt=facts["excerpt"],
        **{name: facts[name] for name in MINUTES},
        **{name: _moment(facts[name]) for name in MOMENTS},
    )


def _moment(parts: list[Any] | None) -> Any:
    return None if parts is None else Moment(**dict(zip(_MOMENT_PARTS, parts, strict=True)))
