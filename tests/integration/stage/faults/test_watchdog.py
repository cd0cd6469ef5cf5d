from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from integration.stage.faults.conftest import write_project
from integration.stage.living import eventually, gone, living
from twiceshy.model.strain import Fault
from twiceshy.stage.faults.sorts import SORTS

# A tool that begins faults on a stage, tells what there is, and waits to be killed.
_TOOL = """
import json, os, signal, sys, threading, urllib.request
from pathlib import Path
from twiceshy.config.load import load_project
from twiceshy.model.strain import Fault
from twiceshy.rehearsal.readiness import probe
from twiceshy.stage.faults import FaultRig
from twiceshy.stage.stage import Stage

def pay():
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{rig.port}/key", data=b"", timeout=60).close()
    except OSError:
        pass

stage = Stage(load_project(Path(sys.argv[1])), probe=probe)
list(stage.rise())
rig = FaultRig(stage)
rig.__enter__()
list(stage.restart_service())
pay()
facts = {
    "scratch": str(stage.keeper.scratch),
    "keeper": stage.keeper.pid,
    "service": stage.service.pid,
    "ports": [rig.port, stage.database_port, stage.port, stage.server.address.port],
}
for about in json.loads(sys.argv[2]):
    rig.begin(Fault(**about), now=0.0)
threading.Thread(target=pay, daemon=True).start()
facts["problems"] = [seen.problem for seen in rig.seen()]
print(json.dumps(facts), flush=True)
signal.pause()
"""


@contextmanager
def tool(folder, *faults):
    """A process with these faults under way, and what it told."""
    about = json.dumps([{"name": f.name, "target": f.target, "every": f.every} for f in faults])
    process = subprocess.Popen(
        [sys.executable, "-c", _TOOL, str(write_project(folder)), about],
        stdout=subprocess.PIPE,
        env=dict(os.environ),
        cwd=folder,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the tool could not start its stage"
        yield process, json.loads(line)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def nothing_is_left(facts):
    """No process, folder or listener of the stage remains."""
    scratch = Path(facts["scratch"])
    eventually(lambda: gone(facts["keeper"]))
    eventually(lambda: not living(scratch.name))
    assert not scratch.exists()
    for port in facts["ports"]:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_nothing_stays_paused_locked_or_proxied_when_the_tool_is_killed(tmp_path):
    """Several faults at once, and SIGKILL in the middle of them."""
    faults = (
        Fault("lock", target="payments"),
        Fault("black hole", target="database"),
        Fault("pause service"),
    )
    with tool(tmp_path, *faults) as (process, facts):
        assert facts["problems"] == [None] * 3
        assert psutil.Process(facts["service"]).status() == psutil.STATUS_STOPPED
        process.kill()
        process.wait()
        nothing_is_left(facts)


@pytest.mark.soak
@pytest.mark.parametrize("name", [sort.name for sort in SORTS])
def test_nothing_of_any_fault_is_left_when_the_tool_is_killed(tmp_path, name):
    """Whatever was done."""
    target = {"kill process": "worker", "lock": "payments"}.get(name, "")
    with tool(tmp_path, Fault(name, target=target, every=2)) as (process, facts):
        assert facts["problems"] == [None]
        process.kill()
        process.wait()
        nothing_is_left(facts)
