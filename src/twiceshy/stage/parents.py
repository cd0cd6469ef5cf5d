"""Where a foreign key that nobody decided may point: the choices, most natural first."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Plant
from twiceshy.stage.rows import matches, select
from twiceshy.synthesis.ladder import Wish, ladder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.schema import Catalogue, ForeignKey, QName, Table
    from twiceshy.stage.rows import Row
    from twiceshy.stage.tryout import Tryout

_MOST_EXISTING = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Values for a key's columns, and rows that were planted to make them right."""

    values: Row
    planted: tuple[PlantedRow, ...] = ()


@dataclass
class Lineage:
    """The rows above a planted one, as far as they are somebody's: table → row.

    With them a key is `private`: pointing at another person's goal would make the row theirs too.
    """

    catalogue: Catalogue
    tryout: Tryout
    rows: dict[QName, Row] = field(default_factory=dict)

    def climb(self, table: Table, values: Mapping[str, str | None]) -> None:
        """Add every row that `values` point at, directly or through others."""
        frontier: list[tuple[Table, Mapping[str, str | None]]] = [(table, values)]
        while frontier:
            child, row = frontier.pop()
            for key in child.foreign_keys:
                wanted = {
                    parent: row.get(column)
                    for column, parent in zip(key.columns, key.parent_columns, strict=True)
                }
                if None in wanted.values() or key.parent in self.rows or key.parent == table.name:
                    continue
                parent = self.catalogue.table(key.parent)
                found = select(self.tryout.conn, parent, matches(wanted))
                if found:
                    self.rows[key.parent] = found[0]
                    frontier.append((parent, found[0]))

    def keep(self, tables: set[QName]) -> None:
        """Forget the rows of all other tables: a country is nobody's."""
        self.rows = {name: row for name, row in self.rows.items() if name in tables}

    @cached_property
    def _ownership(self) -> Ownership:
        return Ownership(self.catalogue, tuple(sorted(self.rows)))

    def is_private(self, table: QName) -> bool:
        """Whether rows of `table` belong to somebody by way of the rows known here."""
        return table in self.rows or bool(self._ownership.paths(table))

    def own_rows(self, table: QName) -> str:
        """SQL that selects the rows of `table` which hang on the rows known here."""
        above = dict.fromkeys(way[-1].parent for way in self._ownership.paths(table))
        conditions = [
            self._ownership.owner_condition(table, name, matches(self._key(name))) for name in above
        ]
        return " AND ".join(f"({condition})" for condition in conditions)

    def bindings(self, table: Table) -> Row:
        """Values that make a new row of `table` point at the rows known here."""
        return {
            column: self.rows[key.parent].get(parent)
            for key in table.foreign_keys
            if key.parent in self.rows and key.parent != table.name
            for column, parent in zip(key.columns, key.parent_columns, strict=True)
        }

    def _key(self, name: QName) -> Row:
        row = self.rows[name]
        key = self.catalogue.table(name).primary_key
        return {column: row[column] for column in key} if key else row


@dataclass
class Chooser:
    """The choices for one key of one planted row; `bound` are values decided elsewhere."""

    tryout: Tryout
    catalogue: Catalogue
    lineage: Lineage
    plant: Plant
    key: ForeignKey
    wish: Wish
    settle: Callable[[Plant, Lineage], tuple[PlantedRow, ...]]

    def choices(self) -> Iterator[Choice]:
        """Each sensible choice once, found only when asked for."""
        seen: list[Row] = []
        for choice in self._all():
            if choice.values not in seen and self._agrees(choice.values):
                seen.append(choice.values)
                yield choice

    def _all(self) -> Iterator[Choice]:
        if not self._may_be_null:
            yield from self._pointing()
            return
        nothing = Choice({name: None for name in self._free if self._nullable(name)})
        if self._is_blank or self._points_at_itself or self.key.parent in self.lineage.rows:
            yield nothing
        yield from self._pointing()
        yield nothing

    def _pointing(self) -> Iterator[Choice]:
        parent = self.key.parent
        if self._points_at_itself:
            yield from (Choice(row) for row in self._itself())
        if parent in self.lineage.rows:
            yield self._at(self.lineage.rows[parent])
        elif self.lineage.is_private(parent):
            yield from self._existing(self.lineage.own_rows(parent))
        else:
            if self.wish.sample is not None and not self._is_blank:
                yield Choice({name: self.wish.sample.get(name) for name in self.key.columns})
            yield from self._existing("true")
        yield from self._new()

    @property
    def _free(self) -> tuple[str, ...]:
        return tuple(name for name in self.key.columns if name not in self.wish.fixed)

    def _nullable(self, name: str) -> bool:
        column = self.wish.table.column(name)
        return not column.not_null

    @property
    def _may_be_null(self) -> bool:
        return any(self._nullable(name) for name in self._free)

    @property
    def _is_blank(self) -> bool:
        sample = self.wish.sample
        return sample is None or any(sample.get(name) is None for name in self.key.columns)

    @property
    def _points_at_itself(self) -> bool:
        return self.key.parent == self.wish.table.name

    def _agrees(self, values: Row) -> bool:
        return all(self.wish.fixed.get(name, value) == value for name, value in values.items())

    def _pairs(self) -> list[tuple[str, str]]:
        return list(zip(self.key.columns, self.key.parent_columns, strict=True))

    def _at(self, row: Row) -> Choice:
        return Choice({column: row.get(parent) for column, parent in self._pairs()})

    def _shared(self) -> Row:
        """What the parent's row must hold because the child's is decided already."""
        fixed = self.wish.fixed
        return {parent: fixed[column] for column, parent in self._pairs() if column in fixed}

    def _existing(self, condition: str) -> Iterator[Choice]:
        parent = self.catalogue.table(self.key.parent)
        where = f"({condition}) AND {matches(self._shared())}"
        rows = select(self.tryout.conn, parent, where, _MOST_EXISTING)
        yield from (self._at(row) for row in rows)

    def _itself(self) -> Iterator[Row]:
        """A row that is its own parent, as the root of a tree is where no parent may be missing."""
        table = self.wish.table
        row: Row = {}
        for column, parent in self._pairs():
            rungs = ladder(self.wish, table.column(parent))
            if column != parent and rungs and not rungs[0].omit:
                row[column] = rungs[0].value
        if set(row) == set(self.key.columns):
            yield row

    def _new(self) -> Iterator[Choice]:
        parent = self.catalogue.table(self.key.parent)
        values = {**self.lineage.bindings(parent), **self._shared()}
        plant = Plant(
            name=f"{self.plant.name}/{'+'.join(self.key.columns)}",
            table=parent.name,
            owner=self.plant.owner,
            values=tuple(values.items()),
            marked=self.plant.marked,
            unmarked=self.plant.unmarked,
        )
        rows = self.settle(plant, self.lineage)
        if rows:
            yield Choice(self._at(dict(rows[-1].values)).values, rows)
