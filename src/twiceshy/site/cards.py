"""A report as lists show it, and an action item as it is shown everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.verdict import Value
from twiceshy.site.clock import span

if TYPE_CHECKING:
    import datetime

    from twiceshy.library import Entry
    from twiceshy.library.entry import Action
    from twiceshy.site.site import Site

UNDETERMINED = "und"
"""The code for a text whose language is not known."""

_ORDER = (Value.RECURS, Value.UNKNOWN, None, Value.HOLDS)


@dataclass(frozen=True, slots=True)
class Card:
    """A report in a list. `state` is the worst of its guards, `never` or `none`."""

    href: str
    title: str
    lang: str
    date: datetime.date | None
    severity: str
    status: str
    state: str
    services: tuple[str, ...]
    duration: str
    open: int
    lead: str


@dataclass(frozen=True, slots=True)
class Item:
    """An action item. `href` and `title` are those of its report."""

    text: str
    done: bool
    overdue: bool
    owner: str
    due: str
    priority: str
    href: str
    title: str
    lang: str


def card(site: Site, entry: Entry) -> Card:
    """A report in a list."""
    minutes = entry.duration_minutes
    return Card(
        href=site.href(entry.id),
        title=entry.title,
        lang=language(entry),
        date=entry.date,
        severity=entry.severity,
        status=entry.status,
        state=state(entry),
        services=entry.services[:4],
        duration=span(minutes) if minutes is not None else "",
        open=sum(not action.done for action in entry.actions),
        lead=entry.excerpt,
    )


def item(site: Site, action: Action) -> Item:
    """An action item with its report."""
    entry = site.by_id[action.report]
    return Item(
        text=action.text,
        done=action.done,
        overdue=action.overdue(site.today),
        owner=action.owner,
        due=action.due_on.isoformat() if action.due_on else action.due,
        priority=action.priority,
        href=site.href(entry.id),
        title=entry.title,
        lang=language(entry),
    )


def language(entry: Entry) -> str:
    """The code of a report's language, for the pages' `lang`."""
    return entry.language or UNDETERMINED


def state(entry: Entry) -> str:
    """The worst that its guards say today; `never` before that, `none` without a guard."""
    if not entry.guards:
        return "none"
    today = {guard.today for guard in entry.guards}
    worst = next(value for value in _ORDER if value in today)
    return worst.value if worst else "never"
