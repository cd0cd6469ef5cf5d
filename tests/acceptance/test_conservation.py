"""The guard `conservation` on the example `taxes`, and where it has to say that it cannot tell."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.conftest import Notes
from integration.rehearsal.payments import write_payments
from mutations.patch import copy_of_example
from twiceshy.config.load import load_project
from twiceshy.guards.conservation import plan
from twiceshy.model.events import GuardFinished
from twiceshy.rehearsal import conduct
from twiceshy.reports import read_reports

EXAMPLE = Path(__file__).parents[2] / "examples" / "taxes"
KEY = r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
GUARD = """\
kind = "conservation"
request = "POST /%s/{number}/{key}/{amount}"
recorded = "SELECT key, amount FROM payments WHERE who <> 'the seed'"
duration = "500ms"
%s"""


@pytest.fixture(scope="module")
def payments(tmp_path_factory):
    """Rehearses a guard on a small service; the stage is the same for all of them."""
    project = Notes(write_payments(tmp_path_factory.mktemp("payments")))
    with pytest.MonkeyPatch.context() as patch, project.stage() as stage:
        patch.setattr(plan, "TRIES", 1)

        def rehearse(how, more):
            return project.rehearse_file(stage, project.write(how, GUARD % (how, more)))

        yield rehearse


def rehearsed(folder, version="", **more):
    """The verdict on that day's version, or on the one with a queue."""
    root = copy_of_example(folder, EXAMPLE)
    project = load_project(root, root / "queue.toml")
    (report,) = read_reports(root / project.reports)
    (guard,) = report.guards
    report = replace(report, guards=(replace(guard, table={**guard.table, **more}),))
    events = conduct.run(project, [report], version=version)
    (finished,) = [event for event in events if isinstance(event, GuardFinished)]
    return finished.verdict


def test_that_day(tmp_path):
    """The service of one line: payments in parallel are lost and doubled, and named."""
    verdict = rehearsed(tmp_path, "faulty", arrivals="burst")
    assert verdict.value == "recurs", verdict
    told = {finding.rule: finding for finding in verdict.findings}
    assert {"lost", "duplicated"} <= told.keys()
    for rule in ("lost", "duplicated"):
        assert re.search(KEY, told[rule].after), told[rule]


def test_the_queue(tmp_path):
    """With a queue each is there once. The demo shows it with a broker, and with all faults."""
    verdict = rehearsed(tmp_path, faults=["kill worker"])
    assert (verdict.value, verdict.reasons) == ("holds", ()), verdict


@pytest.mark.soak
def test_the_queue_under_all_faults_of_the_guard(tmp_path):
    """Service and worker are killed, and the database crashes."""
    today = rehearsed(tmp_path)
    assert (today.value, today.reasons) == ("holds", ()), today
    for topic in ("line", "peak", "kill service", "kill worker", "restart database"):
        assert any(tried.startswith(topic) for tried in today.scope.tried), topic


def test_a_fault_without_effect(payments):
    """No answer was dropped, so it is not known what would be if one were."""
    done = payments("rightly", 'rate = "40/s"\nfaults = [{ fault = "drop answers", every = 999 }]')
    assert done.value == "unknown"
    assert "some answers were given and never arrived had no effect" in done.why


def test_a_rate_that_cannot_be_reached(payments):
    """Two connections for a service that takes its time: it is said what was reached."""
    done = payments("slowly", 'rate = "200/s"\nconnections = 2\nfaults = []')
    assert done.value == "unknown"
    assert re.search(r"of 100 planned requests \d+% were sent in time, and 95% must be", done.why)
