"""Load on a real service, with faults in the middle, and the account that is made up of it."""

from __future__ import annotations

import re

import psutil
import pytest

from integration.rehearsal.payments import write_payments
from twiceshy.config.load import load_project
from twiceshy.errors import ReportError, UsageError
from twiceshy.model.kind import Asked
from twiceshy.model.ledger import Outcome
from twiceshy.model.load import Burst, Constant, Retry
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Request, RequestTemplate, Scenario, State
from twiceshy.model.schema import Catalogue
from twiceshy.model.strain import Fault, Strain
from twiceshy.model.survey import Survey
from twiceshy.postgres.connect import connect_as_role
from twiceshy.rehearsal import strain as strains
from twiceshy.rehearsal.ledgers import described
from twiceshy.rehearsal.playing import Playing
from twiceshy.rehearsal.reckoning import reckon
from twiceshy.rehearsal.scenes import Scenes
from twiceshy.rehearsal.strain import play_strain
from twiceshy.stage.faults import FaultRig

RECORDED = "SELECT key, amount FROM payments"
WAITING = "SELECT count(*) FROM inbox"
_seeds = iter(range(1, 1000))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """The service, up."""
    made = Scenes(load_project(write_payments(tmp_path_factory.mktemp("payments"))), "")
    try:
        list(made.go_up(scripts_only=False))
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _briefly(monkeypatch):
    """What waits a second, so that what comes late is seen, waits a tenth of it here."""
    monkeypatch.setattr(strains, "_APART", 0.1)
    monkeypatch.setattr(strains, "_TELL_EVERY", 0.1)


def scenario(how="rightly", *faults, **more):
    """A quarter of a second of payments that the service takes in this way."""
    given = {
        "arrivals": Constant(200, 0.25),
        "recorded": RECORDED,
        "amounts": (1, 900),
        "statuses": ((503, Outcome.UNKNOWN),),
        "retry": Retry(attempts=8, base=0.05, longest=0.5),
        **more,
    }
    request = RequestTemplate("POST", f"/{how}/{{number}}/{{key}}/{{amount}}")
    strain = Strain(request, "shop", faults=faults, seed=next(_seeds), **given)
    return Scenario("at peak", "perturbed", State("peak", "at peak"), (), strain=strain)


def played(scenes, asked, told=None):
    """What came of it, on the rows that are there; what it tells goes to `told`."""
    scenes.main.spent = False
    steps = play_strain(scenes.main, asked, anew=False)
    while True:
        try:
            says = next(steps)
        except StopIteration as end:
            assert scenes.main.spent
            return end.value.strain
        if told is not None:
            told(says)


def explains(stage):
    """Whether plans of the service's statements come into the log."""
    with connect_as_role(stage.server.address, stage.database, name="service") as conn:
        return conn.execute("SHOW auto_explain.log_min_duration").fetchone() == ("0",)


def test_a_sound_service_is_in_balance(scenes):
    """What was there before does not count; all that was seen is kept, and told again the same."""
    run = played(scenes, scenario(drained=WAITING))
    assert (run.problem, run.drained, run.trails, run.faults) == (None, True, (), ())
    assert run.first == run.second
    assert run.second.balanced
    assert run.second.transactions[Outcome.ACKED] == run.second.rows == 50
    assert (run.figures.sent, run.figures.unsent) == (50, 0)
    names = [phase.name for phase in run.phases]
    assert names[0] == "healthy"
    assert names[-2:] == ["draining", "reconciling"]
    ends = [phase.ended for phase in run.phases]
    assert [phase.began for phase in run.phases] == [0.0, *ends[:-1]]
    counts = [sample.recorded for sample in run.samples]
    assert counts == sorted(counts)
    assert counts[-1] == 50
    assert {sample.waiting for sample in run.samples} == {0}
    with scenes.main.stage.server.connect(scenes.main.stage.database) as conn:
        sent_by = conn.execute("SELECT DISTINCT who FROM payments").fetchall()
    assert ("shop-1",) in sent_by
    folder = scenes.main.project.root / run.ledger
    assert folder.parent == scenes.main.project.root / ".twiceshy" / "ledgers"
    assert (folder.parents[1] / ".gitignore").read_text() == "*\n"
    assert described(folder)["recorded"] == RECORDED
    again = reckon(folder)
    assert (again.account, again.figures, again.closed) == (run.second, run.figures, True)


def test_what_is_lost_or_doubled_is_named_with_its_attempts(scenes):
    """Each sort is counted, and each transaction found in the ledger."""
    run = played(scenes, scenario("wrongly"))
    assert run.second.counts == {"lost": 5, "duplicated": 5}
    trails = {trail.key: trail.attempts for trail in run.trails}
    assert trails.keys() == {wrong.key for wrong in run.second.discrepancies}
    assert all(
        [(one.attempt, one.outcome, one.status) for one in attempts] == [(1, Outcome.ACKED, 200)]
        for attempts in trails.values()
    )


def test_what_was_taken_in_and_never_processed_has_not_drained(scenes):
    """The samples tell that nothing moves any more."""
    run = played(scenes, scenario("later", drained=WAITING, drain_within=0.4))
    assert (run.problem, run.drained) == (None, False)
    assert run.drain_seconds >= 0.4
    assert run.second.counts == {"lost": 50}
    assert [sample.waiting for sample in run.samples][-3:] == [50, 50, 50]
    with scenes.main.stage.server.connect(scenes.main.stage.database) as conn:
        conn.execute("TRUNCATE inbox")


def test_a_service_that_never_comes_to_rest(scenes, monkeypatch):
    """Each account comes too early, and there is an end to it all the same."""
    monkeypatch.setattr(strains, "_APART", 0.6)
    run = played(scenes, scenario("trickling", arrivals=Burst(20), drain_within=0.6))
    list(scenes.go_up(scripts_only=False))
    assert (run.problem, run.drained) == (None, False)
    assert 0.6 <= run.drain_seconds < 6
    assert run.second.counts["lost"] > 5


def test_a_rate_that_cannot_be_reached(scenes):
    """Two connections carry twenty a second, so most are not sent."""
    run = played(scenes, scenario("slowly", connections=2))
    assert not run.figures.rate_reached
    assert run.figures.unsent > 30
    assert run.second.balanced


def test_whoever_comes_alone_waits_for_a_connection(scenes):
    """As a line does."""
    alone = {"arrivals": Burst(6), "connections": 1, "at_cap": "wait"}
    run = played(scenes, scenario(**alone))
    assert run.second.transactions[Outcome.ACKED] == run.second.rows == 6
    assert run.phases[0].name == "healthy"


def test_answers_of_all_sorts(scenes):
    """An error in a 200, a redirect, chunks that end and that do not, and no answer at all."""
    asked = scenario(
        "variously", accepted=(("$.status", "booked"),), retry=Retry(attempts=2, base=0.01)
    )
    run = played(scenes, asked)
    assert run.second.balanced, run.second
    assert run.second.transactions == {
        Outcome.ACKED: 17,
        Outcome.REJECTED: 9,
        Outcome.UNKNOWN: 24,
        Outcome.NOT_SENT: 0,
    }
    assert run.second.recovered == 24


BAD = [
    (
        "recorded",
        "SELECT key,\n  amuont FROM payments",
        'column "amuont" does not exist, in line 2',
    ),
    ("recorded", "SELECT key FROM", "syntax error at end of input, in line 1, column 16"),
    ("recorded", "SELECT * FROM payments", "gives 3 columns"),
    ("recorded", "SELECT key, who FROM payments", "column who is of type text"),
    ("recorded", "SELECT NULL::text, 1", "NULL as the key in row 1"),
    ("recorded", "SELECT key FROM payments", "gives no amounts"),
    ("recorded", "SELECT 'a', 1.5", "1.5 in row 1"),
    ("recorded", "SELECT 'a', NULL::integer", "NULL in row 1"),
    ("recorded", "SELECT 1.5, 1.5", "1.5 in row 1"),
    ("recorded", "DELETE FROM payments RETURNING key", "syntax error"),
    ("drained", "SELECT 1, 2", "1 rows of 2 columns"),
    ("drained", "SELECT 1 WHERE false", "0 rows of 1 columns"),
    ("drained", "SELECT 'none'", "seen:  none"),
    ("drained", "SELECT sum(amount) FROM inbox WHERE false", "seen:  NULL"),
    ("drained", "SELECT 1 / 0", "division by zero"),
    ("drained", "SELECT count(*) FROM pg_sleep(60)", "takes too long"),
]


@pytest.mark.parametrize(("key", "sql", "says"), BAD)
def test_queries_that_cannot_be_asked_are_told_before_anything_is_sent(
    scenes, key, sql, says, monkeypatch
):
    """With the server's words and the place in the query."""
    monkeypatch.setattr(strains, "_PATIENT", "SET statement_timeout = '300ms'")
    ledgers = scenes.main.project.root / ".twiceshy" / "ledgers"
    before = list(ledgers.glob("*"))
    with pytest.raises(ReportError) as caught:
        played(scenes, scenario(**{key: sql}))
    assert list(ledgers.glob("*")) == before
    assert says in str(caught.value)
    assert f"key {key}" in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT key, amount FROM payments;",
        "SELECT md5(key)::uuid, amount::numeric FROM payments -- all",
    ],
)
def test_queries_as_people_write_them(scenes, sql):
    """Keys of any type are text, amounts are whole numbers of any type."""
    run = played(scenes, scenario(recorded=sql, arrivals=Burst(3)))
    assert run.problem is None
    assert run.second.rows == 3
    assert run.second.balanced == ("md5" not in sql)


def test_a_query_that_fails_later_is_told(scenes):
    """There is no account then, and the ledger is kept."""
    failing = "SELECT key, amount / (amount - 1000) FROM payments"
    run = played(scenes, scenario(recorded=failing, amounts=(1000, 1000), drain_within=0.2))
    assert (run.first, run.second) == (None, None)
    assert "division by zero" in run.problem
    assert reckon(scenes.main.project.root / run.ledger).balanced is None


def test_a_process_that_sends_is_killed(scenes):
    """What it had sent is in the ledger, and no account is made up."""

    def kill(says):
        if re.match(r"[1-9]\d+ of", says):
            for child in psutil.Process().children():
                if "twiceshy.traffic.load.worker" in child.cmdline():
                    child.kill()

    run = played(scenes, scenario(arrivals=Constant(100, 60)), told=kill)
    assert "ended with status -9" in run.problem
    assert run.second is None
    assert run.figures.sent >= 10


def test_faults_have_their_phase_and_what_they_did_is_told(scenes):
    """The service was killed, then the database; afterwards the next guard finds both well."""
    kill = Fault("kill service", at=0.2, point="outstanding:1", lasts=0.1)
    restart = Fault("restart database", at=0.9, lasts=0.05)
    asked = scenario("rightly", kill, restart, arrivals=Constant(40, 1.2)).in_world(1)
    playing = Playing(scenes, Asked(), Survey(Catalogue(()), Ownership(Catalogue(()), ())))
    told = list(playing.play(asked))
    run = playing.run.strain
    killed, restarted = run.faults
    assert [(seen.problem, seen.undone) for seen in run.faults] == [(None, True)] * 2
    assert killed.in_flight
    assert "SIGKILL" in killed.evidence[0]
    assert "stopped at once" in restarted.evidence[0]
    assert run.problem is None
    assert run.second.balanced, run.second
    assert described(scenes.main.project.root / run.ledger)["faults"][0]["point"] == kill.point
    phases = {phase.name: phase for phase in run.phases}
    assert phases["fault"].began == killed.began
    assert phases["fault"].ended == max(killed.ended, restarted.ended)
    assert run.samples[-1].at > restarted.ended
    assert any("of 48 sent" in says and "kill service" in says for says in told)
    assert not explains(scenes.main.stage)
    list(scenes.go_up(scripts_only=False))
    assert not scenes.main.spent
    assert explains(scenes.main.stage)
    answer = scenes.main.client.send_plainly(Request("POST", "/rightly/1/after/1"))
    assert answer.status == 200
    with scenes.main.stage.server.connect(scenes.main.stage.database) as conn:
        assert conn.execute(WAITING).fetchone() == (0,)


def test_a_service_that_ends_by_itself(scenes):
    """That is told, whatever the account says."""
    run = played(scenes, scenario("crashing", retry=Retry()))
    assert "The service ended by itself (exit status 3)" in run.problem
    assert run.second.balanced
    assert run.second.transactions[Outcome.NOT_SENT] > 0
    list(scenes.go_up(scripts_only=False))


def test_a_service_that_does_not_come_back(scenes):
    """That is told with what it printed, and the account all the same."""
    kill = Fault("kill service", at=0.1, lasts=0.05)
    doomed = scenes.main.project.root / "doomed"
    try:
        run = played(scenes, scenario("doomed", kill, retry=Retry(attempts=2, base=0.01)))
    finally:
        doomed.unlink(missing_ok=True)
    assert "did not come back after `kill service`" in run.problem
    assert "cannot be started any more" in run.problem
    assert run.second.balanced
    list(scenes.go_up(scripts_only=False))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("kill process", target="wroker", at=0.1), "no process 'wroker'"),
        (Fault("kil service", at=0.1), "did you mean 'kill service'"),
        (Fault("cut", point="answer:0"), "is no point"),
        (Fault("lock", target="paymnts", at=0.1), "no table 'paymnts'"),
        (Fault("lock", target="payments where id = 1", at=0.1), 'column "id" does not exist'),
    ],
)
def test_faults_that_cannot_be_are_told_before_anything_is_sent(scenes, fault, says):
    """As nothing has happened, there is no ledger either."""
    stage = scenes.main.stage
    with FaultRig(stage) as rig, pytest.raises(UsageError, match=says):
        rig.check([fault])
