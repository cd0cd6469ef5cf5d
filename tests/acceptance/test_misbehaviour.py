"""Services and databases that misbehave: the right verdict or `unknown` with the reason.

Never a `holds` that nothing stands behind. Habits are those of services/.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from twiceshy.guards import confirming
from twiceshy.guards.isolation import plan
from twiceshy.model.events import ScenarioPlayed, StageProgress
from twiceshy.stage.server import ROLE

TWICESHY = str(Path(sys.executable).with_name("twiceshy"))
SHOWN = {"foreign-data-shown"}


def overview(habit):
    """The one request that needs two queries."""
    return [f"GET /{habit}/overview"]


@pytest.fixture
def few_turns(monkeypatch):
    """Fewer repetitions where each costs a restart: these services know no noise."""
    monkeypatch.setattr(plan, "_CONFIRMING_TURNS", 2)
    monkeypatch.setattr(confirming, "MOST_CONFIRMED", 1)


def test_a_service_that_behaves(shared):
    """The measure of all others: as it is it holds, and a leak in reading and writing is found."""
    requests = [f"{verb} /plainly/notes/{{note_id}}" for verb in ("GET", "POST")]
    assert shared("plainly", requests).value == "holds"

    leaking = [f"{verb} /plainly+leak/notes/{{note_id}}" for verb in ("GET", "POST")]
    found = shared("plainly+leak", leaking)
    assert found.value == "recurs"
    assert found.rules == {*SHOWN, "foreign-row-changed"}


# -- caches -----------------------------------------------------------------------------------


def test_a_cache_in_the_process_does_not_hide_a_leak(shared, few_turns):
    """What is answered from memory is asked again of a service that was restarted."""
    found = shared("cached+leak", ["GET /cached+leak/notes"])
    assert found.value == "recurs"
    assert found.rules == SHOWN
    assert any("cache" in says for says in found.told)


def test_a_cache_in_the_process_is_no_leak(shared):
    """A right service behind a cache holds, if slower."""
    found = shared("cached")
    assert found.value == "holds"
    assert any("cache" in says for says in found.told)


def test_a_cache_that_forgets_for_whom_it_is(shared, few_turns):
    """Kept by path alone: who asks second is shown what belongs to who asked first."""
    found = shared("cached_for_all", ["GET /cached_for_all/notes"])
    assert found.value == "recurs"
    assert found.rules == SHOWN


def test_a_cache_before_the_login(shared, few_turns):
    """That nobody gets it too, once somebody asked for it, does not make it public."""
    found = shared("before_login_cached", ["GET /before_login_cached/notes"])
    assert found.value == "recurs"
    assert found.rules == SHOWN


def test_a_cache_of_one_query_of_two(shared, few_turns):
    """The other query goes to the database each time, which must not deceive."""
    assert shared("cached_query", overview("cached_query")).value == "holds"
    found = shared("cached_query_for_all", overview("cached_query_for_all"))
    assert found.value == "recurs"


def test_a_cache_that_an_earlier_guard_filled(shared, few_turns):
    """Each guard begins with a service that knows nothing, of neither query."""
    for _ in range(2):
        found = shared("cached_query+leak", overview("cached_query+leak"))
        assert found.value == "recurs"


def test_a_cache_that_survives_a_restart(shared):
    """Files that stay: nobody can tell what the data would have brought about."""
    for habit in ("cached_in_file", "cached_in_file+leak"):
        found = shared(habit, [f"GET /{habit}/notes"])
        assert found.value == "unknown"
        assert f"GET /{habit}/notes: answered without reading the data" in found.why


@pytest.mark.parametrize("leak", ["", "+leak"])
def test_a_thread_that_reads_ahead(notes, leak):
    """What a thread reads at the same moment is no evidence that an answer comes from the data."""
    with notes.configure("reads_ahead").stage() as stage:
        found = notes.rehearse(stage, f"read_ahead{leak}", [f"GET /read_ahead{leak}/notes"])
    assert found.value == "unknown"
    assert "answered without reading rows that belong to anybody" in found.why


@pytest.fixture
def redis_project(notes, redis_server):
    """The service with a Redis beside it, run as most people do, with its defaults."""
    more = f'[process.redis]\ncommand = ["{redis_server}", "--port", "{{port}}"]\nready = "tcp"'
    env = {"REDIS_URL": "redis://127.0.0.1:{redis.port}"}
    return notes.configure(env=env, more=more)


@pytest.mark.parametrize(
    ("habit", "value"),
    [
        ("cached_in_redis", "holds"),
        ("cached_in_redis+leak", "recurs"),
        ("cached_in_redis_for_all", "recurs"),
    ],
)
def test_a_cache_in_redis(redis_project, few_turns, habit, value):
    """A process beside the service is restarted with it, and forgets."""
    with redis_project.stage() as stage:
        found = redis_project.rehearse(stage, habit, [f"GET /{habit}/notes"])
    assert found.value == value, found.why
    assert not found.why
    assert any("cache" in says for says in found.told)
    left = {path.name for path in redis_project.root.iterdir()}
    assert left == {"twiceshy.toml", "postmortems", "services"}


# -- work in the background -------------------------------------------------------------------


@pytest.mark.parametrize(("habit", "value"), [("plainly", "holds"), ("plainly+leak", "recurs")])
@pytest.mark.parametrize("work", ["heartbeat", "touches_everybody"])
def test_a_thread_that_writes(notes, few_turns, work, habit, value):
    """Rows that change by themselves are nobody's doing, also when they are the other's."""
    with notes.configure(work).stage() as stage:
        found = notes.rehearse(stage, habit, [f"GET /{habit}/notes"])
    assert found.value == value, found.why
    assert found.rules == (SHOWN if value == "recurs" else set())


def test_a_thread_that_never_rests(notes):
    """A transaction that is open all the time: nothing can be told."""
    with notes.configure("never_rests").stage() as stage:
        found = notes.rehearse(stage)
    assert found.value == "unknown"
    assert "rest" in found.why
    assert "pg_sleep" in found.why


# -- services that do not start ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("habit", "why"),
    [
        ("exits_at_once", ["ended before it was ready (exit status 1)", "SECRET_KEY is not set"]),
        ("never_listens", ["was not ready after 1.5 s", "no connection", "waiting for the broker"]),
        ("wrong_port", ["was not ready after 1.5 s", "the port that it listens on"]),
        ("crashes_when_ready", ["ended by itself (exit status 9)", "out of memory"]),
    ],
)
def test_a_service_that_does_not_start(notes, habit, why):
    """What it printed is told, and what to look at."""
    with notes.configure(habit, ready_within=1.5).stage() as stage:
        found = notes.rehearse(stage)
    assert found.value == "unknown"
    for words in why:
        assert words in found.why


def test_a_port_that_stays_closed(notes, few_turns):
    """A service that cannot listen where it did a moment ago gets another port."""
    with notes.configure("blocks_its_port").stage() as stage:
        found = notes.rehearse(stage, "plainly+leak", ["GET /plainly+leak/notes"])
    assert found.value == "recurs"


# -- services that die ------------------------------------------------------------------------


@pytest.mark.parametrize("leak", ["", "+leak"])
@pytest.mark.parametrize("habit", ["exits_after_some", "exits_with_others"])
def test_a_service_that_dies(shared, habit, leak):
    """After many requests, or because of the other's rows: never `holds`.

    A leak that was confirmed before the end came is told.
    """
    found = shared(habit + leak)
    if leak and found.value == "recurs":
        return
    assert found.value == "unknown"
    assert "ended by itself (exit status 7)" in found.why
    assert f"where: GET /{habit}{leak}/notes" in found.why


@pytest.mark.parametrize(("habit", "value"), [("exits", "unknown"), ("exits+leak", "recurs")])
def test_a_service_that_dies_of_one_request(shared, few_turns, habit, value):
    """That request cannot be judged; what leaks elsewhere is found all the same."""
    found = shared(habit)
    assert found.value == value
    assert f"GET /{habit}/notes/{{note_id}}" in found.why
    assert "closed without any answer" in found.why


def test_after_a_death_comes_a_new_stage(shared):
    """One guard's misfortune is not the next one's."""
    assert shared("exits").value == "unknown"
    assert shared("plainly").value == "holds"


def test_after_a_statement_without_end_comes_rest(shared):
    """What one guard's service left running in the database is not taken for the next one's."""
    assert shared("sleeps_in_the_database").value == "unknown"
    assert shared("plainly").value == "holds"


# -- no answers, or strange ones --------------------------------------------------------------


@pytest.mark.parametrize(
    ("habit", "why"),
    [
        ("hangs", "no complete answer within 0.7 s (nothing had come)"),
        ("sleeps_in_the_database", "no complete answer within 0.7 s (nothing had come)"),
        ("dripping", "no complete answer within 0.7 s"),
        ("endless", "longer than 10 MiB"),
        ("says_nothing", "closed without any answer"),
        ("not_http", "the answer is not HTTP"),
        ("half_a_head", "ended in the middle of the answer"),
        ("too_short", "ended in the middle of the answer"),
    ],
)
def test_a_service_that_answers_nothing_of_use(shared, habit, why):
    """The request and what came of it are named."""
    found = shared(habit, [f"GET /{habit}/notes"])
    assert found.value == "unknown"
    assert f"GET /{habit}/notes" in found.why
    assert why in found.why


def test_a_request_that_hangs_does_not_hide_a_leak_in_another(shared, few_turns):
    """What could be asked is judged."""
    found = shared("hangs+leak")
    assert found.value == "recurs"
    assert "no complete answer" in found.why


def test_a_request_that_hangs_because_of_others(shared, few_turns):
    """Somebody else's rows decide whether I get an answer."""
    found = shared("hangs_with_others", ["GET /hangs_with_others/notes"])
    assert found.value == "recurs"
    assert found.rules == {"depends-on-others"}


@pytest.mark.parametrize("habit", ["no_text", "no_json"])
def test_bodies_that_are_not_what_they_claim(shared, habit):
    """They are compared as text, and values are found in them all the same."""
    assert shared(habit).value == "holds"
    found = shared(f"{habit}+leak")
    assert found.value == "recurs"
    assert found.rules == SHOWN


# -- the database goes away -------------------------------------------------------------------


class Saboteur:
    """Does something to the database of the stage, once, when that is `told` for the first time."""

    def __init__(self, stage, deed, told="5 played"):
        self.stage = stage
        self.deed = deed
        self.told = told

    def __call__(self, event):
        """Strike once."""
        says = event.says if isinstance(event, StageProgress) else ""
        if isinstance(event, ScenarioPlayed):
            says = f"{event.played} played"
        if says == self.told:
            self.told = None
            self.deed(self.server())

    def server(self):
        """The first process of the database server."""
        return psutil.Process(self.stage.scene.stage.server.child.pid)


def kill(server):
    """As the kernel does when memory runs out."""
    server.kill()


def kill_backend(server):
    """The server ends all sessions when one of them dies, and comes back."""
    titles = {each: " ".join(each.cmdline()) for each in server.children()}
    next(each for each, title in titles.items() if f"postgres: {ROLE} " in title).kill()


def shut_down(server):
    """As an administrator does."""
    server.send_signal(signal.SIGINT)


@pytest.mark.parametrize("deed", [kill, kill_backend, shut_down], ids=lambda deed: deed.__name__)
def test_a_database_that_goes_away(notes, deed):
    """The verdict says so, and the next guard gets a new one."""
    with notes.configure().stage() as stage:
        found = notes.rehearse(stage, listen=Saboteur(stage, deed))
        assert found.value == "unknown"
        assert "database" in found.why
        assert notes.rehearse(stage).value == "holds"


@pytest.mark.parametrize("deed", [kill, shut_down], ids=lambda deed: deed.__name__)
@pytest.mark.parametrize(
    "told", ["learning what the requests read", "asking again on a fresh clone"]
)
def test_a_database_that_goes_away_at_another_moment(notes, deed, told):
    """While the service is being learned, or while a clone is made: words, and no traceback."""
    with notes.configure().stage() as stage:
        found = notes.rehearse(stage, "plainly+leak", listen=Saboteur(stage, deed, told))
    assert found.value == "unknown"
    assert "database" in found.why


@pytest.mark.parametrize(("habit", "value"), [("plainly", "holds"), ("plainly+leak", "recurs")])
def test_a_database_that_ends_the_sessions_of_the_service(notes, few_turns, habit, value):
    """The service fails once, or connects again; the verdict is right or there is none."""

    def end_sessions(server):
        facts = (Path(server.cwd()) / "postmaster.pid").read_text().splitlines()
        reach = {"port": facts[3], "host": facts[4], "user": "twiceshy", "dbname": "postgres"}
        with psycopg.Connection.connect(**reach) as conn:
            terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
            assert conn.execute(terminate, [ROLE]).fetchall() == [(True,)]

    with notes.configure().stage() as stage:
        found = notes.rehearse(stage, habit, listen=Saboteur(stage, end_sessions))
    assert found.value in {value, "unknown"}
    assert found.value == value or found.why


@pytest.mark.parametrize(
    ("habit", "value"), [("loses_connection", "holds"), ("loses_connection+leak", "recurs")]
)
def test_sessions_that_end_all_the_time(shared, habit, value):
    """A service that connects again is none the worse for it."""
    assert shared(habit).value == value


# -- other people's machines ------------------------------------------------------------------


def test_a_payment_that_fails(shared, few_turns):
    """The stage has no way out: what needs one cannot be told, and the host is named."""
    found = shared("pays")
    assert found.value == "unknown"
    assert "GET /pays/notes/{note_id}: failed after an outbound call was refused" in found.why
    assert "api.payments.example" in found.why
    assert shared("pays+leak").value == "recurs"


def test_a_payment_that_may_fail(shared, few_turns):
    """Where the service lives without it, so does the verdict; but it is told."""
    found = shared("pays_quietly")
    assert found.value == "holds"
    assert "GET /pays_quietly/notes/{note_id} tried to reach api.payments.example" in found.notes
    assert shared("pays_quietly+leak").value == "recurs"


def test_a_neighbour_on_this_machine(notes):
    """What listened here before the stage is none of its business."""
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        port = neighbour.getsockname()[1]
        neighbour.setblocking(False)
        with notes.configure(env={"NEIGHBOUR": str(port)}).stage() as stage:
            found = notes.rehearse(stage, "calls_neighbour")
        with pytest.raises(BlockingIOError):
            neighbour.accept()
    assert found.value == "unknown"
    assert f"127.0.0.1:{port}" in found.why


# -- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("leak", ["", "+leak"])
@pytest.mark.parametrize(
    ("habit", "why"), [("sends_to_login", "status 302 to /login"), ("knows_nobody", "status 401")]
)
def test_nobody_gets_in(shared, habit, leak, why):
    """A service that lets nobody see anything has proved nothing."""
    found = shared(habit + leak)
    assert found.value == "unknown"
    assert why in found.why


@pytest.mark.parametrize("leak", ["", "+leak"])
def test_a_limit_of_requests(shared, few_turns, leak):
    """What was refused because it was asked too often was not answered at all."""
    found = shared(f"limited{leak}")
    assert found.value == "unknown" if not leak else found.value in {"unknown", "recurs"}
    assert f"GET /limited{leak}/notes" in found.why
    assert "429" in found.why


# -- chance -----------------------------------------------------------------------------------


@pytest.mark.parametrize("leak", ["", "+leak"])
def test_answers_of_nothing_but_chance(shared, leak):
    """Neither comparable nor readable: it cannot be told, and certainly accuses nobody."""
    found = shared(f"random_all_over{leak}")
    assert found.value == "unknown"
    assert f"GET /random_all_over{leak}/notes" in found.why


def test_right_answers_among_chance(shared, few_turns):
    """Comparing is in vain, but planted values are found wherever they stand."""
    assert shared("random_besides").value == "holds"
    found = shared("random_besides+leak")
    assert found.value == "recurs"
    assert found.rules == SHOWN


# -- what rows alone do not undo --------------------------------------------------------------


def test_a_transaction_that_stays_open(shared):
    """Rows that stay locked never hang the rehearsal."""
    found = shared("leaves_transaction_open")
    assert found.value == "unknown"
    assert "FOR UPDATE" in found.why


@pytest.mark.parametrize(
    ("habit", "value"), [("truncates", "holds"), ("alters_schema+leak", "recurs")]
)
def test_a_fresh_clone_where_rows_do_not_lead_back(shared, few_turns, habit, value):
    """Slower, but the verdict is the same."""
    found = shared(habit, [f"GET /{habit}/notes"])
    assert found.value == value, found.why
    assert any(says.startswith("fresh clone of the database: ") for says in found.told)


# -- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("habit", "asked", "code", "words"),
    [
        ("none", "plainly", 0, "holds"),
        ("none", "plainly+leak", 1, "recurs"),
        ("none", "knows_nobody", 3, "status 401"),
        ("exits_at_once", "plainly", 3, "SECRET_KEY is not set"),
    ],
)
def test_the_command(notes, habit, asked, code, words):
    """The same through `twiceshy run`: in words, and as an exit code."""
    notes.configure(habit).report(asked)
    done = subprocess.run(
        [TWICESHY, "run"],
        cwd=notes.root,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stdout
