"""Which phases are played, given what the trace has shown."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.guards.locks.histories import ACCESS, SHARE, TABLES, statement

from twiceshy.guards.locks import Locks
from twiceshy.guards.locks.plan import touched
from twiceshy.guards.locks.spec import Spec
from twiceshy.model.history import Run
from twiceshy.model.ownership import Ownership
from twiceshy.model.schema import Catalogue
from twiceshy.model.scripts import Script, ScriptRun
from twiceshy.model.survey import Survey

KIND = Locks()
SPEC = Spec(script="a.sql")
TWO = (Script("a.sql", b"x"), Script("b.sql", b"y"))
SURVEY = Survey(Catalogue(()), Ownership(Catalogue(()), ()), scripts=TWO)


def phases(*statements, spec=SPEC, survey=SURVEY):
    """What is asked for once the first script was traced."""
    (scenario,) = KIND.next(spec, survey, ())
    assert (scenario.topic, scenario.script.phase) == ("a.sql", "trace")
    trace = ScriptRun("trace", statements, relations=TABLES)
    found = KIND.next(spec, survey, (Run(scenario, script=trace),))
    return [(one.topic, one.script.phase) for one in found]


def test_what_touches_nothing_is_followed_by_its_queries_alone():
    """A function that is replaced, for instance."""
    assert phases(statement("CREATE FUNCTION f() ...")) == [("a.sql", "afterwards")]


def test_rows_are_changed_beside_traffic():
    """Nobody waits in front of others for a lock on rows."""
    update = statement("UPDATE orders SET a = 1", "orders RowExclusiveLock")
    assert phases(update) == [("a.sql", "traffic")]


def test_a_lock_that_lets_readers_in_is_tried_behind_a_writer():
    """Readers are not in its way."""
    index = statement("CREATE INDEX i ON orders (a)", f"orders {SHARE}")
    assert phases(index) == [("a.sql", "traffic"), ("a.sql", "behind a writer")]


def test_a_lock_that_lets_nobody_in_is_tried_behind_a_reader():
    """Whoever waits for readers waits for writers, too."""
    add = statement("ALTER TABLE orders ADD a int", f"orders {ACCESS}")
    assert phases(add) == [("a.sql", "traffic"), ("a.sql", "behind a reader")]


def test_requests_of_the_service_come_in_a_phase_of_their_own():
    """Only those that can be sent as they are written."""
    spec = Spec(script="a.sql", traffic=("GET /orders/7", "GET /orders/{order_id}"))
    add = statement("ALTER TABLE orders ADD a int", f"orders {ACCESS}")
    assert ("a.sql", "service") in phases(add, spec=spec)
    (scenario,) = KIND.next(spec, SURVEY, ())
    trace = Run(scenario, script=ScriptRun("trace", (add,), relations=TABLES))
    service = next(
        one for one in KIND.next(spec, SURVEY, (trace,)) if one.script.phase == "service"
    )
    assert [str(step.template) for step in service.steps] == ["GET /orders/7"]
    untried = KIND.judge(spec, SURVEY, (trace,)).scope.untried
    assert ("GET /orders/{order_id}", "write an id in place of each slot") in untried


def test_one_script_after_the_other():
    """The second is traced when the first has all its phases."""
    history = []
    topics = []
    while scenarios := KIND.next(SPEC, SURVEY, tuple(history)):
        for scenario in scenarios:
            topics.append((scenario.topic, scenario.script.phase))
            run = ScriptRun(scenario.script.phase, (statement("SELECT 1"),), relations=TABLES)
            history.append(Run(scenario, script=run))
    assert topics == [
        ("a.sql", "trace"),
        ("a.sql", "afterwards"),
        ("b.sql", "trace"),
        ("b.sql", "afterwards"),
    ]


def test_what_could_not_be_played_is_unknown():
    """With the reason."""
    (scenario,) = KIND.next(SPEC, replace(SURVEY, scripts=TWO[:1]), ())
    history = (Run(scenario, problem="the server went away"),)
    verdict = KIND.judge(SPEC, replace(SURVEY, scripts=TWO[:1]), history)
    assert verdict.value == "unknown"
    assert verdict.reasons == ("the server went away",)


def test_a_script_that_took_all_its_time_is_not_run_again():
    """Once is enough to know."""
    add = statement("ALTER TABLE orders ADD a int", f"orders {ACCESS}")
    (scenario,) = KIND.next(SPEC, SURVEY, ())
    endless = ScriptRun("trace", (add,), failure="57014 ...", relations=TABLES, seconds=60.2)
    (after,) = KIND.next(SPEC, SURVEY, (Run(scenario, script=endless),))
    assert after.topic == "b.sql"


def test_the_strongest_locks_come_first():
    """Not every relation can have traffic."""
    run = ScriptRun(
        "trace",
        (statement("ANALYZE", f"customers ShareUpdateExclusiveLock, orders {ACCESS}"),),
        relations=TABLES,
    )
    assert touched(run) == ("orders", "customers")
