"""Answers that are to be compared with for long: recorded only when all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from twiceshy.config.project import Project, Service
from twiceshy.errors import CannotTell, Location, UsageError
from twiceshy.model.history import NoReply, Observation, Reply, Run
from twiceshy.model.ownership import Ownership
from twiceshy.model.report import GuardBlock, Report
from twiceshy.model.scenario import Request, Scenario, State, Step, line_template
from twiceshy.model.schema import Catalogue
from twiceshy.model.survey import RequestFacts, Survey
from twiceshy.rehearsal.recorded import recorded_answers, recorded_file, recorded_text
from twiceshy.rehearsal.recording import recordable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = ("GET /a", "GET /b")


class Writes:
    """A kind that records; as a kind, as far as recording asks."""

    name = "writes"

    def __init__(self, says: Callable[[], str]) -> None:
        """`says` gives the text."""
        self._says = says

    def record(self, *_: Any) -> str:
        """The text."""
        return self._says()


def survey(*, named: bool = True, problem: str | None = None) -> Survey:
    """Two requests."""
    requests = [RequestFacts(line_template(line), named=named) for line in LINES]
    requests[1] = RequestFacts(line_template(LINES[1]), named=named, problem=problem)
    return Survey(Catalogue(()), Ownership(Catalogue(()), ()), requests=tuple(requests))


def history(*answers: Reply | NoReply, on: str = "") -> tuple[Run, ...]:
    """One run, with an answer for each request."""
    steps = [Step(None, line_template(line), number=n) for n, line in enumerate(LINES)]
    scenario = Scenario("recorded", "perturbed", State("full", "all is there"), tuple(steps), on=on)
    seen = tuple(
        Observation(step, Request("GET", "/"), answer)
        for step, answer in zip(steps, answers, strict=False)
    )
    return (Run(scenario, observations=seen),)


def recorded(says: Callable[[], str], *args: Any) -> tuple[str, str]:
    """The text, and the problem."""
    kind: Any = Writes(says)
    found = recorded_answers(kind, None, *args)
    return found.text, found.problem


def test_all_is_well() -> None:
    """One good answer is enough, also among others that were none."""
    runs = history(Reply(200), Reply(500)) + history(Reply(200), Reply(302))
    assert recorded(lambda: "text\n", survey(), runs) == ("text\n", "")


@pytest.mark.parametrize(
    ("runs", "problem"),
    [
        (history(Reply(200), Reply(500)), "GET /b: answered with 500"),
        (history(Reply(404), Reply(200)), "GET /a: answered with 404"),
        (
            history(Reply(200), NoReply("timeout", "no complete answer within 2 s")),
            "GET /b: no complete answer within 2 s",
        ),
        (history(Reply(200)), "GET /b: no row for {id}"),
        (
            history(Reply(200)) + history(Reply(200), Reply(200), on="baseline"),
            "GET /b: no row for {id}",
        ),
    ],
)
def test_a_request_that_fails_keeps_the_file(runs: tuple[Run, ...], problem: str) -> None:
    """A failure must not become what is right."""
    found = recorded(lambda: "text", survey(problem="no row for {id}"), runs)
    assert found == ("", problem)


def test_requests_that_nobody_wrote_may_fail() -> None:
    """A description lists what cannot be asked; the others are recorded."""
    assert recorded(lambda: "text", survey(named=False), history(Reply(200))) == ("text", "")


def test_a_kind_that_cannot_tell() -> None:
    """Whatever goes wrong while the text is made, the file stays."""

    def raises(error: Exception) -> Callable[[], str]:
        def says() -> str:
            raise error

        return says

    runs = history(Reply(200), Reply(200))
    assert recorded(raises(CannotTell("so")), survey(), runs) == ("", "so")
    assert "ValueError: no" in recorded(raises(ValueError("no")), survey(), runs)[1]
    assert recorded(lambda: " \n", survey(), runs) == (" \n", "no answer was seen")


def project(root: Path) -> Project:
    """A project there."""
    return Project(root=root, file=root / "twiceshy.toml", service=Service(command="serve"))


def test_where_the_file_lies(tmp_path: Path) -> None:
    """Beside the report, unless there is one seen from the project only."""
    folder = tmp_path / "postmortems"
    folder.mkdir()
    here = project(tmp_path)
    assert recorded_file(here, folder, "a.contract") == folder / "a.contract"
    assert recorded_text(here, folder, "a.contract") is None
    (tmp_path / "a.contract").write_text("from the project", encoding="utf-8")
    assert recorded_text(here, folder, "a.contract") == "from the project"
    (folder / "a.contract").write_text("beside", encoding="utf-8")
    assert recorded_text(here, folder, "a.contract") == "beside"
    assert recorded_text(here, folder, "") is None


def report(root: Path, name: str, *baselines: str) -> Report:
    """A report whose guards compare with these."""
    path = root / "postmortems" / f"{name}.md"
    guards = tuple(
        GuardBlock(
            "contract",
            {"kind": "contract", "requests": ["GET /a"], "baseline": baseline, "storage": "all"},
            Location(path, line),
        )
        for line, baseline in enumerate(baselines, 5)
    )
    return Report(path, name, name, guards=guards)


def test_guards_that_have_a_file(tmp_path: Path) -> None:
    """Guards that compare with something else are not played."""
    here = project(tmp_path)
    both = report(tmp_path, "r", "git:v1", "r.contract")
    (found,) = recordable(here, [report(tmp_path, "other", "git:v1"), both])
    assert found.guards == both.guards[1:]


def test_no_guard_has_a_file(tmp_path: Path) -> None:
    """The error says how to write one."""
    with pytest.raises(UsageError, match="No guard compares with recorded answers") as error:
        recordable(project(tmp_path), [report(tmp_path, "r", "git:v1")])
    assert "NAME.contract" in error.value.todo


def test_two_guards_of_one_file(tmp_path: Path) -> None:
    """The second would undo the first."""
    with pytest.raises(UsageError, match="Two guards have the same file"):
        recordable(project(tmp_path), [report(tmp_path, "r", "r.contract", "r.contract")])
