"""What a request did in the database, from the plans that the server logged while executing it.

auto_explain writes each executed plan to the server's stderr, a file opened for appending, before
the client gets its answer. So the file's growth between two moments is complete for requests that
run one after another; no marker statement is needed. What has no plan (COPY of a whole table) is
taken from the statement itself.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from twiceshy.model.history import Comparison, Join, Statement
from twiceshy.model.schema import QName
from twiceshy.postgres.statements import comparisons, copied, equalities
from twiceshy.stage.server import RECORD_START

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from twiceshy.model.schema import Catalogue

_KEEP_BYTES = 16 << 20
# What PostgreSQL itself runs to check a foreign key: reads nobody asked for.
_KEY_CHECK = re.compile(
    r"^SELECT 1 FROM (?:ONLY )?\S.* x(?:1| WHERE) .*FOR KEY SHARE OF x", re.DOTALL
)
_LOGGED = re.compile(r"(?:statement|execute [^:]*+): (.*)", re.DOTALL)
_CONDITIONS = (
    *("Filter", "Index Cond", "Recheck Cond", "Join Filter", "Hash Cond", "Merge Cond"),
    *("One-Time Filter", "TID Cond", "Conflict Filter"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Executed statements, and errors of failed ones in the server's words."""

    statements: tuple[Statement, ...] = ()
    errors: tuple[str, ...] = ()


class ServerLog:
    """The growing log file of a server, read in slices."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR)
        self._roots: Mapping[QName, QName] = {}
        self._names: tuple[QName, ...] = ()

    def know(self, catalogue: Catalogue, roots: Mapping[QName, QName]) -> None:
        """These tables are there; plans may name partitions, `roots` says what they are part of."""
        self._names = tuple(table.name for table in catalogue.tables)
        self._roots = roots

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def position(self) -> int:
        """The file's length now: the start of the next slice."""
        return os.fstat(self._descriptor).st_size

    def since(self, position: int, database: str) -> Evidence:
        """What was logged for `database` after `position`."""
        size = self.position() - position
        raw = os.pread(self._descriptor, size, position) if size > 0 else b""
        statements: list[Statement] = []
        errors: list[str] = []
        for severity, text in _records(raw, database):
            if severity == "LOG":
                statements += self._statements(text)
            elif severity in {"ERROR", "FATAL"}:
                errors.append(text)
            elif severity == "STATEMENT" and errors:
                errors[-1] += f" [{' '.join(text.split())}]"
        return Evidence(tuple(statements), tuple(errors))

    def _statements(self, text: str) -> Iterator[Statement]:
        if text.startswith("duration:"):
            found = _executed(text.partition("plan:\n")[2])
            if found is not None:
                yield self._with_roots(found)
        elif "copy" in text.lower():
            yield from self._copied(text)

    def _with_roots(self, found: Statement) -> Statement:
        if self._roots.keys().isdisjoint((*found.reads, *found.writes)):
            return found
        compared = (replace(c, table=self._root(c.table)) for c in found.comparisons)
        joined = (
            replace(j, table=self._root(j.table), other=self._root(j.other)) for j in found.joins
        )
        return replace(
            found,
            reads=tuple(dict.fromkeys(map(self._root, found.reads))),
            writes=tuple(dict.fromkeys(map(self._root, found.writes))),
            comparisons=tuple(dict.fromkeys(compared)),
            joins=tuple(dict.fromkeys(joined)),
        )

    def _root(self, table: QName) -> QName:
        return self._roots.get(table, table)

    def _copied(self, text: str) -> Iterator[Statement]:
        logged = _LOGGED.match(text)
        sql = logged[1] if logged else ""
        for schema, name, written in copied(sql):
            tables = self._named(schema, name)
            yield Statement(sql, writes=tables) if written else Statement(sql, reads=tables)

    def _named(self, schema: str, name: str) -> tuple[QName, ...]:
        """The tables that an unqualified name may mean; nearly always one."""
        known = dict.fromkeys((*self._names, *self._roots))
        met = [table for table in known if table.name == name and schema in {"", table.schema}]
        return tuple(dict.fromkeys(map(self._root, met)))

    def trim(self) -> None:
        """Keep the file small in a long run, between requests; writers append and go on."""
        if self.position() > _KEEP_BYTES:
            os.ftruncate(self._descriptor, 0)


def log_records(raw: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Each record of a server's log: pid, database, SQLSTATE, then `LOG:  text`."""
    for record in raw.split(RECORD_START)[1:]:
        pid, database, state, message = (*record.split(b"|", 3), b"", b"", b"")[:4]
        yield pid, database, state, message


def _records(raw: bytes, database: str) -> Iterator[tuple[str, str]]:
    wanted = database.encode()
    for _, name, _, message in log_records(raw):
        if name == wanted:
            severity, _, text = message.partition(b":")
            yield severity.decode("ascii", "replace"), _text(text)


def _text(raw: bytes) -> str:
    # Continuation lines are indented with a tab by the server.
    return raw.decode("utf-8", "replace").replace("\n\t", "\n").strip()


@lru_cache(maxsize=4096)
def _executed(plan_text: str) -> Statement | None:
    try:
        document = json.loads(plan_text)
    except ValueError:
        return None
    sql = document.get("Query Text", "")
    if _KEY_CHECK.match(sql):
        return Statement(sql)
    plan = _Plan()
    plan.take_names(document.get("Plan", {}))
    plan.visit(document.get("Plan", {}))
    return Statement(
        sql,
        reads=tuple(dict.fromkeys(plan.reads)),
        writes=tuple(dict.fromkeys(plan.writes)),
        comparisons=tuple(dict.fromkeys(plan.comparisons)),
        joins=tuple(dict.fromkeys(plan.joins)),
    )


class _Plan:
    """Collects, over one plan tree, which base tables it touches and compares with what."""

    def __init__(self) -> None:
        self.tables: dict[str, QName] = {}
        self.reads: list[QName] = []
        self.writes: list[QName] = []
        self.comparisons: list[Comparison] = []
        self.joins: list[Join] = []

    def take_names(self, node: dict[str, Any]) -> None:
        name = node.get("Relation Name")
        if name:
            table = QName(node.get("Schema", "public"), name)
            self.tables[node.get("Alias", name)] = table
        for child in node.get("Plans", ()):
            self.take_names(child)

    def visit(self, node: dict[str, Any], table: QName | None = None) -> None:
        name = node.get("Relation Name")
        if name:
            table = QName(node.get("Schema", "public"), name)
            (self.writes if node.get("Node Type") == "ModifyTable" else self.reads).append(table)
        for key in _CONDITIONS:
            condition = node.get(key)
            if condition:
                self._compare(condition, table)
        for child in node.get("Plans", ()):
            self.visit(child, table)

    def _compare(self, condition: str, table: QName | None) -> None:
        for found in comparisons(condition):
            owner = self.tables.get(found.alias) if found.alias else table
            if owner is not None:
                self.comparisons.append(
                    Comparison(owner, found.column, found.operator, found.value)
                )
        for alias, column, other_alias, other_column in equalities(condition):
            one = self.tables.get(alias) if alias else table
            other = self.tables.get(other_alias) if other_alias else table
            if one is not None and other is not None:
                self.joins.append(Join(one, column, other, other_column))
