"""Plants become rows: resolved once against the database, then set again and again as literals."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import CannotTell, RowRefused, StageLost
from twiceshy.model.scenario import Change, Clear, Plant
from twiceshy.model.schema import ForeignKey
from twiceshy.postgres.connect import literal, quoted
from twiceshy.stage.promises import together_sql
from twiceshy.stage.rows import matches, relation, run, select
from twiceshy.stage.trial import Samples, Trial
from twiceshy.synthesis.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import Operation
    from twiceshy.model.schema import Catalogue, QName, Table
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.given import GivenRow
    from twiceshy.stage.rows import Row

    Bound = tuple[tuple[str, str | None], ...]

_SAMPLED = 30
# Above this share of distinct values a column repeats by accident only.
_DISTINCT = 0.7
# The service may hold locks on what we try; nothing here is worth waiting long for.
_PREPARE = (
    "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '20s'; "
    "SET CONSTRAINTS ALL IMMEDIATE"
)


@dataclass(frozen=True, slots=True)
class _Resolved:
    """What a plant became: its parents' rows that had to be planted as well, then its own."""

    plant: Plant
    bound: Bound
    rows: tuple[PlantedRow, ...]


class Planter:
    """Finds a row for each plant that PostgreSQL accepts, and keeps it for good.

    A plant with the same name gets the same ids in each state, world and run: they come from the
    names and from their order alone. Until `know` tells who owns what, every row above a planted
    one counts as somebody's, so that nobody's rows get mixed with another's.
    """

    def __init__(
        self,
        conn: Connection,
        catalogue: Catalogue,
        by_hand: Mapping[QName, GivenRow] | None = None,
    ) -> None:
        self._ownership: Ownership | None = None
        self._conn = conn
        self._catalogue = catalogue
        self._by_hand = by_hand or {}
        self._resolved: dict[tuple[Plant, Bound], _Resolved] = {}
        self._numbers: dict[QName, dict[str, int]] = defaultdict(dict)
        self._samples: dict[QName, Samples] = {}
        self._together: dict[tuple[str, QName], tuple[str, QName]] = {}
        self._places = {table.name: place for place, table in enumerate(catalogue.tables, 1)}

    def moved_to(self, conn: Connection) -> None:
        """Go on with another clone of the same template."""
        self._conn = conn

    def know(self, ownership: Ownership) -> None:
        """Heed who owns what, also by columns without a foreign key, in rows resolved from now."""
        self._ownership = ownership
        self._catalogue = _with_implicit_keys(ownership)

    def resolve(self, before: Sequence[Operation], plant: Plant) -> tuple[PlantedRow, ...]:
        """The rows that `plant` stands for after the operations `before`, its own one last.

        Those in front of it are parents that nobody asked for but a foreign key wants. Plants that
        it names as parents must be among `before`, resolved. Asks the database the first time only.
        Raises RowRefused when no row is accepted, CannotTell when `before` itself fails.
        """
        bound = self._bound(before, plant)
        key = (plant, tuple(sorted(bound.items(), key=lambda item: item[0])))
        if key not in self._resolved:
            self._resolved[key] = _Resolved(plant, key[1], self._tried(before, plant, bound))
        return self._resolved[key].rows

    def sql_for(self, operations: Sequence[Operation]) -> str:
        """One string of statements that brings the operations about, in their order.

        Every value is a literal, so that each state gets the same row. All plants must have been
        resolved.
        """
        statements: list[str] = []
        planted: set[tuple[str, QName]] = set()
        for place, operation in enumerate(operations):
            if isinstance(operation, Clear):
                where = f" WHERE {operation.where}" if operation.where else ""
                statements.append(f"DELETE FROM {relation(operation.table)}{where}")
                continue
            if isinstance(operation, Change):
                statements.append(_update(operation))
                continue
            rows = [
                row
                for row in self._rows_of(operations[:place], operation)
                if (row.plant, row.table) not in planted
            ]
            planted.update((row.plant, row.table) for row in rows)
            statements += self._inserts(rows)
        return ";\n".join(statements)

    def _inserts(self, rows: Sequence[PlantedRow]) -> Iterable[str]:
        """A statement for each row; one for all that point at each other in a circle."""
        for row in rows:
            name = (row.plant, row.table)
            closing = self._together.get(name, name)
            if closing == name:
                others = [
                    other
                    for other in rows
                    if other != row and self._together.get((other.plant, other.table)) == name
                ]
                yield together_sql(self._catalogue, [*others, row])

    # -- what a plant decides itself ----------------------------------------------------------

    def _rows_of(self, before: Sequence[Operation], plant: Plant) -> tuple[PlantedRow, ...]:
        bound = self._bound(before, plant)
        key = (plant, tuple(sorted(bound.items(), key=lambda item: item[0])))
        if key not in self._resolved:
            raise RowRefused(f"{plant.name} was not resolved before it was to be planted")
        return self._resolved[key].rows

    def _bound(self, before: Sequence[Operation], plant: Plant) -> dict[str, str | None]:
        """Its own values, and the keys of the plants that it names as parents."""
        table = self._table(plant)
        bound = dict(plant.values)
        for name, parent_name in plant.parents:
            place, parent = _last_named(before, parent_name, plant)
            row = self._rows_of(before[:place], parent)[-1]
            bound.update(_pointing(table, name, row, self._catalogue.table(row.table)))
        return bound

    def _table(self, plant: Plant) -> Table:
        try:
            return self._catalogue.table(plant.table)
        except KeyError:
            raise RowRefused(f"There is no table {plant.table} for {plant.name}") from None

    def _identify(self, plant: Plant) -> Identity:
        numbers = self._numbers[plant.table]
        number = numbers.setdefault(plant.name, len(numbers) + 1)
        return Identity(plant.name, self._places[plant.table], number)

    def _accepted(self, table: QName) -> Iterable[PlantedRow]:
        for resolved in self._resolved.values():
            yield from (row for row in resolved.rows if row.table == table)

    # -- asking the database ------------------------------------------------------------------

    def _tried(
        self, before: Sequence[Operation], plant: Plant, bound: Mapping[str, str | None]
    ) -> tuple[PlantedRow, ...]:
        trial = Trial(
            conn=self._conn,
            catalogue=self._catalogue,
            ownership=self._ownership,
            samples=lambda name: self._samples.get(name, Samples()),
            identify=self._identify,
            accepted=self._accepted,
            by_hand=self._by_hand,
        )
        with self._conn.transaction(force_rollback=True):
            run(self._conn, _PREPARE)
            # Samples are of the data as it is, whatever the state is about to remove.
            self._read_samples(plant.table)
            sample = self._of_same_owner(self._catalogue.table(plant.table), bound)
            self._replay(before)
            rows = trial.settle(plant, bound, sample)
        self._together.update(trial.together)
        return rows

    def _replay(self, before: Sequence[Operation]) -> None:
        sql = self.sql_for(before)
        if not sql:
            return
        try:
            run(self._conn, sql)
        except psycopg.Error as error:
            if self._conn.closed:
                raise StageLost("The scratch database went away", seen=str(error)) from error
            raise CannotTell(
                "A state of the data could not be brought about",
                seen=str(error),
            ) from error

    def _read_samples(self, name: QName) -> None:
        """Samples of a table and of all that it points at."""
        frontier = [name]
        while frontier:
            current = frontier.pop()
            if current in self._samples:
                continue
            table = self._catalogue.table(current)
            rows = select(self._conn, table, limit=_SAMPLED)
            self._samples[current] = Samples(tuple(rows), _repeated(rows))
            frontier += [key.parent for key in table.foreign_keys]

    def _of_same_owner(self, table: Table, bound: Mapping[str, str | None]) -> Row | None:
        """An existing row that hangs on the same rows as the one that is wanted."""
        for key in table.foreign_keys:
            values = {name: bound[name] for name in key.columns if bound.get(name) is not None}
            if len(values) == len(key.columns):
                rows = select(self._conn, table, matches(values))
                if rows:
                    return rows[0]
        return None


def _with_implicit_keys(ownership: Ownership) -> Catalogue:
    """The catalogue as if every known reference were a foreign key."""
    extra: dict[QName, tuple[ForeignKey, ...]] = {}
    for edge in ownership.edges:
        if not edge.constraint:
            key = ForeignKey("", edge.columns, edge.parent, edge.parent_columns)
            extra[edge.table] = (*extra.get(edge.table, ()), key)
    tables = (
        replace(table, foreign_keys=table.foreign_keys + extra.get(table.name, ()))
        for table in ownership.catalogue.tables
    )
    return replace(ownership.catalogue, tables=tuple(tables))


def _last_named(before: Sequence[Operation], name: str, child: Plant) -> tuple[int, Plant]:
    for place in reversed(range(len(before))):
        operation = before[place]
        if isinstance(operation, Plant) and operation.name == name:
            return place, operation
    raise RowRefused(f"{child.name} hangs on {name}, which is not planted before it")


def _pointing(
    table: Table, name: str, parent: PlantedRow, parent_table: Table
) -> dict[str, str | None]:
    """Values for the key called `name`, or for a column of that name where there is no key."""
    for key in table.foreign_keys:
        if key.name == name:
            pairs = zip(key.columns, key.parent_columns, strict=True)
            return {column: parent.values.get(theirs) for column, theirs in pairs}
    if name in table.column_names and len(parent_table.primary_key) == 1:
        return {name: parent.values.get(parent_table.primary_key[0])}
    raise RowRefused(
        f"{table.name} has no foreign key {name}",
        seen="foreign keys: " + ", ".join(key.name for key in table.foreign_keys),
    )


def _repeated(rows: Sequence[Row]) -> frozenset[str]:
    """Columns that hold few values: kinds, currencies, flags."""
    found = []
    for name in rows[0] if rows else ():
        values = Counter(row[name] for row in rows if row[name] is not None)
        if len(values) < values.total() and len(values) <= _DISTINCT * values.total():
            found.append(name)
    return frozenset(found)


def _update(change: Change) -> str:
    given = ", ".join(
        f"{quoted(column)} = {'NULL' if value is None else literal(value)}"
        for column, value in change.values
    )
    where = f" WHERE {change.where}" if change.where else ""
    return f"UPDATE {relation(change.table)} SET {given}{where}"
