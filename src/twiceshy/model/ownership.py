"""Whose rows are whose: foreign keys followed from a table up to the tables of actors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from twiceshy.model.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from twiceshy.model.schema import Catalogue, QName

_MOMENTS = frozenset({"date", "timestamp", "timestamptz"})


@dataclass(frozen=True, slots=True)
class Edge:
    """Rows of `table` point at rows of `parent`: `columns` hold the values of `parent_columns`.

    `constraint` is empty where no foreign key says so. With `one_to_one` at most one row of
    `table` can point at a row of `parent`; with `nullable` a row may point at none.
    """

    table: QName
    columns: tuple[str, ...]
    parent: QName
    parent_columns: tuple[str, ...]
    constraint: str = ""
    one_to_one: bool = False
    nullable: bool = False

    def __str__(self) -> str:
        """`deposits.user_id → users.id`; for people, not for SQL."""
        child, parent = ", ".join(self.columns), ", ".join(self.parent_columns)
        if len(self.columns) > 1:
            child, parent = f"({child})", f"({parent})"
        return f"{self.table}.{child} → {self.parent}.{parent}"


@dataclass(frozen=True)
class Ownership:
    """Which tables hang on the tables of actors, and by which keys.

    `implicit` are edges that people named because no foreign key exists; an edge that a foreign
    key already gives adds nothing. A key of an actor's table to itself (a user's manager) makes
    nobody an owner.
    """

    catalogue: Catalogue
    actor_tables: tuple[QName, ...]
    implicit: tuple[Edge, ...] = ()

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every reference between tables, self references included, in the catalogue's order."""
        declared = tuple(
            self._edge(table.name, key.columns, key.parent, key.parent_columns, key.name)
            for table in self.catalogue.tables
            for key in table.foreign_keys
            if key.parent in self.catalogue.by_name
        )
        known = {(edge.table, edge.columns, edge.parent) for edge in declared}
        added = tuple(
            self._edge(edge.table, edge.columns, edge.parent, edge.parent_columns, edge.constraint)
            for edge in self.implicit
            if (edge.table, edge.columns, edge.parent) not in known
        )
        return declared + added

    @cached_property
    def owned_tables(self) -> tuple[QName, ...]:
        """Tables from which some path leads to an actor's table, in the catalogue's order.

        An actor's table is among them only if it hangs on another actor's table.
        """
        return tuple(table.name for table in self.catalogue.tables if self.paths(table.name))

    @cached_property
    def one_to_one(self) -> frozenset[QName]:
        """Owned tables of which an actor's row can have at most one row."""
        return frozenset(
            name
            for name in self.owned_tables
            if all(edge.one_to_one for edge in chain.from_iterable(self.paths(name)))
        )

    @cached_property
    def looping(self) -> frozenset[Edge]:
        """References that may be empty and lead back: a note's latest file belongs to the note.

        Without them the tables of a circle have an order. What makes somebody an owner stays.
        """
        owning = {edge for name in self.owned_tables for way in self.paths(name) for edge in way}
        loose: set[Edge] = set()
        for edge in sorted(self.edges, key=lambda edge: edge in owning):
            back = edge.nullable and edge.parent != edge.table
            if back and self._reaches(edge.parent, edge.table, loose):
                loose.add(edge)
        return frozenset(loose)

    def _reaches(self, start: QName, end: QName, without: Collection[Edge]) -> bool:
        reached, frontier = {start}, [start]
        while frontier and end not in reached:
            edges = self._outgoing.get(frontier.pop(), ())
            found = {edge.parent for edge in edges if edge not in without} - reached
            reached |= found
            frontier += found
        return end in reached

    @cached_property
    def links(self) -> frozenset[QName]:
        """Owned tables whose rows only tie others together: tags of notes, members of teams.

        They point at two rows, and either hold nothing besides, or hold each such pair once.
        """
        return frozenset(name for name in self.owned_tables if self._ties(name))

    @cached_property
    def relations(self) -> frozenset[QName]:
        """Links that say that a person has to do with something: members, followers."""
        people = self.actor_tables
        return frozenset(
            name
            for name in self.links
            if any(
                e.parent in people and self._ties(name) & set(e.columns)
                for e in self.edges
                if e.table == name
            )
        )

    def _ties(self, name: QName) -> set[str]:
        """The columns of a link that tie: those that hold each pair once, or all that point."""
        edges = self._outgoing.get(name, ())
        table = self.catalogue.table(name)
        pointing = {column for edge in edges for column in edge.columns}
        if len(edges) < 2:
            return set()
        for key in table.unique_keys:
            if len(key.columns) > 1 and key.predicate is None and set(key.columns) <= pointing:
                return set(key.columns)
        nothing_besides = all(
            column.name in pointing or column.name in table.primary_key or column.base in _MOMENTS
            for column in table.columns
        )
        return pointing if nothing_besides else set()

    def paths(self, table: QName, actor_table: QName | None = None) -> tuple[tuple[Edge, ...], ...]:
        """The shortest ways from `table` to each actor's table, or to the one that is given.

        Several when equally short: a transfer belongs to its payer and to its payee. Empty for a
        table that belongs to nobody, and for the actor's table itself.
        """
        targets = self.actor_tables if actor_table is None else (actor_table,)
        ways = [
            way
            for target in targets
            if target != table and table in self._distances.get(target, {})
            for way in self._ways(table, self._distances[target])
        ]
        return tuple(dict.fromkeys(ways))

    def all_paths(
        self, table: QName, actor_table: QName | None = None
    ) -> tuple[tuple[Edge, ...], ...]:
        """As `paths`, with the shortest way over each of the table's own keys, shortest first.

        A comment belongs to its author, and in a wider sense to the owner of the post.
        """
        targets = self.actor_tables if actor_table is None else (actor_table,)
        ways = [
            (edge, *rest)
            for target in targets
            if target != table
            for edge in self._outgoing.get(table, ())
            if edge.parent in self._distances.get(target, {}) and edge.parent != table
            for rest in self._ways(edge.parent, self._distances[target])
            if all(step.table != table for step in rest)
        ]
        return tuple(sorted(dict.fromkeys(ways), key=len))

    def owner_condition(
        self, table: QName, actor_table: QName, actor_row: str, *, wide: bool = False
    ) -> str:
        """SQL over the columns of `table` that holds for the rows belonging to an actor's row.

        `actor_row` is SQL over the actor's table that selects that row. With `wide` every way of
        `all_paths` counts. `false` for a table that belongs to nobody.
        """
        if table == actor_table:
            return actor_row
        ways = self.all_paths if wide else self.paths
        conditions = [_along(way, actor_row) for way in ways(table, actor_table)]
        return " OR ".join(conditions) or "false"

    def descendants(self, table: QName) -> tuple[QName, ...]:
        """Tables whose rows point at `table`, directly or through others; children first."""
        reached = {table}
        frontier = [table]
        while frontier:
            parent = frontier.pop()
            for edge in self.edges:
                if edge.parent == parent and edge.table not in reached:
                    reached.add(edge.table)
                    frontier.append(edge.table)
        return self.deletion_order(reached - {table})

    def insertion_order(self, tables: Collection[QName]) -> tuple[QName, ...]:
        """The same tables, each after those that it points at.

        Keys of a table to itself do not count; where tables point at each other in a circle, it is
        opened at a reference that may be empty, else entered at the first of them by name.
        """
        wanted = set(tables)
        done: dict[QName, None] = {}
        entered: set[QName] = set()

        def visit(table: QName) -> None:
            if table in entered:
                return
            entered.add(table)
            for edge in self._outgoing.get(table, ()):
                if edge not in self.looping:
                    visit(edge.parent)
            if table in wanted:
                done[table] = None

        for table in sorted(wanted):
            visit(table)
        return tuple(done)

    def deletion_order(self, tables: Collection[QName]) -> tuple[QName, ...]:
        """The same tables, each before those that it points at."""
        return tuple(reversed(self.insertion_order(tables)))

    @cached_property
    def _outgoing(self) -> dict[QName, tuple[Edge, ...]]:
        found: dict[QName, tuple[Edge, ...]] = {}
        for edge in self.edges:
            found[edge.table] = (*found.get(edge.table, ()), edge)
        return found

    @cached_property
    def _distances(self) -> dict[QName, dict[QName, int]]:
        """For each actor's table: how many edges each table is away from it."""
        return {target: self._measure(target) for target in self.actor_tables}

    def _measure(self, target: QName) -> dict[QName, int]:
        distance = {target: 0}
        frontier: Iterable[QName] = (target,)
        while frontier:
            reached = [
                (edge.table, distance[parent] + 1)
                for parent in frontier
                for edge in self.edges
                if edge.parent == parent and edge.table not in distance
            ]
            distance.update(reached)
            frontier = tuple(dict.fromkeys(table for table, _ in reached))
        return distance

    def _ways(self, table: QName, distance: dict[QName, int]) -> list[tuple[Edge, ...]]:
        if distance[table] == 0:
            return [()]
        return [
            (edge, *rest)
            for edge in self._outgoing[table]
            if distance.get(edge.parent) == distance[table] - 1
            for rest in self._ways(edge.parent, distance)
        ]

    def _edge(
        self,
        table: QName,
        columns: tuple[str, ...],
        parent: QName,
        parent_columns: tuple[str, ...],
        constraint: str,
    ) -> Edge:
        child = self.catalogue.table(table)
        return Edge(
            table=table,
            columns=columns,
            parent=parent,
            parent_columns=parent_columns,
            constraint=constraint,
            one_to_one=child.is_unique(columns),
            nullable=any(not child.column(column).not_null for column in columns),
        )


def _along(way: tuple[Edge, ...], condition: str) -> str:
    """Nested subqueries along a path, the actor's row innermost."""
    for edge in reversed(way):
        columns, parent_columns = _columns(edge.columns), _columns(edge.parent_columns)
        if len(edge.columns) > 1:
            columns = f"({columns})"
        parent = edge.parent.sql
        rows = f"SELECT {parent_columns} FROM {parent} WHERE {condition}"  # noqa: S608 - as above
        condition = f"{columns} IN ({rows})"
    return condition


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)
