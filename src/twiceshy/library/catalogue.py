"""What one audience may see, in memory: numbers of editions, and what they are filtered by."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from twiceshy.library.similarity import counted
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

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self.facets: dict[int, dict[str, Any]] = {}
        self.names: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.dates: dict[int, str] = {}
        self._values: dict[str, dict[int, tuple[str, ...]]] = {facet: {} for facet in FACETS}
        self._with: dict[str, dict[str, set[int]]] = {facet: {} for facet in FACETS}
        for number, text in rows:
            self._add(number, json.loads(text))
        self.newest = sorted(self.names, key=lambda number: self.names[number])
        self.newest.sort(key=lambda number: self.dates[number], reverse=True)

    def _add(self, number: int, facets: dict[str, Any]) -> None:
        name, place = facets["id"], 1
        while name in self.numbers:
            place += 1
            name = f"{facets['id']}~{place}"
        self.facets[number] = facets
        self.names[number] = name
        self.numbers[name] = number
        self.dates[number] = facets["date"]
        for facet in FACETS:
            values = _values(facets, facet)
            self._values[facet][number] = values
            for value in values:
                self._with[facet].setdefault(fold(value), set()).add(number)

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
                having = [self._with[facet].get(fold(value), set()) for value in values]
                found = found & set().union(*having)
        if filters.since or filters.until:
            since = filters.since.isoformat() if filters.since else "0"
            until = filters.until.isoformat() if filters.until else "9999-12-31"
            found = {number for number in found if since <= self.dates[number] <= until}
        return found if numbers is None else [number for number in numbers if number in found]

    def counts(self, numbers: Collection[int]) -> Mapping[str, Mapping[str, int]]:
        """For each facet how many of `numbers` have each value, the most frequent first."""
        return {
            facet: counted(chain.from_iterable(map(values.__getitem__, numbers)))
            for facet, values in self._values.items()
        }


def _values(facets: Mapping[str, Any], facet: str) -> tuple[str, ...]:
    if facet == "guarded":
        return ("yes" if facets["guarded"] else "no",)
    value = facets["date"][:4] if facet == "year" else facets[facet]
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(str(one) for one in values if one))
