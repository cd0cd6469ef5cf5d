"""The guard `command`: by exit status, and unknown where that says nothing."""

from __future__ import annotations

import pytest

from twiceshy.guards.command import CommandKind, Spec
from twiceshy.model.history import CommandResult, Run
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Scenario, State
from twiceshy.model.schema import Catalogue
from twiceshy.model.survey import Survey
from twiceshy.model.verdict import Value

KIND = CommandKind()
SPEC = Spec(run="make check", timeout=5)
SURVEY = Survey(Catalogue(()), Ownership(Catalogue(()), ()))


def _run(code: int | None, output: str = "") -> Run:
    scenario = Scenario("command", "probe", State("", ""), ())
    return Run(scenario, result=CommandResult(code, output))


def test_it_is_run_once() -> None:
    """One scenario, which holds the command; then enough is known."""
    (scenario,) = KIND.next(SPEC, SURVEY, ())
    assert scenario.command is not None
    assert (scenario.command.text, scenario.command.timeout) == ("make check", 5)
    assert KIND.next(SPEC, SURVEY, (_run(0),)) == ()


@pytest.mark.parametrize(
    ("code", "value", "says"),
    [
        (0, Value.HOLDS, ""),
        (1, Value.RECURS, ""),
        (2, Value.RECURS, ""),
        (126, Value.UNKNOWN, "could not be started"),
        (127, Value.UNKNOWN, "could not be started"),
        (-9, Value.UNKNOWN, "ended by signal 9"),
        (None, Value.UNKNOWN, "had not ended after 5 s"),
    ],
)
def test_the_exit_status_decides(code: int | None, value: Value, says: str) -> None:
    """0 holds, others recur; not found, killed or too slow tell nothing."""
    verdict = KIND.judge(SPEC, SURVEY, (_run(code, "two\nlines"),))
    assert verdict.value == value
    assert says in " ".join(verdict.reasons)


def test_the_finding_shows_the_last_lines() -> None:
    """What the command printed last is what people look for."""
    verdict = KIND.judge(SPEC, SURVEY, (_run(1, "\n".join(map(str, range(100)))),))
    assert verdict.findings[0].after.splitlines()[-1] == "99"


def test_without_a_run_nothing_is_known() -> None:
    """A command that never ran holds nothing."""
    assert KIND.judge(SPEC, SURVEY, ()).value == Value.UNKNOWN


def test_a_command_without_our_placeholders_needs_no_stage() -> None:
    """What it asks for is its text, and nobody logs in."""
    assert KIND.asks(SPEC).command == "make check"
    assert KIND.asks(SPEC).actors == ()
