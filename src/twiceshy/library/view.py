"""What one audience sees of the index, until something changes."""

from __future__ import annotations

import heapq
import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from twiceshy.library.audience import Audience
from twiceshy.library.catalogue import Catalogue
from twiceshy.library.facts import entry_of
from twiceshy.library.search import marked, snippets
from twiceshy.library.search_records import Hit
from twiceshy.library.similarity import Likenesses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any

    from twiceshy.library.entry import Entry
    from twiceshy.library.index import Index
    from twiceshy.library.proofs import Proofs
    from twiceshy.library.search import Term
    from twiceshy.library.search_records import Filters

_SHOWN_OF_TEXT = 100_000
"""Characters of a text in which snippets are looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What fits a query: `numbers`, in no order, and what their order goes by."""

    numbers: Collection[int]
    ordered: Sequence[int] | None = None
    ranks: Mapping[int, float] = field(default_factory=dict)

    def best(self, first: int, end: int) -> Sequence[int]:
        """The best, of which the first `first` are left out; without a query, the newest."""
        if self.ordered is not None:
            return self.ordered[first:end]
        # Numbers grow with time: of two that fit equally well, the one read last comes first.
        return heapq.nsmallest(end, self.numbers, key=lambda n: (self.ranks[n], -n))[first:]


class View:
    """Everything here is made of editions that the audience may see, and of nothing else."""

    def __init__(
        self,
        index: Index,
        proofs: Proofs,
        audience: Audience,
        facets: Callable[[int, str], Mapping[str, Any]],
    ) -> None:
        self._index = index
        self._proofs = proofs
        self._level = audience.level
        self._lock = RLock()
        self._entries: dict[int, Entry] = {}
        self._complete = False
        self._likenesses: Likenesses | None = None
        rows = index.ask("catalogue", level=self._level)
        self.catalogue = Catalogue((number, facets(number, text)) for number, text, _ in rows)
        self.paths = {number: Path(os.fsdecode(path)) for number, _, path in rows}

    def every(self) -> Mapping[int, Entry]:
        """All entries by their numbers."""
        with self._lock:
            if not self._complete:
                for number, facts in self._index.ask("all_facts", level=self._level):
                    if number in self.catalogue.names:
                        self._entries[number] = self._made(number, facts)
                self._complete = True
            return self._entries

    def entry(self, number: int) -> Entry | None:
        """One entry; None when it has just gone."""
        with self._lock:
            if number not in self._entries:
                for (facts,) in self._index.ask("facts", id=number):
                    self._entries[number] = self._made(number, facts)
            return self._entries.get(number)

    def likenesses(self) -> Likenesses:
        """What reports are compared by."""
        with self._lock:
            if self._likenesses is None:
                rows = self._index.ask("likeness", level=self._level)
                known = self.catalogue.names
                self._likenesses = Likenesses((n, text) for n, text in rows if n in known)
            return self._likenesses

    def found(self, asked: str, excluded: str, filters: Filters) -> Found:
        """What fits; where nothing is `asked`, all but what is `excluded`."""
        if not asked:
            fitting = set(self.catalogue.fitting(filters, None))
            if excluded:
                fitting -= {number for number, _ in self._index.ask("ranked", query=excluded)}
            return Found(fitting, [n for n in self.catalogue.newest if n in fitting])
        ranks: dict[int, float] = dict(self._index.ask("ranked", query=asked))
        return Found(self.catalogue.fitting(filters, ranks), None, ranks)

    def hit(self, number: int, wanted: Sequence[Term]) -> Hit | None:
        """What is shown of one; None when it has just gone."""
        entry = self.entry(number)
        if entry is None:
            return None
        title = marked(entry.title, wanted)
        if not wanted:
            return Hit(entry, title)
        texts = self._index.ask("text", id=number)
        found = snippets(texts[0][0][:_SHOWN_OF_TEXT], wanted) if texts else ()
        return Hit(entry, title, found)

    def _made(self, number: int, facts: str) -> Entry:
        catalogue = self.catalogue
        # What a guard saw was blackened for nobody, so that only who sees everything may see it.
        everything = self._level == Audience.RESTRICTED.level
        state = self._proofs.drawn if everything else self._proofs.state
        return entry_of(catalogue.names[number], catalogue.facets[number], facts, state)
