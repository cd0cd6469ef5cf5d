"""Which kind of guard would re-create a failure, by what the report says of its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Suggestion
from twiceshy.reports.prose.drafts import draft_of
from twiceshy.reports.prose.mechanisms import INFRASTRUCTURE, NONE, OTHER
from twiceshy.reports.prose.statements import statements
from twiceshy.reports.prose.weighing import totals, weighed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.reports.prose.document import Document
    from twiceshy.reports.prose.weighing import Weighed

_ENOUGH = 4.0
"""Below this, what is said for a kind is too little to suggest a guard."""
_QUOTES = 3
_WORTH_A_QUOTE = 0.3
"""Of the points of the most telling sentence."""
_REASONS = (
    ("power", "a power cut cannot be re-created on a scratch stage"),
    ("dns", "name resolution lies outside of the stage"),
    ("certificate", "certificates and their expiry lie outside of the stage"),
    ("provider", "an outage of a provider or another company's service lies outside of the stage"),
    ("hardware", "a fault of hardware cannot be re-created on a scratch stage"),
    ("network", "the network between machines lies outside of the stage"),
    ("balancer", "load balancers stand in front of the stage"),
    ("kube", "the platform that runs the containers lies outside of the stage"),
    ("failover", "switching between machines lies outside of the stage"),
    ("ci", "building and deploying happen before the stage"),
)
_LOGIC = (
    "the text tells of a mistake in the logic of the code: a test of your own shows it best, and "
    "a guard of kind `command` can carry that test"
)
_UNTOLD = "the text does not say by what mechanism it failed"


def suggestion_of(document: Document, found: Sequence[Weighed] | None = None) -> Suggestion:
    """The kind that fits best, or `none` with the reason.

    `found` is the evidence of the document's sentences, where it is known already.
    """
    found = weighed(document, statements(document)) if found is None else found
    points = totals(found)
    whole = sum(points.values())
    family = max(points, key=lambda each: points[each], default=OTHER)
    if points.get(family, 0.0) < _ENOUGH:
        return Suggestion(NONE, 0.0, (_UNTOLD,))
    score = round(points[family] / whole, 2)
    quotes = _quotes(found, family)
    if family in (INFRASTRUCTURE, OTHER):
        return Suggestion(NONE, score, (_reason(found, family), *quotes))
    return Suggestion(family, score, quotes, draft_of(family, document, quotes))


def _quotes(found: Sequence[Weighed], family: str) -> tuple[str, ...]:
    """The sentences that said most for a family, the most telling first."""
    telling = sorted(
        (sentence for sentence in found if sentence.statement and sentence.points.get(family)),
        key=lambda sentence: -sentence.points[family],
    )
    least = telling[0].points[family] * _WORTH_A_QUOTE if telling else 0.0
    texts = (
        sentence.statement.text
        for sentence in telling
        if sentence.statement and sentence.points[family] >= least
    )
    return tuple(dict.fromkeys(texts))[:_QUOTES]


def _reason(found: Sequence[Weighed], family: str) -> str:
    """Why no stage shows it, by the notion that carries most of the evidence."""
    if family == OTHER:
        return _LOGIC
    carried: dict[str, float] = {}
    for sentence in found:
        points = sentence.points.get(family)
        for notion, _ in _REASONS if points else ():
            if points and sentence.evidence.has(notion):
                carried[notion] = carried.get(notion, 0.0) + points
    most = max(carried, key=lambda notion: carried[notion], default="")
    return dict(_REASONS).get(most, "the machines and their platform lie outside of the stage")
