"""Requests that a guard wants, and those that it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twiceshy.config.project import ActorConfig, Login, Project, Service
from twiceshy.errors import ServiceFailed
from twiceshy.model.kind import Asked
from twiceshy.model.scenario import line_template
from twiceshy.model.schema import Catalogue
from twiceshy.rehearsal.wanted import Wanted, undoable, wanted, without

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = (
    "GET /goals",
    "DELETE /goals/{goal_id}",
    "DELETE /goals/{goal_id}/members/{id}",
    "POST /admin/reset",
    "POST /admin/users/4/reset",
)
ALL = Wanted(tuple((line_template(line), {}) for line in LINES), notes=("one before",))


@pytest.mark.parametrize(
    ("skip", "left"),
    [
        ("DELETE /goals/{goal_id}", {0, 2, 3, 4}),
        ("DELETE /goals/{x}", {0, 2, 3, 4}),
        ("delete /goals/*", {0, 3, 4}),
        ("* /admin/*", {0, 1, 2}),
        ("/admin/*", {0, 1, 2}),
        ("DELETE *", {0, 3, 4}),
        ("POST /admin/users/{id}/reset", {0, 1, 2, 3}),
        ("POST /*/reset", {0, 1, 2}),
        ("GET /goals/", {1, 2, 3, 4}),
    ],
)
def test_skip(skip: str, left: set[int]) -> None:
    """A slot stands for one part of a path, a star for anything."""
    found = without(ALL, (skip,))
    assert {LINES.index(str(template)) for template, _ in found.templates} == left
    told = {note.partition(":")[0] for note in found.notes} - {"one before"}
    assert told == {line for number, line in enumerate(LINES) if number not in left}


def test_skip_that_names_nothing() -> None:
    """A typing error must not pass for care."""
    found = without(ALL, ("DELETE /gaols/{id}",))
    assert len(found.templates) == len(LINES)
    assert found.notes[-1] == "skip = DELETE /gaols/{id} names no request of this guard"


def test_no_skip() -> None:
    """Nothing changes."""
    assert without(ALL, ()) is ALL


def test_what_cannot_be_undone() -> None:
    """Where the service may reach other hosts, only what reads is sent without being named."""
    listed = Wanted(ALL.templates, named=False)
    found = undoable(listed, ["mail.example.com:25"])
    assert [str(template) for template, _ in found.templates] == ["GET /goals"]
    assert [note.partition(":")[0] for note in found.notes] == list(LINES[1:])
    assert "mail.example.com:25, where nothing can be undone" in found.notes[0]
    assert undoable(listed, []) is listed
    assert undoable(ALL, ["mail.example.com"]) is ALL


class Serving:
    """A version that serves a description, or none."""

    def __init__(self, *lines: str, well: bool = True) -> None:
        """Describe these operations."""
        paths: dict[str, dict[str, object]] = {}
        for line in lines:
            method, _, path = line.partition(" ")
            paths.setdefault(path, {})[method.lower()] = {}
        self.text = json.dumps({"openapi": "3.1.0", "paths": paths})
        self.well = well

    def fetch_text(self, path: str) -> str:
        """The document."""
        if not self.well:
            raise ServiceFailed("The service does not serve its OpenAPI description")
        return self.text


def all_of(now: Serving, before: Serving | None, skip: tuple[str, ...] = ()) -> Wanted:
    """Every operation of the present, and of the version that it is compared with."""

    def earlier() -> Iterator[str]:
        yield "baseline: starting"
        return before

    project = Project(
        root=Path("/p"),
        file=Path("/p/twiceshy.toml"),
        service=Service(command="serve", openapi="/openapi.json"),
    )
    asked = Asked(requests="all", baseline="git:v1" if before else "", skip=skip)
    steps: Any = wanted(asked, project, now, earlier if before else None)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Wanted = end.value
            return found


def test_what_was_taken_away_is_asked_for_too() -> None:
    """Whoever sent it still does; another name of a slot is nothing new."""
    now = Serving("GET /goals", "GET /goals/{id}", "POST /goals")
    before = Serving("GET /goals", "GET /goals/{goal_id}", "DELETE /goals/{goal_id}", "PUT /old")
    found = all_of(now, before, ("PUT /old",))
    assert [str(template) for template, _ in found.templates] == [
        "GET /goals",
        "POST /goals",
        "GET /goals/{id}",
        "DELETE /goals/{goal_id}",
    ]
    assert not found.named
    assert "only git:v1 describes DELETE /goals/{goal_id}" in found.notes
    assert "only this version describes POST /goals" in found.notes


def test_a_description_that_was_not_there_before() -> None:
    """It is no reason to give up."""
    found = all_of(Serving("GET /goals"), Serving(well=False))
    assert [str(template) for template, _ in found.templates] == ["GET /goals"]
    (note,) = found.notes
    assert note.startswith("what only git:v1 describes is not known: /openapi.json: The service")
    assert all_of(Serving("GET /goals"), None).notes == ()


class Stage:
    """A stage whose database is empty."""

    catalogue = Catalogue(())


class Standing(Serving):
    """A scene on that stage."""

    stage = Stage()


def test_recorded_requests_are_of_nobody(tmp_path: Path) -> None:
    """Actors have their own credentials, and log in by themselves."""
    headers = [{"name": "X-Account", "value": "4711"}, {"name": "X-Tenant", "value": "north"}]
    entries = [
        {"request": {"method": method, "url": url, "headers": headers}}
        for method, url in (("POST", "http://a/login"), ("GET", "http://a/goals"))
    ]
    text = json.dumps({"log": {"entries": entries}})
    (tmp_path / "requests.har").write_text(text, encoding="utf-8")
    there = Project(
        root=tmp_path,
        file=tmp_path / "twiceshy.toml",
        actors={
            "ana": ActorConfig(headers={"x-account": "ana"}),
            "ben": ActorConfig(login=Login(request="POST /login")),
        },
    )
    steps: Any = wanted(Asked(har="requests.har", requests="all"), there, Standing())
    with pytest.raises(StopIteration) as end:
        next(steps)
    ((template, _),) = end.value.value.templates
    assert (str(template), template.headers) == ("GET /goals", (("X-Tenant", "north"),))
