"""Which rows take part: what is cleared away, what is planted for whom, and in which variants."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.model.scenario import Clear, Plant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import PlantedRow
    from twiceshy.model.ownership import Edge, Ownership
    from twiceshy.model.schema import QName, Table
    from twiceshy.model.survey import ActorFacts, Row, Survey

_LISTED = re.compile(r"'((?:[^']|'')*)'(?:::[\w ]+)?")
_MOST_VARIANTS = 6
# Enough rows alike to outnumber all others, for whatever ranks by how common a value is.
_CROWD = (91, 92, 93)


@dataclass(frozen=True, slots=True)
class Cast:
    """The tables and rows of one guard.

    `varied` are the tables in which the actor's own rows come and go, parents first; `foreign`
    those in which the other's rows do. `clears` empties them of everybody's rows, children first.
    """

    varied: tuple[QName, ...]
    foreign: tuple[QName, ...]
    clears: tuple[Clear, ...]
    own: dict[QName, Plant]
    second: dict[QName, Plant]
    unlike: dict[QName, Plant]
    theirs: dict[QName, tuple[Plant, ...]]
    variants: dict[QName, tuple[tuple[str, str], ...]]
    crowd: tuple[Plant, ...] = ()

    def without(self, table: QName, survey: Survey) -> tuple[Plant, ...]:
        """The actor's own rows when there are none in `table`, nor any that must hang on one.

        A row that may point at none stays, and points at none.
        """
        gone = {table}
        kept: list[Plant] = []
        for name, plant in self.own.items():
            edges = [e for e in survey.ownership.edges if e.table == name and e.parent in gone]
            if name == table or not all(edge.nullable for edge in edges):
                gone.add(name)
            else:
                kept.append(_pointing_nowhere(plant, edges))
        return tuple(kept)

    def all_of_theirs(self) -> tuple[Plant, ...]:
        """Every row of the other, parents first."""
        return (*(plant for plants in self.theirs.values() for plant in plants), *self.crowd)


def cast(
    spec: Spec, survey: Survey, *, marked: bool = True, usual: Iterable[PlantedRow] = ()
) -> Cast:
    """Decide who plays, from what the requests read and wrote and from who owns what.

    `usual` are rows as they were planted before: what is to be unlike them holds other values.
    """
    ownership = survey.ownership
    touched = {table for facts in survey.requests for table in facts.reads | facts.writes}
    touched |= {slot.table for facts in survey.requests for slot in facts.slots}
    owned = [name for name in ownership.owned_tables if name in touched]
    needed = _with_parents(ownership, owned)
    actor_tables = set(ownership.actor_tables)
    away = needed - survey.login_tables - actor_tables
    ordered = ownership.insertion_order(away)
    single = ownership.one_to_one
    varied = tuple(name for name in ordered if name not in single)
    variants = {name: _variants(survey.catalogue.table(name)) for name in ordered}
    maker = _PlantMaker(spec, survey, frozenset(ordered), marked=marked, usual=tuple(usual))
    return Cast(
        varied=varied,
        foreign=ordered,
        clears=_clears(survey, varied, [name for name in ordered if name in single], spec),
        own={name: maker.plant(spec.as_actor, name, 1) for name in varied},
        second={name: maker.plant(spec.as_actor, name, 2) for name in varied},
        unlike={
            name: maker.unlike(spec.as_actor, name, variants[name])
            for name in varied
            if variants[name]
        },
        theirs={name: tuple(maker.theirs(name, variants[name])) for name in ordered},
        variants=variants,
        crowd=tuple(
            maker.unlike(spec.against, name, variants[name], number)
            for name in varied
            if variants[name]
            for number in _CROWD
        ),
    )


def _pointing_nowhere(plant: Plant, edges: Iterable[Edge]) -> Plant:
    """The same row with these references empty."""
    edges = [edge for edge in edges if edge.constraint in dict(plant.parents)]
    if not edges:
        return plant
    names = {edge.constraint for edge in edges}
    columns = tuple((column, None) for edge in edges for column in edge.columns)
    parents = tuple(pair for pair in plant.parents if pair[0] not in names)
    return replace(plant, parents=parents, values=(*plant.values, *columns))


def _with_parents(ownership: Ownership, tables: Iterable[QName]) -> set[QName]:
    return {
        step
        for name in tables
        for path in ownership.paths(name)
        for edge in path
        for step in (name, edge.table)
    }


@lru_cache(maxsize=512)
def _variants(table: Table) -> tuple[tuple[str, str], ...]:
    """Columns with a short list of values, each with each value: (column, value)."""
    found: list[tuple[str, str]] = []
    listed = {
        check.columns[0]: tuple(
            value.replace("''", "'") for value in _LISTED.findall(check.expression)
        )
        for check in table.checks
        if len(check.columns) == 1 and ("ANY (" in check.expression or " IN (" in check.expression)
    }
    for column in table.columns:
        if column.generated:
            continue
        values = column.enum_labels or listed.get(column.name, ())
        if column.base == "bool":
            values = ("true", "false")
        found += [(column.name, value) for value in values[:_MOST_VARIANTS]]
    return tuple(found)


def _clears(
    survey: Survey, varied: Iterable[QName], single: Iterable[QName], spec: Spec
) -> tuple[Clear, ...]:
    ownership = survey.ownership
    theirs = survey.actors[spec.against]
    tables = set(varied)
    for name in varied:
        tables |= set(ownership.descendants(name)) - set(ownership.actor_tables)
    clears = {name: _anybodys(ownership, name) for name in tables - survey.login_tables}
    for name in single:
        condition = " OR ".join(
            ownership.owner_condition(name, table, row_condition(survey, table, row))
            for table, row in theirs.rows
        )
        if condition and name not in clears:
            clears[name] = condition
    return tuple(Clear(name, clears[name]) for name in ownership.deletion_order(clears))


def _anybodys(ownership: Ownership, name: QName) -> str:
    """Rows that hang on somebody. What belongs to nobody is shared, and stays."""
    paths = ownership.paths(name)
    if not paths or any(not any(edge.nullable for edge in path) for path in paths):
        return ""
    targets = {path[-1].parent for path in paths}
    return " OR ".join(
        ownership.owner_condition(name, target, "true") for target in sorted(targets)
    )


def row_condition(survey: Survey, table: QName, row: Row) -> str:
    """SQL that selects an actor's own row by its primary key, or by all that is known of it."""
    key = survey.catalogue.table(table).primary_key or tuple(row)
    parts = [
        f'"{name}" = ' + "'" + str(row[name]).replace("'", "''") + "'"
        for name in key
        if row.get(name) is not None
    ]
    return " AND ".join(parts) or "false"


class _PlantMaker:
    def __init__(
        self,
        spec: Spec,
        survey: Survey,
        tables: frozenset[QName],
        *,
        marked: bool,
        usual: tuple[PlantedRow, ...],
    ) -> None:
        self._usual = usual
        self._spec = spec
        self._survey = survey
        self._tables = tables
        self._marked = marked

    def theirs(self, name: QName, variants: tuple[tuple[str, str], ...]) -> Iterator[Plant]:
        """The other's rows: with children, without, each listed value, each reference empty."""
        other = self._spec.against
        yield self.plant(other, name, 1)
        if name in self._survey.ownership.one_to_one:
            return
        yield self.plant(other, name, 2)
        for number, variant in enumerate(variants, 3):
            yield self.plant(other, name, number, variant)
        loose = [e for e in self._survey.ownership.edges if e.table == name and e.nullable]
        for number, edge in enumerate(loose, 3 + len(variants)):
            plant = self.plant(other, name, number)
            if _pointing_nowhere(plant, [edge]) != plant:
                yield _pointing_nowhere(plant, [edge])

    def unlike(
        self, owner: str, name: QName, variants: tuple[tuple[str, str], ...], number: int = 2
    ) -> Plant:
        """A row with other listed values than usual, so that an order by those can show."""
        plant = self.plant(owner, name, number)
        values: dict[str, list[str]] = {}
        for column, value in variants:
            values.setdefault(column, []).append(value)
        others = tuple(
            (column, next((value for value in listed if value not in taken), listed[0]))
            for column, listed in values.items()
            for taken in [self._usual_values(name, column)]
        )
        return replace(plant, values=(*plant.values, *others))

    def _usual_values(self, name: QName, column: str) -> set[str | None]:
        # PostgreSQL prints booleans as one letter.
        long = {"t": "true", "f": "false"}
        values = (row.values.get(column) for row in self._usual if row.table == name)
        return {long.get(value or "", value) for value in values}

    def _leads_back(self, edge: Edge) -> bool:
        return edge in self._survey.ownership.looping

    def plant(
        self, owner: str, name: QName, number: int, variant: tuple[str, str] | None = None
    ) -> Plant:
        parents: list[tuple[str, str]] = []
        values: dict[str, str | None] = {}
        facts = self._survey.actors[owner]
        for edge in self._survey.ownership.edges:
            if edge.table != name or edge.parent == name or self._leads_back(edge):
                continue
            # The actor's single rows (a profile, say) stay as they are; the other's come and go.
            single = edge.parent in self._survey.ownership.one_to_one
            comes_and_goes = not single or owner == self._spec.against
            key = _own_key(facts, edge.parent)
            if edge.parent in self._tables and edge.constraint and comes_and_goes:
                parents.append((edge.constraint, plant_name(owner, edge.parent, 1)))
            elif key is not None:
                pairs = zip(edge.columns, edge.parent_columns, strict=True)
                values.update({column: key.get(parent) for column, parent in pairs})
        if variant:
            values[variant[0]] = variant[1]
        return Plant(
            plant_name(owner, name, number),
            name,
            owner,
            tuple(parents),
            tuple(values.items()),
            marked=self._marked,
        )


def _own_key(facts: ActorFacts, table: QName) -> dict[str, str | None] | None:
    return next((dict(row) for name, row in facts.rows if name == table), None)


def plant_name(owner: str, table: QName, number: int) -> str:
    """`ben.deposits.2`: the second row of ben in deposits."""
    return f"{owner}.{table}.{number}"
