"""Which loads are played, and with which faults at which moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.guards.conservation.plan import IN_LINE, TRIES, next_scenarios
from twiceshy.model.load import Burst
from unit.guards.conservation.histories import ACKED, REJECTED, rehearsed, spec


def topics(history):
    """What was played, in order."""
    return [run.scenario.topic for run in history]


def fault_of(**more):
    """The fault of the last load of a guard in which nothing goes wrong."""
    return rehearsed(spec(**more))[-1].scenario.strain.faults[0]


def test_line_peak_and_each_fault():
    """Each on a fresh clone, with keys of its own."""
    history = rehearsed(spec(faults=("kill service", "kill worker", "lock payments")))
    assert topics(history) == ["line", "peak", "kill service", "kill worker", "lock payments"]
    assert [run.scenario.world for run in history] == [0, 1, 2, 3, 4]
    assert len({run.scenario.strain.seed for run in history}) == 5
    roles = {run.scenario.topic: run.scenario.role for run in history}
    assert roles.pop("line") == "control"
    assert set(roles.values()) == {"perturbed"}
    assert next_scenarios(spec(), history) == ()


def test_the_control_is_a_line():
    """One connection, and whoever finds it taken waits."""
    strain = next_scenarios(spec(), ())[0].strain
    assert strain.arrivals == Burst(IN_LINE)
    assert (strain.connections, strain.at_cap, strain.faults) == (1, "wait", ())


def test_without_faults_the_peak_is_the_last():
    """The guard may name none."""
    assert topics(rehearsed(spec(faults=()))) == ["line", "peak"]


def test_keys_of_two_guards_differ():
    """They may run on the same stage, whose broker remembers."""
    first, second = spec(), spec(duration="1s")
    seeds = [next_scenarios(guard, ())[0].strain.seed for guard in (first, second, spec())]
    assert seeds[0] == seeds[2] != seeds[1]


@pytest.mark.parametrize("where", ["line", "peak", "kill service"])
def test_the_first_account_that_does_not_balance_is_the_last(where):
    """What is missing is missing, and need not be shown twice."""

    def loses(office):
        if office.topic == where:
            office.lose(3)

    history = rehearsed(spec(faults=("kill service", "cut")), loses)
    assert topics(history)[-1] == where


def test_a_control_that_says_nothing_ends_it():
    """Where even a line cannot be accounted for, a crowd cannot."""

    def refused(office):
        office.outcomes = [[REJECTED] for _ in office.outcomes]
        office.rows = []

    assert topics(rehearsed(spec(), refused)) == ["line"]


def test_a_peak_that_is_not_reached_is_tried_again_and_ends_it():
    """A machine may be busy for a moment."""

    def slow(office):
        office.reached = 0.7 if office.topic == "peak" else 1.0

    assert topics(rehearsed(spec(), slow)) == ["line", *["peak"] * TRIES]


def test_a_fault_without_effect_is_tried_at_other_moments():
    """Three times altogether; the next fault is played after that."""

    def idle(office):
        office.faults = tuple(replace(seen, in_flight=0) for seen in office.faults)

    history = rehearsed(spec(faults=("kill service", "kill worker")), idle)
    assert topics(history)[2:] == ["kill service"] * TRIES + ["kill worker"] * TRIES
    moments = {run.scenario.strain.faults[0].at for run in history[2:5]}
    assert len(moments) == TRIES
    assert len({run.scenario.strain.seed for run in history}) == 8


def test_a_fault_that_cut_nothing_off_is_tried_again():
    """It was seen, and every answer came through it."""

    def unfelt(office):
        office.outcomes = [[ACKED] for _ in office.outcomes]

    history = rehearsed(spec(faults=("kill service", "kill worker")), unfelt)
    assert topics(history)[2:] == ["kill service"] * TRIES + ["kill worker"]


def test_what_cannot_change_is_not_tried_again():
    """A process that does not come back will not come back the next time."""

    def dead(office):
        office.faults = tuple(replace(seen, problem="it stays away") for seen in office.faults)

    assert topics(rehearsed(spec(), dead)) == ["line", "peak", "kill service"]


def test_a_sudden_fault_waits_until_requests_wait():
    """About as many as the peak without fault has shown in flight at a time."""
    fault = fault_of()
    assert 0.5 <= fault.at <= 1.2
    assert fault.point == "outstanding:1"
    assert fault_of(rate="900/s").point == "outstanding:4"
    assert fault_of(rate="90000/s").point == "outstanding:8"
    assert fault_of(faults=("kill worker",)).point == ""
    assert fault_of() == fault


def test_where_requests_are_rare_every_fault_waits_for_one():
    """Else it would often meet none."""
    rare = {"rate": "10000/h", "duration": "10s"}
    assert fault_of(faults=("kill worker",), **rare).point == "outstanding:1"
    assert fault_of(faults=("drop answers",), **rare).point == ""


def test_where_requests_are_rare_some_answers_are_dropped_all_the_same():
    """Of seven that are left every tenth would be none."""
    rare = {"rate": "10000/h", "duration": "5s"}
    assert fault_of(faults=("drop answers",), **rare).every == 2
    assert fault_of(faults=("drop answers",)).every == 10


def test_between_bursts_a_fault_waits_for_the_next():
    """After the last one, it would wait for ever."""
    for name in ("kill service", "kill worker"):
        fault = fault_of(faults=(name,), arrivals="burst")
        assert fault.at < 1
        assert fault.point.startswith("outstanding")
    assert fault_of(arrivals="burst", duration="1s").at == 0


def test_without_faults_named_the_service_is_killed_at_answers_as_well():
    """From the same moment on, whatever the duration; [] or any other list means what it says."""
    guard = spec(duration="10s").model_dump(by_alias=True)
    del guard["faults"]
    history = rehearsed(type(spec()).model_validate(guard))
    faults = [run.scenario.strain.faults[0] for run in history[2:]]
    assert [fault.name for fault in faults] == ["kill service"] * 3 + ["drop answers"]
    moments = [(fault.at, fault.point) for fault in faults[1:3]]
    assert moments == [(4.0, "unanswered:1"), (4.0, "answer:1")]
    assert topics(rehearsed(spec(faults=("drop answers",))))[2:] == ["drop answers"]


@pytest.mark.parametrize(
    ("entry", "at", "point"),
    [
        ({"fault": "kill service", "at": "1s"}, 1.0, "outstanding:1"),
        ({"fault": "kill service", "point": "answer:9"}, None, "answer:9"),
        ({"fault": "kill service", "at": "1s", "point": "answer:9"}, 1.0, "answer:9"),
        ({"fault": "kill worker", "at": "500ms"}, 0.5, ""),
    ],
)
def test_the_moment_that_a_guard_names(entry, at, point):
    """Chance decides only what is left open."""
    fault = fault_of(faults=(entry,))
    assert (fault.at, fault.point) == (at, point)


def test_how_long_a_fault_lasts_and_what_it_drops():
    """As its sort says, or the guard."""
    assert fault_of(faults=("pause worker",)).lasts == 0.5
    assert fault_of(faults=({"fault": "pause worker", "lasts": "2s"},)).lasts == 2.0
    drops = fault_of(faults=("drop answers",))
    assert (drops.every, drops.seed) == (10, 0)
    by_chance = fault_of(faults=({"fault": "drop answers", "every": 3, "seed": 5},))
    assert (by_chance.every, by_chance.seed) == (3, 5)


def test_a_fault_at_several_moments_is_told_apart():
    """Each is a run of its own."""
    entries = tuple({"fault": "kill service", "point": f"answer:{n}"} for n in (5, 50))
    history = rehearsed(spec(faults=entries))
    assert topics(history)[2:] == ["kill service at answer:5", "kill service at answer:50"]
