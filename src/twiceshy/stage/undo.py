"""SQL that takes row changes back, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from twiceshy.model.history import RowChange
    from twiceshy.model.schema import QName, Table

    Row = Mapping[str, str | None]

# A row of a table without a key is found by reading the whole table.
_MOST_ROWS_COMPARED = 20_000_000


class CannotUndo(Exception):  # noqa: N818 - not an error for users: the caller clones anew
    """These changes cannot be taken back row by row; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Undo:
    """One statement, and how many rows it must meet."""

    sql: str
    rows: int


def undo(
    changes: Sequence[RowChange], tables: Mapping[QName, Table], *, together: bool = True
) -> list[Undo]:
    """Statements that take `changes` back, newest first.

    Neighbours of one kind and table become one statement, if `together`. Raises CannotUndo for
    what cannot be taken back row by row.
    """
    statements: list[Undo] = []
    backwards = reversed(changes)
    for (name, operation), group in groupby(backwards, key=lambda c: (c.table, c.operation)):
        if operation == "truncate":
            raise CannotUndo(f"{name} was truncated")
        table = tables.get(name)
        if table is None:
            raise CannotUndo(f"{name} is not in the catalogue")
        target = _Target(table)
        rows = list(group)
        target.check_affordable(len(rows))
        take_back = {
            "insert": target.delete_again,
            "update": target.update_again,
            "delete": target.insert_again,
        }[operation]
        for batch in target.batches(operation, rows, together=together):
            statements += take_back(batch)
    return statements


class _Target:
    """How rows of one table are found and written."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._name = f"{table.name.sql}"
        # Children by inheritance are tables of their own; partitions are met through their root.
        self._only = self._name if table.partitioned else f"ONLY {self._name}"
        self._key = _key(table)
        unique_keys = table.unique_keys
        self._unique = tuple(dict.fromkeys(name for key in unique_keys for name in key.columns))
        self._always_alone = not self._key or any(not key.columns for key in unique_keys)
        self._stored = [column.name for column in table.columns if not column.generated]
        self._types = {column.name: column.type for column in table.columns}
        if not self._stored:
            raise CannotUndo(f"{table.name} has no columns")

    def check_affordable(self, changed: int) -> None:
        if not self._key and self._table.rows * changed > _MOST_ROWS_COMPARED:
            raise CannotUndo(f"{self._table.name} is large and has no key to find rows by")

    def batches(
        self, operation: str, rows: Sequence[RowChange], *, together: bool
    ) -> Iterator[list[RowChange]]:
        """Rows that one statement can take back in whatever order it meets them."""
        if operation != "update" and together:
            yield list(rows)
            return
        batch: list[RowChange] = []
        met: set[tuple[str | None, ...]] = set()
        alone = not together
        for row in rows:
            new = row.new or {}
            key = tuple([new.get(name) for name in self._key])
            was_alone, alone = alone, not together or self._must_be_alone(row)
            if batch and (alone or was_alone or key in met):
                yield batch
                batch, met = [], set()
            batch.append(row)
            met.add(key)
        if batch:
            yield batch

    def _must_be_alone(self, row: RowChange) -> bool:
        """Whether an update has no key, or changed what must be unique: then order matters."""
        if self._always_alone:
            return True
        old, new = row.old or {}, row.new or {}
        return [old.get(name) for name in self._unique] != [new.get(name) for name in self._unique]

    def _changed(self, rows: Iterable[RowChange]) -> list[str]:
        pairs = [(row.old or {}, row.new or {}) for row in rows]
        return [
            name
            for name in self._stored
            if any(old.get(name) != new.get(name) for old, new in pairs)
        ]

    def delete_again(self, rows: Sequence[RowChange]) -> list[Undo]:
        """Delete what was inserted."""
        new = [row.new or {} for row in rows]
        if self._key:
            where = self._same_key()
            listed = self._values(new, self._key)
            sql = f"DELETE FROM {self._only} t USING {listed} WHERE {where}"
        else:
            # Equal rows are interchangeable: of each sort, as many as were inserted.
            sql = (
                f"WITH wanted AS (SELECT v::text AS content, count(*) AS number "
                f"FROM {self._values(new, self._stored)} GROUP BY 1) "
                f"DELETE FROM {self._only} t WHERE (t.tableoid, t.ctid) IN (SELECT place, id FROM ("
                f"SELECT s.tableoid AS place, s.ctid AS id, number, row_number() OVER "
                f"(PARTITION BY content) AS nth FROM {self._only} s "
                f"JOIN wanted ON {self._content()} = content) found WHERE nth <= number)"
            )
        return [Undo(sql, len(rows))]

    def insert_again(self, rows: Sequence[RowChange]) -> list[Undo]:
        """Insert what was deleted; generated columns follow from the others."""
        columns = ", ".join(quoted(name) for name in self._stored)
        values = ", ".join(
            "(" + ", ".join(literal((row.old or {}).get(name)) for name in self._stored) + ")"
            for row in rows
        )
        sql = f"INSERT INTO {self._name} ({columns}) OVERRIDING SYSTEM VALUE VALUES {values}"
        return [Undo(sql, len(rows))]

    def update_again(self, rows: Sequence[RowChange]) -> list[Undo]:
        """Write the old values, and only those that differ: some columns cannot be written."""
        if any(row.old is None for row in rows):
            raise CannotUndo(f"{self._table.name} was updated without a trace of its old rows")
        changed = self._changed(rows)
        if not changed:
            return []
        if len(rows) == 1:
            return [self._update_one(rows[0], changed)]
        named = [name for name in changed if name not in self._key]
        listed = self._values([row.old or {} for row in rows], [*self._key, *named])
        offset = len(self._key)
        assigned = ", ".join(
            f"{quoted(name)} = v.c{number}" for number, name in enumerate(named, start=offset)
        )
        sql = f"UPDATE {self._only} t SET {assigned} FROM {listed} WHERE {self._same_key()}"
        return [Undo(sql, len(rows))]

    def _update_one(self, row: RowChange, changed: Sequence[str]) -> Undo:
        old, new = row.old or {}, row.new or {}
        assigned = ", ".join(f"{quoted(name)} = {literal(old.get(name))}" for name in changed)
        if self._key:
            where = " AND ".join(
                f"t.{quoted(name)} = {self._typed(name, new.get(name))}" for name in self._key
            )
        else:
            values = ", ".join(self._typed(name, new.get(name)) for name in self._stored)
            where = (
                f"(t.tableoid, t.ctid) = (SELECT s.tableoid, s.ctid FROM {self._only} s "
                f"WHERE {self._content()} = ROW({values})::text LIMIT 1)"
            )
        return Undo(f"UPDATE {self._only} t SET {assigned} WHERE {where}", 1)

    def _content(self) -> str:
        return "ROW(" + ", ".join(f"s.{quoted(name)}" for name in self._stored) + ")::text"

    def _same_key(self) -> str:
        return " AND ".join(
            f"t.{quoted(name)} = v.c{number}" for number, name in enumerate(self._key)
        )

    def _values(self, rows: Sequence[Row], names: Sequence[str]) -> str:
        """A VALUES list called v with columns c0, c1 ...; the first row gives them their types."""
        first, *rest = rows
        lines = ["(" + ", ".join(self._typed(name, first.get(name)) for name in names) + ")"]
        lines += ["(" + ", ".join(literal(row.get(name)) for name in names) + ")" for row in rest]
        columns = ", ".join(f"c{number}" for number in range(len(names)))
        return f"(VALUES {', '.join(lines)}) v({columns})"

    def _typed(self, name: str, value: str | None) -> str:
        return f"{literal(value)}::{self._types[name]}"


def _key(table: Table) -> tuple[str, ...]:
    """Columns by which a row is found: the primary key, or a unique key that cannot be NULL."""
    return next(
        (
            key.columns
            for key in table.unique_keys
            if key.columns
            and key.predicate is None
            and not key.deferrable
            and all(table.column(name).not_null for name in key.columns)
        ),
        (),
    )
