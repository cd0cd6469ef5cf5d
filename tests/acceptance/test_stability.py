"""Verdicts do not flip: examples are proven again and again beside a busy process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ["deposits", "signup"]
_HOGS = 1
# Proves the example with its guards, and the requests of each, in an order that the seed decides.
_PROOF = """
import json, random, sys
from dataclasses import replace
from pathlib import Path
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, ReportBroken
from twiceshy.rehearsal import proof
from twiceshy.reports import read_reports

chance = random.Random(int(sys.argv[2]))

def shuffled(items):
    return tuple(chance.sample(list(items), len(items)))

def shuffled_guard(guard):
    table = dict(guard.table)
    if isinstance(table.get("requests"), list):
        table["requests"] = list(shuffled(table["requests"]))
    return replace(guard, table=table)

project = load_project(Path(sys.argv[1]))
reports = [
    replace(report, guards=tuple(map(shuffled_guard, shuffled(report.guards))))
    for report in shuffled(read_reports(project.root / project.reports))
]
verdicts = []
for event in proof.prove(project, reports):
    assert not isinstance(event, ReportBroken), event
    if isinstance(event, GuardFinished):
        verdicts.append([event.version, event.verdict.value, event.verdict.reasons])
print(json.dumps(verdicts))
"""


@contextmanager
def hogs():
    """Processes that take all the time of the processors they can get."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(_HOGS)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def proven(example, seed):
    """The verdicts on each version, with guards, requests and hashes in an order of their own."""
    done = subprocess.run(
        [sys.executable, "-c", _PROOF, str(EXAMPLES / example), str(seed)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def assert_steady(example, runs):
    """Every run says the same, and the right thing."""
    started = time.monotonic()
    flips = {}
    with hogs():
        for seed in range(1, runs + 1):
            verdicts = proven(example, seed)
            assert {version for version, *_ in verdicts} == {"faulty", ""}
            wrong = [
                (version, value, reasons)
                for version, value, reasons in verdicts
                if value != ("recurs" if version else "holds")
            ]
            if wrong:
                flips[seed] = wrong
    seconds = time.monotonic() - started
    print(f"{example}: {runs} runs beside {_HOGS} busy processes in {seconds:.0f} s")
    assert not flips


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("example", NAMES)
def test_five_proofs_beside_busy_processes(example):
    """What every check of the project repeats."""
    assert_steady(example, 5)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("example", NAMES)
def test_three_hundred_proofs_beside_busy_processes(example):
    """What is run by hand before a release."""
    assert_steady(example, 300)
