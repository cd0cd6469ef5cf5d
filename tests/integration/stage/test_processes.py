from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from integration.stage.living import DAEMON, SLEEPER, STUBBORN, eventually, gone
from twiceshy.errors import ServiceFailed, StageLost
from twiceshy.stage.processes import Keeper, environment, step_down_user, wait_ready


@pytest.fixture(scope="module")
def keeper():
    """One stage for the tests that do not end it."""
    with Keeper() as made:
        yield made


@pytest.fixture
def start(keeper, tmp_path):
    """Start a piece of Python; it is killed after the test."""
    children = []

    def start_one(code, **more):
        child = keeper.start(
            "program",
            [sys.executable, "-c", code],
            env=environment([], {}),
            cwd=Path("/"),
            output=tmp_path / f"{len(children)}.out",
            **more,
        )
        children.append(child)
        return child

    yield start_one
    for child in children:
        child.kill()


def _run(keeper, command, timeout=10.0, **more):
    more = {"env": environment([], {}), "cwd": Path("/"), **more}
    return keeper.run("it", command, timeout=timeout, **more)


def test_a_command_runs_to_its_end(keeper):
    """Exit code and all that was printed come back, errors included."""
    code, printed = _run(keeper, ["/bin/sh", "-c", "echo out; echo err >&2; exit 7"])

    assert (code, printed) == (7, "out\nerr")


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("echo a 'b c'", "a b c"),
        ("echo $LANG | tr a-z A-Z", "C.UTF-8"),
        ("cd /tmp && pwd", "/tmp"),
        ("A=1 env | grep ^A=", "A=1"),
    ],
)
def test_a_command_line_means_what_it_means_in_a_terminal(keeper, command, printed):
    """Quotes are undone; pipes, variables and built-in words go through a shell."""
    assert _run(keeper, command) == (0, printed)


def test_a_command_that_takes_too_long_is_killed_with_its_children(keeper):
    """The message tells the limit and the last that it printed."""
    with pytest.raises(ServiceFailed) as caught:
        _run(keeper, "echo half way; sleep 77.125; echo never", timeout=0.3)

    assert "within 0.3 s" in caught.value.happened
    assert caught.value.seen == "half way"
    assert not [
        p for p in psutil.process_iter(["cmdline"]) if "77.125" in (p.info["cmdline"] or ())
    ]


def test_a_program_that_does_not_exist_is_named(keeper):
    """Not found on the PATH: which, and what to do."""
    with pytest.raises(ServiceFailed) as caught:
        _run(keeper, "gunicorm shop:app")

    assert str(caught.value) == (
        "it could not be started\n"
        "  where: gunicorm shop:app\n"
        "  seen:  there is no program gunicorm on the PATH\n"
        "  to do: install it, or name it with its full path"
    )


def test_a_folder_that_does_not_exist_is_named(keeper):
    """The working folder is missing: which."""
    with pytest.raises(ServiceFailed) as caught:
        _run(keeper, "true", cwd=Path("/no/such/folder"))

    assert caught.value.seen == "entering /no/such/folder: No such file or directory"


def test_a_file_that_cannot_be_executed_is_told(keeper, tmp_path):
    """The system's own reason is part of the message."""
    (tmp_path / "app").write_text("not executable")

    with pytest.raises(ServiceFailed) as caught:
        _run(keeper, [str(tmp_path / "app")])

    assert "Permission denied" in caught.value.seen


def test_stopping_is_polite_first(start):
    """The process may tidy up; its own exit code comes back."""
    child = start(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('tidied') or 5))\n"
        "print('up', flush=True)\n"
        "time.sleep(300)"
    )
    eventually(child.tail)

    assert child.stop() == 5
    assert child.tail() == "up\ntidied"
    assert child.stop() == 5, "stopping twice is harmless"


def test_whoever_does_not_listen_is_killed_after_the_grace(start):
    """A process that ignores its stop signal ends by force."""
    child = start(STUBBORN)
    eventually(child.tail)
    began = time.monotonic()

    assert child.stop(grace=0.2) == -9
    assert 0.2 <= time.monotonic() - began < 5


def test_a_stopped_process_takes_its_daemons_along_but_not_its_neighbours(start):
    """Whatever it started ends with it, also out of its session; others live on."""
    neighbour = start(DAEMON)
    child = start(DAEMON)
    mine, theirs = (
        int(eventually(lambda one=one: one.tail().startswith("daemon") and one.tail()).split()[1])
        for one in (child, neighbour)
    )

    child.stop()

    assert gone(mine)
    assert not gone(theirs)
    assert neighbour.alive


def test_daemons_of_a_process_that_ended_by_itself_are_stopped_too(start):
    """A service that goes to the background is gone after stop."""
    child = start(DAEMON.replace("os.wait()\ntime.sleep(300)", "os.wait()"))
    assert child.wait(10) == 0
    said = eventually(lambda: child.tail().startswith("daemon") and child.tail())
    daemon = int(said.split()[1])
    assert not gone(daemon)

    child.stop()

    assert gone(daemon)


def test_a_paused_process_stands_still_until_it_is_resumed(start):
    """Pause and resume reach the process and what it started."""
    child = start("import os, time; os.fork(); time.sleep(300)")
    process = psutil.Process(child.pid)
    eventually(process.children)

    child.pause()
    states = {p.status() for p in (process, *process.children())}
    eventually(
        lambda: {p.status() for p in (process, *process.children())} == {psutil.STATUS_STOPPED}
    )
    assert psutil.STATUS_ZOMBIE not in states
    child.resume()
    eventually(
        lambda: psutil.STATUS_STOPPED not in {p.status() for p in (process, *process.children())}
    )
    assert child.alive


def test_the_tail_is_of_this_start_only(keeper, tmp_path):
    """Output is appended to one file; the last lines are those of the last start."""
    output = tmp_path / "out"
    _run(keeper, "echo first", output=output)

    code, printed = _run(keeper, "echo second", output=output)

    assert (code, printed) == (0, "second")
    assert output.read_text() == "first\nsecond\n"


def test_readiness_is_waited_for(start):
    """The probe is asked until it says yes."""
    answers = iter(["refused", "status 503", ""])

    wait_ready(start(SLEEPER), lambda: next(answers), within=10)

    assert next(answers, "none left") == "none left"


def test_a_service_that_ends_is_not_waited_for(start):
    """The message has the exit status and the last words."""
    child = start("print('no module named shop'); raise SystemExit(3)")

    with pytest.raises(ServiceFailed) as caught:
        wait_ready(child, lambda: "refused", within=60)

    assert caught.value.happened == "program ended before it was ready (exit status 3)"
    assert caught.value.seen == "no module named shop"


def test_a_service_that_is_never_ready_is_given_up(start):
    """After the limit the message says what to check."""
    with pytest.raises(ServiceFailed) as caught:
        wait_ready(start(SLEEPER), lambda: "GET /health on port 4711: status 404", within=0.2)

    assert caught.value.happened == "program was not ready after 0.2 s"
    assert caught.value.where == "GET /health on port 4711: status 404"
    assert "ready_within" in caught.value.todo


def test_lines_that_repeat_are_told_once(start):
    """A service that complains all the time leaves room for what it said before."""
    child = start("print('why'); [print('again') for _ in range(99)]; raise SystemExit(3)")

    with pytest.raises(ServiceFailed) as caught:
        wait_ready(child, lambda: "refused", within=60)

    assert caught.value.seen == "why\nagain  (99 times)"


def test_many_threads_share_a_keeper(keeper):
    """Commands of several threads do not mix up their answers."""
    results = {}

    def work(number):
        results[number] = _run(keeper, ["echo", str(number)])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {n: (0, str(n)) for n in range(20)}


def test_signals_that_the_tool_ignores_are_not_ignored_by_children(keeper):
    """A child starts with every signal at its default, as from a fresh shell."""
    _, printed = _run(keeper, ["grep", "SigIgn", "/proc/self/status"])

    # 32 and 33 belong to the C library, which leaves them ignored in what make starts.
    own = {32, 33}
    ignored = int(printed.split()[1], 16)
    assert {number for number in range(1, 65) if ignored >> (number - 1) & 1} <= own


def test_children_hold_no_files_of_the_keeper(keeper):
    """Only standard input, output and error are open."""
    _, printed = _run(keeper, ["ls", "/proc/self/fd"])

    # The fourth is the folder that ls itself reads.
    assert printed.split() == ["0", "1", "2", "3"]


def test_an_account_can_be_stepped_down_to(keeper):
    """As root, a process can run as an ordinary account, with its own temporary folder."""
    user = step_down_user()
    assert (user is None) == (os.geteuid() != 0)

    _, printed = _run(keeper, "id -u; touch $TMPDIR/mine && echo written", user=user)

    assert printed == f"{user.uid if user else os.geteuid()}\nwritten"


def test_a_lost_keeper_is_told_and_everything_is_cleared_away():
    """Questions raise StageLost; closing is still clean."""
    with Keeper() as keeper:
        child = keeper.start(
            "it", "sleep 300", env={}, cwd=Path("/"), output=keeper.scratch / "out"
        )
        psutil.Process(keeper.pid).kill()

        assert child.wait(10) == -9
        with pytest.raises(StageLost, match="is gone"):
            keeper.allow_port(1)

    assert not keeper.scratch.exists()
    eventually(lambda: gone(child.pid))


def test_closing_twice_is_harmless():
    """The context manager may end after an explicit close."""
    with Keeper() as keeper:
        keeper.close()

    assert not keeper.scratch.exists()


def test_the_scratch_path_leaves_room_for_sockets(keeper):
    """A socket path has 103 bytes on every system; ours leaves most of it to others."""
    assert len(os.fsencode(keeper.scratch)) < 70
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(keeper.scratch / "a-process-with-a-rather-long-name.sock"))
