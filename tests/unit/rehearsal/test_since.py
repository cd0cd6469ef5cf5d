"""Guards that nobody wrote: what they ask, and what they leave uncovered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twiceshy.config.project import ActorConfig, Project, Service
from twiceshy.errors import Location, UsageError
from twiceshy.model.events import GuardFinished, RunFinished, Uncovered
from twiceshy.model.exhibits import Table
from twiceshy.model.report import GuardBlock, Report
from twiceshy.model.verdict import Finding, Scope, Value, Verdict
from twiceshy.rehearsal.branch import Branch
from twiceshy.rehearsal.since import compared, implied
from twiceshy.rehearsal.specs import read_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.events import Event

BRANCH = Branch("main", "0123456789abcdef" * 2 + "01234567", ("abc1234 Tweak",), 2, ("a.py",))


def project(openapi: str | None = None, *actors: str, root: Path = Path("/p")) -> Project:
    """A project with a service."""
    return Project(
        root=root,
        file=root / "twiceshy.toml",
        service=Service(command="serve", openapi=openapi),
        actors={name: ActorConfig() for name in actors},
    )


def report(*tables: dict[str, Any]) -> Report:
    """A report with these guards."""
    file = Path("/p/postmortems/r.md")
    guards = tuple(
        GuardBlock(str(table.get("kind", "contract")), table, Location(file, 3)) for table in tables
    )
    return Report(file, "r", "R", guards=guards)


def test_every_operation_of_a_description() -> None:
    """In the name of whom guards name most, with what they allow, skip and bind."""
    reports = [
        report(
            {"as": "ben", "allow": [{"request": "GET /a", "reason": "new"}], "skip": ["DELETE *"]},
            {"kind": "isolation", "as": "ben", "against": "ana", "bind": {"id": "goals.id"},
             "allow": [{"rule": "empty-view-hides", "reason": "so"}]},
            {"as": "ana", "skip": ["DELETE *", "POST /x"], "requests": ["GET /b", "GET /c/1"],
             "allow": [{"path": "$.x", "reason": "so"}]},
        )
    ]  # fmt: skip
    found = implied(project("api.yaml", "ana", "ben"), BRANCH, reports)
    (guard,) = found.guards
    assert guard.table == {
        "kind": "contract",
        "requests": "all",
        "as": "ben",
        "baseline": f"git:{BRANCH.base[:12]}",
        "missing": False,
        "skip": ["DELETE *", "POST /x"],
        "allow": [
            {"request": "GET /a", "reason": "new"},
            {"request": "GET /b", "path": "$.x", "reason": "so"},
            {"request": "GET /c/1", "path": "$.x", "reason": "so"},
        ],
        "bind": {"id": "goals.id"},
    }
    assert found.title == "Every response as it was where this branch left main"
    _, spec = read_spec(guard, project("api.yaml", "ana", "ben"))
    assert spec.requests == "all"


def test_nobody_in_particular() -> None:
    """Without guards the first actor asks; without actors nobody is logged in."""
    (guard,) = implied(project("/openapi.json", "ana", "ben"), BRANCH, []).guards
    assert guard.table["as"] == "ana"
    (guard,) = implied(project("/openapi.json"), BRANCH, []).guards
    assert "as" not in guard.table


def test_without_a_description_guards_name_the_requests(tmp_path: Path) -> None:
    """Each in the name of whom its guard names, with the body that it has there."""
    entry = {"request": "PUT /a/{id}", "json": {"x": 1}, "bind": {"id": "a.id"}}
    reports = [
        report(
            {"as": "ana", "requests": ["GET /a", entry], "bind": {"other": "b.id"}},
            {"requests": ["GET /public"]},
            {"as": "ana", "requests": "traffic.har"},
            {"as": "ana", "requests": "not-there.har"},
            {"kind": "preexisting", "request": "POST /members", "json": {"email": "a"},
             "expect": {"status": 201}},
            {"kind": "locks", "script": "a.sql"},
            {"kind": "isolation", "as": "ana", "requests": "all"},
        )
    ]  # fmt: skip
    (tmp_path / "traffic.har").write_text("{}", encoding="utf-8")
    there = project(None, "ana", root=tmp_path)
    guards = implied(there, BRANCH, reports).guards
    assert [(guard.table.get("as"), guard.table["requests"]) for guard in guards] == [
        ("ana", "traffic.har"),
        (
            "ana",
            [
                {"request": "GET /a", "bind": {"other": "b.id"}},
                {**entry, "bind": {"id": "a.id", "other": "b.id"}},
            ],
        ),
        (
            None,
            ["GET /public", {"request": "POST /members", "json": {"email": "a"}}],
        ),
    ]
    for guard in guards:
        read_spec(guard, there)


def test_nothing_to_ask() -> None:
    """The error says how to come by requests."""
    with pytest.raises(UsageError, match="no request to compare") as error:
        implied(project(), BRANCH, [report({"kind": "locks", "script": "a.sql"})])
    assert "openapi" in error.value.todo


def played(scope: Scope, value: Value = Value.HOLDS) -> tuple[Report, list[Event]]:
    """A run of the implied guard, and of one from a report."""
    extra = implied(project("api.yaml"), BRANCH, [])
    mine = report({"requests": ["GET /named/17?x=1", "GET /other"]})
    return extra, [
        GuardFinished(mine, mine.guards[0], Verdict(Value.HOLDS, scope=scope), 1.0),
        GuardFinished(extra, extra.guards[0], Verdict(value, scope=scope), 1.0),
        RunFinished(2.0),
    ]


def stream(events: list[Event]) -> Iterator[Event]:
    """As a run gives them."""
    yield from events


def test_what_is_not_covered_is_listed() -> None:
    """Neither compared, nor named by a guard; with the reason, before the run ends."""
    scope = Scope(
        tried=("2 requests as ana: GET /a, GET /named/{id}", "as ana"),
        untried=(
            ("GET /named/{id}", "refused with 404"),
            ("POST /v1/jobs:run", "refused with 422"),
            ("DELETE /b/{id}: refused with 403", ""),
            ("GET /newer", "never got a good answer"),
            ("a table without rows", "nothing there"),
        ),
        notes=(
            "PUT /upload: its body is image/png, which is not sent",
            "GET /a: 3 more variants were recorded",
            "GET /x goes elsewhere",
            "only this version describes GET /newer",
            "GET /a: $.b is new, which is allowed: so",
        ),
    )
    extra, events = played(scope)
    mine = report({"requests": ["GET /named/17?x=1"]})
    told = list(compared(stream(events), extra, BRANCH, [mine]))
    assert told[0] is events[0]
    assert told[2:] == [
        Uncovered(
            (
                ("POST /v1/jobs:run", "refused with 422"),
                ("DELETE /b/{id}", "refused with 403"),
                ("GET /newer", "it is new, so there is nothing to compare it with"),
                ("PUT /upload", "its body is image/png, which is not sent"),
            )
        ),
        events[2],
    ]


def test_the_verdict_says_what_it_was_compared_with() -> None:
    """The commits in between are there to be read."""
    extra, events = played(Scope(notes=("one before",)))
    _, finished, _, _ = compared(stream(events), extra, BRANCH, [])
    assert isinstance(finished, GuardFinished)
    assert finished.verdict.scope.notes == (
        "compared with 0123456789ab, where this branch left main",
        "since then: abc1234 Tweak",
        "and 2 more commits",
        "changes that are not committed are compared too",
        "one before",
    )


def test_the_first_finding_names_the_commits() -> None:
    """The reason is one of them."""
    extra, events = played(Scope(), Value.RECURS)
    finished = events[1]
    assert isinstance(finished, GuardFinished)
    findings = tuple(Finding("rule", "title", request) for request in ("GET /a", "GET /b"))
    events[1] = replace(finished, verdict=replace(finished.verdict, findings=findings))
    told = list(compared(stream(events), extra, BRANCH, []))[1]
    assert isinstance(told, GuardFinished)
    first, second = told.verdict.findings
    rows = (("abc1234", "Tweak"), ("...", "2 more"))
    assert first.exhibits == (Table("Commits since 0123456789ab", ("commit", "subject"), rows),)
    assert second.exhibits == ()


def test_an_end_before_the_end() -> None:
    """Closing what is told closes the run, and so takes its stage down."""
    ended = []

    def events() -> Iterator[Event]:
        try:
            yield RunFinished(1.0)
            yield RunFinished(2.0)
        finally:
            ended.append(True)

    extra, _ = played(Scope())
    told: Any = compared(events(), extra, BRANCH, [])
    next(told)
    told.close()
    assert ended == [True]
