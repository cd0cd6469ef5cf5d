"""Which past reports are like one: by how it failed, by guard, by what it touched, by words."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING

from twiceshy.library.search_records import Reason
from twiceshy.library.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.library.entry import Entry

# What each kind of likeness can add at most; together 1.
_MECHANISM = 0.35
_GUARD = 0.15
_NAMES = 0.15
_SERVICE = 0.1
_WORDS = 0.25
_SHOWN = 6
_COMMON = 0.3
"""Words in more than this part of the reports say nothing, once there are a few."""
_LEAST = 0.12
"""Less than this is no likeness, and a single thing in common is none either."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Likeness:
    """What one report is compared by."""

    words: frozenset[str]
    names: frozenset[str]


class Likenesses:
    """Those of all reports that one audience may see."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self._of: dict[int, Likeness] = {}
        self._having: dict[str, list[int]] = defaultdict(list)
        self._weights: dict[str, float] = {}
        self._mechanisms: dict[str, float] | None = None
        for number, text in rows:
            kept = json.loads(text)
            one = Likeness(frozenset(kept["words"]), frozenset(kept["names"]))
            self._of[number] = one
            for word in one.words:
                self._having[word].append(number)

    def like(
        self, number: int, entries: Mapping[int, Entry], limit: int
    ) -> list[tuple[int, float, tuple[Reason, ...]]]:
        """The others most like `number`, with score and reasons.

        What another process has just read anew is like nothing here, until the view is made anew.
        """
        own = self._of.get(number)
        if own is None or number not in entries:
            return []
        shared = self._shared(own)
        telling = self._telling(entries)
        most = self._worth(own.words) or 1.0
        bound = _Bound(entries[number], own, telling)
        best: list[float] = []
        scored = []
        for other, entry in entries.items():
            if other == number or other not in self._of:
                continue
            words = shared.get(other, ())
            by_words = _WORDS * self._worth(words) / most
            least = best[0] if len(best) == limit else _LEAST
            if by_words + bound.of(entry, self._of[other]) < least - _ROUNDING:
                continue
            parts = _parts(entries[number], entry, own, self._of[other], telling)
            parts.append((by_words, "words", self._best(words)))
            score = sum(part for part, _, found in parts if found)
            if score >= _LEAST and sum(len(found) for _, _, found in parts) > 1:
                scored.append((other, score, parts))
                (heappush if len(best) < limit else heappushpop)(best, score)
        scored.sort(key=lambda one: (-one[1], -_day(entries[one[0]]), entries[one[0]].id))
        return [(other, min(1.0, score), _reasons(parts)) for other, score, parts in scored[:limit]]

    def _shared(self, own: Likeness) -> dict[int, list[str]]:
        """The telling words in common with each other report."""
        common = max(3.0, _COMMON * len(self._of))
        found: dict[int, list[str]] = defaultdict(list)
        for word in own.words:
            having = self._having[word]
            if len(having) <= common:
                for number in having:
                    found[number].append(word)
        return found

    def _telling(self, entries: Mapping[int, Entry]) -> dict[str, float]:
        """What half of all reports speak of makes no two of them alike."""
        if self._mechanisms is None:
            frequent = Counter(name for entry in entries.values() for name in entry.mechanisms)
            total = len(entries) + 1
            self._mechanisms = {name: 1 - count / total for name, count in frequent.items()}
        return self._mechanisms

    def _weight(self, word: str) -> float:
        """Rare words tell more."""
        found = self._weights.get(word)
        if found is None:
            found = math.log(1 + len(self._of) / len(self._having[word]))
            self._weights[word] = found
        return found

    def _worth(self, words: Iterable[str]) -> float:
        return sum(map(self._weight, words))

    def _best(self, words: Sequence[str]) -> tuple[str, ...]:
        """The most telling words; a single one is no likeness."""
        if len(words) < 2:
            return ()
        return tuple(sorted(words, key=lambda word: (-self._weight(word), word))[:_SHOWN])


class _Bound:
    """What others can have in common with one report at most, words left out: a quick look."""

    def __init__(self, one: Entry, own: Likeness, telling: Mapping[str, float]) -> None:
        most = sum(1 / (place + 1) for place in range(len(one.mechanisms))) or 1.0
        self._mechanisms = {
            name: _MECHANISM * telling[name] / (place + 1) / most
            for place, name in enumerate(one.mechanisms)
        }
        self._kinds = _kinds(one)
        self._names = own.names
        self._services = set(one.services)

    def of(self, other: Entry, its: Likeness) -> float:
        """At most so much."""
        found = 0.0
        for name in other.mechanisms:
            found += self._mechanisms.get(name, 0.0)
        if other.guards or other.kind in self._kinds:
            found += _GUARD
        if not self._names.isdisjoint(its.names):
            found += _NAMES
        if not self._services.isdisjoint(other.services):
            found += _SERVICE
        return found


Part = tuple[float, str, tuple[str, ...]]


def _parts(
    one: Entry, other: Entry, own: Likeness, its: Likeness, telling: Mapping[str, float]
) -> list[Part]:
    """What each kind of likeness adds, its name, and what is in common."""
    mechanisms = tuple(name for name in one.mechanisms if name in other.mechanisms)
    most = sum(1 / (place + 1) for place in range(len(one.mechanisms))) or 1.0
    shared = sum(telling[name] / (one.mechanisms.index(name) + 1) for name in mechanisms)
    kinds = tuple(sorted(_kinds(one) & _kinds(other)))
    names = tuple(sorted(own.names & its.names))
    services = tuple(sorted(set(one.services) & set(other.services)))
    return [
        (_MECHANISM * shared / most, "mechanism", mechanisms),
        (_GUARD if kinds else 0.0, "guard", kinds),
        (_NAMES * min(1.0, len(names) / 2), "names", names[:_SHOWN]),
        (_SERVICE if services else 0.0, "service", services[:_SHOWN]),
    ]


def _kinds(entry: Entry) -> set[str]:
    return {guard.kind for guard in entry.guards} or {entry.kind} - {"none"}


def _reasons(parts: Iterable[Part]) -> tuple[Reason, ...]:
    """The strongest first."""
    ordered = sorted(parts, key=lambda part: -part[0])
    return tuple(Reason(because, found) for part, because, found in ordered if part and found)


def _day(entry: Entry) -> int:
    return entry.date.toordinal() if entry.date else 0


def recurring(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Reports of the same kind that failed in the same way, by kind and mechanism, by date.

    Reports without a kind of guard, mechanism or date are no recurrence of anything.
    """
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: (_day(one), one.id)):
        if entry.kind != "none" and entry.mechanisms and entry.date:
            found[entry.kind, entry.mechanisms[0]].append(entry)
    return {key: group for key, group in found.items() if len(group) > 1}


def counted(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, the most frequent first; see `merged`."""
    return merged(Counter(values))


def merged(counts: Mapping[str, int]) -> dict[str, int]:
    """The highest count first; values that differ only in case or accents are one.

    Such a value is spelled as most spell it.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for value, count in counts.items():
        spellings[fold(value)][value] += count
    found = {one.most_common(1)[0][0]: one.total() for one in spellings.values()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
