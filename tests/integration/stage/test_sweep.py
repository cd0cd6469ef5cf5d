from __future__ import annotations

import json
import os
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
    tool,
)
from twiceshy.stage.processes import Keeper
from twiceshy.stage.scratch import make_scratch
from twiceshy.stage.sweep import sweep


@pytest.fixture(autouse=True)
def own_tmp(monkeypatch):
    """A temporary folder that sweeps of other tests, which may run beside this one, do not see."""
    folder = Path(tempfile.mkdtemp(prefix="sweep-", dir="/tmp"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    sweep()
    assert not list(folder.iterdir())
    folder.rmdir()


def _kill_both(facts):
    os.kill(facts["keeper"], signal.SIGSTOP)
    facts["process"].kill()
    facts["process"].wait()
    os.kill(facts["keeper"], signal.SIGKILL)
    eventually(lambda: gone(facts["keeper"]))


def test_what_tool_and_keeper_left_when_both_were_killed_is_cleared_away():
    """The next sweep kills the daemon that nobody holds any more and removes the folder."""
    with tool(MENAGERIE, myself()) as facts:
        scratch = Path(facts["scratch"])
        _kill_both(facts)
        left = living(scratch.name)
        assert left, "the daemon was no child of the keeper, so it must still live"
        assert scratch.exists()

        swept = sweep()

        assert swept >= 1
        assert not living(scratch.name)
        assert not scratch.exists()


def test_a_daemon_that_hides_its_environment_is_known_by_its_output():
    """A program that overwrites its environment for a title is recognised by its open log."""
    hidden = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        f"    os.execve(sys.executable, ['hidden', '-c', {SLEEPER!r}], {{}})\n"
        "print('away', flush=True)\n"
        "time.sleep(300)\n"
    )
    body = f"""
    start("hider", {hidden!r})
    while not (keeper.scratch / "hider.out").read_text():
        time.sleep(0.01)
"""
    with tool(body, myself()) as facts:
        scratch = Path(facts["scratch"])
        hider = eventually(
            lambda: [
                p for p in psutil.Process(facts["keeper"]).children(recursive=True)
                if p.cmdline()[:1] == ["hidden"]
            ]
        )[0]  # fmt: skip
        _kill_both(facts)
        eventually(lambda: not living(scratch.name))
        assert not gone(hider.pid)

        sweep()

        assert gone(hider.pid)
        assert not scratch.exists()


def test_a_database_server_leaves_nothing_behind_either():
    """Killed keeper, killed tool: PostgreSQL goes at once, its segment and folder at the sweep."""
    with tool(database(), myself()) as facts:
        server = psutil.Process(facts["server"])
        workers = server.children()
        _kill_both(facts)

        sweep()

        eventually(lambda: all(gone(process.pid) for process in (server, *workers)), within=5)
        assert not has_segment(facts["segment"])
        assert not Path(facts["scratch"]).exists()


def test_a_database_server_that_hangs_is_killed_with_its_segment():
    """A frozen server that cannot follow the keeper's end is found by its lock file."""
    with tool(database(), myself()) as facts:
        os.kill(facts["server"], signal.SIGSTOP)
        for process in psutil.Process(facts["server"]).children():
            process.suspend()
        os.kill(facts["keeper"], signal.SIGSTOP)
        _kill_both(facts)

        sweep()

        assert gone(facts["server"])
        assert not has_segment(facts["segment"])
        assert not Path(facts["scratch"]).exists()


def test_a_living_stage_is_left_alone():
    """A sweep beside a running stage touches neither its processes nor its folder."""
    with Keeper() as keeper:
        child = keeper.start(
            "sleeper", ["sleep", "300"], env={}, cwd=Path("/"), output=keeper.scratch / "out"
        )

        sweep()

        assert child.alive
        assert keeper.scratch.exists()


def test_a_stage_whose_tool_lost_its_keeper_is_still_the_tools():
    """While the tool lives, it is the tool that clears away."""
    with Keeper() as keeper:
        os.kill(keeper.pid, signal.SIGKILL)

        sweep()

        assert keeper.scratch.exists()


def test_a_bystander_in_the_folder_is_not_killed():
    """A shell that somebody left standing in the scratch folder, or a reader of its logs, lives."""
    scratch = make_scratch()
    (scratch.path / "service.out").write_text("hello\n")
    with (
        subprocess.Popen([sys.executable, "-c", SLEEPER], cwd=scratch.path) as shell,
        (scratch.path / "service.out").open() as log,
        subprocess.Popen([sys.executable, "-c", SLEEPER], stdin=log) as reader,
    ):
        try:
            _abandon(scratch)

            sweep()

            assert not scratch.path.exists()
            assert shell.poll() is None
            assert reader.poll() is None
        finally:
            shell.kill()
            reader.kill()


def test_a_process_number_that_was_used_again_is_nobody_of_ours():
    """The owner's number lives, but as another process: the stage is abandoned."""
    scratch = make_scratch()
    _abandon(scratch, tool={"pid": os.getpid(), "started": 1.0})

    sweep()

    assert not scratch.path.exists()


def test_a_living_owner_counts_even_when_its_lock_is_lost():
    """On file systems without locks the process number and start time decide."""
    scratch = make_scratch()
    started = psutil.Process().create_time()
    _abandon(scratch, tool={"pid": os.getpid(), "started": started})

    sweep()

    assert scratch.path.exists()
    _abandon(scratch)
    sweep()
    assert not scratch.path.exists()


def test_a_folder_that_is_being_made_is_left_alone():
    """Without owner.json only an old folder is swept."""
    scratch = make_scratch()
    (scratch.path / "owner.json").unlink()
    scratch.release()

    sweep()
    assert scratch.path.exists()

    hour_ago = time.time() - 3600
    os.utime(scratch.path, (hour_ago, hour_ago))
    sweep()
    assert not scratch.path.exists()


@pytest.mark.may_skip("an ordinary user can make no folder of somebody else")
def test_folders_of_other_users_are_left_alone():
    """A folder under our name that belongs to somebody else is none of ours."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    scratch = make_scratch()
    os.chown(scratch.path, 4242, 4242)
    _abandon(scratch)

    sweep()
    assert scratch.path.exists()

    os.chown(scratch.path, 0, 0)
    sweep()
    assert not scratch.path.exists()


def test_a_folder_that_the_service_locked_up_goes_as_well():
    """Folders without any rights inside the scratch folder do not stop the removal."""
    scratch = make_scratch()
    (scratch.path / "deep" / "deeper").mkdir(parents=True)
    (scratch.path / "deep" / "deeper" / "file").touch()
    (scratch.path / "deep" / "deeper").chmod(0)
    (scratch.path / "deep").chmod(0)
    _abandon(scratch)

    sweep()

    assert not scratch.path.exists()


def _abandon(scratch, tool=None):
    """Leave a folder as its dead owners would."""
    (scratch.path / "owner.json").write_text(json.dumps({"tool": tool, "keeper": None}))
    scratch.release()
