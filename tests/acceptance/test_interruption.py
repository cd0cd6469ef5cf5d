"""However a run is ended from outside, it ends at once, says so by its exit code, and is gone."""

from __future__ import annotations

import os
import signal

import pytest

from acceptance.running import eventually, house


@pytest.fixture
def home():
    """A project with a guard that waits for a file, so that a run can be met in its middle."""
    with house() as made:
        yield made.with_gate()


def _folder(home):
    return next(home.tmp.glob("twiceshy-*"), None)


# What tells that a run has come so far.
PLACES = {
    "the folder is made": _folder,
    "the database is set up": lambda home: list(home.tmp.glob("*/pg0/data/base/*")),
    "the database runs": lambda home: list(home.tmp.glob("*/pg0/data/postmaster.pid")),
    "the service starts": lambda home: list(home.tmp.glob("*/service.out")),
    "a guard runs": lambda home: (home.notes.root / "ready").exists(),
}


def interrupt(home, place, number):
    """Start a run, send a signal to its foreground group when it is there; what came of it."""
    with home.start("run") as running:
        eventually(lambda: PLACES[place](home))
        os.killpg(running.pid, number)
        output = running.communicate(timeout=20)[0]
    return running.returncode, output


def assert_all_gone(home):
    """At once: when the command has ended, nothing of it is left."""
    assert not home.processes()
    assert not home.folders()


@pytest.mark.parametrize("place", PLACES)
def test_control_c(home, place):
    """Exit code 130, without a traceback, wherever it was."""
    code, output = interrupt(home, place, signal.SIGINT)
    assert code == 130, output
    assert "Traceback" not in output
    if place == "the folder is made":
        # A keeper that was just being started sees by itself that nobody needs it.
        eventually(lambda: not home.processes(), within=5)
    assert_all_gone(home)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("place", ["the database runs", "a guard runs"])
def test_a_polite_kill_and_a_closed_terminal(home, place, number, code):
    """What a build server does with a job that was cancelled."""
    seen, output = interrupt(home, place, number)
    assert seen == code, output
    assert "Traceback" not in output
    assert_all_gone(home)


def test_control_c_again_and_again(home):
    """Who cannot wait ends the tidying up too, but the keeper of the stage does it all the same."""
    with home.start("run") as running:
        eventually((home.notes.root / "ready").exists)
        while running.poll() is None:
            os.killpg(running.pid, signal.SIGINT)
        assert running.returncode in {130, -signal.SIGINT}
        eventually(lambda: not home.processes(), within=5)
    eventually(lambda: not home.folders(), within=5)


def test_a_service_that_crashes(home):
    """The verdict is in doubt, and then nothing is left."""
    with home.start("run") as running:
        eventually((home.notes.root / "ready").exists)
        service = next(p for p in home.processes() if any("notes.py" in w for w in p.cmdline()))
        service.kill()
        home.open_gate()
        output = running.communicate(timeout=60)[0]
    assert running.returncode == 3, output
    assert "The service ended by itself" in output
    assert_all_gone(home)


def test_a_keeper_that_is_killed(home):
    """The small process behind the stage is gone: no verdict, in words, and nothing is left."""
    with home.start("run") as running:
        eventually((home.notes.root / "ready").exists)
        keeper = next(p for p in home.processes() if p.cmdline()[-1:] == [str(_folder(home))])
        keeper.kill()
        output = running.communicate(timeout=60)[0]
    assert running.returncode == 3, output
    assert "keeper" in output
    assert "Traceback" not in output
    assert_all_gone(home)
