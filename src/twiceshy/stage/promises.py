"""Rows that point at each other in a circle: each is promised before it is there.

A table that asks for a row of itself, by way of other tables, is told the key that its own row
will have. The rows on the way back are refused for now, for that foreign key alone, and all of
them go in with one statement: PostgreSQL looks at foreign keys when a statement ends, whether
they are deferrable or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from twiceshy.model.history import PlantedRow
from twiceshy.stage.rows import insert_sql, matches, name_of, select
from twiceshy.synthesis.ladder import ladder
from twiceshy.synthesis.proposal import FOREIGN_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.model.scenario import Plant
    from twiceshy.model.schema import Catalogue, Table
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.rows import Name, Row
    from twiceshy.synthesis.ladder import Wish
    from twiceshy.synthesis.proposal import Refused


@dataclass
class Frame:
    """A row that is being found, and what has been promised of it meanwhile."""

    plant: Plant
    wish: Wish
    promised: Row = field(default_factory=dict)

    @property
    def name(self) -> Name:
        """Its plant and its table."""
        return self.plant.name, self.plant.table

    def promise(self) -> PlantedRow | None:
        """The row's keys as they are going to be; None when it has none that we decide."""
        table = self.wish.table
        foreign = {column for key in table.foreign_keys for column in key.columns}
        values: Row = {}
        for name in dict.fromkeys(name for key in table.unique_keys for name in key.columns):
            rungs = ladder(self.wish, table.column(name))
            if rungs and not rungs[0].omit and (name not in foreign or name in self.wish.fixed):
                values[name] = self.promised.get(name, rungs[0].value)
        self.promised.update(values)
        row = PlantedRow(self.plant.name, table.name, self.plant.owner, values, {})
        return row if values else None


@dataclass
class Promises:
    """What rows wait for: the name of each, with the names of those that must go in with it."""

    owed: dict[Name, frozenset[Name]] = field(default_factory=dict)

    def make(self, frame: Frame) -> tuple[PlantedRow, ...]:
        """The promised row of a frame, in place of one that is there."""
        row = frame.promise()
        if row is None:
            return ()
        self.owed[frame.name] = frozenset({frame.name})
        return (row,)

    def among(self, above: Iterable[PlantedRow], own: Name) -> list[PlantedRow]:
        """Rows above the row `own` that are not there yet, itself left out."""
        return [row for row in above if name_of(row) in self.owed and name_of(row) != own]

    def of(self, above: Iterable[PlantedRow], own: Name) -> frozenset[Name]:
        """What the row `own` waits for, by way of the rows above it."""
        waiting = (self.owed.get(name_of(row), frozenset()) for row in above)
        return frozenset(name for names in waiting for name in names) - {own}

    def settle(self, names: Iterable[Name]) -> None:
        """These are there now."""
        for name in names:
            self.owed.pop(name, None)


def is_only_waiting(refused: Refused, table: Table, waiting: Sequence[PlantedRow]) -> bool:
    """Whether the row is refused for nothing but that a row which it waits for is not there."""
    missing = {row.table for row in waiting}
    return refused.sqlstate == FOREIGN_KEY and any(
        key.name == refused.constraint and key.parent in missing for key in table.foreign_keys
    )


def completed(conn: Connection, catalogue: Catalogue, row: PlantedRow) -> PlantedRow:
    """The row with what its defaults gave, now that it is there."""
    table = catalogue.table(row.table)
    key = {name: row.values.get(name) for name in table.primary_key}
    known = key if key and None not in key.values() else row.values
    found = select(conn, table, matches(known))
    return replace(row, values=found[0] if found else row.values)


def together_sql(catalogue: Catalogue, rows: Sequence[PlantedRow]) -> str:
    """One statement that inserts all of them, in any order; the last one's values come back."""
    *others, last = (insert_sql(catalogue.table(row.table), row.values) for row in rows)
    if not others:
        return last
    parts = ", ".join(f"r{place} AS ({sql})" for place, sql in enumerate(others))
    return f"WITH {parts} {last}"
