"""Which rows changed: read from the text of PostgreSQL's `test_decoding`.

The form of the text is documented with the server (contrib/test_decoding). With REPLICA IDENTITY
FULL each line carries the old and the new row.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache
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
_VALUE = rf"({_NAME})\[{_TYPE}\]:(B?'[^']*+(?:''[^']*+)*+'|[^\s']++)"
_OLD, _NEW, _NO_ROW = " old-key:", " new-tuple:", " (no-tuple-data)"
# Value by value rather than a search for what parts the rows: values may hold any text.
_TOKEN = re.compile(rf"( {_VALUE}|{re.escape(_OLD)}|{re.escape(_NEW)}|{re.escape(_NO_ROW)})")
_UNCHANGED = "unchanged-toast-datum"
_LEFT_ALONE = "the old value, too large to be told again"
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


def parse(lines: Iterable[str], tables: Mapping[QName, Table], most: int = sys.maxsize) -> Changes:
    """Row changes from lines of test_decoding, in the order in which they were committed.

    `tables` are those that carry full old rows; a partition stands there for the table that it is
    a part of, and its changes bear that table's name. Of more than `most` rows the rest is left
    out; `lines` is read to its end in any case.
    """
    rows: list[RowChange] = []
    obstacle = ""
    complete = True
    for line in lines:
        if line.startswith("table "):
            complete = complete and len(rows) < most
            if not complete:
                continue
            try:
                found = _row_changes(line, tables)
            except UnknownFormError:
                obstacle = obstacle or f"a change was logged in a form we do not know: {line[:80]}"
                continue
            rows += found
            obstacle = obstacle or _obstacle(found[0], tables)
        elif line.startswith(_SCHEMA_CHANGED):
            obstacle = obstacle or "the schema was changed"
    return Changes(tuple(rows), obstacle, complete)


def _obstacle(change: RowChange, tables: Mapping[QName, Table]) -> str:
    if change.operation == "truncate":
        return f"{change.table} was truncated"
    return "" if change.table in tables else f"{change.table} is not in the catalogue"


def _row_changes(line: str, tables: Mapping[QName, Table]) -> list[RowChange]:
    head = _HEAD.match(line)
    if head is None:
        raise UnknownFormError
    names = _names(head[1])
    if head[2] == "TRUNCATE":
        known = [tables[name].name if name in tables else name for name in names]
        return [RowChange("truncate", name) for name in dict.fromkeys(known)]
    table = tables.get(names[0])
    name = table.name if table else names[0]
    old, new = _old_and_new(line, head.end())
    match head[2]:
        case "INSERT":
            return [RowChange("insert", name, None, new)]
        case "DELETE":
            return [RowChange("delete", name, _with_nulls(new, table), None)]
        case "UPDATE":
            if old is not None:
                old = _with_nulls(old, table)
                if _UNCHANGED in line:
                    new = {c: old.get(c) if v is _LEFT_ALONE else v for c, v in new.items()}
            return [RowChange("update", name, old, new)]
    raise UnknownFormError


def _old_and_new(line: str, position: int) -> tuple[Row | None, Row]:
    """The old row where there is one apart, and the other row."""
    tokens = _TOKEN.findall(line, position)
    texts = [token[0] for token in tokens]
    if "".join(texts) != line[position:]:
        raise UnknownFormError
    if texts[:1] != [_OLD]:
        return None, _row(tokens)
    if _NEW not in texts:
        raise UnknownFormError
    end = texts.index(_NEW)
    return _row(tokens[1:end]), _row(tokens[end + 1 :])


def _row(tokens: Iterable[tuple[str, str, str]]) -> Row:
    # Most names and numbers are as they are: a call less for each of them.
    return {
        _unquoted(name) if name[0] == '"' else name: value if value.isdigit() else _value(value)
        for _, name, value in tokens
        if name
    }


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[QName, ...]:
    return tuple(QName(_unquoted(schema), _unquoted(name)) for schema, name in _TABLE.findall(text))


def _with_nulls(old: Row, table: Table | None) -> Row:
    """The server leaves columns that are NULL out of an old row."""
    if table is None or len(old) == len(table.columns):
        return old
    return dict.fromkeys(table.column_names) | old


def _value(text: str) -> str | None:
    first = text[0]
    if first == "'":
        return text[1:-1].replace("''", "'")
    if first == "B":
        return text[2:-1]
    if text == "null":
        return None
    return _LEFT_ALONE if text == _UNCHANGED else text


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name[0] == '"' else name
