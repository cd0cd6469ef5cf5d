"""A tool that is killed in the middle of a strain leaves nothing but a ledger that can be read."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from integration.rehearsal.payments import write_payments
from integration.stage.living import eventually, gone, living
from twiceshy.model.ledger import Outcome
from twiceshy.model.strain import Fault
from twiceshy.rehearsal.reckoning import reckon

# A tool that plays a strain and tells what it does, a line each; the first tells what there is.
_TOOL = """
import json, sys
from pathlib import Path
from twiceshy.config.load import load_project
from twiceshy.model.load import Constant, Retry
from twiceshy.model.scenario import RequestTemplate, Scenario, State
from twiceshy.model.strain import Fault, Strain
from twiceshy.rehearsal import strain as strains
from twiceshy.rehearsal.scenes import Scenes

strains._TELL_EVERY = 0.05
how, length, faults = json.loads(sys.argv[2])
scenes = Scenes(load_project(Path(sys.argv[1])), "")
list(scenes.go_up(scripts_only=False))
stage = scenes.main.stage
strain = Strain(
    RequestTemplate("POST", f"/{how}/{{number}}/{{key}}/{{amount}}"), None, Constant(100, length),
    "SELECT key, amount FROM payments", "SELECT count(*) FROM inbox", amounts=(1, 900), seed=7,
    faults=tuple(Fault(**about) for about in faults), retry=Retry(3),
)
scenario = Scenario("killed", "perturbed", State("peak", "at peak"), (), strain=strain)
facts = {
    "scratch": str(stage.keeper.scratch), "keeper": stage.keeper.pid,
    "ports": [stage.port, stage.server.address.port],
}
print(json.dumps(facts), flush=True)
for says in strains.play_strain(scenes.main, scenario, anew=False):
    print(says, flush=True)
"""
ALL_AT_ONCE = (
    Fault("lock", target="payments", at=0.1, lasts=60),
    Fault("black hole", target="database", at=0.2, lasts=60),
    Fault("refuse", at=0.3, lasts=60),
    Fault("pause service", at=0.4, lasts=60),
)
# What is taken in how, for so many seconds, with which faults; and the words that tell the phase.
PHASES = {
    "healthy": ("rightly", 60, (), r"[1-9]\d+ of [\d,]+ sent"),
    "fault": ("rightly", 60, ALL_AT_ONCE, "pause service: under way"),
    "draining": ("later", 0.2, (), "20 wait"),
    "reconciling": ("rightly", 0.2, (), "account again"),
}


@contextmanager
def killed(folder, phase):
    """The tool, killed in this phase: what it had told of itself, and who worked for it."""
    how, length, faults, words = PHASES[phase]
    about = [{"name": f.name, "target": f.target, "at": f.at, "lasts": f.lasts} for f in faults]
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _TOOL,
            str(write_payments(folder)),
            json.dumps([how, length, about]),
        ],
        stdout=subprocess.PIPE,
        env=dict(os.environ),
        text=True,
    )
    assert process.stdout is not None
    try:
        facts = json.loads(process.stdout.readline())
        for line in process.stdout:
            if re.search(words, line):
                break
        else:
            pytest.fail("it came to its end before that phase")
        helpers = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        process.kill()
        process.wait()
        yield facts, helpers
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("phase", PHASES)
def test_a_tool_that_is_killed_leaves_its_ledger_and_nothing_else(tmp_path, phase):
    """Nothing runs, listens, stands still or is locked, and the account can be made up."""
    with killed(tmp_path, phase) as (facts, helpers):
        scratch = Path(facts["scratch"])
        eventually(lambda: all(map(gone, [facts["keeper"], *helpers])))
        eventually(lambda: not living(scratch.name))
        assert not scratch.exists()
        for port in facts["ports"]:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))
    (ledger,) = (tmp_path / ".twiceshy" / "ledgers").iterdir()
    found = reckon(ledger)
    known = found.account.transactions
    assert found.closed == (phase in {"draining", "reconciling"})
    assert sum(known.values()) == found.figures.sent > 0
    if phase == "reconciling":
        assert (found.balanced, found.account.rows) == (True, 20)
        return
    assert found.balanced is None
    rows = tmp_path / "rows.csv"
    rows.write_text("key,amount\n")
    against = reckon(ledger, recorded=rows)
    assert against.account.counts == {"lost": known[Outcome.ACKED]}
