"""The guard `preexisting` meets the mutations of the sign-up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mutations.patch import copy_of_example
from mutations.signup import EXAMPLE, SURVIVORS, generated, harmless, named
from twiceshy.config.load import load_project
from twiceshy.guards.preexisting import plan
from twiceshy.model.events import GuardFinished
from twiceshy.model.verdict import Value
from twiceshy.rehearsal import conduct
from twiceshy.reports import read_reports

if TYPE_CHECKING:
    from pathlib import Path

    from mutations.patch import Mutation
    from twiceshy.model.verdict import Verdict

ALL = (*named(), *harmless(), *generated())
LOUD = [mutation for mutation in generated() if mutation.id not in SURVIVORS]
IN_CHECK = 5
# Spread over the whole list, so that every column and every way has a chance.
SOME = LOUD[3 :: len(LOUD) // IN_CHECK][:IN_CHECK]


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """Confirmed at once: nothing in this service ticks."""
    monkeypatch.setattr(plan, "_SPREAD", 0.1)


def rehearsed(mutation: Mutation, folder: Path) -> Verdict:
    """The verdict of the first guard on a copy of the example that was mutated."""
    root = copy_of_example(folder, EXAMPLE)
    mutation.apply(root)
    project = load_project(root)
    reports = [
        replace(report, guards=report.guards[:1]) for report in read_reports(root / project.reports)
    ]
    events = list(conduct.run(project, reports))
    (finished,) = [event for event in events if isinstance(event, GuardFinished)]
    return finished.verdict


def test_there_are_enough_of_each():
    """Twelve named, twelve harmless, fifty generated that do not survive; ids are unique."""
    assert len(named()) == len(harmless()) == 12
    assert len(LOUD) >= 50
    assert max(Counter(each.id for each in ALL).values()) == 1
    assert SURVIVORS.keys() <= {each.id for each in generated()}
    assert len(SOME) == IN_CHECK


@pytest.mark.parametrize("mutation", ALL, ids=str)
def test_mutations_fit_the_service(mutation: Mutation, tmp_path: Path) -> None:
    """Every old snippet stands exactly once in the service of today, and files stay Python."""
    root = copy_of_example(tmp_path, EXAMPLE)
    mutation.apply(root)
    for file in {patch.file for patch in mutation.patches if patch.file.endswith(".py")}:
        compile((root / file).read_text(encoding="utf-8"), file, "exec")


@pytest.mark.parametrize("mutation", named(), ids=str)
def test_a_named_fault_turns_the_verdict(mutation: Mutation, tmp_path: Path) -> None:
    """Twelve ways in which what is known elsewhere keeps people out."""
    verdict = rehearsed(mutation, tmp_path)
    assert verdict.value == Value.RECURS, (mutation.says, verdict)


@pytest.mark.parametrize("mutation", SOME, ids=str)
def test_a_generated_fault_turns_the_verdict(mutation: Mutation, tmp_path: Path) -> None:
    """Five of them; the soak plays all."""
    verdict = rehearsed(mutation, tmp_path)
    assert verdict.value == Value.RECURS, (mutation.says, verdict)


@pytest.mark.parametrize("mutation", harmless(), ids=str)
def test_a_harmless_change_holds(mutation: Mutation, tmp_path: Path) -> None:
    """Twelve changes after which everybody gets in as before."""
    verdict = rehearsed(mutation, tmp_path)
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ()), (mutation.says, verdict)


@pytest.mark.soak
@pytest.mark.parametrize("mutation", generated(), ids=str)
def test_every_generated_fault_turns_the_verdict_unless_it_survives(
    mutation: Mutation, tmp_path: Path
) -> None:
    """The list of survivors is right in both directions."""
    verdict = rehearsed(mutation, tmp_path)
    assert (verdict.value != Value.RECURS) == (mutation.id in SURVIVORS), (mutation.says, verdict)
