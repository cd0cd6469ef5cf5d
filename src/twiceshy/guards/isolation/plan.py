"""Which scenarios to play, round by round.

1. Probes: both actors ask for their own, with marked rows. Where marks break a request, plain rows
   take their place.
2. For each state of the actor's own rows (one in every table, none in one table, two in one table,
   each listed value): without and with the other's rows, in turn. Then the other's ids in place of
   the actor's, one slot at a time and all at once; then the other asks first.
3. Whatever accuses the service is asked again in a fresh world, many times in turn over more than
   two seconds, and as nobody too: what everybody may see is no secret.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Literal

from twiceshy.guards.confirming import first_of_each
from twiceshy.guards.isolation.accusations import (
    CHANGED,
    EMPTY_FAILS,
    EMPTY_HIDES,
    Accusation,
    accusations,
    compared_with,
)
from twiceshy.guards.isolation.cast import Cast, cast, plant_name
from twiceshy.model.history import Reply
from twiceshy.model.scenario import Filling, Plant, PlantKey, RequestTemplate, Scenario, State, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import RequestFacts, Slot, Survey

Role = Literal["probe", "control", "perturbed"]
_TURNS = 2
_CONFIRMING_TURNS = 8
_CONFIRMING_SPREAD = 2.2
NOBODY = "twiceshy-nobody"
ASKED_BEFORE = "after"
# A request that asks for nothing: what changes beside it was changed by somebody else.
_IDLE = Step(None, RequestTemplate("GET", f"/{NOBODY}"), (), -1, "idle")
# An id that no row has: beyond what the planter and any sequence give out.
_NO_ROW = "2099999999"
_NO_UUID = "ffffffff-ffff-4fff-bfff-ffffffffffff"


def next_scenarios(spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
    """The next round, or nothing when there is enough to judge."""
    if not usable(survey):
        return ()
    topics = {run.scenario.topic for run in history}
    if "probe:marked" not in topics:
        return tuple(_probes(spec, survey, marked=True))
    marks_break = _marks_break(history)
    if marks_break and "probe:plain" not in topics:
        return tuple(_probes(spec, survey, marked=False))
    if not any(topic.startswith("others:") for topic in topics):
        return tuple(_main_round(spec, survey, history))
    if all(run.scenario.world == 0 for run in history):
        return tuple(_confirmations(spec, survey, history))
    return ()


def usable(survey: Survey) -> tuple[RequestFacts, ...]:
    """The requests that can be rehearsed at all."""
    return tuple(facts for facts in survey.requests if facts.problem is None)


# -- steps ------------------------------------------------------------------------------------


def _numbered(survey: Survey) -> Iterator[tuple[int, RequestFacts]]:
    for number, facts in enumerate(survey.requests):
        if facts.problem is None:
            yield number, facts


def _alters(facts: RequestFacts) -> bool:
    return bool(facts.writes) or facts.template.method not in {"GET", "HEAD", "OPTIONS"}


def _value(spec: Spec, survey: Survey, actor: str, slot: Slot, number: int) -> PlantKey | str:
    for table, row in survey.actors[actor].rows:
        if table == slot.table and (
            actor == spec.as_actor or table not in survey.ownership.one_to_one
        ):
            return row.get(slot.column) or ""
    return PlantKey(plant_name(actor, slot.table, number), slot.column)


def _own_step(spec: Spec, survey: Survey, number: int, facts: RequestFacts, actor: str) -> Step:
    slots = tuple((slot.name, _value(spec, survey, actor, slot, 1)) for slot in facts.slots)
    return Step(actor, facts.template, slots, number, f"{number}")


def _batches(steps: list[tuple[RequestFacts, Step]]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Requests that only read share a scenario; each that writes has one of its own."""
    reading = tuple(step for facts, step in steps if not _alters(facts))
    if reading:
        yield "", reading
    for facts, step in steps:
        if _alters(facts):
            yield f" / {step.key} {facts.template}", (step,)


# -- rounds -----------------------------------------------------------------------------------


def _probes(spec: Spec, survey: Survey, *, marked: bool) -> Iterator[Scenario]:
    players = cast(spec, survey, marked=marked)
    topic = "probe:marked" if marked else "probe:plain"
    for actor, plants in (
        (spec.as_actor, tuple(players.own.values())),
        (spec.against, players.all_of_theirs()),
    ):
        state = State(f"only {actor}", f"only {actor} has rows", (*players.clears, *plants))
        steps = [
            (facts, _own_step(spec, survey, number, facts, actor))
            for number, facts in _numbered(survey)
        ]
        for _, batch in _batches(steps):
            yield Scenario(topic, "probe", state, batch)


def _worst(history: History, topic: str) -> dict[tuple[str | None, int], int]:
    """The worst status class of each actor's request in the runs of a probe; 6 for no answer."""
    found: dict[tuple[str | None, int], int] = {}
    for run in history:
        if run.scenario.topic == topic:
            for seen in run.observations:
                key = (seen.step.actor, seen.step.number)
                value = seen.answer.status_class if isinstance(seen.answer, Reply) else 6
                found[key] = max(found.get(key, 0), value)
    return found


def _marks_break(history: History) -> bool:
    return any(value > 3 for value in _worst(history, "probe:marked").values())


def _plain_is_better(history: History) -> bool:
    marked, plain = _worst(history, "probe:marked"), _worst(history, "probe:plain")
    return any(plain.get(key, value) < value for key, value in marked.items())


def own_states(spec: Spec, survey: Survey, players: Cast) -> Iterator[State]:
    """Every state of the actor's own rows, the other having none."""
    me = spec.as_actor
    full = tuple(players.own.values())

    def state(name: str, says: str, plants: tuple[Plant, ...]) -> State:
        return State(name, says, (*players.clears, *plants))

    yield state("one", f"{me} has one row in each table", full)
    for table in players.varied:
        yield state(f"none of {table}", f"{me} has no {table}", players.without(table, survey))
        second = players.second[table]
        yield state(f"two of {table}", f"{me} has two {table}", (*full, second))
        if table in players.unlike:
            unlike = (*full, players.unlike[table])
            yield state(f"unlike {table}", f"{me} has two unlike {table}", unlike)
        for column, value in players.variants[table]:
            plants = tuple(
                replace(plant, values=(*plant.values, (column, value)))
                if plant.table == table
                else plant
                for plant in full
            )
            says = f"{me} has one row in each table, with {table}.{column} = {value}"
            yield state(f"{table}.{column} = {value}", says, plants)


def with_theirs(spec: Spec, state: State, players: Cast) -> State:
    """The same state with the other's rows added."""
    return State(
        f"{state.name} + {spec.against}",
        f"{state.says}; {spec.against} has rows of every sort",
        (*state.operations, *players.all_of_theirs()),
    )


def _main_round(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    usual = [row for run in history for row in run.planted if row.plant.endswith(".1")]
    players = cast(spec, survey, marked=not _plain_is_better(history), usual=usual)
    for state in own_states(spec, survey, players):
        yield from _in_turns(spec, survey, players, state)
    full = next(own_states(spec, survey, players))
    together = with_theirs(spec, full, players)
    yield from _swaps(spec, survey, players, together)
    steps = [(f, _own_step(spec, survey, n, f, spec.as_actor)) for n, f in _numbered(survey)]
    first = [(f, _own_step(spec, survey, n, f, spec.against)) for n, f in _numbered(survey)]
    reading = [step for facts, step in (*first, *steps) if not _alters(facts)]
    if reading:
        yield Scenario(ASKED_BEFORE, "perturbed", together, tuple(reading))


def _in_turns(spec: Spec, survey: Survey, players: Cast, state: State) -> Iterator[Scenario]:
    planted = {operation.name for operation in state.operations if isinstance(operation, Plant)}
    steps = []
    for number, facts in _numbered(survey):
        step = _own_step(spec, survey, number, facts, spec.as_actor)
        named = [key.plant for _, key in step.slots if isinstance(key, PlantKey)]
        if planted.issuperset(named):
            steps.append((facts, step))
    there = with_theirs(spec, state, players)
    for suffix, batch in _batches(steps):
        topic = f"others:{state.name}{suffix}"
        for _ in range(_TURNS):
            yield Scenario(topic, "control", state, batch)
            yield Scenario(topic, "perturbed", there, batch)


def _swaps(spec: Spec, survey: Survey, players: Cast, state: State) -> Iterator[Scenario]:
    """The other's ids in place of the actor's; and ids of nobody, to know how a refusal looks."""
    steps: list[tuple[RequestFacts, Step, Role]] = []
    for number, facts in _numbered(survey):
        own = dict(_own_step(spec, survey, number, facts, spec.as_actor).slots)
        for names in _swapped_sets([slot.name for slot in facts.slots]):
            swapped = [slot for slot in facts.slots if slot.name in names]
            asked = _swapped_steps(spec, survey, players, number, facts, own, swapped)
            steps += [(facts, step, role) for step, role in asked]
    roles: tuple[Role, ...] = ("control", "perturbed")
    for role in roles:
        reading = tuple(step for facts, step, its in steps if its == role and not _alters(facts))
        if reading:
            yield Scenario("swap", role, state, reading)
    for facts, step, role in steps:
        if _alters(facts):
            yield Scenario(f"swap:{step.key} {facts.template}", role, state, (step,))


def _swapped_sets(names: list[str]) -> Iterator[frozenset[str]]:
    for name in names:
        yield frozenset({name})
    if len(names) > 1:
        yield frozenset(names)


def _swapped_steps(
    spec: Spec,
    survey: Survey,
    players: Cast,
    number: int,
    facts: RequestFacts,
    own: dict[str, Filling],
    swapped: list[Slot],
) -> Iterator[tuple[Step, Role]]:
    choices = []
    for slot in swapped:
        rows = players.theirs.get(slot.table, ())
        numbers = [int(plant.name.rpartition(".")[2]) for plant in rows] or [1]
        choices.append([_value(spec, survey, spec.against, slot, n) for n in numbers])
    # Together, slots go in step: a foreign parent with its own foreign child.
    picks = product(*choices) if len(choices) == 1 else zip(*choices, strict=False)
    for pick in picks:
        values = own | {slot.name: value for slot, value in zip(swapped, pick, strict=True)}
        told = ",".join(
            f"{slot.name}={value.plant if isinstance(value, PlantKey) else value}"
            for slot, value in zip(swapped, pick, strict=True)
        )
        key = f"{number}|{told}"
        yield Step(spec.as_actor, facts.template, tuple(values.items()), number, key), "perturbed"
    nobody = own | {slot.name: _no_row(survey, slot) for slot in swapped}
    key = f"{number}|{','.join(slot.name for slot in swapped)}={NOBODY}"
    yield Step(spec.as_actor, facts.template, tuple(nobody.items()), number, key), "control"


def _no_row(survey: Survey, slot: Slot) -> str:
    column = survey.catalogue.table(slot.table).column(slot.column)
    if column.base == "uuid":
        return _NO_UUID
    if column.base == "int2":
        return "32000"
    return _NO_ROW if column.base in {"int4", "int8", "numeric"} else NOBODY


# -- confirmation -----------------------------------------------------------------------------


def chosen_for_confirmation(found: tuple[Accusation, ...]) -> tuple[str, ...]:
    """Topics to be asked again: for each finding its first topics, some ten at the most."""
    return tuple(one.topic for one in first_of_each(found, lambda one: one.topic))


def _confirmations(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    found = accusations(spec, survey, history, world=0)
    topics = _to_replay(found, history)
    written = any(accusation.rule == CHANGED for accusation in found)
    played = {(run.scenario.topic, run.scenario.role): run.scenario for run in reversed(history)}
    roles: tuple[Role, ...] = ("control", "perturbed")
    # Nobody asks first: later, a cache before the login may show them what others had asked for.
    for topic, role in product(topics, roles):
        scenario = played.get((topic, role))
        nobody = _as_nobody(_accused_steps(scenario, found)) if scenario else ()
        if scenario is not None and nobody:
            yield replace(scenario.in_world(1), steps=nobody)
    for turn in range(_CONFIRMING_TURNS if topics else 0):
        at = _CONFIRMING_SPREAD * turn / (_CONFIRMING_TURNS - 1)
        for topic, role in product(topics, roles):
            scenario = played.get((topic, role))
            if scenario is not None:
                asked = _accused_steps(scenario, found)
                steps = (*((_IDLE,) if written else ()), *asked, *_as_nobody(asked))
                yield replace(scenario.in_world(1, at), steps=steps)


def _to_replay(found: tuple[Accusation, ...], history: History) -> tuple[str, ...]:
    topics = dict.fromkeys(chosen_for_confirmation(found))
    two_of_all = [
        topic
        for topic in dict.fromkeys(run.scenario.topic for run in history)
        if topic.startswith("others:two of ") and " / " not in topic
    ]
    for accusation in found:
        if accusation.rule in {EMPTY_FAILS, EMPTY_HIDES}:
            topics |= dict.fromkeys(compared_with(accusation.topic))
            topics |= dict.fromkeys([accusation.compared, *two_of_all])
    return tuple(topics)


def _accused_steps(scenario: Scenario, found: tuple[Accusation, ...]) -> tuple[Step, ...]:
    """The steps that accuse somewhere; all of them where it matters who asked before."""
    keys = {accusation.key for accusation in found}
    return tuple(
        step for step in scenario.steps if step.key in keys or scenario.topic == ASKED_BEFORE
    )


def _as_nobody(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(
        replace(step, actor=None)
        for step in steps
        if step.actor is not None and step.template.method in {"GET", "HEAD"}
    )
