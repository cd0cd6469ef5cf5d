"""What was tried, what was not and why, and what people should know besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.contract.accusations import ON_STORAGE
from twiceshy.guards.contract.asking import Asking, line_of
from twiceshy.guards.contract.comparing import COUNT
from twiceshy.guards.contract.controls import (
    OF_SEED,
    WITHOUT,
    broken_by_rows,
    is_mentioned,
    is_state,
    slot_columns,
    states,
    tables_read,
)
from twiceshy.guards.contract.doubts import incomparable
from twiceshy.guards.contract.missing import IN_ONE_ROW, is_kept, why_not
from twiceshy.guards.contract.recording import recorded_shapes, ways
from twiceshy.guards.contract.telling import storage_of, summary
from twiceshy.model.scenario import STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.contract.accusations import Accusation
    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey

_MOST_TOLD = 12
_FEW = 6


def tried(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """What was done, for people."""
    requests = list(dict.fromkeys(line_of(f.template) for _, f in Asking(spec, survey).usable()))
    who = spec.as_actor or "nobody"
    count = "1 request" if len(requests) == 1 else f"{len(requests)} requests"
    yield f"{count} as {who}: {', '.join(requests)}"
    if spec.baseline_version:
        yield f"compared with {spec.baseline} on the same data, in turn"
    if spec.baseline_file and survey.recorded is not None:
        yield f"compared with what {spec.baseline_file} says"
    if any(OF_SEED in run.scenario.topic for run in history):
        broken = ", ".join(broken_by_rows(history))
        yield f"all that with the rows of the seed alone, too: {broken} failed beside planted ones"
    played = dict.fromkeys(
        run.scenario.state.says for run in history if is_state(run) and run.problem is None
    )
    if played:
        tables = ", ".join(str(table) for table in tables_read(survey, history))
        yield f"{len(played)} states with one thing missing in {tables}"
    for name in survey.storages:
        if any(run.scenario.topic == f"{STORAGE}{name}" for run in history):
            yield f"the same requests, one after the other, on storage {name} and on PostgreSQL"
    yield f"{len(history)} scenarios played"


def untried(
    spec: Spec, survey: Survey, history: History, compared: Sequence[Accusation]
) -> Iterator[tuple[str, str]]:
    """What was not done, each with the reason."""
    usable = {number for number, _ in Asking(spec, survey).usable()}
    for number, facts in enumerate(survey.requests):
        if number not in usable and not facts.named:
            yield str(facts.template), facts.problem or ""
    for text in incomparable(spec, survey, history, compared, named=False):
        request, _, reason = text.partition(": ")
        yield request, reason
    yield from dict.fromkeys(
        (what, why.partition("\n")[0]) for run in history for what, why in run.refused
    )
    for name in spec.storage if isinstance(spec.storage, tuple) else ():
        if name not in survey.storages:
            yield f"storage {name}", "it could not be tried"
    if spec.missing:
        yield from _unmissing(spec, survey, history)


def _unmissing(spec: Spec, survey: Survey, history: History) -> Iterator[tuple[str, str]]:
    """Tables and columns of which nothing was taken away."""
    slots = slot_columns(survey)
    for name in tables_read(survey, history):
        table = survey.catalogue.table(name)
        kept = is_kept(spec, survey, name)
        if kept:
            yield f"{name} without rows", kept
        if name in survey.login_tables:
            yield f"columns of {name}", kept
            continue
        reasons: dict[str, list[str]] = {}
        for column in table.columns:
            why = why_not(table, column, slots)
            if not why and not is_mentioned(table, column.name, history):
                why = "no request that reads the table mentions it"
            if why:
                reasons.setdefault(why, []).append(column.name)
        for why, names in reasons.items():
            yield f"{name}: {', '.join(names)}", why
    yield from _impossible(spec, survey, history)


def _impossible(spec: Spec, survey: Survey, history: History) -> Iterator[tuple[str, str]]:
    """States that the database does not take, for all rows or for one."""
    if not any(run.scenario.topic.startswith(WITHOUT) for run in history):
        return
    done: set[str] = set()
    problems: dict[str, str] = {}
    for run in filter(is_state, history):
        name = run.scenario.state.name.removesuffix(IN_ONE_ROW)
        if run.problem is None:
            done.add(name)
        else:
            problems[name] = run.problem
    planned = {one.name.removesuffix(IN_ONE_ROW): one.says for one in states(spec, survey, history)}
    reasons: dict[str, list[str]] = {}
    for name, says in planned.items():
        if name not in done:
            why = problems.get(name, "there were more states than can be tried")
            reasons.setdefault(why.partition("\n")[0], []).append(says)
    for why, states_left in reasons.items():
        yield from ((says, why) for says in states_left[:_FEW])
        if len(states_left) > _FEW:
            yield f"{len(states_left) - _FEW} more states", why


def notes(
    spec: Spec, survey: Survey, history: History, found: Sequence[Accusation]
) -> Iterator[str]:
    """What is allowed and whether it was needed, what was added, what else was noticed."""
    used = {}
    for one in found:
        for change, allowance in one.allowed:
            request = line_of(one.seen.step.template)
            used[f"{request}: {summary(change)}, which is allowed: {allowance.reason}"] = allowance
    yield from used
    for allowance in spec.allow:
        if allowance not in used.values():
            named = " ".join(filter(None, [allowance.request, allowance.path, allowance.change]))
            yield f"allowed, but never needed: {named} ({allowance.reason})"
    yield from _cut(list(dict.fromkeys(_additions(found))), "compatible changes")
    yield from _cut(list(dict.fromkeys(_effects(found))), "effects of missing data")
    yield from _cut(list(dict.fromkeys(_noise(found))), "places that are noise")
    yield from _gone(survey, history)
    yield from sorted(
        {
            f"{seen.step.template} tried to reach {refusal.target}, which was refused"
            for run in history
            for seen in run.observations
            for refusal in seen.refusals
        }
    )


def _cut(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:_MOST_TOLD]
    if len(lines) > _MOST_TOLD:
        yield f"and {len(lines) - _MOST_TOLD} more {what}"


def _additions(found: Sequence[Accusation]) -> Iterator[str]:
    """What readers of an answer can bear, but may want to know."""
    for one in found:
        for change in one.told if one.missing is None else ():
            seeded = change.change == COUNT
            kind = "perhaps for want of the same seed" if seeded else "compatible"
            where = f" on storage {storage_of(one)}" if one.rule == ON_STORAGE else ""
            yield f"{kind}: {line_of(one.seen.step.template)}{where}: {summary(change)}"


def _effects(found: Sequence[Accusation]) -> Iterator[str]:
    """What missing data may well bring about."""
    for one in found:
        if one.missing is not None:
            for change in one.told:
                request = line_of(one.seen.step.template)
                yield f"{request} when {one.missing.says}: {summary(change)}"


def _noise(found: Sequence[Accusation]) -> Iterator[str]:
    """Places that the measure itself answers now so, now otherwise."""
    for one in found:
        if one.noise:
            places = ", ".join(one.noise)
            yield f"{line_of(one.seen.step.template)}: differs by itself, not compared: {places}"


def _gone(survey: Survey, history: History) -> Iterator[str]:
    """Recorded requests that are not asked any more."""
    if survey.recorded is None or not history:
        return
    named = ways(survey)
    asked = {named(step) for run in history for step in run.scenario.steps}
    gone = [name for name in recorded_shapes(survey) if name not in asked]
    if gone:
        more = "" if len(gone) <= _FEW else f" and {len(gone) - _FEW} more"
        yield f"recorded, but not asked any more: {', '.join(gone[:_FEW])}{more}"
