"""The verdict: what was confirmed, what could not be told, and what was tried."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.isolation.accusations import CHANGED, DEPENDS, SHOWN, Accusation, accusations
from twiceshy.guards.isolation.doubts import doubts
from twiceshy.guards.isolation.plan import chosen_for_confirmation
from twiceshy.guards.isolation.public import public_data, without_public
from twiceshy.guards.isolation.scope import added, disclosed, tried, untried
from twiceshy.guards.isolation.telling import finding
from twiceshy.model.verdict import Scope, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.isolation.public import Public
    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Finding

_PUBLIC = "callers who are not logged in get the same"


def judge(spec: Spec, survey: Survey, history: History) -> Verdict:
    """Confirmed accusations make it `recurs`; else any doubt makes it `unknown`; else it holds."""
    suspected = accusations(spec, survey, history, world=0)
    again = accusations(spec, survey, history, world=1)
    everybodys = public_data(spec, survey, history)
    confirmed, public, allowed, doubtful = _sorted(spec, history, everybodys, suspected, again)
    reasons = (*doubts(spec, survey, history), *doubtful)
    secret = tuple(filter(None, (without_public(a, everybodys, history) for a in suspected)))
    findings = tuple(_told(spec, survey, history, secret, confirmed))
    scope = Scope(
        tried=tuple(tried(spec, survey, history)),
        untried=tuple(untried(spec, survey, history)),
        notes=(
            *survey.notes,
            *public,
            *allowed,
            *disclosed(spec, history),
            *added(spec, history),
        ),
    )
    if findings:
        return Verdict(Value.RECURS, findings, scope, reasons)
    return Verdict(Value.UNKNOWN if reasons else Value.HOLDS, (), scope, reasons)


def _sorted(
    spec: Spec,
    history: History,
    everybodys: Public,
    suspected: tuple[Accusation, ...],
    again: tuple[Accusation, ...],
) -> tuple[list[Accusation], list[str], list[str], list[str]]:
    """Accusations that hold up, and words for those that are public, allowed, or did not return."""
    confirmed: list[Accusation] = []
    public: dict[str, None] = {}
    allowed: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    returned = {(a.rule, a.topic, a.key): a for a in again}
    replayed = set(chosen_for_confirmation(suspected))
    for accusation in suspected:
        request = str(accusation.seen.step.template)
        reason = _allowance(spec, accusation)
        repeat = returned.get((accusation.rule, accusation.topic, accusation.key))
        if reason:
            allowed[f"{request}: {accusation.rule} is allowed: {reason}"] = None
        elif repeat is None:
            told_apart = accusation.rule == DEPENDS or _by_itself(accusation)
            if accusation.topic in replayed and not told_apart:
                doubtful[
                    f"{request}: {accusation.rule} was seen, but not again on a fresh clone"
                ] = None
        else:
            secret = without_public(repeat, everybodys, history)
            if secret is None:
                public[f"{request} shows {spec.against}'s public data: {_PUBLIC}"] = None
            else:
                confirmed.append(secret)
    return confirmed, list(public), list(allowed), list(doubtful)


def _by_itself(accusation: Accusation) -> bool:
    """Whether rows changed just then while no statement of the request wrote to their tables."""
    statements = accusation.seen.statements
    written = {table for statement in statements for table in statement.writes}
    changed = {change.table for change in accusation.changes}
    return accusation.rule == CHANGED and bool(statements) and written.isdisjoint(changed)


def _allowance(spec: Spec, accusation: Accusation) -> str | None:
    for allowance in spec.allow:
        named = allowance.request in {"", str(accusation.seen.step.template)}
        if named and allowance.rule == accusation.rule:
            return allowance.reason
    return None


def _told(
    spec: Spec,
    survey: Survey,
    history: History,
    suspected: tuple[Accusation, ...],
    confirmed: list[Accusation],
) -> Iterator[Finding]:
    groups: dict[tuple[str, int], list[Accusation]] = defaultdict(list)
    for accusation in confirmed:
        groups[accusation.group].append(accusation)
    shown = {number for rule, number in groups if rule == SHOWN}
    for (rule, number), members in groups.items():
        # A request that shows foreign data also depends on it: one finding says both.
        if rule == DEPENDS and number in shown:
            continue
        also = [a for a in suspected if a.group == (rule, number) and a.topic != members[0].topic]
        topics = {a.topic for a in suspected if a.group == (rule, number)}
        yield finding(spec, survey, members, also, _spared(history, number, topics))


def _spared(history: History, number: int, topics: set[str]) -> list[str]:
    """States of the actor's rows in which this request was asked and nothing was wrong."""
    controls = [
        run
        for run in history
        if run.scenario.role == "control"
        and run.scenario.topic.startswith("others:")
        and any(seen.step.number == number for seen in run.observations)
    ]
    told = dict.fromkeys(
        run.scenario.state.says for run in controls if run.scenario.topic not in topics
    )
    return list(told)
