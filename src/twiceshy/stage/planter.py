"""Plants become rows: resolved once against the database, then set again and again as literals."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from twiceshy.errors import RowRefused
from twiceshy.model.scenario import Change, Clear, Plant
from twiceshy.model.schema import ForeignKey, quoted
from twiceshy.postgres.connect import literal
from twiceshy.stage.promises import together_sql
from twiceshy.stage.rows import matches, name_of, relation, select
from twiceshy.stage.trial import Samples, Trial
from twiceshy.stage.tryout import Tryout
from twiceshy.synthesis.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import Operation
    from twiceshy.model.schema import Catalogue, QName, Table
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.given import GivenRow
    from twiceshy.stage.rows import Name, Row

    Bound = tuple[tuple[str, str | None], ...]
    Resolve = Callable[[Sequence[Operation], Plant], tuple[PlantedRow, ...]]

_SAMPLED = 30
# Above this share of distinct values a column repeats by accident only.
_DISTINCT = 0.7


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
        self._rows: dict[QName, list[PlantedRow]] = defaultdict(list)
        self._numbers: dict[QName, dict[str, int]] = defaultdict(dict)
        self._samples: dict[QName, Samples] = {}
        self._together: dict[Name, Name] = {}
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
        with self.in_one_go() as resolve:
            return resolve(before, plant)

    @contextmanager
    def in_one_go(self) -> Iterator[Resolve]:
        """`resolve` for several plants of a state, which is much quicker than one by one.

        From call to call `before` may only grow at its end, but for after a refusal.
        """
        with Tryout(self._conn) as tryout:
            yield partial(self._resolve, tryout)

    def sql_for(self, operations: Sequence[Operation]) -> str:
        """One string of statements that brings the operations about, in their order.

        Every value is a literal, so that each state gets the same row. All plants must have been
        resolved.
        """
        planted: set[Name] = set()
        return ";\n".join(self._statements(operations, 0, planted))

    def _statements(
        self, operations: Sequence[Operation], start: int, planted: set[Name]
    ) -> Iterator[str]:
        """Statements for the operations from `start` on; rows that are `planted` are left out."""
        for place, operation in enumerate(operations[start:], start):
            if isinstance(operation, Clear):
                where = f" WHERE {operation.where}" if operation.where else ""
                yield f"DELETE FROM {relation(operation.table)}{where}"
            elif isinstance(operation, Change):
                yield _update(operation)
            else:
                rows = [
                    row
                    for row in self._rows_of(operations[:place], operation)
                    if name_of(row) not in planted
                ]
                planted.update(map(name_of, rows))
                yield from self._inserts(rows)

    def _inserts(self, rows: Sequence[PlantedRow]) -> Iterable[str]:
        """A statement for each row; one for all that point at each other in a circle."""
        for row in rows:
            name = name_of(row)
            closing = self._together.get(name, name)
            if closing == name:
                others = [
                    other
                    for other in rows
                    if other != row and self._together.get(name_of(other)) == name
                ]
                yield together_sql(self._catalogue, [*others, row])

    # -- what a plant decides itself ----------------------------------------------------------

    def _rows_of(self, before: Sequence[Operation], plant: Plant) -> tuple[PlantedRow, ...]:
        key = _key(plant, self._bound(before, plant))
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
        return self._rows[table]

    # -- asking the database ------------------------------------------------------------------

    def _resolve(
        self, tryout: Tryout, before: Sequence[Operation], plant: Plant
    ) -> tuple[PlantedRow, ...]:
        bound = self._bound(before, plant)
        key = _key(plant, bound)
        if key not in self._resolved:
            rows = self._tried(tryout, before, plant, bound)
            self._resolved[key] = _Resolved(plant, key[1], rows)
            for row in rows:
                self._rows[row.table].append(row)
        return self._resolved[key].rows

    def _tried(
        self,
        tryout: Tryout,
        before: Sequence[Operation],
        plant: Plant,
        bound: Mapping[str, str | None],
    ) -> tuple[PlantedRow, ...]:
        trial = Trial(
            tryout=tryout,
            catalogue=self._catalogue,
            ownership=self._ownership,
            samples=lambda name: self._samples.get(name, Samples()),
            identify=self._identify,
            accepted=self._accepted,
            by_hand=self._by_hand,
        )
        sample = self._sample(tryout, plant)
        tryout.add(self._statements(before, tryout.reached, tryout.there))
        tryout.reached = len(before)
        try:
            rows = trial.settle(plant, bound, sample)
        except RowRefused:
            tryout.start_again()
            raise
        self._together.update(trial.together)
        if trial.taken == len(rows):
            tryout.there.update(map(name_of, rows))
        else:
            # Parents that were tried on the way stand there, and nobody will ask for them.
            tryout.start_again()
        return rows

    def _sample(self, tryout: Tryout, plant: Plant) -> Row | None:
        """A row that hangs on the same rows as the one that is wanted, where the plant names them.

        Samples are of the data as it is, whatever the state is about to remove.
        """
        table = self._catalogue.table(plant.table)
        given = dict(plant.values)
        whole = [key for key in table.foreign_keys if _is_decided(key, given)]
        if tryout.reached and (whole or table.name not in self._samples):
            tryout.start_again()
        self._read_samples(tryout, table.name)
        for key in whole:
            same = matches({name: given[name] for name in key.columns})
            rows = select(tryout.conn, table, same)
            if rows:
                return rows[0]
        return None

    def _read_samples(self, tryout: Tryout, name: QName) -> None:
        """Samples of a table and of all that it points at."""
        frontier = [name]
        while frontier:
            current = frontier.pop()
            if current in self._samples:
                continue
            table = self._catalogue.table(current)
            rows = select(tryout.conn, table, limit=_SAMPLED)
            self._samples[current] = Samples(tuple(rows), _repeated(rows))
            frontier += [key.parent for key in table.foreign_keys]


def _key(plant: Plant, bound: Mapping[str, str | None]) -> tuple[Plant, Bound]:
    return plant, tuple(sorted(bound.items(), key=lambda item: item[0]))


def _is_decided(key: ForeignKey, bound: Mapping[str, str | None]) -> bool:
    return all(bound.get(name) is not None for name in key.columns)


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
