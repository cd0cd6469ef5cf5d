"""The verdict: what was confirmed, what could not be told, and what was tried."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.guards.contract.accusations import Accusation, comparisons
from twiceshy.guards.contract.doubts import doubts
from twiceshy.guards.contract.plan import chosen_for_confirmation
from twiceshy.guards.contract.scope import notes, tried, untried
from twiceshy.guards.contract.telling import finding, summary
from twiceshy.model.verdict import Scope, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Finding


def judge(spec: Spec, survey: Survey, history: History) -> Verdict:
    """Confirmed accusations make it `recurs`; else any doubt makes it `unknown`; else it holds."""
    compared = comparisons(spec, survey, history, world=0)
    suspected = tuple(one for one in compared if one.broken)
    confirmed = tuple(_confirmed(spec, survey, history, suspected))
    reasons = (*doubts(spec, survey, history, compared), *_not_again(suspected, confirmed))
    findings = tuple(_told(spec, survey, suspected, confirmed))
    scope = Scope(
        tried=tuple(tried(spec, survey, history)),
        untried=tuple(untried(spec, survey, history, compared)),
        notes=(*survey.notes, *notes(spec, survey, history, compared)),
    )
    if findings:
        return Verdict(Value.RECURS, findings, scope, reasons)
    return Verdict(Value.UNKNOWN if reasons else Value.HOLDS, (), scope, reasons)


def _confirmed(
    spec: Spec, survey: Survey, history: History, suspected: Sequence[Accusation]
) -> Iterator[Accusation]:
    """Accusations that came again in the fresh world, with what was broken both times."""
    again = {one.same: one for one in comparisons(spec, survey, history, world=1)}
    for one in suspected:
        repeat = again.get(one.same)
        at = {change.at for change in repeat.broken} if repeat else set()
        both = tuple(change for change in one.broken if change.at in at)
        if both:
            yield replace(one, broken=both)


def _not_again(suspected: tuple[Accusation, ...], confirmed: Sequence[Accusation]) -> Iterator[str]:
    sure = {one.same for one in confirmed}
    for one in chosen_for_confirmation(suspected):
        if one.same not in sure:
            what = summary(one.broken[0])
            yield f"{one.seen.step.template}: {what}, but not again on a fresh clone"


def _told(
    spec: Spec, survey: Survey, suspected: Sequence[Accusation], confirmed: Sequence[Accusation]
) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Accusation]] = defaultdict(list)
    for one in confirmed:
        groups[one.group].append(one)
    sure = {one.same for one in confirmed}
    for group, members in groups.items():
        also = [one for one in suspected if one.group == group and one.same not in sure]
        yield finding(spec, survey, members, also)
