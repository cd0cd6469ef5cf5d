"""The guard `conservation` meets the mutations of both designs of the example `taxes`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mutations.patch import copy_of_example
from mutations.taxes import CONFIGURATIONS, EXAMPLE, harmless, named
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished
from twiceshy.model.verdict import Value
from twiceshy.rehearsal import conduct
from twiceshy.reports import read_reports

if TYPE_CHECKING:
    from pathlib import Path

    from mutations.taxes import Change
    from twiceshy.model.verdict import Verdict

# What else the guard says for a fault. Where one shows only when a payment is tried again, those
# who ask must be less patient than the service is slow.
SLOW: dict[str, Any] = {"rate": "60/s", "duration": "2.5s", "timeout": "1s"}
FAULTS: dict[str, dict[str, Any]] = {
    "service": {"faults": ["kill service"]},
    "answered": {"faults": [{"fault": "kill service", "point": "answer:100"}]},
    "worker": {"faults": [{"fault": "kill worker", "point": "answer:150"}]},
    "stuck": {"faults": ["kill worker"], "rate": "100/s", "drain_within": "10s"},
    "nats": {
        # As fast as the worker can, and again where nothing waited in the broker at that moment.
        "faults": [{"fault": "kill nats", "point": f"answer:{at}"} for at in (300, 400, 500, 600)],
        "rate": "1000/s",
        "duration": "1s",
    },
    "sessions": {"faults": [{"fault": "restart database", "lasts": "300ms"}]},
    "pause": {"faults": [{"fault": "pause service", "lasts": "1.5s"}], **SLOW},
    "dropped": {"faults": [{"fault": "drop answers", "every": 5}], "backoff": "2s", **SLOW},
}
# A check plays this one, which shows in a line already, and proves both designs as they are.
CHEAP = "off-by-one"


def rehearsed(change: Change, folder: Path) -> Verdict:
    """The verdict on a mutated copy of the example, with the one fault that it is about."""
    root = copy_of_example(folder, EXAMPLE)
    change.mutation.apply(root)
    project = load_project(root, root / CONFIGURATIONS[change.design])
    (report,) = read_reports(root / project.reports)
    (guard,) = report.guards
    guard = replace(guard, table={**guard.table, **FAULTS[change.fault]})
    events = list(conduct.run(project, [replace(report, guards=(guard,))]))
    (finished,) = [event for event in events if isinstance(event, GuardFinished)]
    return finished.verdict


def assert_flips(change: Change, folder: Path) -> None:
    """The failure recurs, and shows in the account as it was foretold."""
    verdict = rehearsed(change, folder)
    assert verdict.value == Value.RECURS, (change.mutation.says, verdict)
    rules = {finding.rule for finding in verdict.findings}
    assert change.shows in rules, (change.mutation.says, verdict)


def assert_holds(change: Change, folder: Path) -> None:
    """Nobody is accused, and the fault was seen."""
    verdict = rehearsed(change, folder)
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ()), (change.mutation.says, verdict)


def test_what_alters_payments_turns_the_verdict(tmp_path: Path) -> None:
    """One of the twelve."""
    (change,) = [each for each in named() if each.mutation.id == CHEAP]
    assert_flips(change, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("change", named(), ids=str)
def test_all_that_lose_payments_turn_the_verdict(change: Change, tmp_path: Path) -> None:
    """Each of the twelve, under the fault for which it was made."""
    assert_flips(change, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("change", harmless(), ids=str)
def test_nothing_that_does_no_harm_is_accused(change: Change, tmp_path: Path) -> None:
    """Each of the twelve, under a fault that its place in the code meets."""
    assert_holds(change, tmp_path)
