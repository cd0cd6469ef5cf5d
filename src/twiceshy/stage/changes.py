"""Which rows changed: read from a logical replication slot, undone row by row.

The slot uses PostgreSQL's `test_decoding`, whose text form is documented with the server
(contrib/test_decoding). With REPLICA IDENTITY FULL each line carries the old and the new row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from twiceshy.model.history import RowChange
from twiceshy.model.schema import QName
from twiceshy.postgres.connect import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.model.schema import Table

_NAME = r'"(?:[^"]|"")*"|[^\s".]+'
_HEAD = re.compile(rf"table ({_NAME})\.({_NAME}): (INSERT|UPDATE|DELETE|TRUNCATE):")
_VALUE = re.compile(
    rf" ({_NAME}|[^\s\[]+)\[((?:[^\[\]']|\[\])+)\]:(B?'(?:[^']|'')*'|[^\s']+)", re.DOTALL
)
_KINDS = {"INSERT": "insert", "UPDATE": "update", "DELETE": "delete", "TRUNCATE": "truncate"}
SCHEMA_CHANGED = "twiceshy.ddl"


class CannotUndo(Exception):  # noqa: N818 - not an error for users: the caller clones anew
    """These changes cannot be taken back row by row; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one reading of the slot brought; `schema_changed` when DDL was among it."""

    rows: tuple[RowChange, ...] = ()
    schema_changed: bool = False


def parse(lines: Iterable[str]) -> Changes:
    """Row changes from lines of test_decoding, in the order in which they were committed."""
    rows: list[RowChange] = []
    ddl = False
    for line in lines:
        if line.startswith("table "):
            change = _row_change(line)
            # Our own schema holds nothing but the trigger that reports DDL.
            if change.table.schema != "twiceshy":
                rows.append(change)
        elif SCHEMA_CHANGED in line:
            ddl = True
    return Changes(tuple(rows), ddl)


def _row_change(line: str) -> RowChange:
    head = _HEAD.match(line)
    if head is None:
        raise CannotUndo(f"a change in a form we do not know: {line[:80]}")
    table = QName(_unquoted(head[1]), _unquoted(head[2]))
    kind = _KINDS[head[3]]
    rest = line[head.end() :]
    if kind == "insert":
        return RowChange("insert", table, None, _values(rest))
    if kind == "delete":
        return RowChange("delete", table, _values(rest), None)
    if kind == "update":
        # Values are quoted, so this separator cannot be confused with data outside of quotes;
        # inside of them it can, hence the scan by values rather than a split.
        old, new = _old_and_new(rest)
        return RowChange("update", table, old, new)
    return RowChange("truncate", table)


def _values(text: str) -> dict[str, str | None]:
    return {_unquoted(name): _value(value) for name, _, value in _VALUE.findall(text)}


def _old_and_new(text: str) -> tuple[dict[str, str | None], dict[str, str | None]]:
    marker = " new-tuple:"
    if not text.startswith(" old-key:"):
        raise CannotUndo("an update without its old row")
    old: dict[str, str | None] = {}
    position = len(" old-key:")
    while not text.startswith(marker, position):
        found = _VALUE.match(text, position)
        if found is None:
            raise CannotUndo("an update in a form we do not know")
        old[_unquoted(found[1])] = _value(found[3])
        position = found.end()
    new = _values(text[position + len(marker) :])
    for name, value in new.items():
        if value == _UNCHANGED:
            new[name] = old.get(name)
        # Columns that were NULL are left out of the old row.
        old.setdefault(name, None)
    return old, new


_UNCHANGED = "\x00unchanged"


def _value(text: str) -> str | None:
    if text == "null":
        return None
    if text == "unchanged-toast-datum":
        return _UNCHANGED
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.startswith("B'"):
        return text[2:-1]
    return text


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def undo_sql(changes: Sequence[RowChange], tables: Mapping[QName, Table]) -> list[tuple[str, int]]:
    """Statements that take `changes` back, newest first, each with the number of rows it must meet.

    Neighbours of one kind and table become one statement. Raises CannotUndo for TRUNCATE and for
    tables that were not there at the snapshot.
    """
    statements: list[tuple[str, int]] = []
    backwards = list(reversed(changes))
    for (table, operation), group in groupby(backwards, key=lambda c: (c.table, c.operation)):
        if operation == "truncate":
            raise CannotUndo(f"{table} was truncated")
        facts = tables.get(table)
        if facts is None:
            raise CannotUndo(f"{table} is not in the catalogue")
        rows = list(group)
        undo = _UNDO[operation]
        statements += undo(facts, rows)
    return statements


def _target(table: Table) -> str:
    return f"{quoted(table.name.schema)}.{quoted(table.name.name)}"


def _typed(table: Table, name: str, value: str | None) -> str:
    return f"{literal(value)}::{table.column(name).type}"


def _delete_again(table: Table, rows: Sequence[RowChange]) -> list[tuple[str, int]]:
    new = [row.new or {} for row in rows]
    return [_matching(f"DELETE FROM ONLY {_target(table)} t", table, new)]


def _matching(verb: str, table: Table, rows: Sequence[Mapping[str, str | None]]) -> tuple[str, int]:
    key = table.primary_key
    if key:
        columns = ", ".join(quoted(name) for name in key)
        values = ", ".join(
            "(" + ", ".join(_typed(table, name, row.get(name)) for name in key) + ")" for row in rows
        )
        return f"{verb} WHERE ({columns}) IN ({values})", len(rows)
    # Without a key, equal rows are interchangeable: meet one of them for each.
    names = _stored(table)
    listed = ", ".join(
        "(" + ", ".join(_typed(table, name, row.get(name)) for name in names) + f", {number})"
        for number, row in enumerate(rows)
    )
    same = " AND ".join(
        f"s.{quoted(name)}::text IS NOT DISTINCT FROM v.c{index}::text"
        for index, name in enumerate(names)
    )
    aliases = ", ".join([*(f"c{index}" for index in range(len(names))), "number"])
    one_each = (
        f"SELECT DISTINCT ON (v.number) s.ctid AS row_id, v.number FROM (VALUES {listed}) v({aliases}) "
        f"JOIN ONLY {_target(table)} s ON {same}"
    )
    if len(rows) > 1:
        # Several equal rows: pair the n-th wanted with the n-th present.
        listed_names = ", ".join(f"c{index}::text" for index in range(len(names)))
        present_names = ", ".join(f"{quoted(name)}::text" for name in names)
        one_each = (
            f"SELECT s.row_id FROM (SELECT *, row_number() OVER (PARTITION BY {listed_names}) AS nth "
            f"FROM (VALUES {listed}) raw({aliases})) v JOIN (SELECT *, ctid AS row_id, row_number() "
            f"OVER (PARTITION BY {present_names}) AS nth FROM ONLY {_target(table)}) s "
            f"ON s.nth = v.nth AND {same}"
        )
    return f"{verb} WHERE ctid IN (SELECT row_id FROM ({one_each}) one_each)", len(rows)


def _stored(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.generated]


def _insert_again(table: Table, rows: Sequence[RowChange]) -> list[tuple[str, int]]:
    names = _stored(table)
    columns = ", ".join(quoted(name) for name in names)
    values = ", ".join(
        "(" + ", ".join(literal((row.old or {}).get(name)) for name in names) + ")" for row in rows
    )
    sql = f"INSERT INTO {_target(table)} ({columns}) OVERRIDING SYSTEM VALUE VALUES {values}"
    return [(sql, len(rows))]


def _update_again(table: Table, rows: Sequence[RowChange]) -> list[tuple[str, int]]:
    # The same row may have been updated twice in this group, so one statement each in that case.
    key = table.primary_key
    names = _stored(table)
    keys = [tuple((row.new or {}).get(name) for name in key) for row in rows]
    moved = any((row.old or {}).get(name) != (row.new or {}).get(name) for row in rows for name in key)
    if not key or moved or len(set(keys)) < len(keys):
        return [statement for row in rows for statement in _update_one(table, names, row)]
    changed = [
        name
        for name in names
        if any((row.old or {}).get(name) != (row.new or {}).get(name) for row in rows)
    ]
    if not changed:
        return []
    listed = key + tuple(name for name in changed if name not in key)
    values = ", ".join(
        "(" + ", ".join(_typed(table, name, (row.old or {}).get(name)) for name in listed) + ")"
        for row in rows
    )
    aliases = ", ".join(quoted(name) for name in listed)
    assignments = ", ".join(f"{quoted(name)} = v.{quoted(name)}" for name in changed)
    same = " AND ".join(f"t.{quoted(name)} = v.{quoted(name)}" for name in key)
    sql = (
        f"UPDATE ONLY {_target(table)} t SET {assignments} FROM (VALUES {values}) v({aliases}) "
        f"WHERE {same}"
    )
    return [(sql, len(rows))]


def _update_one(table: Table, names: Sequence[str], row: RowChange) -> list[tuple[str, int]]:
    old, new = row.old or {}, row.new or {}
    assignments = ", ".join(f"{quoted(name)} = {literal(old.get(name))}" for name in names)
    return [_matching(f"UPDATE ONLY {_target(table)} t SET {assignments}", table, [new])]


_UNDO = {"insert": _delete_again, "delete": _insert_again, "update": _update_again}
