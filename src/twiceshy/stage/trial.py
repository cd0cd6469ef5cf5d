"""Getting one row accepted: proposals go into a transaction that is rolled back in any case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import RowRefused, StageLost, nearest
from twiceshy.model.history import PlantedRow
from twiceshy.stage.computed import misfit, solutions
from twiceshy.stage.given import GivenRow
from twiceshy.stage.parents import Choice, Chooser, Lineage
from twiceshy.stage.promises import Frame, Promises, completed, is_only_waiting, together_sql
from twiceshy.stage.rows import name_of, refusal
from twiceshy.synthesis.ladder import Wish
from twiceshy.synthesis.proposal import (
    CHECK,
    EXCLUSION,
    FOREIGN_KEY,
    UNIQUE,
    Proposal,
    Refused,
    amend,
    blame,
    propose,
    repair,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import Plant
    from twiceshy.model.schema import Catalogue, ForeignKey, QName, Table
    from twiceshy.stage.rows import Name, Row
    from twiceshy.stage.tryout import Tryout
    from twiceshy.synthesis.identity import Identity

# Two CHECKs of three columns each may need a hundred tries apiece.
_MOST_ATTEMPTS = 300
_DEPTH = 60


@dataclass(frozen=True)
class Samples:
    """Existing rows of a table: `rows` its first ones, `repeated` columns whose values repeat."""

    rows: tuple[Row, ...] = ()
    repeated: frozenset[str] = frozenset()

    def like(self, values: Mapping[str, str | None]) -> Row | None:
        """The row that shares most of these values, else the first one."""
        if not self.rows:
            return None
        return max(
            self.rows,
            key=lambda row: sum(row.get(name) == value for name, value in values.items()),
        )


@dataclass
class _Key:
    """A foreign key of the row on trial, where it points now, and what else it could do."""

    key: ForeignKey
    rest: Iterator[Choice]
    choice: Choice

    def move_on(self) -> bool:
        """Take the next choice, if there is one."""
        following = next(self.rest, None)
        if following is None:
            return False
        self.choice = following
        return True


@dataclass
class Trial:
    """One transaction in which rows are tried; `accepted` are all rows known from earlier ones."""

    tryout: Tryout
    catalogue: Catalogue
    ownership: Ownership | None
    samples: Callable[[QName], Samples]
    identify: Callable[[Plant], Identity]
    accepted: Callable[[QName], Iterable[PlantedRow]]
    by_hand: Mapping[QName, GivenRow] = field(default_factory=dict)
    together: dict[Name, Name] = field(default_factory=dict)
    """Rows that go in with one statement: each with the row that closes their circle."""
    taken: int = 0
    """How many rows were put into the transaction and are in it still."""
    _trail: list[Frame] = field(default_factory=list)
    _promises: Promises = field(default_factory=Promises)

    def settle(
        self, plant: Plant, bound: Mapping[str, str | None], sample: Row | None = None
    ) -> tuple[PlantedRow, ...]:
        """The row as PostgreSQL took it, after the parents that had to be planted for it.

        `bound` are the values that the plant decides, its parents' keys among them. Raises
        RowRefused when every proposal was refused.
        """
        table = self.catalogue.table(plant.table)
        _check_names(table, bound)
        return self._settle(plant, table, bound, self._lineage(plant, table, bound), sample)

    def _lineage(self, plant: Plant, table: Table, bound: Mapping[str, str | None]) -> Lineage:
        lineage = Lineage(self.catalogue, self.tryout)
        if self.ownership is not None:
            lineage.climb(table, bound)
            lineage.keep({*self.ownership.owned_tables, *self.ownership.actor_tables})
        elif plant.owner is not None:
            lineage.climb(table, bound)
        return lineage

    def _settle_parent(self, plant: Plant, lineage: Lineage) -> tuple[PlantedRow, ...]:
        """A parent's row planted on the way; empty when there is no way."""
        for frame in reversed(self._trail):
            if frame.wish.table.name == plant.table:
                return self._promises.make(frame)
        if len(self._trail) >= _DEPTH:
            return ()
        table = self.catalogue.table(plant.table)
        try:
            return self._settle(plant, table, dict(plant.values), lineage, None)
        except RowRefused:
            return ()

    def _settle(
        self,
        plant: Plant,
        table: Table,
        bound: Mapping[str, str | None],
        lineage: Lineage,
        sample: Row | None,
    ) -> tuple[PlantedRow, ...]:
        known = self.samples(table.name)
        given = self.by_hand.get(table.name, GivenRow())
        wish = Wish(
            table=table,
            identity=self.identify(plant),
            fixed={**given.fixed, **bound},
            choices=given.choices,
            sample=sample or known.like(bound),
            repeated=known.repeated,
            marked=plant.marked,
            unmarked=frozenset(plant.unmarked),
        )
        self._trail.append(Frame(plant, wish))
        try:
            return self._search(plant, wish, lineage)
        finally:
            self._trail.pop()

    def _search(self, plant: Plant, wish: Wish, lineage: Lineage) -> tuple[PlantedRow, ...]:
        keys = self._point(plant, wish, lineage)
        wish = replace(wish, fixed={**self._trail[-1].promised, **wish.fixed})
        proposal = propose(_decided(wish, keys))
        refusals: Counter[Refused] = Counter()
        while True:
            above = {name_of(row): row for key in keys for row in key.choice.planted}
            answer = self._try(plant, wish, proposal, above)
            if not isinstance(answer, Refused):
                promised = {frame.name for frame in self._trail}
                return (*(row for name, row in above.items() if name not in promised), answer)
            refusals[answer] += 1
            following = None
            if refusals.total() < _MOST_ATTEMPTS:
                following = (
                    self._solved(proposal, answer, alone=False)
                    or repair(proposal, answer)
                    or self._solved(proposal, answer, alone=True)
                    or _repointed(wish, keys, proposal, answer)
                )
            if following is None:
                raise _refused(plant, proposal, answer, refusals)
            proposal = following

    def _solved(self, proposal: Proposal, refused: Refused, *, alone: bool) -> Proposal | None:
        """The same row with one value worked out, so that a CHECK holds.

        With `alone` for a CHECK of one column: its value may depend on the present moment, and so
        comes last, for the same plant is to be the same row.
        """
        of_one = len(blame(proposal, refused)) == 1
        if refused.sqlstate != CHECK or not refused.constraint or of_one != alone:
            return None
        for column, value in solutions(self.tryout.conn, proposal, refused):
            amended = amend(proposal, refused, column, value)
            if amended is not None:
                return amended
        return None

    def _point(self, plant: Plant, wish: Wish, lineage: Lineage) -> list[_Key]:
        """A first choice for each foreign key that is not decided yet."""
        keys: list[_Key] = []
        for key in wish.table.foreign_keys:
            decided = _decided(wish, keys)
            if all(name in decided.fixed for name in key.columns):
                continue
            chooser = Chooser(
                self.tryout, self.catalogue, lineage, plant, key, decided, self._settle_parent
            )
            rest = chooser.choices()
            choice = next(rest, None)
            if choice is not None:
                keys.append(_Key(key, rest, choice))
        return keys

    def _try(
        self, plant: Plant, wish: Wish, proposal: Proposal, above: dict[Name, PlantedRow]
    ) -> PlantedRow | Refused:
        """The row, or why not; one that only waits for a promised row counts as taken."""
        row = PlantedRow(plant.name, wish.table.name, plant.owner, proposal.values, proposal.marks)
        name = name_of(row)
        waiting = self._promises.among(above.values(), name)
        owed = self._promises.of(above.values(), name)
        answer = self._judged(plant, wish, proposal, () if owed else waiting)
        if owed and isinstance(answer, Refused) and is_only_waiting(answer, wish.table, waiting):
            self._promises.owed[name] = owed
            return row
        if waiting and not isinstance(answer, Refused):
            names = [*map(name_of, waiting), name]
            self.together.update(dict.fromkeys(names, name))
            self._promises.settle(names)
            above.update(
                (name_of(r), completed(self.tryout.conn, self.catalogue, r)) for r in waiting
            )
        return answer

    def _judged(
        self, plant: Plant, wish: Wish, proposal: Proposal, waiting: Sequence[PlantedRow]
    ) -> PlantedRow | Refused:
        """Let PostgreSQL judge, in a savepoint that a refused row leaves no trace of."""
        table = wish.table
        own = PlantedRow(plant.name, table.name, plant.owner, proposal.values)
        sql = f"{together_sql(self.catalogue, [*waiting, own])} RETURNING *"
        try:
            found = self.tryout.attempt(sql)
        except psycopg.Error as error:
            if self.tryout.closed:
                raise StageLost("The scratch database went away", seen=str(error)) from error
            return self._located(refusal(error), proposal)
        refused = (
            self._clash(plant, wish, found[0])
            if found
            # A trigger or rule may take a row silently away.
            else Refused("", f"the row for {table.name} was taken, but not kept")
        )
        if refused is not None:
            self.tryout.take_back()
            return refused
        self.taken += 1 + len(waiting)
        values = found[0]
        marks = {
            name: mark
            for name, mark in proposal.marks.items()
            if mark.casefold() in (values[name] or "").casefold()
        }
        return PlantedRow(plant.name, table.name, plant.owner, values, marks)

    def _located(self, refused: Refused, proposal: Proposal) -> Refused:
        """With the column, where the server only says that some value or domain is wrong."""
        checks = [check for check in proposal.wish.table.checks if check.name == refused.constraint]
        if refused.column or not refused.sqlstate.startswith(("22", "235")):
            return refused
        if len(checks) == 1 or refused.sqlstate in {UNIQUE, FOREIGN_KEY, EXCLUSION}:
            return refused
        return replace(refused, column=misfit(self.tryout.conn, proposal))

    def _clash(self, plant: Plant, wish: Wish, values: Row) -> Refused | None:
        """A refusal when a row accepted before, maybe for another state, holds the same unique key.

        The two may have to stand side by side one day. Keys that the plants themselves decide are
        left alone: whoever wrote them knows that the rows never meet.
        """
        keys = [
            key
            for key in wish.table.unique_keys
            if key.columns and key.predicate is None and not set(key.columns) <= set(wish.fixed)
        ]
        for other in self.accepted(wish.table.name):
            for key in keys:
                same = all(
                    values[name] is not None and values[name] == other.values.get(name)
                    for name in key.columns
                )
                if same and other.plant != plant.name:
                    says = f"{other.plant} holds the same {', '.join(key.columns)}"
                    return Refused(UNIQUE, says, constraint=key.name)
        return None


def _decided(wish: Wish, keys: Iterable[_Key]) -> Wish:
    """The wish with the keys' present choices; what the plant decides itself comes first."""
    chosen = {name: value for key in keys for name, value in key.choice.values.items()}
    return replace(wish, fixed={**chosen, **wish.fixed})


def _repointed(
    wish: Wish, keys: list[_Key], proposal: Proposal, refused: Refused
) -> Proposal | None:
    """A new proposal in which a foreign key that is to blame points elsewhere."""
    blamed = set(blame(proposal, refused))
    for key in reversed(keys):
        if blamed & set(key.key.columns) and key.move_on():
            return propose(_decided(wish, keys))
    return None


def _check_names(table: Table, bound: Mapping[str, str | None]) -> None:
    for name in bound:
        if name not in table.column_names or table.column(name).generated:
            near = nearest(name, table.column_names)
            raise RowRefused(
                f"A value was given for {table.name}.{name}, which cannot be set",
                where=f"table {table.name}",
                seen="columns: " + ", ".join(table.column_names),
                todo=f"did you mean {near}?" if near and near != name else "leave it out",
            )


def _refused(
    plant: Plant, proposal: Proposal, last: Refused, refusals: Counter[Refused]
) -> RowRefused:
    table = proposal.wish.table
    where = f"table {table.name}"
    if last.constraint:
        where += f", constraint {last.constraint}"
    elif last.column:
        where += f", column {last.column}"
    row = ", ".join(
        f"{name} = {'NULL' if value is None else value}" for name, value in proposal.values.items()
    )
    reasons = Counter(refused.constraint or refused.message for refused in refusals.elements())
    tried = "; ".join(f"{reason} ({times} times)" for reason, times in reasons.most_common(5))
    return RowRefused(
        f"PostgreSQL takes none of the {refusals.total()} rows proposed for {table.name}",
        where=f"{where} (plant {plant.name})",
        seen=f"{last}\nthe last row proposed: {row}\nrefused by: {tried}",
        todo=f"put one row into {table.name} with the seed data of the project: rows are modelled "
        f"on existing ones; or give values under [rows.{table.name}] in twiceshy.toml",
    )
