"""What `isolation` asks to be played, round by round."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.guards.isolation.histories import (
    DEPOSITS,
    GOALS,
    LIST,
    MINE,
    SAVE,
    SPEC,
    SURVEY,
    reply,
    run,
    seen,
    turns,
)

from twiceshy.guards.isolation import Isolation
from twiceshy.guards.isolation.cast import cast
from twiceshy.model.history import NoReply
from twiceshy.model.scenario import Plant, PlantKey
from twiceshy.model.schema import Check, Column
from twiceshy.model.survey import RequestFacts, Slot

ISOLATION = Isolation()
GOOD = seen(reply([{"name": "twanagoal1"}]))


def _played(*, marked_ok: bool = True) -> list:
    answer = GOOD if marked_ok else seen(NoReply("reset", "cut off"))
    return [run("probe:marked", "probe", answer)]


def test_first_both_actors_ask_for_their_own() -> None:
    """A probe for each actor, each with rows of their own and nobody else's."""
    first = ISOLATION.next(SPEC, SURVEY, ())
    assert {scenario.topic for scenario in first} == {"probe:marked"}
    assert [scenario.steps[0].actor for scenario in first] == ["ana", "ben"]
    owners = [
        {o.owner for o in scenario.state.operations if isinstance(o, Plant)} for scenario in first
    ]
    assert owners == [{"ana"}, {"ben"}]


def test_plain_rows_are_tried_where_marks_break_a_request() -> None:
    """A service that chokes on a canary is asked again with rows as they usually are."""
    again = ISOLATION.next(SPEC, SURVEY, tuple(_played(marked_ok=False)))
    assert {scenario.topic for scenario in again} == {"probe:plain"}
    plants = [o for s in again for o in s.state.operations if isinstance(o, Plant)]
    assert plants
    assert not any(plant.marked for plant in plants)


def test_each_state_is_played_without_and_with_the_others_rows_in_turn() -> None:
    """Controls and perturbed runs alternate, so that time hits both alike."""
    main = ISOLATION.next(SPEC, SURVEY, tuple(_played()))
    topics = {s.topic for s in main}
    assert {"others:one", "others:none of goals", "others:two of deposits", "swap"} <= topics
    roles = [s.role for s in main if s.topic == "others:one"]
    assert roles == ["control", "perturbed"] * 2


def test_without_a_row_the_requests_that_name_it_are_left_out() -> None:
    """Nobody can ask for a goal that is not there, nor keep deposits of one."""
    main = ISOLATION.next(SPEC, SURVEY, tuple(_played()))
    empty = next(s for s in main if s.topic == "others:none of goals")
    assert [step.template for step in empty.steps] == [LIST]
    planted = {o.table for o in empty.state.operations if isinstance(o, Plant)}
    assert planted == set()


def test_ids_are_swapped_one_at_a_time_and_all_at_once() -> None:
    """Mixed paths leak where wholly foreign ones are refused, and the other way round."""
    both = replace(LIST, path="/goals/{goal_id}/deposits/{deposit_id}")
    slots = (Slot("goal_id", GOALS, "id"), Slot("deposit_id", DEPOSITS, "id"))
    survey = replace(
        SURVEY, requests=(RequestFacts(both, slots, frozenset({GOALS, DEPOSITS}), status=200),)
    )
    main = ISOLATION.next(SPEC, survey, tuple(_played()))
    steps = next(s for s in main if s.topic == "swap" and s.role == "perturbed").steps
    owners = {
        tuple(value.plant.partition(".")[0] for _, value in s.slots if isinstance(value, PlantKey))
        for s in steps
    }
    assert owners == {("ben", "ana"), ("ana", "ben"), ("ben", "ben")}


def test_a_request_that_writes_has_a_scenario_of_its_own() -> None:
    """What it changes must not be mixed with what others read."""
    writes = RequestFacts(SAVE, (Slot("goal_id", GOALS, "id"),), writes=frozenset({GOALS}))
    survey = replace(SURVEY, requests=(*SURVEY.requests, writes))
    main = ISOLATION.next(SPEC, survey, tuple(_played()))
    alone = [s for s in main if any(step.template is SAVE for step in s.steps)]
    assert alone
    assert all(len(s.steps) == 1 for s in alone)


def test_only_what_accuses_is_asked_again_in_a_fresh_world_over_two_seconds() -> None:
    """Confirmation costs nothing where there is nothing to confirm."""
    quiet = [*_played(), *turns("others:one", [GOOD] * 2, [GOOD] * 2)]
    assert ISOLATION.next(SPEC, SURVEY, tuple(quiet)) == ()
    leak = seen(reply([{"name": "twbengoal1"}]))
    loud = [*_played(), *turns("others:one", [GOOD] * 2, [leak] * 2)]
    again = ISOLATION.next(SPEC, SURVEY, tuple(loud))
    assert {(s.topic, s.world) for s in again} == {("others:one", 1)}
    assert max(s.not_before for s in again) > 2
    assert {step.actor for s in again for step in s.steps} == {"ana", None}


def test_listed_values_become_variants() -> None:
    """Enum labels, CHECK lists and booleans: each value once, for both actors' rows."""
    enum = Column("kind", "kind", "kind", "enum", enum_labels=("a", "b"))
    flag = Column("done", "boolean", "bool")
    listed = Column("currency", "text", "text")
    check = Check("c", ("currency",), "CHECK ((currency = ANY (ARRAY['CLP'::text, 'USD'::text])))")
    goals = SURVEY.catalogue.table(GOALS)
    goals = replace(goals, columns=(*goals.columns, enum, flag, listed), checks=(check,))
    others = tuple(t for t in SURVEY.catalogue.tables if t.name != GOALS)
    catalogue = replace(SURVEY.catalogue, tables=(goals, *others))
    ownership = replace(SURVEY.ownership, catalogue=catalogue)
    players = cast(SPEC, replace(SURVEY, catalogue=catalogue, ownership=ownership))
    assert set(players.variants[GOALS]) == {
        *(("currency", "CLP"), ("currency", "USD"), ("kind", "a"), ("kind", "b")),
        *(("done", "true"), ("done", "false")),
    }
    assert len(players.theirs[GOALS]) == 2 + 6


def test_tables_that_logging_in_touches_are_left_alone() -> None:
    """Emptying sessions would log the actors out."""
    players = cast(SPEC, replace(SURVEY, login_tables=frozenset({DEPOSITS})))
    assert players.varied == (GOALS,)
    assert MINE[0].table in players.own
