from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mutations import SILENT, Mutation, generated, harmless, named_leaks
from twiceshy.model.history import Reply
from twiceshy.model.scenario import Request
from twiceshy.stage.ports import free_port
from twiceshy.stage.processes import environment, wait_ready
from twiceshy.traffic.exchange import exchange

ALL = (*named_leaks(), *harmless(), *generated())
NOTHING = Mutation("nothing", "the service of today", ())


def works(status):
    """Whether an ordinary request did not crash."""
    return status < 500


@pytest.mark.parametrize("mutation", [NOTHING, *ALL], ids=str)
def test_mutants_still_work(workshop, mutation):
    """Every mutant starts, is healthy, and most of what Ana asks gets an ordinary answer."""
    statuses = workshop.ask(workshop.copy(mutation))["statuses"]
    assert statuses["GET /health"] == 200
    assert sum(works(status) for status in statuses.values()) >= len(statuses) - 1, statuses
    if mutation in (NOTHING, *harmless()):
        assert set(statuses.values()) <= {200, 201}


@pytest.mark.parametrize("module", ["deposits", "faulty"])
def test_versions_start_as_processes(workshop, module):
    """Both commands of the example's configuration serve requests."""
    port = free_port()
    child = workshop.keeper.start(
        module,
        [sys.executable, "-m", module, "--port", str(port)],
        env=environment([], {"DATABASE_URL": workshop.database()}),
        cwd=workshop.copy(NOTHING),
        output=workshop.keeper.scratch / f"{module}.out",
    )
    try:
        wait_ready(child, lambda: "" if health(port) == 200 else "not yet", within=30)
    finally:
        child.stop()


def health(port):
    """The status of GET /health; None when nobody answers."""
    answer = exchange("127.0.0.1", port, Request("GET", "/health"), timeout=5)
    return answer.status if isinstance(answer, Reply) else None


def test_tests_of_the_example_pass_on_both_versions(workshop):
    """The suite that the service had shows why nobody noticed."""
    env = {**os.environ, "DATABASE_URL": workshop.database()}
    command = [sys.executable, "-m", "pytest", "tests", "-q", "-p", "no:twiceshy"]
    command += ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."]
    done = subprocess.run(
        command, cwd=workshop.copy(NOTHING), env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "26 passed" in done.stdout


def test_the_service_of_today_is_right(workshop):
    """The probe finds nothing wrong with it, so what it finds elsewhere is the mutation's."""
    assert workshop.ask(workshop.copy(NOTHING), deep=True)["seen"] == []


def test_that_morning_goes_wrong_only_without_own_deposits(workshop):
    """The incident: the overview and its page, and only for whoever has nothing waiting."""
    root = workshop.copy(NOTHING)
    (root / "deposits/pending.py").write_bytes((root / "faulty/pending.py").read_bytes())
    assert workshop.ask(root, deep=True)["seen"] == [
        "differs: GET /goals, 0 deposits",
        "differs: GET /, 0 deposits",
    ]


@pytest.mark.soak
@pytest.mark.parametrize("mutation", named_leaks(), ids=str)
def test_named_leaks_leak(workshop, mutation):
    """Each of the twelve can be seen by somebody who knows the service."""
    assert workshop.ask(workshop.copy(mutation), deep=True)["seen"]


@pytest.mark.soak
@pytest.mark.parametrize("mutation", generated(), ids=str)
def test_generated_mutations_leak_unless_silent(workshop, mutation):
    """The list of silent ones is right in both directions."""
    seen = workshop.ask(workshop.copy(mutation), deep=True)["seen"]
    assert (not seen) == (mutation.id in SILENT), seen
