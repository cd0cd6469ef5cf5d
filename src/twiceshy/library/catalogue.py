"""What one audience may see, in memory: numbers of editions, and what they are filtered by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from twiceshy.library.similarity import merged
from twiceshy.library.words import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from twiceshy.library.search_records import Filters

FACETS = (
    "kind",
    "service",
    "tag",
    "severity",
    "status",
    "language",
    "author",
    "guarded",
    "year",
)


class Catalogue:
    """The editions that one audience may see.

    `names` gives each a name that no other of them has: its report's id, or that with a number
    where several reports bear the same.
    """

    def __init__(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        self.facets: dict[int, Mapping[str, Any]] = {}
        self.names: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.dates: dict[int, str] = {}
        self._with: dict[str, dict[str, set[int]]] = {facet: {} for facet in FACETS}
        for number, facets in rows:
            self._add(number, facets)
        self.newest = sorted(self.names, key=self.names.__getitem__)
        self.newest.sort(key=self.dates.__getitem__, reverse=True)
        self._by_fold = {facet: _folded(having) for facet, having in self._with.items()}

    def _add(self, number: int, facets: Mapping[str, Any]) -> None:
        name, place = facets["id"], 1
        while name in self.numbers:
            place += 1
            name = f"{facets['id']}~{place}"
        self.facets[number] = facets
        self.names[number] = name
        self.numbers[name] = number
        self.dates[number] = facets["date"]
        for facet, having in self._with.items():
            for value in facets[facet]:
                having.setdefault(value, set()).add(number)

    def fitting(self, filters: Filters, numbers: Collection[int] | None) -> Collection[int]:
        """Those of `numbers` (or of all) that the filters let pass; nothing that is not ours."""
        found: AbstractSet[int] = self.names.keys()
        wanted = {
            "kind": filters.kinds,
            "service": filters.services,
            "tag": filters.tags,
            "severity": filters.severities,
            "status": filters.statuses,
            "language": filters.languages,
            "author": filters.authors,
            "guarded": () if filters.guarded is None else ("yes" if filters.guarded else "no",),
        }
        for facet, values in wanted.items():
            if values:
                having = [self._by_fold[facet].get(fold(value), set()) for value in values]
                found = found & set().union(*having)
        if filters.since or filters.until:
            since = filters.since.isoformat() if filters.since else "0"
            until = filters.until.isoformat() if filters.until else "9999-12-31"
            found = {number for number in found if since <= self.dates[number] <= until}
        return found if numbers is None else [number for number in numbers if number in found]

    def counts(self, numbers: Collection[int]) -> Mapping[str, Mapping[str, int]]:
        """For each facet how many of `numbers` have each value, the most frequent first."""
        wanted = set(numbers)
        found = {}
        for facet, having in self._with.items():
            counts = {value: len(wanted & those) for value, those in having.items()}
            found[facet] = merged({value: count for value, count in counts.items() if count})
        return found


def _folded(having: Mapping[str, set[int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for value, numbers in having.items():
        known = found.get(fold(value))
        found[fold(value)] = numbers if known is None else known | numbers
    return found


def filtered_by(text: str) -> dict[str, Any]:
    """What was kept of an edition, each facet as a tuple of its values."""
    facets: dict[str, Any] = json.loads(text)
    found = {"id": facets["id"], "title": facets["title"], "date": facets["date"]}
    for facet in FACETS:
        if facet == "guarded":
            found[facet] = ("yes" if facets["guarded"] else "no",)
            continue
        value = facets["date"][:4] if facet == "year" else facets[facet]
        values = value if isinstance(value, list) else [value]
        found[facet] = tuple(dict.fromkeys(str(one) for one in values if one))
    return found
