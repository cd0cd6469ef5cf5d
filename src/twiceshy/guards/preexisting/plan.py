"""Which scenarios to play, round by round.

1. Controls: the request with keys that nobody has used, twice with others and once again with the
   first. Where that is refused, each value is changed alone, then those together that may be.
2. Every state that follows from what the plans met, each once; what these runs meet may lead to
   further tables, and so to further states. A control in between shows whether the service still
   takes anybody.
3. The campaign, where the guard asks for one: many people at once, some of them known elsewhere.
4. Whatever accuses the service is asked again in a fresh world, in turn with controls, over more
   than two seconds.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from twiceshy.guards.confirming import first_of_each
from twiceshy.guards.preexisting.accusations import accusations, allowed, good_controls
from twiceshy.guards.preexisting.arrival import (
    ALONE,
    LEGITIMATE,
    REDUCED,
    RUSH,
    arrival,
    changeable,
    first_number,
    good_alone,
    varied,
)
from twiceshy.guards.preexisting.met import legitimate_runs, opaque_values, written_in_order
from twiceshy.guards.preexisting.rush import rush
from twiceshy.guards.preexisting.spelling import SEEN
from twiceshy.guards.preexisting.states import Situation, plants, situations
from twiceshy.model.scenario import Scenario, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.preexisting.accusations import Accusation
    from twiceshy.guards.preexisting.arrival import Leaf
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey

BETWEEN = "still legitimate"
_CONTROL_EVERY = 12
_TURNS = 3
# They meet before they write, but a statement that checks and writes at once is met by luck only.
_TWIN_TURNS = 2
_TWINS = 4
_SPREAD = 2.2
_MOST_STATES = 400
# Added to a request's number: keys that no request brings.
_STRANGERS = 50_000


def next_scenarios(spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
    """The next round, or nothing when there is enough to judge."""
    if not survey.requests or survey.requests[0].problem is not None:
        return ()
    if not history:
        return tuple(_controls(spec, survey, changeable(spec, survey), LEGITIMATE, 0))
    if not good_controls(history, 0):
        return tuple(_fewer_changed(spec, survey, history))
    new = tuple(_states(spec, survey, history))
    if new:
        return new
    if spec.campaign and not any(run.scenario.topic == RUSH for run in history):
        crowd = tuple(rush(spec, survey, history))
        if crowd:
            return crowd
    if all(run.scenario.world == 0 for run in history):
        return tuple(_confirmations(spec, survey, history))
    return ()


def _controls(
    spec: Spec, survey: Survey, changed: tuple[Leaf, ...], topic: str, played: int
) -> Iterator[Scenario]:
    first = first_number(0, played)
    for number in (first, first + 1, first):
        yield _control(spec, survey, changed, topic, number)


def _control(
    spec: Spec, survey: Survey, changed: tuple[Leaf, ...], topic: str, number: int, world: int = 0
) -> Scenario:
    coming = arrival(spec, survey, changed, number)
    state = State("as it is", "nobody has used the keys before", coming.plants)
    return Scenario(topic, "control", state, (coming.step,), world)


def _fewer_changed(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    """Find out which values may be others, when they may not all be."""
    topics = {run.scenario.topic for run in history}
    all_of_them = changeable(spec, survey)
    if not any(topic.startswith(ALONE) for topic in topics):
        for number, leaf in enumerate(all_of_them, first_number(0, len(history))):
            topic = f"{ALONE}{leaf.name}"
            yield _control(spec, survey, (leaf,), topic, number)
    elif REDUCED not in topics:
        good = good_alone(history)
        changed = tuple(leaf for leaf in all_of_them if leaf.name in good)
        yield from _controls(spec, survey, changed, REDUCED, len(history))


def _states(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    played = {run.scenario.topic for run in history}
    new = [one for one in situations(spec, survey, history) if one.name not in played]
    room = _MOST_STATES - len(history)
    numbers = count(first_number(0, len(history)))
    changed = varied(spec, survey, history)
    any_played = False
    for place, situation in enumerate(new[: max(0, room)]):
        scenario = _scenario(spec, survey, history, situation, next(numbers))
        if scenario is None:
            continue
        any_played = True
        yield scenario
        if place % _CONTROL_EVERY == _CONTROL_EVERY - 1:
            yield _control(spec, survey, changed, BETWEEN, next(numbers))
    if any_played:
        yield _control(spec, survey, changed, BETWEEN, next(numbers))


def _scenario(
    spec: Spec,
    survey: Survey,
    history: History,
    situation: Situation,
    number: int,
    world: int = 0,
    not_before: float = 0.0,
) -> Scenario | None:
    """The situation for one request; None where the key cannot be spelled in that way."""
    if any(row.candidate.form == SEEN for row in situation.rows):
        known = opaque_values(spec, survey, history)
        number = next(iter(known[situation.rows[0].candidate.place]))
    coming = arrival(spec, survey, varied(spec, survey, history), number)
    keys = coming.keys
    if situation.stranger:
        keys = arrival(spec, survey, varied(spec, survey, history), number + _STRANGERS).keys
    rows = plants(spec, survey, history, situation, number, keys)
    if rows is None:
        return None
    state = State(situation.name, situation.says, (*coming.plants, *rows))
    steps = (coming.step,) * (_TWINS if situation.twin else 1)
    if not situation.twin:
        return Scenario(situation.name, "perturbed", state, steps, world, not_before)
    meet_at = written_in_order(survey, history)
    return Scenario(
        situation.name, "perturbed", state, steps, world, not_before, at_once=True, meet_at=meet_at
    )


# -- confirmation -----------------------------------------------------------------------------


def chosen_for_confirmation(spec: Spec, found: tuple[Accusation, ...]) -> tuple[Accusation, ...]:
    """For each finding its first topics, some ten at the most."""
    found = tuple(one for one in found if not allowed(spec, one))
    return first_of_each(found, lambda one: one.topic)


def _confirmations(spec: Spec, survey: Survey, history: History) -> Iterator[Scenario]:
    chosen = chosen_for_confirmation(spec, accusations(spec, survey, history, world=0))
    numbers = count(first_number(1, len(history)))
    changed = varied(spec, survey, history)
    topic = legitimate_runs(history)[0].scenario.topic
    for turn in range(_TURNS if chosen else 0):
        at = _SPREAD * turn / (_TURNS - 1)
        yield _control(spec, survey, changed, topic, next(numbers), 1).in_world(1, at)
        for one in chosen:
            for _ in range(_TWIN_TURNS if one.situation.twin else 1):
                scenario = _scenario(spec, survey, history, one.situation, next(numbers), 1, at)
                if scenario is not None:
                    yield scenario
