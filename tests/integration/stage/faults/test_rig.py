from __future__ import annotations

import socket
import threading
import time
from contextlib import closing

import psutil
import pytest

from integration.stage.faults.conftest import Client, booked, many, over
from integration.stage.living import eventually
from twiceshy.errors import UsageError
from twiceshy.model.strain import Fault
from twiceshy.stage.faults import FaultRig
from twiceshy.stage.faults.case import Case, moment


def strained(rig, fault, *, more=20):
    """Do a fault while clients pay, wait until many payments were made after it; what was seen."""
    began = time.monotonic()
    with many(rig) as clients:

        def count():
            return sum(len(client.acked) for client in clients)

        eventually(lambda: count() > 20)
        rig.arm([fault], lambda: time.monotonic() - began)
        eventually(lambda: over(rig), within=30)
        before = count()
        eventually(lambda: count() > before + more)
        rig.undo_all()
    (seen,) = rig.seen()
    acked = {key for client in clients for key in client.acked}
    failed = {key: how for client in clients for key, how in client.failed.items()}
    return seen, acked, failed


def at_once(name, **more):
    """A fault that begins when the 10th answer passes from now on."""
    return Fault(name, point="answer:10", **more)


def has_effect(seen, *words):
    """The fault took place while requests were open, and nothing of it is left."""
    assert seen.problem is None
    assert seen.undone
    assert seen.began is not None
    assert seen.ended >= seen.began
    text = "\n".join(seen.evidence)
    assert all(word in text for word in words), text
    assert text


def test_a_killed_service_comes_back(stage, rig):
    """Another process answers, and whatever it had acknowledged is there."""
    old = stage.service.pid
    fault = Fault("kill service", point="outstanding:3", lasts=0.1)
    seen, acked, failed = strained(rig, fault)
    has_effect(seen, f"process {old}", "SIGKILL", f"process {stage.service.pid} came")
    assert seen.in_flight >= 3
    assert stage.service.pid != old
    assert set(failed.values()) >= {"ConnectionRefusedError"}
    assert acked <= booked(stage)


@pytest.mark.parametrize("point", ["answer:10", "unanswered:10"])
def test_a_service_that_is_killed_at_an_answer(stage, rig, point):
    """The database is near again afterwards, and who was answered was in flight just now."""
    seen, acked, _ = strained(rig, Fault("kill service", point=point))
    has_effect(seen, "SIGKILL", f"process {stage.service.pid} came")
    assert seen.in_flight >= 1
    assert rig._ground.back.delay == 0
    assert acked <= booked(stage)


def test_the_database_is_further_away_before_a_process_is_killed(stage, rig):
    """At a moment; where there is only a point, that may be long from now."""
    case = Case(Fault("kill process", target="worker", at=0.5), rig._ground)
    case.prepare()
    assert rig._ground.back.delay > 0
    case.begin(lambda: 0.5)
    assert rig._ground.back.delay == 0
    case.end()
    Case(Fault("kill process", target="worker", point="answer:9"), rig._ground).prepare()
    assert rig._ground.back.delay == 0


def test_a_paused_service_stands_still_and_goes_on(stage, rig):
    """It is the same process before and after."""
    old = stage.service.pid
    seen, acked, failed = strained(rig, at_once("pause service", lasts=0.2))
    assert seen.in_flight >= 4
    has_effect(seen, f"process {old}", "state T")
    assert seen.ended - seen.began >= 0.2
    assert stage.service.pid == old
    assert psutil.Process(old).status() != psutil.STATUS_STOPPED
    assert not failed
    assert acked <= booked(stage)


def test_a_process_beside_the_service_is_killed_and_started_again(stage, rig):
    """The service does not notice."""
    old, service = stage.child("worker").pid, stage.service.pid
    seen, _, failed = strained(rig, at_once("kill process", target="worker"))
    has_effect(seen, f"worker (process {old})", f"process {stage.child('worker').pid}")
    assert (stage.service.pid, failed) == (service, {})


def test_the_database_crashes_and_recovers(stage, rig):
    """What was acknowledged is there afterwards, and the stage can be renewed."""
    old = stage.server.child.pid
    seen, acked, failed = strained(rig, at_once("restart database", lasts=0.1))
    has_effect(seen, f"process {old}", f"process {stage.server.child.pid} runs since")
    assert set(failed.values()) == {"503"}
    assert acked <= booked(stage)
    list(stage.renew())
    stage.world.snapshot()
    client = Client(rig.port)
    assert client.pay("new-world")
    client.close()
    assert booked(stage) == {"new-world"}
    assert stage.world.rewind(), stage.world.why_not
    assert booked(stage) == set()


def test_sessions_are_terminated(stage, rig):
    """The log of the server says so, and the service makes new ones."""
    seen, acked, failed = strained(rig, at_once("terminate backends"))
    has_effect(seen, "4 of 4 sessions", "57P01")
    assert set(failed.values()) == {"503"}
    assert acked <= booked(stage)


def test_a_table_is_locked(stage, rig):
    """Sessions of the service wait for us, and go on afterwards."""
    seen, acked, failed = strained(rig, at_once("lock", target="payments", lasts=0.2))
    has_effect(seen, "lock on payments", "INSERT INTO payments")
    assert not failed
    assert acked <= booked(stage)


def test_rows_are_locked(stage, rig):
    """Only who wants these rows waits."""
    with stage.server.connect(stage.database) as conn:
        conn.execute("INSERT INTO payments VALUES ('mine')")
    fault = Fault("lock", target="payments where key = 'mine'")
    rig.begin(fault, now=3.0)
    client = Client(rig.port)
    assert client.pay("other-row")
    client.close()
    with stage.server.connect(stage.database) as conn:
        waiter = threading.Thread(
            target=lambda: conn.execute("DELETE FROM payments WHERE key = 'mine'")
        )
        waiter.start()
        with stage.server.connect(stage.database) as look:
            waits = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE%'"
            )
            eventually(lambda: look.execute(waits).fetchone() != (0,))
        rig.end(fault)
        waiter.join()
    (seen,) = rig.seen()
    has_effect(seen, "1 session waited", "DELETE FROM payments")
    assert seen.began == pytest.approx(3.0, abs=0.5)


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        ("refuse", "service", "refused new ones"),
        ("cut", "database", "were reset"),
        ("black hole", "database", "did not arrive"),
        ("slow", "service", "0.1 s later"),
        pytest.param("refuse", "database", "refused new ones", marks=pytest.mark.soak),
        pytest.param("cut", "service", "were reset", marks=pytest.mark.soak),
        pytest.param("black hole", "service", "did not arrive", marks=pytest.mark.soak),
        pytest.param("slow", "database", "0.1 s later", marks=pytest.mark.soak),
    ],
)
def test_the_network_fails(stage, rig, name, words, target):
    """Between client and service, and between service and database."""
    seen, acked, failed = strained(rig, at_once(name, target=target, lasts=0.15))
    has_effect(seen, words, f"{'client' if target == 'service' else 'database'}")
    assert bool(failed) == (name in {"refuse", "cut"})
    assert acked <= booked(stage)


def test_answers_are_dropped_after_the_service_gave_them(stage, rig):
    """Every fifth payment is booked and not acknowledged."""
    fault = Fault("drop answers", at=0.0, every=5)
    rig.arm([fault], lambda: 0.0)
    eventually(lambda: rig.seen()[0].began is not None)
    client = Client(rig.port)
    for number in range(20):
        client.pay(f"drop-{number}")
    client.close()
    rig.undo_all()
    (seen,) = rig.seen()
    has_effect(seen, "4 answers", "number 5, 10, 15, 20")
    assert sorted(client.failed) == ["drop-14", "drop-19", "drop-4", "drop-9"]
    assert booked(stage) >= {f"drop-{number}" for number in range(20)}
    assert client.pay("afterwards")
    client.close()


def test_without_clients_a_fault_of_the_network_leaves_no_evidence(rig):
    """Then there is nothing that it could have done."""
    faults = [
        Fault(name, target=target)
        for name in ("refuse", "cut", "black hole", "slow", "drop answers")
        for target in ("service", "database")
    ]
    for door in (rig._ground.front, rig._ground.back):
        eventually(lambda door=door: not door.do(lambda: len(door._links)))
    for fault in faults:
        rig.begin(fault, now=0.0)
        rig.end(fault)
    assert [seen.evidence for seen in rig.seen()] == [()] * len(faults)
    assert all(seen.undone and seen.in_flight == 0 for seen in rig.seen())


def test_a_point_after_a_moment(rig):
    """Only what passes from then on counts."""
    now = [0.0]
    rig.arm([Fault("cut", at=5.0, point="answer:3")], lambda: now[0])
    with closing(Client(rig.port)) as client:
        assert all(client.pay(f"early-{number}") for number in range(5))
        now[0] = 5.5
        eventually(lambda: rig.exchanges._points)
        assert rig.seen()[0].began is None
        before = rig.exchanges.answers

        def begun():
            client.pay("later")
            return rig.seen()[0].began is not None

        eventually(begun)
        assert rig.exchanges.answers - before >= 3
    eventually(lambda: over(rig))
    (seen,) = rig.seen()
    assert (seen.began, seen.undone) == (5.5, True)
    assert "1 connection between client and service was reset" in seen.evidence[0]


def test_a_point_that_is_never_reached(rig):
    """The fault did not begin, and says so."""
    rig.arm([Fault("kill service", point="outstanding:99")], lambda: 1.0)
    rig.undo_all()
    (seen,) = rig.seen()
    assert (seen.began, seen.evidence, seen.undone) == (None, (), True)


def test_what_goes_wrong_with_a_fault_is_told(rig):
    """And it is taken back all the same."""
    fault = Fault("lock", target="no_such_table")
    rig.begin(fault, now=0.0)
    rig.end(fault)
    (seen,) = rig.seen()
    assert 'relation "no_such_table" does not exist' in seen.problem
    assert (seen.evidence, seen.undone) == ((), True)
    rig.begin(Fault("kill process", target="nobody"), now=0.0)
    assert "no process 'nobody'" in rig.seen()[1].problem


def test_everything_under_way_is_taken_back(stage, rig):
    """Whatever lay on the service: it is the same, and answers again."""
    service = stage.service.pid
    for fault in (
        Fault("pause service"),
        Fault("lock", target="payments"),
        Fault("black hole", target="database"),
        Fault("slow", target="database"),
        Fault("refuse"),
    ):
        rig.begin(fault, now=0.0)
    assert psutil.Process(service).status() == psutil.STATUS_STOPPED
    rig.undo_all()
    assert all(seen.undone for seen in rig.seen())
    assert psutil.Process(service).status() != psutil.STATUS_STOPPED
    client = Client(rig.port)
    assert client.pay("after-all")
    client.close()
    assert stage.service.pid == service


def test_a_rig_that_is_left_leaves_the_stage_as_it_was(stage, placed):
    """Both doors are closed, and what is started next finds the database itself."""
    assert stage.database_port not in {0, stage.server.address.port}
    behind = stage.database_port
    with FaultRig(stage) as other:
        assert stage.database_port not in {0, behind}
        port = other.port
        socket.create_connection(("127.0.0.1", port)).close()
    assert stage.database_port == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    stage.database_port = behind


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("kil service", at=1.0), "did you mean 'kill service'"),
        (Fault("cut", target="databse", at=1.0), "did you mean 'database'"),
        (Fault("cut", point="answer:many"), "is no point"),
        (Fault("lock", at=1.0), "name it as target"),
    ],
)
def test_a_fault_that_cannot_be_is_said_before_anything_is_done(rig, fault, says):
    """With what was probably meant."""
    try:
        rig.arm([fault], lambda: 0.0)
    except UsageError as error:
        assert says in str(error)  # noqa: PT017 - what is to be done belongs to the message
    else:
        pytest.fail("it was taken")
    assert rig.seen() == ()


def test_moments_are_drawn_by_the_seed():
    """The same seed gives the same moment, within the load's time."""
    drawn = [moment(Fault("cut", seed=seed), over=10.0) for seed in range(50)]
    assert drawn == [moment(Fault("cut", seed=seed), over=10.0) for seed in range(50)]
    assert len(set(drawn)) == 50
    assert all(1.0 <= when <= 7.0 for when in drawn)
    assert moment(Fault("cut", at=2.5), over=10.0) == 2.5
