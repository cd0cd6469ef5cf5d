"""The index for search in the browser: words to reports, in parts that are loaded when needed.

Each part is a script that hands over one JSON value, because pages that were opened from files
may load scripts beside them, but not fetch data.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.library.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TITLE, _ABOUT, _LEAD, _MOST_IN_TEXT = 8, 6, 3, 5
_LONGEST = 40
"""Letters of a word; longer ones are keys and hashes, found by their beginning."""


SHARDS = (
    *(f"w-{c}" for c in "0123456789abcdefghijklmnopqrstuvwxyz"),
    *(f"w-x{n}" for n in range(32)),
)
"""The parts that there may be, see `shard`."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a result shows of a report. `about` are services and tags, `text` names its text."""

    href: str
    title: str
    lang: str
    date: str
    severity: str
    about: tuple[str, ...]
    lead: str
    text: str


def reports_part(reports: Iterable[Found], shards: Iterable[str]) -> str:
    """The part that is always loaded: what results show, and which parts there are."""
    rows = [{name: getattr(each, name) for name in Found.__slots__} for each in reports]
    return _call("twiceshyReports", {"reports": rows, "shards": sorted(shards)})


def text_part(name: str, text: str) -> str:
    """The text of one report, for the piece of it that shows why it was found."""
    return _call("twiceshyText", name, " ".join(text.split()))


def words_part(name: str, postings: Mapping[str, Sequence[int]]) -> str:
    """One part of the words."""
    return _call("twiceshyWords", name, postings)


def _call(function: str, *values: object) -> str:
    inside = ",".join(json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in values)
    return f"{function}({inside});\n"


class Words:
    """Gathers, report by report, which words stand in it and how much each says about it."""

    def __init__(self) -> None:
        self._postings: dict[str, list[int]] = {}
        self._last: dict[str, int] = {}
        self._reports = 0

    def add(self, report: Found, text: str) -> None:
        """The next report."""
        weights: Counter[str] = Counter()
        for word, count in Counter(words(text)).items():
            weights[word] = min(_MOST_IN_TEXT, count.bit_length())
        for weight, part in (
            (_TITLE, report.title),
            (_ABOUT, " ".join(report.about)),
            (_LEAD, report.lead),
            (_LEAD, f"{report.severity} {report.date}"),
        ):
            for word in set(words(part)):
                weights[word] += weight
        shortened: dict[str, int] = {}
        for word, weight in weights.items():
            shortened[word[:_LONGEST]] = max(weight, shortened.get(word[:_LONGEST], 0))
        for word, weight in shortened.items():
            step = self._reports - self._last.get(word, 0)
            self._postings.setdefault(word, []).extend((step, weight))
            self._last[word] = self._reports
        self._reports += 1

    def shards(self) -> dict[str, dict[str, list[int]]]:
        """The words by the part in which they stand, in a fixed order."""
        found: dict[str, dict[str, list[int]]] = {}
        for word in sorted(self._postings):
            found.setdefault(shard(word), {})[word] = self._postings[word]
        return found


def shard(word: str) -> str:
    """The part in which a word stands, by its first letter."""
    first = word[0]
    return f"w-{first}" if first.isascii() else f"w-x{ord(first) % 32}"
