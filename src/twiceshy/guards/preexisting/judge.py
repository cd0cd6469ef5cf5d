"""The verdict: what was confirmed, what could not be told, and what was tried."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.accusations import accusations, allowed, good_controls
from twiceshy.guards.preexisting.doubts import doubts, obstacles
from twiceshy.guards.preexisting.met import legitimate_runs
from twiceshy.guards.preexisting.plan import chosen_for_confirmation
from twiceshy.guards.preexisting.rush import exhibit
from twiceshy.guards.preexisting.scope import notes, tried, untried
from twiceshy.guards.preexisting.states import ALL_TOGETHER
from twiceshy.guards.preexisting.telling import accused, finding
from twiceshy.model.verdict import Scope, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.preexisting.accusations import Accusation
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.exhibits import Table
    from twiceshy.model.history import History
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Finding

    Group = tuple[str, frozenset[QName]]


def judge(spec: Spec, survey: Survey, history: History) -> Verdict:
    """Confirmed accusations make it `recurs`; else any doubt makes it `unknown`; else it holds."""
    obstacles_met = obstacles(spec, survey, history)
    if not survey.requests or not history:
        return Verdict(Value.UNKNOWN, (), Scope(), obstacles_met or ("nothing was played",))
    found = accusations(spec, survey, history, world=0)
    confirmed = dict(_confirmed(spec, survey, history, found))
    reasons = obstacles_met
    findings: tuple[Finding, ...] = ()
    if not obstacles_met:
        reasons = (*doubts(spec, survey, history), *_not_again(spec, found, confirmed))
        findings = tuple(_told(spec, survey, history, found, confirmed))
        findings = _with_campaign(findings, exhibit(spec, history))
    scope = Scope(
        tried=tuple(tried(spec, survey, history)),
        untried=tuple(untried(spec, survey, history)),
        notes=(*survey.notes, *notes(spec, survey, history, found)),
    )
    if findings:
        return Verdict(Value.RECURS, findings, scope, reasons)
    return Verdict(Value.UNKNOWN if reasons else Value.HOLDS, (), scope, reasons)


def _with_campaign(findings: tuple[Finding, ...], campaign: Table | None) -> tuple[Finding, ...]:
    """What the campaign would come to belongs to the first finding."""
    if campaign is None or not findings:
        return findings
    first, *others = findings
    return (replace(first, exhibits=(*first.exhibits, campaign)), *others)


def _confirmed(
    spec: Spec, survey: Survey, history: History, found: Sequence[Accusation]
) -> Iterator[tuple[str, int]]:
    """Topics that accused again in the fresh world, each time, with how many times that was.

    Two requests in the same moment meet by chance: for them once again is enough.
    """
    again: defaultdict[str, int] = defaultdict(int)
    if good_controls(history, 1) != legitimate_runs(history, 1):
        return
    for accusation in accusations(spec, survey, history, world=1):
        again[accusation.topic] += 1
    for accusation in found:
        played = sum(
            run.scenario.world == 1 and run.scenario.topic == accusation.topic for run in history
        )
        times = again[accusation.topic]
        if times and (times == played or accusation.situation.twin):
            yield accusation.topic, times


def _not_again(
    spec: Spec, found: tuple[Accusation, ...], confirmed: dict[str, int]
) -> Iterator[str]:
    for one in chosen_for_confirmation(spec, found):
        if one.topic not in confirmed:
            request = one.run.scenario.steps[0].template
            yield (
                f"{request}: {one.deviation.got} was seen when {one.situation.says}, but not each "
                "time again on a fresh clone"
            )


def _told(
    spec: Spec,
    survey: Survey,
    history: History,
    found: tuple[Accusation, ...],
    confirmed: dict[str, int],
) -> Iterator[Finding]:
    groups: dict[Group, list[Accusation]] = defaultdict(list)
    for accusation in found:
        if not allowed(spec, accusation):
            groups[accusation.group].append(accusation)
    # The confirmed ones first: what is shown was seen again.
    sure = {
        group: sorted(members, key=lambda one: one.topic not in confirmed)
        for group, members in groups.items()
        if any(one.topic in confirmed for one in members)
    }
    guilty = {table for _, tables in sure if len(tables) == 1 for table in tables}
    for (_, tables), members in sure.items():
        candidate = accused(members[0])
        joint = len(tables) > 1 or members[0].topic.endswith(ALL_TOGETHER)
        led = candidate is not None and candidate.behind is not None
        if guilty and joint:
            continue
        if led and candidate and candidate.behind and candidate.behind.table in guilty:
            # The row that leads there is to blame by itself.
            continue
        yield finding(
            spec, survey, history, members, _spared(history, found, tables),
            confirmed.get(members[0].topic, 0),
        )  # fmt: skip


def _spared(history: History, found: Sequence[Accusation], tables: frozenset[QName]) -> list[str]:
    """States of these tables in which nothing was wrong."""
    topics = {one.topic for one in found}
    return list(
        dict.fromkeys(
            run.scenario.state.says
            for run in history
            if run.scenario.role == "perturbed"
            and run.scenario.topic not in topics
            and run.observations
            and not run.refused
            and any(run.scenario.topic.startswith(f"{table}.") for table in tables)
        )
    )
