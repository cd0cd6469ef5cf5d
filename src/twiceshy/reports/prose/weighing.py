"""The evidence of a whole report: each sentence by where it stands and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.reports.headings import (
    ACTION_ITEMS,
    DETECTION,
    GOT_LUCKY,
    IMPACT,
    LESSONS,
    RESOLUTION,
    ROOT_CAUSES,
    SUMMARY,
    TIMELINE,
    TRIGGER,
    WENT_WELL,
    WENT_WRONG,
)
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.mechanisms import evidence
from twiceshy.reports.prose.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.reports.prose.document import Document
    from twiceshy.reports.prose.mechanisms import Evidence
    from twiceshy.reports.prose.statements import Statement

_WEIGHTS = {
    ROOT_CAUSES: 4.0,
    TRIGGER: 3.0,
    SUMMARY: 2.0,
    "": 1.5,
    RESOLUTION: 1.2,
    IMPACT: 0.7,
    DETECTION: 0.5,
    TIMELINE: 0.5,
    LESSONS: 0.4,
    WENT_WRONG: 0.4,
    WENT_WELL: 0.1,
    GOT_LUCKY: 0.2,
    ACTION_ITEMS: 0.25,
}
_TITLE = 2.0
_TELLING_NOTHING_ELSE = 1.6
"""How much more text without a heading counts where no section tells the cause."""
_SHOWN = 2.5
"""What was shown to whom is an effect, so that impact and summary count more for isolation."""
_CAUSAL, _KNOWN, _SUSPECTED = 1.5, 2.5, 0.15
_REPEATED = 0.6
"""What each further sentence for the same family is worth, seen from the one before it."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One sentence, or the title with `statement` None, and its points by family."""

    statement: Statement | None
    evidence: Evidence
    points: dict[str, float]


def weighed(document: Document, said: Sequence[Statement]) -> tuple[Weighed, ...]:
    """The evidence of all sentences, the title's first."""
    explained = any(statement.block.section == ROOT_CAUSES for statement in said)
    found = []
    for title in _titles(document):
        speaks = evidence(plain(title))
        found.append(Weighed(None, speaks, _scaled(speaks, _TITLE)))
    for statement in said:
        speaks = evidence(statement.plain)
        section = statement.block.section
        weight = _WEIGHTS.get(section, 1.0)
        if not section and not explained:
            weight *= _TELLING_NOTHING_ELSE
        points = _scaled(speaks, weight * _manner(speaks, section))
        if section in (IMPACT, SUMMARY, "") and "isolation" in points:
            points["isolation"] *= _SHOWN if section == IMPACT else _SHOWN / 1.7
        found.append(Weighed(statement, speaks, points))
    return tuple(found)


def totals(found: Sequence[Weighed]) -> dict[str, float]:
    """Points by family: what is said again counts, but less each time."""
    each: dict[str, list[float]] = {}
    for sentence in found:
        for family, points in sentence.points.items():
            each.setdefault(family, []).append(points)
    return {
        family: sum(
            points * _REPEATED**n for n, points in enumerate(sorted(values, reverse=True)[:12])
        )
        for family, values in each.items()
    }


def _titles(document: Document) -> Iterator[str]:
    heading = next(
        (b.text for b in document.blocks if b.form is Form.HEADING and b.level == 1), None
    )
    if heading is not None:
        yield heading
    for key in ("title", "description", "summary"):
        value = document.front_matter.get(key)
        if isinstance(value, str) and value != heading:
            yield value


def _scaled(speaks: Evidence, weight: float) -> dict[str, float]:
    return {family: points * weight for family, points in speaks.points.items()}


def _manner(speaks: Evidence, section: str) -> float:
    """How much a sentence counts by how it speaks: of causes, of what was found, of a guess."""
    if section == ROOT_CAUSES:
        return 1.2 if speaks.causal else 1.0
    if speaks.known and speaks.causal:
        return _KNOWN
    if speaks.suspected:
        return _SUSPECTED
    return _CAUSAL if speaks.causal else 1.0
