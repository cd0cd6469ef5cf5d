"""Every fault under load, on both designs of the example `taxes`, again and again."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mutations.patch import copy_of_example
from mutations.taxes import CONFIGURATIONS, EXAMPLE
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished
from twiceshy.rehearsal import conduct
from twiceshy.reports import read_reports

RUNS = 20
# Payments in each run; fewer by way of the environment, where there is no day to wait.
PAYMENTS = int(os.environ.get("PAYMENTS", "10000"))
RATE = 100
FAULTS = (
    "kill service",
    "pause service",
    "kill worker",
    "pause worker",
    "terminate backends",
    "restart database",
    "refuse service",
    "cut service",
    "black hole service",
    "slow service",
    "refuse database",
    "cut database",
    "black hole database",
    "slow database",
    "drop answers",
    "lock registers",
)
FURTHER = {"broker": ("kill nats", "pause nats"), "queued": ()}


@pytest.mark.soak
@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("design", CONFIGURATIONS)
def test_each_payment_is_there_once_whatever_fails(design, run, tmp_path):
    """One after the other, each with all the payments, at a moment that the run decides."""
    root = copy_of_example(tmp_path, EXAMPLE)
    project = load_project(root, root / CONFIGURATIONS[design])
    (report,) = read_reports(root / project.reports)
    (guard,) = report.guards
    table = {
        **guard.table,
        "faults": [*FAULTS, *FURTHER[design]],
        "rate": f"{RATE}/s",
        "duration": f"{PAYMENTS / RATE:g}s",
        "drain_within": "5min",
        "seed": run + 1,
    }
    report = replace(report, guards=(replace(guard, table=table),))
    (verdict,) = [
        event.verdict
        for event in conduct.run(project, [report])
        if isinstance(event, GuardFinished)
    ]
    print(*verdict.scope.tried, sep="\n")
    assert (verdict.value, verdict.reasons) == ("holds", ()), verdict
    played = {tried.partition(":")[0] for tried in verdict.scope.tried}
    assert played == {"line", "peak", *table["faults"]}
