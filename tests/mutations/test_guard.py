"""The isolation guard meets the mutations: leaks turn its verdict, harmless changes do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mutations import SILENT, SURVIVORS, copy_of_example, generated, harmless, named_leaks
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished
from twiceshy.model.verdict import Value
from twiceshy.rehearsal import conduct
from twiceshy.reports import read_reports

if TYPE_CHECKING:
    from pathlib import Path

    from mutations.patch import Mutation
    from twiceshy.model.report import Report
    from twiceshy.model.verdict import Verdict

LOUD = [mutation for mutation in generated() if mutation.id not in SILENT]
FOUND = [mutation for mutation in LOUD if mutation.id not in SURVIVORS]
IN_CHECK = 5
# Spread over the whole list, so that every query and every sort of change has a chance.
SOME = FOUND[:: len(FOUND) // IN_CHECK][:IN_CHECK]


# Words of the requests that run the code of a file; all requests run that of the others.
RUN_BY = {
    "deposits/goals.py": ("/goals", "GET /"),
    "deposits/ledger.py": ("/deposits", "/summary", "GET /"),
}


def concerned(report: Report, mutation: Mutation) -> Report:
    """The report, with the requests of its guard that run what was changed."""
    files = [patch.file for patch in mutation.patches]
    if not RUN_BY.keys() >= set(files):
        return report
    words = [word for file in files for word in RUN_BY[file]]
    (guard,) = report.guards
    requests = [
        request
        for request in guard.table["requests"]
        for line in [request if isinstance(request, str) else request["request"]]
        if any(word == line if word == "GET /" else word in line for word in words)
    ]
    assert requests
    changed = replace(guard, table={**guard.table, "requests": requests})
    return replace(report, guards=(changed,))


def rehearsed(mutation: Mutation, folder: Path, *, everything: bool = False) -> Verdict:
    """The verdict on a copy of the example that was mutated."""
    root = copy_of_example(folder)
    mutation.apply(root)
    project = load_project(root)
    reports = read_reports(root / project.reports)
    if not everything:
        reports = [concerned(report, mutation) for report in reports]
    events = list(conduct.run(project, reports))
    (finished,) = [event for event in events if isinstance(event, GuardFinished)]
    return finished.verdict


@pytest.mark.parametrize("mutation", named_leaks(), ids=str)
def test_a_named_leak_turns_the_verdict(mutation: Mutation, tmp_path: Path) -> None:
    """Twelve ways in which people have seen, counted or changed what is not theirs."""
    verdict = rehearsed(mutation, tmp_path)
    assert verdict.value == Value.RECURS, (mutation.says, verdict)


@pytest.mark.parametrize("mutation", SOME, ids=str)
def test_a_generated_leak_turns_the_verdict(mutation: Mutation, tmp_path: Path) -> None:
    """Five of the queries' mutants; the soak plays all."""
    verdict = rehearsed(mutation, tmp_path)
    assert verdict.value == Value.RECURS, (mutation.says, verdict)


@pytest.mark.parametrize("mutation", harmless(), ids=str)
def test_a_harmless_change_holds(mutation: Mutation, tmp_path: Path) -> None:
    """Twelve changes that nobody would call a leak."""
    verdict = rehearsed(mutation, tmp_path)
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ()), (mutation.says, verdict)


@pytest.mark.soak
@pytest.mark.parametrize("mutation", LOUD, ids=str)
def test_every_generated_leak_turns_the_verdict(mutation: Mutation, tmp_path: Path) -> None:
    """All mutants of the queries that are no equivalents; those that survive are known."""
    verdict = rehearsed(mutation, tmp_path, everything=True)
    expected, _ = SURVIVORS.get(mutation.id, (Value.RECURS, ""))
    assert verdict.value == expected, (mutation.says, verdict)


def test_nine_of_ten_generated_leaks_turn_the_verdict() -> None:
    """What the soak has seen: how many of how many, and no survivor that is no mutant."""
    known = {mutation.id for mutation in LOUD}
    assert known.issuperset(SURVIVORS)
    assert len(LOUD) >= 50
    assert len(SURVIVORS) <= len(LOUD) / 10


@pytest.mark.soak
@pytest.mark.parametrize("mutation", [m for m in generated() if m.id in SILENT], ids=str)
def test_a_mutant_that_shows_nothing_of_others_is_not_accused_of_it(
    mutation: Mutation, tmp_path: Path
) -> None:
    """Wrong in another way, perhaps; but nobody else's data shows or changes."""
    verdict = rehearsed(mutation, tmp_path, everything=True)
    told = {finding.rule for finding in verdict.findings}
    assert not told & {"foreign-data-shown", "foreign-row-changed"}, (mutation.says, verdict)
