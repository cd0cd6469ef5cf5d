"""The full state: a row in every table that the requests touch, hanging together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.model.scenario import Plant, State

if TYPE_CHECKING:
    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import RequestFacts, Row, Survey

FULL = "full"
SPARSE = "sparse"
SEED = State("seed", "the data as the seed made it")


def plant_name(table: QName) -> str:
    """`full.deposits.1`: the row that is planted into a table."""
    return f"{FULL}.{table}.1"


def full(spec: Spec, survey: Survey) -> State:
    """Beside what the seed made, one row in each table that some request reads or writes."""
    plants = tuple(_plants(spec, survey))
    told = ", ".join(str(plant.table) for plant in plants)
    says = f"the seed and one more row in each of {told}" if plants else SEED.says
    return State(FULL, says, plants)


def sparse(spec: Spec, survey: Survey) -> State:
    """The same rows with NULL wherever that is possible: what is left out differs by version, too.

    Whose rows they are stays, and so do flags and what the requests look for: without those many
    rows would not be shown at all.
    """
    plants = tuple(_without_values(survey, plant) for plant in _plants(spec, survey))
    told = ", ".join(str(plant.table) for plant in plants)
    says = f"the seed and one more row in each of {told}, NULL wherever that is possible"
    return State(SPARSE, says, plants)


def _without_values(survey: Survey, plant: Plant) -> Plant:
    table = survey.catalogue.table(plant.table)
    given = dict(plant.values)
    facts = survey.requests
    sought = {slot.column for f in facts for slot in f.slots if slot.table == plant.table}
    sought |= {c.column for f in facts for c in f.compared if c.table == plant.table}
    empty = [
        column.name
        for column in table.columns
        if not (column.not_null or column.generated or column.base == "bool")
        and column.name not in sought | given.keys()
    ]
    loose = {key.name for key in table.foreign_keys if set(key.columns) <= set(empty)}
    parents = tuple(pair for pair in plant.parents if pair[0] not in loose)
    bound = {n for key in table.foreign_keys if key.name in dict(parents) for n in key.columns}
    values = tuple((name, None) for name in empty if name not in bound)
    return replace(plant, parents=parents, values=(*plant.values, *values))


def touched(facts: RequestFacts) -> frozenset[QName]:
    """Every table that a request has to do with."""
    return facts.reads | facts.writes | {slot.table for slot in facts.slots}


def planted_tables(spec: Spec, survey: Survey) -> tuple[QName, ...]:
    """Those that get a row, parents first.

    Not the tables of people who log in, where the guard has an actor: that is who asks.
    """
    ownership = survey.ownership
    tables = {name for facts in survey.requests for name in touched(facts)}
    away = {*survey.login_tables, *ownership.one_to_one}
    if spec.as_actor:
        away |= set(ownership.actor_tables)
    return ownership.insertion_order((tables & survey.catalogue.by_name.keys()) - away)


def own_row(spec: Spec, survey: Survey, table: QName) -> Row | None:
    """The row of that table which the actor is or has for good."""
    facts = survey.actors.get(spec.as_actor or "")
    return next((row for name, row in facts.rows if name == table), None) if facts else None


def _plants(spec: Spec, survey: Survey) -> list[Plant]:
    tables = planted_tables(spec, survey)
    owned = set(survey.ownership.owned_tables)
    found = []
    for name in tables:
        parents: list[tuple[str, str]] = []
        values: dict[str, str | None] = {}
        for edge in survey.ownership.edges:
            if edge.table != name or edge.parent == name or edge in survey.ownership.looping:
                continue
            row = own_row(spec, survey, edge.parent)
            if row is not None:
                pairs = zip(edge.columns, edge.parent_columns, strict=True)
                values.update({column: row.get(parent) for column, parent in pairs})
            elif edge.parent in tables and edge.constraint:
                parents.append((edge.constraint, plant_name(edge.parent)))
        owner = spec.as_actor if name in owned else None
        found.append(
            Plant(
                plant_name(name), name, owner, tuple(parents), tuple(values.items()), marked=False
            )
        )
    return found
