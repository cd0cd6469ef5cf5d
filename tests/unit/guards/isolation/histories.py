"""Builders of small worlds and histories, and the two verbs in which guards are tested."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from twiceshy.guards.isolation import Isolation
from twiceshy.guards.isolation.spec import Spec
from twiceshy.model.history import (
    NoReply,
    Observation,
    PlantedRow,
    Reply,
    RowChange,
    Run,
    Statement,
)
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import RequestTemplate, Scenario, State, Step
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.model.survey import ActorFacts, RequestFacts, Slot, Survey
from twiceshy.model.verdict import Value, Verdict

if TYPE_CHECKING:
    from twiceshy.model.history import History

USERS, GOALS, DEPOSITS = (QName("public", name) for name in ("users", "goals", "deposits"))
_BIGINT = {"type": "bigint", "base": "int8", "not_null": True}
_TEXT = {"type": "text", "base": "text"}


def _table(name: QName, columns: tuple[str, ...], *keys: tuple[str, QName]) -> Table:
    types = {**dict.fromkeys(columns, _TEXT), "id": _BIGINT, **{key: _BIGINT for key, _ in keys}}
    return Table(
        name,
        tuple(Column(column, **types[column]) for column in columns),
        (UniqueKey(f"{name.name}_pkey", ("id",), primary=True),),
        tuple(ForeignKey(f"{name.name}_{key}", (key,), to, ("id",)) for key, to in keys),
    )


CATALOGUE = Catalogue(
    (
        _table(USERS, ("id", "name")),
        _table(GOALS, ("id", "user_id", "name"), ("user_id", USERS)),
        _table(
            DEPOSITS,
            ("id", "user_id", "goal_id", "note"),
            ("user_id", USERS),
            ("goal_id", GOALS),
        ),
    )
)
LIST = RequestTemplate("GET", "/goals")
ONE = RequestTemplate("GET", "/goals/{goal_id}")
SAVE = RequestTemplate("POST", "/goals/{goal_id}")

SURVEY = Survey(
    CATALOGUE,
    Ownership(CATALOGUE, (USERS,)),
    {
        "ana": ActorFacts("ana", ((USERS, {"id": "1", "name": "Ana"}),)),
        "ben": ActorFacts("ben", ((USERS, {"id": "2", "name": "Ben"}),)),
    },
    (
        RequestFacts(LIST, reads=frozenset({GOALS, DEPOSITS}), status=200),
        RequestFacts(ONE, (Slot("goal_id", GOALS, "id"),), frozenset({GOALS}), status=200),
    ),
)
SPEC = Spec.model_validate({"as": "ana", "against": "ben", "requests": ("GET /goals",)})

ANAS_GOAL = PlantedRow(
    "ana.goals.1", GOALS, "ana",
    {"id": "1500100001", "user_id": "1", "name": "twanagoal1"},
    {"id": "1500100001", "name": "twanagoal1"},
)  # fmt: skip
ANAS_DEPOSIT = PlantedRow(
    "ana.deposits.1", DEPOSITS, "ana", {"id": "1500200001", "note": "twanadep11"},
    {"id": "1500200001", "note": "twanadep11"},
)  # fmt: skip
ANAS_SECOND = PlantedRow(
    "ana.deposits.2", DEPOSITS, "ana", {"id": "1500200002", "note": "twanadep22"},
    {"id": "1500200002", "note": "twanadep22"},
)  # fmt: skip
BENS_GOAL = PlantedRow(
    "ben.goals.1", GOALS, "ben",
    {"id": "1500100051", "user_id": "2", "name": "twbengoal1"},
    {"id": "1500100051", "name": "twbengoal1"},
)  # fmt: skip
MINE = (ANAS_GOAL, ANAS_DEPOSIT)
READ = (Statement("SELECT ... FROM goals", reads=(GOALS, DEPOSITS)),)


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer, or text when `body` is one."""
    if isinstance(body, str):
        kind, raw = "text/html", body.encode()
    else:
        kind, raw = "application/json", json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(status, (("Content-Type", kind), *named), raw)


def seen(
    answer: Reply | NoReply,
    *,
    actor: str | None = "ana",
    template: RequestTemplate = LIST,
    key: str = "0",
    **more: Any,
) -> Observation:
    """One observed step."""
    number = int(key.partition("|")[0])
    step = Step(actor, template, (), number, key)
    request = template.fill(dict.fromkeys(template.slots, "7"))
    return Observation(step, request, answer, **{"statements": READ, **more})


def run(
    topic: str,
    role: str,
    *observations: Observation,
    rows: tuple[PlantedRow, ...] = MINE,
    world: int = 0,
) -> Run:
    """One played scenario."""
    state = State(topic, f"state {topic}")
    steps = tuple(observation.step for observation in observations)
    return Run(Scenario(topic, role, state, steps, world), rows, observations)


def turns(
    topic: str,
    control: list[Observation],
    perturbed: list[Observation],
    *,
    rows: tuple[PlantedRow, ...] = MINE,
    world: int = 0,
) -> list[Run]:
    """Controls and perturbed runs of one topic, in turn."""
    theirs = (*rows, BENS_GOAL)
    pairs = zip(control, perturbed, strict=True)
    return [
        played
        for one, other in pairs
        for played in (
            run(topic, "control", one, rows=rows, world=world),
            run(topic, "perturbed", other, rows=theirs, world=world),
        )
    ]


def twice(
    topic: str, control: Reply | NoReply, perturbed: Reply | NoReply, **more: Any
) -> list[Run]:
    """The same pair of answers in both worlds, two turns each."""
    return [
        played
        for world in (0, 1)
        for played in turns(topic, [seen(control)] * 2, [seen(perturbed)] * 2, world=world, **more)
    ]


def change(row: PlantedRow, **new: str) -> RowChange:
    """An update of a planted row."""
    return RowChange("update", row.table, row.values, {**row.values, **new})


def verdict_on(history: list[Run], spec: Spec = SPEC, survey: Survey = SURVEY) -> Verdict:
    """What the judge says; `requests` that the history does not ask are left out of the survey."""
    asked = {o.step.number for r in history for o in r.observations}
    kept = tuple(
        facts if number in asked else RequestFacts(facts.template, problem=None)
        for number, facts in enumerate(survey.requests)
        if number in asked
    )
    narrowed = Survey(survey.catalogue, survey.ownership, survey.actors, kept, survey.holdings)
    return Isolation().judge(spec, narrowed, tuple(history))


def assert_held(history: list[Run], **more: Any) -> Verdict:
    """The judge finds nothing and doubts nothing."""
    verdict = verdict_on(history, **more)
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ()), verdict
    return verdict


def assert_broken(history: History | list[Run], *, because: str, **more: Any) -> Verdict:
    """The judge finds a failure under the rule `because`."""
    verdict = verdict_on(list(history), **more)
    assert verdict.value == Value.RECURS, verdict
    assert because in {finding.rule for finding in verdict.findings}, verdict.findings
    return verdict


def assert_unknown(history: list[Run], *, because: str, **more: Any) -> Verdict:
    """The judge cannot tell, and says why."""
    verdict = verdict_on(history, **more)
    assert verdict.value == Value.UNKNOWN, verdict
    assert any(because in reason for reason in verdict.reasons), verdict.reasons
    return verdict
