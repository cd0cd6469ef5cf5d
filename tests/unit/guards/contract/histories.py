"""A small world, a service that is a function, and whoever plays the scenarios against it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twiceshy.guards.contract import Contract
from twiceshy.guards.contract.spec import Spec
from twiceshy.model.history import NoReply, Observation, PlantedRow, Reply, Run, Statement
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Kept, Plant, PlantKey, RequestTemplate
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.model.survey import Likeness, RequestFacts, Slot, Survey
from twiceshy.model.verdict import Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario, Step

AUTHORS, NOTES = (QName("public", name) for name in ("authors", "notes"))
_ID = Column("id", "bigint", "int8", not_null=True)
CATALOGUE = Catalogue(
    (
        Table(
            AUTHORS,
            (_ID, Column("name", "text", "text", not_null=True)),
            (UniqueKey("authors_pkey", ("id",), primary=True),),
        ),
        Table(
            NOTES,
            (
                _ID,
                Column("author_id", "bigint", "int8"),
                Column("title", "text", "text"),
                Column("stars", "integer", "int4", not_null=True),
                Column("options", "text", "text"),
            ),
            (UniqueKey("notes_pkey", ("id",), primary=True),),
            (ForeignKey("notes_author_id_fkey", ("author_id",), AUTHORS, ("id",)),),
            rows=2,
        ),
    )
)
LIST = RequestTemplate("GET", "/notes")
ONE = RequestTemplate("GET", "/notes/{id}")
ADD = RequestTemplate("POST", "/notes", json={"title": "new"}, has_json=True)
ROWS = (
    PlantedRow("full.authors.1", AUTHORS, None, {"id": "1500100001", "name": "Ada"}),
    PlantedRow(
        "full.notes.1", NOTES, None,
        {"id": "1500200001", "author_id": "1500100001", "title": "a title", "stars": "3",
         "options": '{"wide": true}'},
    ),
)  # fmt: skip
SQL = "SELECT n.*, a.name FROM notes n JOIN authors a ON a.id = n.author_id"
READ = (Statement(SQL, reads=(NOTES, AUTHORS)),)


def survey(*templates: RequestTemplate, **more: Any) -> Survey:
    """What is known of these requests, all of which read both tables."""
    facts = tuple(
        RequestFacts(
            template,
            tuple(Slot(name, NOTES, "id") for name in template.slots),
            frozenset({NOTES, AUTHORS}),
            status=200,
        )
        for template in templates or (LIST, ONE)
    )
    samples = {(NOTES, "id"): "1", (NOTES, "options"): '{"wide": true}'}
    known = {"likeness": Likeness(samples=samples), **more}
    return Survey(CATALOGUE, Ownership(CATALOGUE, ()), requests=facts, **known)


def spec(**keys: Any) -> Spec:
    """A guard as written, with nothing missing unless it says so."""
    return Spec.model_validate({"missing": False, **keys})


def reply(body: Any, status: int = 200, kind: str = "application/json", **headers: str) -> Reply:
    """An answer; anything but bytes is written as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(status, (("Content-Type", kind), *named) if kind else named, raw)


@dataclass
class Asked:
    """One question to a service: which version or storage, in what state, which request."""

    on: str
    state: str
    request: str
    key: str
    turn: int


@dataclass
class World:
    """Plays every scenario that the kind wants against a service, and keeps the record."""

    spec: Spec
    survey: Survey
    service: Callable[[Asked], Reply | NoReply]
    history: list[Run] = field(default_factory=list)
    impossible: frozenset[str] = frozenset()
    turns: int = -1

    def play(self) -> History:
        """Until the kind has seen enough."""
        kind = Contract()
        while scenarios := kind.next(self.spec, self.survey, tuple(self.history)):
            assert len(self.history) < 5000
            self.history += [self._played(scenario) for scenario in scenarios]
        return tuple(self.history)

    def judge(self) -> Verdict:
        """The verdict on what was played."""
        return Contract().judge(self.spec, self.survey, self.play())

    def _played(self, scenario: Scenario) -> Run:
        self.turns += 1
        if scenario.state.name in self.impossible:
            return Run(scenario, problem="the state could not be brought about: a constraint")
        wanted = {o.name for o in scenario.state.operations if isinstance(o, Plant)}
        rows = tuple(row for row in ROWS if row.plant in wanted)
        there = {row.plant for row in rows}
        sent = [
            step
            for step in scenario.steps
            if all(key.plant in there for _, key in step.slots if isinstance(key, PlantKey))
        ]
        seen = tuple(self._seen(scenario, step, rows) for step in sent)
        return Run(scenario, rows, seen, at=float(self.turns))

    def _seen(self, scenario: Scenario, step: Step, rows: tuple[PlantedRow, ...]) -> Observation:
        values = {row.plant: row.values for row in rows}
        filled = {
            name: (values[key.plant][key.column] or "")
            if isinstance(key, PlantKey)
            else ("77" if isinstance(key, Kept) else key)
            for name, key in step.slots
        }
        asked = Asked(scenario.on, scenario.state.name, str(step.template), step.key, self.turns)
        read = READ if not scenario.on.startswith("storage:") else ()
        return Observation(step, step.template.fill(filled), self.service(asked), read)


def assert_held(world: World) -> Verdict:
    """Play it and want nothing to be wrong."""
    verdict = world.judge()
    assert verdict.value is Value.HOLDS, (verdict.reasons, [f.title for f in verdict.findings])
    return verdict


def assert_broken(world: World, because: str, rule: str = "") -> Verdict:
    """Play it and want a finding whose title says why."""
    verdict = world.judge()
    assert verdict.value is Value.RECURS, (verdict.reasons, verdict.scope)
    assert any(because in found.title for found in verdict.findings), verdict.findings
    assert not rule or all(found.rule == rule for found in verdict.findings)
    return verdict


def assert_unknown(world: World, because: str) -> Verdict:
    """Play it and want a doubt that says why."""
    verdict = world.judge()
    assert verdict.value is Value.UNKNOWN, [f.title for f in verdict.findings]
    assert any(because in reason for reason in verdict.reasons), verdict.reasons
    return verdict
