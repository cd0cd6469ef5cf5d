"""A small world without a database: a table of accounts, one of guests, and who plays them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twiceshy.guards.preexisting import Preexisting
from twiceshy.guards.preexisting.spec import Spec
from twiceshy.model.history import (
    Comparison,
    Observation,
    PlantedRow,
    Reply,
    RowChange,
    Run,
    Statement,
)
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Plant, RequestTemplate
from twiceshy.model.schema import Catalogue, Check, Column, QName, Table, UniqueKey
from twiceshy.model.survey import RequestFacts, Survey
from twiceshy.model.verdict import Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario

USERS, GUESTS, LEADS = (QName("public", name) for name in ("users", "guests", "leads"))
_BIGINT = {"type": "bigint", "base": "int8", "not_null": True}
_TEXT = {"type": "text", "base": "text"}


def _table(name: QName, *columns: str, unique: tuple[str, ...] = (), checks=()) -> Table:
    keys = (UniqueKey(f"{name.name}_pkey", ("id",), primary=True),)
    return Table(
        name,
        (Column("id", **_BIGINT), *(Column(column, **_TEXT) for column in columns)),
        (*keys, *(UniqueKey(f"{name.name}_{column}", (column,)) for column in unique)),
        (),
        checks,
    )


STATES = Check("state", ("state",), "CHECK (state = ANY (ARRAY['new'::text, 'old'::text]))")
CATALOGUE = Catalogue(
    (
        _table(USERS, "email", unique=("email",)),
        _table(GUESTS, "contact", "state", checks=(STATES,)),
        _table(LEADS, "email"),
    )
)
GIVEN = {"email": "bia@example.com", "password": "pw"}
SIGN_UP = RequestTemplate("POST", "/users", json=GIVEN, has_json=True)
SURVEY = Survey(CATALOGUE, Ownership(CATALOGUE, ()), requests=(RequestFacts(SIGN_UP),))


def spec(**more: Any) -> Spec:
    """A guard on the sign-up."""
    return Spec.model_validate({"request": "POST /users", "json": GIVEN, **more})


@dataclass(frozen=True)
class World:
    """What a service finds when it is asked: the rows of the state and the keys that were sent."""

    email: str
    rows: tuple[PlantedRow, ...]
    scenario: Scenario

    def known_to(self, table: QName, column: str) -> bool:
        """Whether a row there holds the address, in this very spelling."""
        return any(r.table == table and r.values.get(column) == self.email for r in self.rows)


def met(table: QName, column: str, value: str) -> Statement:
    """A query that compares a column with a value."""
    found = Comparison(table, column, "=", value)
    return Statement(f"SELECT 1 FROM {table} WHERE {column}", (table,), (), (found,))


def saved(email: str) -> RowChange:
    """The account's row."""
    return RowChange("insert", USERS, None, {"id": "7", "email": email})


def answered(status: int, *changes: RowChange, statements: tuple[Statement, ...] = ()):
    """What a service did for one request."""
    body = {"ok": True, "id": 7} if status < 400 else {"error": "known"}
    reply = Reply(status, (("Content-Type", "application/json"),), json.dumps(body).encode())
    return reply, changes, statements


Service = "Callable[[World], tuple[Reply | NoReply, tuple[RowChange, ...], tuple[Statement, ...]]]"


def rehearsed(guard: Spec, service: Service, survey: Survey = SURVEY) -> History:
    """The whole history of a guard, with a function for a service."""
    kind, history = Preexisting(), ()
    while scenarios := kind.next(guard, survey, history):
        history += tuple(_played(scenario, service) for scenario in scenarios)
        assert len(history) < 2000
    return history


def _played(scenario: Scenario, service: Service) -> Run:
    rows = tuple(
        PlantedRow(plant.name, plant.table, None, {"id": f"15000{number}", **dict(plant.values)})
        for number, plant in enumerate(scenario.state.operations)
        if isinstance(plant, Plant)
    )
    return Run(scenario, rows, tuple(_seen(scenario, rows, service)))


def _seen(scenario: Scenario, rows: tuple[PlantedRow, ...], service: Service) -> Iterator[Any]:
    accounts: tuple[PlantedRow, ...] = ()
    for step in scenario.steps:
        request = step.template.fill({})
        email = json.loads(request.body or b"{}")["email"]
        answer, changes, statements = service(World(email, (*rows, *accounts), scenario))
        accounts += (PlantedRow("", USERS, None, {"email": email}),)
        yield Observation(step, request, answer, statements, changes)


def fixed(world: World):
    """Only accounts count; guests are looked at, too."""
    asked = (met(USERS, "email", world.email), met(GUESTS, "contact", world.email))
    if world.known_to(USERS, "email"):
        return answered(409, statements=asked)
    return answered(201, saved(world.email), statements=asked)


def faulty(world: World):
    """Guests count as well."""
    if world.known_to(GUESTS, "contact"):
        return answered(409, statements=(met(GUESTS, "contact", world.email),))
    return fixed(world)


def judged(service: Service, survey: Survey = SURVEY, **more: Any) -> Verdict:
    """The verdict on a service."""
    guard = spec(**more)
    return Preexisting().judge(guard, survey, rehearsed(guard, service, survey))


def assert_holds(verdict: Verdict) -> None:
    """Nothing was found, and nothing is in doubt."""
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ())


def assert_unknown(verdict: Verdict, because: str) -> None:
    """It could not be told, for this reason."""
    assert verdict.value == Value.UNKNOWN, verdict
    assert any(because in reason for reason in verdict.reasons), verdict.reasons
