"""Queries such as an application sends, made up from the catalogue: a reader and a writer a table.

They name every column, find their row by its key, and go through the root of a partitioned table,
as applications do. None of them is prepared: planning opens every index, so that a lock on an index
alone is felt, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from twiceshy.postgres.connect import literal, query
from twiceshy.postgres.script_text import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.model.scripts import QueryKind
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.scripts.relations import Entry, Relations

_SAMPLE = 40
_READABLE = frozenset({"r", "p", "m", "v"})
_WRITABLE = frozenset({"r", "p"})


@dataclass(frozen=True, slots=True)
class Probe:
    """One query of the application, with one text for each of some rows.

    `says` is for people: the text with placeholders. `spare` is a text for a row that no other
    text names.
    """

    kind: QueryKind
    relation: str
    says: str
    texts: tuple[str, ...]
    spare: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    writable: bool
    has_default: bool
    key: bool
    route: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """How an application reaches a relation: by which name, with which columns, to which rows."""

    entry: Entry
    target: str
    columns: tuple[_Column, ...]
    finds: tuple[str, ...]
    rows: tuple[dict[str, str | None], ...]

    def where(self, row: dict[str, str | None]) -> str:
        """The condition that finds this row."""
        parts = [
            f"{spelled(name)} = {literal(row[name])}"
            if row[name] is not None
            else f"{spelled(name)} IS NULL"
            for name in self.finds
        ]
        return " AND ".join(parts) or "true"

    @property
    def shape(self) -> str:
        """The condition for people."""
        return " AND ".join(f"{spelled(name)} = …" for name in self.finds) or "true"


class Prober:
    """Makes up the queries for relations of a database, from its rows as they are now."""

    def __init__(self, conn: Connection, relations: Relations) -> None:
        self._conn = conn
        self._relations = relations

    def probes(self, names: Iterable[str]) -> tuple[Probe, ...]:
        """A reader and, where rows can be written, a writer of each of these relations."""
        found: list[Probe] = []
        for way in self._ways(names):
            found.append(_reader(way))
            if way.entry.kind in _WRITABLE:
                found += _writer(way)
        return tuple(found)

    def inserts(self, names: Iterable[str]) -> tuple[Probe, ...]:
        """For each table an INSERT of what a row of it has, but for what comes by default."""
        ways = (way for way in self._ways(names) if way.entry.kind in _WRITABLE and way.rows)
        return tuple(_insert(way) for way in ways)

    def _ways(self, names: Iterable[str]) -> list[_Way]:
        entries = [self._relations.by_name[name] for name in names]
        entries = [entry for entry in entries if entry.kind in _READABLE]
        roots = {entry.oid: self._root(entry) for entry in entries}
        wanted = {*roots, *(root.oid for root in roots.values())}
        columns = self._columns(wanted)
        return [self._way(entry, roots[entry.oid], columns) for entry in entries]

    def _root(self, entry: Entry) -> Entry:
        while entry.parent in self._relations.by_oid:
            entry = self._relations.by_oid[entry.parent]
        return entry

    def _columns(self, oids: Iterable[int]) -> dict[int, list[_Column]]:
        found: dict[int, list[_Column]] = {}
        rows = self._conn.execute(_text("script_columns"), {"relations": list(oids)}).fetchall()
        for oid, *fields in rows:
            found.setdefault(oid, []).append(_Column(*fields))
        return found

    def _way(self, entry: Entry, root: Entry, columns: dict[int, list[_Column]]) -> _Way:
        own = columns.get(entry.oid, [])
        # A partition is reached through its root, whose key leads to it.
        through = columns.get(root.oid, own) if root.oid != entry.oid else own
        routes = [c.name for c in through if c.route] if entry.parent else []
        keys = [column.name for column in own if column.key]
        finds = [*dict.fromkeys([*routes, *keys])]
        if not keys and entry.kind == "r":
            finds.append("ctid")
        usable = tuple(c for c in through if c.name in {other.name for other in own})
        names = [*(column.name for column in usable), *(name for name in finds if name == "ctid")]
        rows = self._rows(entry, names)
        return _Way(entry, _full(root), usable, tuple(finds), rows)

    def _rows(self, entry: Entry, names: Sequence[str]) -> tuple[dict[str, str | None], ...]:
        """Some rows, values as text, from all over the table."""
        shown = ", ".join(f"{spelled(name)}::text" for name in names) or "1"
        total = self._relations.rows_of(entry)
        sample = ""
        if entry.kind in _WRITABLE and total > 20 * _SAMPLE:
            sample = f" TABLESAMPLE BERNOULLI ({100 * 3 * _SAMPLE / total:.6f}) REPEATABLE (1)"
        sql = f"SELECT {shown} FROM {_full(entry)}{sample} LIMIT {_SAMPLE}"
        try:
            found = self._conn.execute(sql.encode()).fetchall()
        except psycopg.Error:
            # A materialized view without data, a foreign table without a server ...
            return ()
        return tuple(dict(zip(names, row, strict=False)) for row in found)


def _reader(way: _Way) -> Probe:
    shown = ", ".join(spelled(column.name) for column in way.columns) or "*"
    start = f"SELECT {shown} FROM {way.target}"
    if not way.finds or not way.rows:
        return Probe("reader", way.entry.name, f"{start} LIMIT 1", (f"{start} LIMIT 1",))
    texts = tuple(f"{start} WHERE {way.where(row)} LIMIT 1" for row in way.rows)
    return Probe("reader", way.entry.name, f"{start} WHERE {way.shape}", texts)


def _writer(way: _Way) -> list[Probe]:
    columns = [c for c in way.columns if c.writable and c.name not in way.finds]
    columns = columns or [c for c in way.columns if c.writable]
    if not columns:
        return []
    values = ", ".join(f"{spelled(c.name)} = {spelled(c.name)}" for c in columns)
    start = f"UPDATE {way.target} SET {values}"
    texts = [f"{start} WHERE {way.where(row)}" for row in way.rows] or [f"{start} WHERE false"]
    spare = texts.pop() if len(texts) > 1 else texts[0]
    shape = f"{start} WHERE {way.shape}"
    return [Probe("writer", way.entry.name, shape, tuple(texts), spare)]


def _insert(way: _Way) -> Probe:
    columns = [c for c in way.columns if c.writable and not (c.has_default and c.key)]
    names = ", ".join(spelled(column.name) for column in columns)
    row = way.rows[0]
    values = ", ".join(literal(row[column.name]) for column in columns)
    start = f"INSERT INTO {way.target} ({names})"
    text = f"{start} VALUES ({values})" if columns else f"INSERT INTO {way.target} DEFAULT VALUES"
    return Probe("writer", way.entry.name, f"{start} VALUES (…)", (text,))


def _full(entry: Entry) -> str:
    schema = "" if entry.schema == "public" else f"{spelled(entry.schema)}."
    return f"{schema}{spelled(entry.relname)}"


def _text(name: str) -> Any:
    # psycopg wants literal strings; these come from files of ours.
    return query(name)
