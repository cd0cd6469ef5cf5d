from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from integration.stage.living import (
    MENAGERIE,
    SLEEPER,
    database,
    eventually,
    gone,
    has_segment,
    living,
    myself,
    somebody_else,
    tool,
)
from twiceshy.stage.processes import Keeper, environment
from twiceshy.stage.sweep import sweep


@pytest.fixture(params=["myself", "somebody else"])
def account(request):
    """The account that runs the tests, and one without name and rights."""
    if request.param == "myself":
        return myself()
    found = somebody_else()
    if found is None:
        pytest.skip("only root can become another account, and needs a Python it can read")
    return found


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_nothing_outlives_a_tool_that_is_killed(account):
    """Daemons, frozen and deaf processes and the scratch folder go within 5 s of SIGKILL."""
    with tool(MENAGERIE, account) as facts:
        stage = Path(facts["scratch"]).name
        # Sleeper, daemon with its parent, stubborn, frozen, and the keeper itself.
        assert len(living(stage)) >= 6

        facts["process"].kill()
        start = time.monotonic()
        eventually(lambda: not living(stage) and not Path(facts["scratch"]).exists(), within=5)

    print(f"gone after {time.monotonic() - start:.3f} s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_nothing_outlives_a_tool_that_is_interrupted(number):
    """Ctrl-C, a closed terminal and a polite kill end the stage as well."""
    with tool(MENAGERIE, myself()) as facts:
        stage = Path(facts["scratch"]).name

        facts["process"].send_signal(number)
        # An interrupted tool still asks politely, which the deaf one makes it wait for.
        eventually(lambda: not living(stage), within=10)
        eventually(lambda: not Path(facts["scratch"]).exists(), within=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_keeper_stays_when_a_terminal_tells_everybody_to_go(number):
    """Signals that reach the keeper by accident do not end the stage."""
    with Keeper() as keeper:
        os.kill(keeper.pid, number)

        assert keeper.run("echo", ["echo", "on"], env={}, cwd=Path("/"), timeout=10) == (0, "on")


def test_a_forked_copy_of_the_tool_does_not_keep_the_stage_alive():
    """The copy holds the same socket, yet the stage ends with the tool itself."""
    body = f"""
    start("sleeper", {SLEEPER!r})
    facts["copy"] = os.fork()
    if not facts["copy"]:
        time.sleep(60)
        os._exit(0)
"""
    with tool(body, myself()) as facts:
        stage = Path(facts["scratch"]).name
        assert living(stage)

        facts["process"].kill()
        try:
            eventually(lambda: not living(stage) and not Path(facts["scratch"]).exists(), within=5)
        finally:
            os.kill(facts["copy"], signal.SIGKILL)


def test_killed_at_any_moment_the_tool_leaves_no_process_and_a_sweep_leaves_nothing():
    """While it starts, runs or ends: no process after 5 s, no folder after the next command."""
    moments = [random.uniform(0.0, 0.6) for _ in range(8)]
    code = (
        "from pathlib import Path\n"
        "from twiceshy.stage.processes import Keeper\n"
        "while True:\n"
        "    with Keeper() as keeper:\n"
        "        print(keeper.scratch, flush=True)\n"
        "        for n in range(5):\n"
        f"            keeper.start(str(n), [{sys.executable!r}, '-c', {SLEEPER!r}], env={{}},\n"
        "                         cwd=Path('/'), output=keeper.scratch / 'out')\n"
    )
    for moment in moments:
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(moment)
            process.kill()
            made = [Path(line) for line in (first.strip(), *process.stdout.read().split())]
        eventually(lambda made=made: not any(living(path.name) for path in made), within=5)
        sweep()
        assert not [path for path in made if path.exists()], moment


def test_processes_die_with_a_keeper_that_is_killed():
    """Even SIGKILL of the keeper takes its children along, before anybody sweeps."""
    with Keeper() as keeper:
        child = keeper.start(
            "sleeper", ["sleep", "300"], env={}, cwd=Path("/"), output=keeper.scratch / "out"
        )

        os.kill(keeper.pid, signal.SIGKILL)

        eventually(lambda: gone(child.pid), within=5)
        assert not child.alive
        scratch = keeper.scratch
    assert not scratch.exists()


def test_a_database_server_leaves_no_shared_memory_behind():
    """The tool is killed beside a running PostgreSQL: no process, segment or folder remains."""
    with tool(database(), myself()) as facts:
        server = psutil.Process(facts["server"])
        workers = server.children()
        assert workers
        assert has_segment(facts["segment"])

        facts["process"].kill()
        eventually(
            lambda: (
                not any(p.is_running() for p in (server, *workers))
                and not Path(facts["scratch"]).exists()
            ),
            within=5,
        )
    assert not has_segment(facts["segment"])


def test_the_keeper_is_small_and_quick():
    """It is ready in a moment, and takes less memory than a shell full of tools."""
    start = time.monotonic()
    with Keeper() as keeper:
        took = time.monotonic() - start
        memory = psutil.Process(keeper.pid).memory_info().rss / 1e6
    print(f"ready after {took * 1000:.0f} ms, {memory:.0f} MB")
    assert took < 5
    assert memory < 40


def test_a_process_gets_the_named_environment_and_nothing_else(monkeypatch):
    """Nothing of the caller's environment gets through unasked."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("WANTED", "yes")
    with Keeper() as keeper:
        _, printed = keeper.run(
            "env", ["env"], env=environment(["WANTED"], {"OWN": "1"}), cwd=Path("/"), timeout=10
        )
        names = {line.partition("=")[0] for line in printed.splitlines()}

    assert names == {
        "HOME", "LANG", "OWN", "PATH", "TMPDIR", "TWICESHY_CHILD", "TWICESHY_STAGE", "TZ", "WANTED",
    }  # fmt: skip


def test_a_keeper_that_cannot_be_started_leaves_no_folder(monkeypatch):
    """Whatever comes between the folder and its keeper, such as Ctrl-C, the folder goes."""
    # A path short enough for the stage to lie there.
    with tempfile.TemporaryDirectory(prefix="tw-", dir="/tmp") as place:
        monkeypatch.setenv("TMPDIR", place)
        monkeypatch.setattr(sys, "executable", f"{place}/no-such-python")

        with pytest.raises(FileNotFoundError):
            Keeper()

        assert not list(Path(place).iterdir())
