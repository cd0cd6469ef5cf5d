"""Which scenarios to play, round by round.

1. On the same data, in turn: the baseline and this version; each other storage and PostgreSQL, as
   one sequence of requests. Then the answers with every table filled, which are the measure for
   what follows and are what is recorded. The versions also show rows that are NULL wherever that
   is possible, since what is left out may be told differently. Where a row that we planted breaks
   a request, all that is done once more with the rows of the seed alone.
2. Each state with one thing missing, once, for the requests that read the table; a control again.
   Where every row at once breaks a constraint, one row alone is tried instead.
3. Whatever accuses is asked again in a fresh world, in turn, over more than two seconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from twiceshy.guards.confirming import first_of_each
from twiceshy.guards.contract.accusations import accusations
from twiceshy.guards.contract.asking import Asking
from twiceshy.guards.contract.controls import (
    OF_SEED,
    RECORDED,
    VERSIONS,
    WITHOUT,
    broken_by_rows,
    first_controls,
    is_state,
    known_rows,
    reads,
    states,
)
from twiceshy.guards.contract.missing import narrowed
from twiceshy.guards.contract.rows import SEED, full, sparse
from twiceshy.model.scenario import BASELINE, STORAGE, Scenario, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.contract.accusations import Accusation
    from twiceshy.guards.contract.asking import Batch
    from twiceshy.guards.contract.missing import Missing
    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey

_TURNS = 2
_CONFIRMING_TURNS = 3
_SPREAD = 2.2
_MOST_SCENARIOS = 600


def next_scenarios(spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
    """The next round, or nothing when there is enough to judge."""
    if not any(True for _ in Asking(spec, survey).usable()):
        return ()
    if not history:
        return (
            *_first_round(spec, survey, full(spec, survey)),
            *_in_turn(spec, sparse(spec, survey), *Asking(spec, survey).of_planted()),
            *_storages(spec, survey),
        )
    if broken_by_rows(history) and not any(OF_SEED in run.scenario.topic for run in history):
        return tuple(_first_round(spec, survey, SEED, OF_SEED))
    if spec.missing and not _states_played(history):
        without = tuple(_missing_round(spec, survey, history))
        if without:
            return without
    again = tuple(_narrower(spec, survey, history))
    if again:
        return again
    if all(run.scenario.world == 0 for run in history):
        return tuple(_confirmations(spec, survey, history))
    return ()


# -- everything is there ----------------------------------------------------------------------


def _first_round(spec: Spec, survey: Survey, state: State, named: str = "") -> Iterator[Scenario]:
    asking = Asking(spec, survey)
    yield from _in_turn(spec, state, *asking.batches(), *asking.in_order(), named=named)
    for batch in asking.batches() if spec.missing else ():
        yield Scenario(WITHOUT + named + batch.suffix, "control", state, batch.steps)


def _in_turn(spec: Spec, state: State, *batches: Batch, named: str = "") -> Iterator[Scenario]:
    """The baseline and this version, or this version alone where a file is the baseline."""
    for batch in batches:
        suffix = named + batch.suffix
        for _ in range(_TURNS if spec.baseline_version else 0):
            yield Scenario(VERSIONS + suffix, "control", state, batch.steps, on=BASELINE)
            yield Scenario(VERSIONS + suffix, "perturbed", state, batch.steps)
        for _ in range(_TURNS if spec.baseline_file else 0):
            yield Scenario(RECORDED + suffix, "perturbed", state, batch.steps)


def _storages(spec: Spec, survey: Survey) -> Iterator[Scenario]:
    steps = Asking(spec, survey).sequence(planted=False)
    for name in survey.storages if steps else ():
        for _ in range(_TURNS):
            topic = f"{STORAGE}{name}"
            yield Scenario(topic, "control", SEED, steps)
            yield Scenario(topic, "perturbed", SEED, steps, on=topic)


# -- one thing is missing ---------------------------------------------------------------------


def _states_played(history: History) -> bool:
    return any(is_state(run) for run in history)


def _missing_round(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    room = _MOST_SCENARIOS - len(history)
    for topic, control in first_controls(history).items():
        read = reads(survey, control)
        played = 0
        for one in states(spec, survey, history):
            scenario = _without(one, control, read)
            if scenario is not None and room > 0:
                room, played = room - 1, played + 1
                yield scenario
        if played:
            yield replace(control.scenario, topic=topic)


def _without(one: Missing, control: Run, read: dict[str, frozenset[QName]]) -> Scenario | None:
    """The steps of the control that read the table, once the thing is missing."""
    steps = control.scenario.steps
    wanted = [step.key for step in steps if one.table in read.get(step.key, ())]
    if control.scenario.topic in {WITHOUT, WITHOUT + OF_SEED}:
        steps = tuple(step for step in steps if step.key in wanted)
    elif steps[-1].key not in wanted:
        return None
    if not wanted:
        return None
    there = State(one.name, one.says, (*control.scenario.state.operations, *one.operations))
    return replace(control.scenario, role="perturbed", state=there, steps=steps)


def _narrower(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    """States that no data can be in for all rows at once, tried in one row."""
    known = known_rows(survey, history)
    wide = {one.name: one for one in states(spec, survey, history) if not one.narrow}
    played = {(run.scenario.topic, run.scenario.state.name) for run in history}
    controls = first_controls(history)
    for run in history:
        one = wide.get(run.scenario.state.name)
        if not is_state(run) or run.problem is None or one is None or not one.column:
            continue
        for narrow in narrowed(one, survey.catalogue.table(one.table), known):
            control = controls.get(run.scenario.topic)
            if control is None or (run.scenario.topic, narrow.name) in played:
                continue
            scenario = _without(narrow, control, reads(survey, control))
            if scenario is not None:
                yield scenario


# -- confirmation -----------------------------------------------------------------------------


def chosen_for_confirmation(found: tuple[Accusation, ...]) -> tuple[Accusation, ...]:
    """For each finding its first situation, some ten at the most."""
    return first_of_each(found, lambda one: one.situation)


def _confirmations(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    chosen = chosen_for_confirmation(accusations(spec, survey, history, world=0))
    situations = dict.fromkeys(one.situation for one in chosen)
    topics = dict.fromkeys(topic for topic, _ in situations)
    for turn in range(_CONFIRMING_TURNS):
        at = _SPREAD * turn / (_CONFIRMING_TURNS - 1)
        for topic in topics:
            if topic.startswith(STORAGE) and turn not in {0, _CONFIRMING_TURNS - 1}:
                # Each time the service is started anew there.
                continue
            control = _played(history, topic, "control", None)
            if control is not None:
                yield control.in_world(1, at)
            for name in (name for other, name in situations if other == topic):
                perturbed = _played(history, topic, "perturbed", name)
                if perturbed is not None:
                    yield perturbed.in_world(1, at)


def _played(
    history: History, topic: str, role: Literal["control", "perturbed"], state: str | None
) -> Scenario | None:
    return next(
        (
            run.scenario
            for run in history
            if run.scenario.topic == topic
            and run.scenario.role == role
            and state in {None, run.scenario.state.name}
        ),
        None,
    )
