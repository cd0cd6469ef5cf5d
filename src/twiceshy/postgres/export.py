"""The catalogue of a production database as a file: names and sizes, and no row of any table.

The session reads only, waits for nothing for long, and asks system catalogues alone, so that it can
be in nobody's way.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import psycopg

from twiceshy.errors import UsageError
from twiceshy.model.schema import QName
from twiceshy.postgres.connect import connect_to_read, query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.postgres.connect import Connection

VERSION = 1
"""Of the file. Within a version, keys are only added."""

_OF_INDEX = ("name", "method", "unique", "valid", "partial", "columns", "bytes")
_KINDS = {"r": "table", "p": "partitioned table", "m": "materialized view"}


def export(url: str) -> dict[str, Any]:
    """Relations with rows, bytes, indexes and constraints. Raises UsageError without an answer."""
    try:
        with connect_to_read(url) as conn:
            document = _document(conn)
        conn.close()
    except psycopg.Error as error:
        raise UsageError(
            "The catalogue of that database cannot be read",
            seen=str(error).strip().splitlines()[0],
            todo="check the URL; a role that may connect is enough",
        ) from None
    return document


def _document(conn: Connection) -> dict[str, Any]:
    found = conn.execute(_text("export_relations")).fetchall()
    tables = [row[0] for row in found]
    indexes, constraints = (
        _by_table(conn, name, tables) for name in ("export_indexes", "export_constraints")
    )
    names = {oid: str(QName(schema, name)) for oid, schema, name, *_ in found}
    rows = _rows({oid: (parent, rows) for oid, _, _, _, parent, rows, _ in found})
    relations = [
        {
            "name": names[oid],
            "kind": _KINDS[kind],
            "rows": rows[oid],
            "bytes": size,
            "partition_of": names.get(parent),
            "indexes": [dict(zip(_OF_INDEX, facts, strict=True)) for _, *facts in indexes[oid]],
            "constraints": [
                {
                    "name": name,
                    "type": sort,
                    "columns": columns,
                    "references": names.get(other),
                    "validated": validated,
                }
                for _, name, sort, columns, other, validated in constraints[oid]
            ],
        }
        for oid, _, _, kind, parent, _, size in found
    ]
    server = conn.info.parameter_status("server_version") or ""
    return {"version": VERSION, "server": server, "relations": relations}


def _rows(known: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """Rows by table; a partitioned one has those of its partitions, however deep."""
    total = {oid: rows for oid, (_, rows) in known.items()}
    parents = {parent for parent, _ in known.values()}
    for oid in parents & known.keys():
        total[oid] = 0
    for oid, (above, rows) in known.items():
        parent = above
        while oid not in parents and parent in known:
            total[parent] += rows
            parent = known[parent][0]
    return total


def _by_table(conn: Connection, name: str, tables: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in conn.execute(_text(name), {"tables": tables}).fetchall():
        found[row[0]].append(row)
    return found


def _text(name: str) -> Any:
    # psycopg wants literal strings; these come from files of ours.
    return query(name)
