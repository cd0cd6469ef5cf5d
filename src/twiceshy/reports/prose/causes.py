"""The sentences that state why it happened.

They are the section on causes, in whole where it is concise, else its most telling sentences; and
what sentences elsewhere add that speak of the cause in so many words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Passage, Span
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
from twiceshy.reports.prose.failure_words import FAILURES
from twiceshy.reports.prose.statements import place, statements
from twiceshy.reports.prose.weighing import weighed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.reports.prose.document import Document
    from twiceshy.reports.prose.statements import Statement
    from twiceshy.reports.prose.weighing import Weighed

# How much is told, in characters: of the section, of the rest where there is one, of a text
# without one. All together stays below what one reads as the cause and not as the report.
_CONCISE, _SECTION, _BESIDE, _WITHOUT = 1000, 2800, 600, 2000
_FAILED = FAILURES.mask(
    "bug",
    "missing",
    "fails",
    "wrong",
    "leaked",
    "exhaust",
    "exhausted",
    "overload",
    "misconfigured",
    "typo",
    "deleted",
    "memory_leak",
    "not",
)
_EXPLAINS = re.compile(
    r" (?:how (?:this|it|that)|why|reason|explanation|technical|analysis|conclusion|what happened|"
    r"problem|issue|bug|diagnosis|details|background|context|conclusion\w*|analisis|detalles|"
    r"problema|analise|analyse|probleme?|fehler|hintergrund|analisi|dettagli) |結論|分析|詳細|経緯"
)
_BY_PLACE = {
    SUMMARY: 1.5,
    TRIGGER: 3.0,
    "": 1.0,
    RESOLUTION: 0.5,
    DETECTION: -0.5,
    TIMELINE: -0.5,
    IMPACT: -1.5,
    LESSONS: -1.0,
    WENT_WELL: -2.0,
    WENT_WRONG: -1.0,
    GOT_LUCKY: -2.0,
    ACTION_ITEMS: -3.0,
}
_ENOUGH = 900
"""Where no section tells the cause, so much is told, though it may be less telling."""
_ALL, _LEAST_INSIDE, _LEAST, _LEAST_ALONE, _LEAST_BESIDE = -100.0, 0.5, 3.0, 1.5, 4.5
_ADDING = frozenset({SUMMARY, TRIGGER, TIMELINE, RESOLUTION})
"""Sections whose sentences add to what the section on causes says."""
_EVIDENCE = 0.3
_QUOTED = 600
"""Characters of one sentence that count; what is longer is a log or a listing."""


def causes_of(
    document: Document,
    said: Sequence[Statement] | None = None,
    found: Sequence[Weighed] | None = None,
) -> tuple[Passage, ...]:
    """The sentences that state the cause, in the order of the text.

    `said` are the document's statements and `found` their evidence, where they are known already.
    """
    said = statements(document) if said is None else said
    found = weighed(document, said) if found is None else found
    scores = {
        sentence.statement.order: _score(sentence.statement, sentence)
        for sentence in found
        if sentence.statement is not None
    }
    section = [each for each in said if each.block.section == ROOT_CAUSES and _prose(each)]
    if section:
        whole = sum(len(each.text) for each in section) <= _CONCISE
        chosen = _within(section, scores, _SECTION, least=_ALL if whole else _LEAST_INSIDE)
        chosen = chosen or _within(section, scores, _SECTION, least=_ALL)
        others = [each for each in said if each.block.section in _ADDING]
        chosen += _within(others, scores, _BESIDE, least=_LEAST_BESIDE)
    else:
        chosen = _within(said, scores, _WITHOUT, least=_LEAST)
        told = {each.order for each in chosen}
        room = _ENOUGH - sum(len(each.text) for each in chosen)
        others = [each for each in said if each.order not in told]
        chosen += _within(others, scores, room, least=_LEAST_ALONE)
        if not chosen and said:
            chosen = [max(said, key=lambda each: scores.get(each.order, 0.0))]
    return tuple(_passages(document, sorted(chosen, key=lambda each: each.order)))


def _prose(statement: Statement) -> bool:
    """Whether a statement of the section is text, and not a cell of data."""
    return statement.block.form is not Form.ROW or len(statement.plain) > 60


def _score(statement: Statement, sentence: Weighed) -> float:
    """How much a sentence is about the cause."""
    section = statement.block.section
    score = 3.0 if sentence.evidence.causal else 0.0
    score += 1.0 if sentence.evidence.notions & _FAILED else 0.0
    score += _EVIDENCE * max(sentence.evidence.points.values(), default=0.0)
    score += _BY_PLACE.get(section, 0.0)
    if sentence.evidence.suspected and section != ROOT_CAUSES:
        score -= 1.5
    if sentence.evidence.known and sentence.evidence.causal:
        score += 1.0
    heading = f" {statement.headings[-1].casefold()} " if statement.headings else ""
    if section not in (TIMELINE, ACTION_ITEMS) and _EXPLAINS.search(heading):
        score += 1.0
    return score


def _within(
    said: Sequence[Statement], scores: dict[int, float], room: int, least: float
) -> list[Statement]:
    """The best sentences that together fit into so many characters."""
    chosen: list[Statement] = []
    ranked = sorted(said, key=lambda each: (-scores.get(each.order, 0.0), each.order))
    if sum(len(each.text) for each in said) <= room and least < 0:
        return list(said)
    seen: set[str] = set()
    for statement in ranked:
        if scores.get(statement.order, 0.0) < least:
            break
        size = min(len(statement.text), _QUOTED)
        if size <= room and statement.plain not in seen:
            seen.add(statement.plain)
            chosen.append(statement)
            room -= size
    return chosen


def _passages(document: Document, chosen: Sequence[Statement]) -> list[Passage]:
    """The sentences as passages; neighbours of one block stay together."""
    passages: list[Passage] = []
    last: Statement | None = None
    for statement in chosen:
        text = statement.text[:_QUOTED]
        span = place(document, statement.block, statement.text, statement.start)
        before = passages[-1] if passages else None
        if before is not None and last is not None and before.span is not None:
            follows = statement.order == last.order + 1 and statement.block is last.block
            if follows:
                joined = Span(before.span.start, max(before.span.end, span.end))
                passages[-1] = Passage(f"{before.text} {text}", joined)
                last = statement
                continue
        passages.append(Passage(text, span))
        last = statement
    return passages
