"""Which rows changed: read from the text of PostgreSQL's `test_decoding`.

The form of the text is documented with the server (contrib/test_decoding). With REPLICA IDENTITY
FULL each line carries the old and the new row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.model.history import RowChange
from twiceshy.model.schema import QName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twiceshy.model.schema import Table

    Row = dict[str, str | None]

# Possessive quantifiers (`*+`): a value of 100 kB is walked over once.
_QUOTED = r'"[^"]*+(?:""[^"]*+)*+"'
# The server prints a name bare only where it is made of these, else in double quotes.
_NAME = rf"(?:[a-z_][a-z0-9_]*+|{_QUOTED})"
_HEAD = re.compile(rf"table ({_NAME}\.{_NAME}(?:, {_NAME}\.{_NAME})*+): ([A-Z]+):")
_TABLE = re.compile(rf"({_NAME})\.({_NAME})")
# A type may be called `character varying`, `integer[]` or `public."odd [name]"`.
_TYPE = rf'(?:[^"\[\]]++|\[\]|{_QUOTED})++'
_VALUE = re.compile(rf" ({_NAME})\[{_TYPE}\]:(B?'[^']*+(?:''[^']*+)*+'|[^\s']++)")
_OLD = " old-key:"
_NEW = " new-tuple:"
_NO_ROW = " (no-tuple-data)"
_UNCHANGED = "\x00unchanged"
# What an event trigger of ours says when the schema changes (queries/watch_schema.sql).
_SCHEMA_CHANGED = "message: transactional: 1 prefix: twiceshy.ddl,"


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened between two moments; `obstacle` says why rows alone do not lead back, or "".

    Not `complete` when there was more than anybody would want to keep.
    """

    rows: tuple[RowChange, ...] = ()
    obstacle: str = ""
    complete: bool = True


class UnknownFormError(ValueError):
    """A line of test_decoding that is not as documented."""


def parse(lines: Iterable[str], tables: Mapping[QName, Table]) -> Changes:
    """Row changes from lines of test_decoding, in the order in which they were committed.

    `tables` are those that carry full old rows; a partition stands there for the table that it is
    a part of, and its changes bear that table's name.
    """
    rows: list[RowChange] = []
    obstacle = ""
    for line in lines:
        if line.startswith("table "):
            try:
                found = _row_changes(line, tables)
            except UnknownFormError:
                obstacle = obstacle or f"a change was logged in a form we do not know: {line[:80]}"
                continue
            rows += found
            obstacle = obstacle or _obstacle(found[0], tables)
        elif line.startswith(_SCHEMA_CHANGED):
            obstacle = obstacle or "the schema was changed"
    return Changes(tuple(rows), obstacle)


def _obstacle(change: RowChange, tables: Mapping[QName, Table]) -> str:
    if change.operation == "truncate":
        return f"{change.table} was truncated"
    return "" if change.table in tables else f"{change.table} is not in the catalogue"


def _row_changes(line: str, tables: Mapping[QName, Table]) -> list[RowChange]:
    head = _HEAD.match(line)
    if head is None:
        raise UnknownFormError
    names = [QName(_unquoted(schema), _unquoted(name)) for schema, name in _TABLE.findall(head[1])]
    table = tables.get(names[0])
    name = table.name if table else names[0]
    match head[2]:
        case "INSERT":
            return [RowChange("insert", name, None, _values(line, head.end())[0])]
        case "DELETE":
            old = _values(line, head.end())[0]
            return [RowChange("delete", name, _with_nulls(old, table), None)]
        case "UPDATE":
            return [RowChange("update", name, *_old_and_new(line, head.end(), table))]
        case "TRUNCATE":
            known = [tables[name].name if name in tables else name for name in names]
            return [RowChange("truncate", name) for name in dict.fromkeys(known)]
    raise UnknownFormError


def _old_and_new(text: str, position: int, table: Table | None) -> tuple[Row | None, Row]:
    old: Row | None = None
    if text.startswith(_OLD, position):
        found, position = _values(text, position + len(_OLD), until=_NEW)
        old = _with_nulls(found, table)
        position += len(_NEW)
    new, _ = _values(text, position)
    for name, value in new.items():
        if value == _UNCHANGED:
            new[name] = (old or {}).get(name)
    return old, new


def _values(text: str, position: int, until: str = "") -> tuple[Row, int]:
    """Columns and values from `position` to the end, or to the text `until`, and where that is.

    Values may hold any text, hence value by value rather than a search for what ends them.
    """
    row: Row = {}
    while not (text.startswith(until, position) if until else position == len(text)):
        found = _VALUE.match(text, position)
        if found is None:
            if text.startswith(_NO_ROW, position):
                position += len(_NO_ROW)
                continue
            raise UnknownFormError
        row[_unquoted(found[1])] = _value(found[2])
        position = found.end()
    return row, position


def _with_nulls(old: Row, table: Table | None) -> Row:
    """The server leaves columns that are NULL out of an old row."""
    if table is None:
        return old
    return {column: old.get(column) for column in table.column_names} | old


def _value(text: str) -> str | None:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text == "null":
        return None
    if text == "unchanged-toast-datum":
        return _UNCHANGED
    if text.startswith("B'"):
        return text[2:-1]
    return text


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
