"""Killed at any moment, the command leaves no process at once and nothing at all after the next."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from acceptance.running import eventually, house

# A whole proof takes some seconds; a kill after its end is a kill of nobody.
_LONGEST = 9.0
_SEED = 20200922


@pytest.fixture(params=["myself", "an ordinary user"])
def home(request):
    """The account that runs the tests, and one without name and rights."""
    with house(request.param) as made:
        if made is None:
            pytest.skip("only root can become another account, and needs a Python it can read")
        yield made


def moments(count):
    """Seconds after the start, one in each of `count` equal parts of a run, always the same."""
    chance = random.Random(_SEED)
    part = _LONGEST / count
    return [part * (number + chance.random()) for number in range(count)]


def kill_at(home, moment):
    """Start a proof, kill it after some seconds; what had been mapped outside of the folder."""
    with home.start("prove") as running:
        try:
            running.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            held = home.shared_memory()
            running.kill()
            running.wait()
        else:
            held = set()
        # Its children hold the other end of the pipe.
        eventually(lambda: not home.processes(), within=5)
    return held


def assert_gone(home, held):
    """Nothing is left but perhaps a folder, and after the next command not even that."""
    assert not [name for name in held if _exists(name)]
    if home.folders():
        home.call("doctor")
    assert not home.folders()
    assert not home.processes()


def _exists(name):
    inode, path = name.split()
    if path.startswith("/SYSV"):
        segments = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
        return any(line.split()[1] == inode for line in segments)
    return Path(path).exists()


@pytest.mark.may_skip("an ordinary user is the other account already")
@pytest.mark.parametrize("moment", moments(3), ids=lambda moment: f"{moment:.2f}s")
def test_killed_at_any_moment(home, moment):
    """No process after 5 s; no folder, database, socket or shared memory after the next command."""
    home.with_proof()
    assert_gone(home, kill_at(home, moment))


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_killed_while_the_database_is_made(home):
    """Programs that prepare a database hold shared memory, too."""
    home.with_proof()
    with home.start("prove") as running:
        held = eventually(home.shared_memory)
        running.kill()
        running.wait()
        eventually(lambda: not home.processes(), within=5)
    assert_gone(home, held)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.may_skip("an ordinary user is the other account already")
def test_killed_at_fifty_moments(home):
    """As above, 50 times in shuffled order in the same place, each on top of the one before."""
    home.with_proof()
    chosen = moments(50)
    random.Random(_SEED).shuffle(chosen)
    for moment in chosen:
        held = kill_at(home, moment)
        assert not [name for name in held if _exists(name)], moment
    assert_gone(home, set())


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_a_proof_that_is_left_in_peace(home):
    """The measure of the others: it works for both accounts, and leaves nothing either."""
    home.with_proof()
    done = home.call("prove")
    assert done.returncode == 0, done.stdout
    assert_gone(home, set())


def test_what_a_killed_keeper_left_is_swept_and_a_running_stage_is_not():
    """Another run of the same user goes on as if nothing had happened, and is right."""
    with house() as home, house() as other:
        home.with_gate()
        other.with_gate()
        other.env["TMPDIR"] = str(home.tmp)
        with home.start("run") as running:
            eventually((home.notes.root / "ready").exists)
            (mine,) = home.folders()
            with other.start("run") as killed:
                eventually((other.notes.root / "ready").exists)
                (theirs,) = set(home.folders()) - {mine}
                _kill_with_keeper(home, killed, theirs)
            assert theirs.exists()

            done = other.call("doctor")

            assert done.returncode == 0, done.stdout
            assert home.folders() == [mine]
            assert running.poll() is None
            home.open_gate()
            output = running.communicate(timeout=60)[0]
        assert running.returncode == 0, output
        assert output.count("holds") >= 2
        assert_gone(home, set())


def _kill_with_keeper(home, running, folder):
    keeper = next(
        each for each in home.processes() if each.cmdline()[-1:] == [str(folder)]
    )  # fmt: skip
    os.kill(keeper.pid, signal.SIGSTOP)
    running.kill()
    running.wait()
    os.kill(keeper.pid, signal.SIGKILL)
