"""Brings states of the data about on a stage, with the same rows on each stage of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import RowRefused, StageLost
from twiceshy.model.scenario import Change, Plant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.scenario import Operation
    from twiceshy.model.schema import Catalogue, Table
    from twiceshy.stage.planter import Planter
    from twiceshy.stage.stage import Stage


@dataclass(frozen=True, slots=True)
class Applied:
    """Rows that were planted, plants that were refused with the reason, and what went wrong."""

    planted: tuple[PlantedRow, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    problem: str | None = None


class States:
    """Changes the data of a stage.

    With `like`, the rows are those that the other stage would get: by the very same statements
    where the schemas are equal, else column by column as far as both have them.
    """

    def __init__(self, stage: Stage, like: Stage | None = None) -> None:
        self._stage = stage
        self._like = like
        self._compared: tuple[Catalogue, Catalogue, bool] | None = None

    def bring_about(self, operations: Sequence[Operation]) -> Applied:
        """Change the data. RowRefused is no error here: it is part of what is told."""
        chosen = self._chosen(operations, (self._like or self._stage).planter)
        planter = self._stage.planter
        if self._like is not None:
            if self._is_alike(self._like):
                planter = self._like.planter
            else:
                chosen = self._translated(chosen)
        try:
            self._stage.world.apply(planter.sql_for(chosen.operations))
        except psycopg.errors.LockNotAvailable:
            return chosen.failed("the service held rows of that state locked")
        except psycopg.OperationalError as error:
            raise StageLost("The scratch database went away", seen=str(error)) from error
        except psycopg.Error as error:
            return chosen.failed(f"the state could not be brought about: {error}")
        return chosen.done()

    def _is_alike(self, like: Stage) -> bool:
        """Whether both schemas are the same now; a service may make tables when it starts."""
        one, other = self._stage.catalogue, like.catalogue
        found = self._compared
        if found is None or found[0] is not one or found[1] is not other:
            found = self._compared = (one, other, _schema(one) == _schema(other))
        return found[2]

    def _chosen(self, operations: Sequence[Operation], planter: Planter) -> _Chosen:
        """What is to be done, with the rows that PostgreSQL takes."""
        chosen = _Chosen()
        with planter.in_one_go() as resolve:
            for operation in operations:
                if not isinstance(operation, Plant):
                    chosen.operations.append(operation)
                    continue
                missing = [name for _, name in operation.parents if name in chosen.refused]
                if missing:
                    chosen.refused[operation.name] = f"{missing[0]} could not be planted"
                    continue
                try:
                    chosen.take(operation, resolve(chosen.operations, operation))
                except RowRefused as reason:
                    chosen.refused[operation.name] = str(reason)
        return chosen

    def _translated(self, theirs: _Chosen) -> _Chosen:
        """The same for another schema: what that has no column for is left out."""
        catalogue = self._stage.catalogue
        own = _Chosen(refused=dict(theirs.refused))
        rows = dict(theirs.rows)
        for place, operation in enumerate(theirs.operations):
            for mine in _in_schema(operation, rows.get(place, ()), catalogue):
                if not isinstance(mine, Plant):
                    own.operations.append(mine)
                    continue
                try:
                    own.take(mine, self._stage.planter.resolve(own.operations, mine))
                except RowRefused as reason:
                    own.refused[mine.name] = str(reason)
        return own


class _Chosen:
    """Operations to be done, and what is known of them so far; `rows` by an operation's place."""

    def __init__(self, refused: dict[str, str] | None = None) -> None:
        self.operations: list[Operation] = []
        self.rows: dict[int, tuple[PlantedRow, ...]] = {}
        self.refused = refused or {}

    def take(self, plant: Plant, rows: tuple[PlantedRow, ...]) -> None:
        self.rows[len(self.operations)] = rows
        self.operations.append(plant)

    def failed(self, problem: str) -> Applied:
        return Applied((), tuple(self.refused.items()), problem)

    def done(self) -> Applied:
        unique = {row.plant: row for rows in self.rows.values() for row in rows}
        return Applied(tuple(unique.values()), tuple(self.refused.items()))


def _in_schema(
    operation: Operation, rows: Sequence[PlantedRow], catalogue: Catalogue
) -> Iterator[Operation]:
    """What an operation of another schema is in this one."""
    if not isinstance(operation, Plant):
        facts = catalogue.by_name.get(operation.table)
        if isinstance(operation, Change) and facts:
            values = tuple(pair for pair in operation.values if pair[0] in facts.column_names)
            yield from [replace(operation, values=values)] if values else []
        elif facts:
            yield operation
        return
    for row in rows:
        facts = catalogue.by_name.get(row.table)
        if facts:
            known = {column.name for column in facts.columns if not column.generated}
            values = tuple(pair for pair in row.values.items() if pair[0] in known)
            yield Plant(row.plant, row.table, row.owner, (), values, marked=False)


def _schema(catalogue: Catalogue) -> list[Table]:
    """The tables; how many rows one has does not count."""
    return [replace(table, rows=0) for table in catalogue.tables]
