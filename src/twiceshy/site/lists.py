"""The pages that list reports and action items."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from twiceshy.library.words import fold
from twiceshy.site.cards import card, item, state
from twiceshy.site.slugs import slug
from twiceshy.site.templates import page
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.library import Entry
    from twiceshy.site.cards import Item
    from twiceshy.site.site import Site

_ON_HOME = 6


@dataclass(frozen=True, slots=True)
class Topic:
    """A service or a tag, and the reports that name it."""

    name: str
    href: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many reports name it."""
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody's action items; `name` is "" for those of nobody."""

    name: str
    items: tuple[Item, ...]

    @property
    def open(self) -> int:
        """Not done yet."""
        return sum(not each.done for each in self.items)

    @property
    def overdue(self) -> int:
        """Should have been done by now."""
        return sum(each.overdue for each in self.items)


def home(site: Site) -> str:
    """The first page."""
    items = [item(site, each) for each in site.library.actions(site.audience, site.today)]
    figures = {
        "reports": len(site.entries),
        "open": sum(not each.done for each in items),
        "overdue": sum(each.overdue for each in items),
        "holds": sum(state(entry) == "holds" for entry in site.entries),
    }
    return page(
        site,
        "home",
        "index.html",
        figures=figures,
        newest=[card(site, entry) for entry in site.entries[:_ON_HOME]],
        worst=[card(site, entry) for entry in worst(site.entries)[:_ON_HOME]],
        items=[each for each in items if not each.done][:_ON_HOME],
    )


def worst(entries: Sequence[Entry]) -> list[Entry]:
    """The worst first: by severity, then by duration; what says neither is left out."""
    telling = [e for e in entries if e.severity or e.duration_minutes]
    return sorted(telling, key=lambda e: (rank(e.severity), -(e.duration_minutes or 0)))


_RANKS = (
    ("critical", "critica", "critico", "critique", "kritisch", "blocker", "致命的", "重大"),
    ("high", "alta", "alto", "major", "mayor", "elevee", "hoch", "grave", "高"),
    ("medium", "media", "medio", "moderate", "moderada", "moyenne", "mittel", "中"),
    ("low", "baja", "bajo", "minor", "menor", "baixa", "faible", "niedrig", "gering", "低"),
)


def rank(severity: str) -> int:
    """0 for the worst. `SEV1`, `P1` and `1` are worse than their successors; words count too."""
    digits = "".join(c for c in severity if c in "0123456789")
    if digits and len(digits) == 1:
        return int(digits)
    folded = fold(severity)
    return next((n for n, words in enumerate(_RANKS, 1) if any(w in folded for w in words)), 9)


def all_reports(site: Site) -> str:
    """Every report, by year."""
    return _listed(site, "reports.html", WORDS["all_reports"], site.entries)


def _listed(site: Site, path: str, heading: str, entries: Sequence[Entry]) -> str:
    years = [
        (year, [card(site, entry) for entry in group])
        for year, group in groupby(entries, lambda entry: entry.date.year if entry.date else None)
    ]
    return page(site, "reports", path, heading=heading, years=years, lang="")


def topics(site: Site, kind: str) -> list[Topic]:
    """Services or tags (`kind`), by name."""
    found: dict[str, list[Entry]] = {}
    for entry in site.entries:
        for name in dict.fromkeys(getattr(entry, kind)):
            found.setdefault(name, []).append(entry)
    return [
        Topic(name, f"{kind}/{slug(name)}.html", tuple(entries))
        for name, entries in sorted(found.items(), key=lambda pair: (fold(pair[0]), pair[0]))
    ]


def all_topics(site: Site) -> str:
    """The index of services and tags."""
    services, tags = topics(site, "services"), topics(site, "tags")
    return page(site, "topics", "topics.html", services=services, tags=tags)


def topic(site: Site, found: Topic) -> str:
    """The reports of one service or tag."""
    return _listed(site, found.href, found.name, found.entries)


def board(site: Site) -> str:
    """Action items by owner: those with overdue ones first, nobody's last."""
    items = [item(site, each) for each in site.library.actions(site.audience, site.today)]
    owners: dict[str, list[Item]] = {}
    for each in items:
        owners.setdefault(each.owner, []).append(each)
    found = [Owner(name, tuple(own)) for name, own in owners.items()]
    found.sort(key=lambda o: (not o.open, not o.name, -o.overdue, -o.open, fold(o.name)))
    return page(
        site,
        "actions",
        "actions.html",
        owners=found,
        overdue=sum(each.overdue for each in items),
        done=sum(each.done for each in items),
    )
