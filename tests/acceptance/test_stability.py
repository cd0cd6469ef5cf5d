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
NAMES = ["deposits", "signup", "preferences"]
# How often each is proven in the soak; a proof of the last takes a minute.
RUNS = {**dict.fromkeys(NAMES, 300), "taxes": 20}
_HOGS = 1
# Runs that share one stage for each version, as the guards of a project do.
_AT_ONCE = 5
# Proves the example with its guards, and the requests of each, in orders that the seeds decide.
# A check takes of each guard the first request and as many others as it has time for, and one of
# several storage back ends.
_PROOF = """
import json, random, sys
from dataclasses import replace
from pathlib import Path
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, ReportBroken
from twiceshy.rehearsal import proof
from twiceshy.reports import read_reports

def shuffled_guard(guard, chance):
    table = dict(guard.table)
    if isinstance(table.get("requests"), list):
        first, *others = table["requests"]
        taken = [first, *chance.sample(others, min(len(others), int(sys.argv[2])))]
        table["requests"] = chance.sample(taken, len(taken))
    if table.get("storage") == "all":
        names = sorted(project.storage)
        table["storage"] = chance.sample(names, min(len(names), int(sys.argv[2]) // 2))
    if "faults" in table:
        table["faults"] = chance.sample(table["faults"], len(table["faults"]))
        table["seed"] = chance.randrange(1_000_000)
    return replace(guard, table=table)

def shuffled(report, chance):
    guards = chance.sample(report.guards, len(report.guards))
    return replace(report, guards=tuple(shuffled_guard(guard, chance) for guard in guards))

project = load_project(Path(sys.argv[1]))
reports = read_reports(project.root / project.reports)
runs = [
    shuffled(report, chance)
    for chance in map(random.Random, map(int, sys.argv[3:]))
    for report in chance.sample(reports, len(reports))
]
verdicts = []
for event in proof.prove(project, runs):
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


def proven(example, seeds, others):
    """The verdicts on each version, with guards, requests and hashes in orders of their own."""
    done = subprocess.run(
        [sys.executable, "-c", _PROOF, str(EXAMPLES / example), str(others), *map(str, seeds)],
        env={**os.environ, "PYTHONHASHSEED": str(seeds[0])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def assert_steady(example, runs, others):
    """Every run says the same, and the right thing."""
    started = time.monotonic()
    flips = {}
    with hogs():
        for first in range(1, runs + 1, _AT_ONCE):
            seeds = range(first, min(first + _AT_ONCE, runs + 1))
            verdicts = proven(example, seeds, others)
            assert {version for version, *_ in verdicts} == {"faulty", ""}
            assert len(verdicts) % (2 * len(seeds)) == 0
            wrong = [
                (version, value, reasons)
                for version, value, reasons in verdicts
                if value != ("recurs" if version else "holds")
            ]
            if wrong:
                flips[first] = wrong
    seconds = time.monotonic() - started
    print(f"{example}: {runs} runs beside {_HOGS} busy processes in {seconds:.0f} s")
    assert not flips, flips


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("example", NAMES)
def test_two_proofs_beside_busy_processes(example):
    """What every check of the project repeats, the second time in another order."""
    assert_steady(example, 2, others=0 if example == "preferences" else 1)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize(("example", "runs"), RUNS.items())
def test_many_proofs_beside_busy_processes(example, runs):
    """What is run by hand before a release."""
    assert_steady(example, runs, others=99)
