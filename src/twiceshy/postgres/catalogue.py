"""The catalogue of a whole database, read with one query per kind of object."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from twiceshy.model.schema import (
    Catalogue,
    Check,
    Column,
    ForeignKey,
    QName,
    Table,
    Trigger,
    UniqueKey,
)
from twiceshy.postgres.connect import query
from twiceshy.postgres.type_parts import TypeParts

if TYPE_CHECKING:
    from twiceshy.postgres.connect import Connection

    Row = tuple[Any, ...]
    Names = dict[int, str]

_KINDS = ("columns", "unique_keys", "foreign_keys", "checks", "triggers", "bounds")


def read_catalogue(conn: Connection) -> Catalogue:
    """All user tables that `conn` can see, whoever owns them, sorted by schema and name.

    Row counts are the planner's estimates: 0 for a table that was never analysed. Partitions are
    left out, their parent stands for them. Raises psycopg.Error when the server does not answer.
    """
    version, extensions = conn.execute(_text("server")).fetchall()[0]
    found = conn.execute(_text("tables")).fetchall()
    ids = [row[0] for row in found]
    names = {oid: QName(schema, name) for oid, schema, name, *_ in found}
    rows = {kind: _by_table(conn, kind, ids) for kind in _KINDS}
    types = TypeParts(conn.execute(_text("types"), {"tables": ids}).fetchall())
    numbered = {oid: {row[1]: row[2] for row in rows["columns"][oid]} for oid in ids}
    tables = tuple(
        Table(
            name=names[oid],
            columns=tuple(_column(row, types) for row in rows["columns"][oid]),
            unique_keys=tuple(_unique_key(row, numbered[oid]) for row in rows["unique_keys"][oid]),
            foreign_keys=tuple(
                _foreign_key(row, numbered[oid], names[row[3]], numbered[row[3]])
                for row in rows["foreign_keys"][oid]
            ),
            checks=tuple(_check(row, numbered[oid]) for row in rows["checks"][oid]),
            partitioned=partitioned,
            rows=estimate or 0,
            triggers=tuple(Trigger(*row[1:]) for row in rows["triggers"][oid]),
            bounds=tuple(_check(row, numbered[oid]) for row in rows["bounds"][oid]),
        )
        for oid, _, _, partitioned, estimate in found
    )
    return Catalogue(tables, server_version=version, extensions=tuple(extensions))


def _text(kind: str) -> Any:
    # psycopg wants literal strings; these come from files of ours.
    return query(f"catalogue_{kind}")


def _by_table(conn: Connection, kind: str, ids: list[int]) -> defaultdict[int, list[Row]]:
    """Rows by the oid of their table, which is the first field of each."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in conn.execute(_text(kind), {"tables": ids}).fetchall():
        found[row[0]].append(row)
    return found


def _column(row: Row, types: TypeParts) -> Column:
    _, _, name, shown, base, base_type, kind, not_null, default, *rest = row
    generated, identity, max_length, labels, domain, type_oid, computed = rest
    return Column(
        name=name,
        type=shown,
        base=base,
        kind=kind,
        not_null=not_null,
        default=default,
        generated=generated,
        identity=identity,
        max_length=max_length,
        enum_labels=tuple(labels or ()),
        domain=domain,
        base_type=base_type,
        parts=types.parts(type_oid),
        computed=computed or "",
    )


def _unique_key(row: Row, names: Names) -> UniqueKey:
    _, name, numbers, primary, predicate, deferrable = row
    columns = () if 0 in numbers else tuple(names[number] for number in numbers)
    return UniqueKey(name, columns, primary, predicate, deferrable)


def _foreign_key(row: Row, names: Names, parent: QName, parent_names: Names) -> ForeignKey:
    _, name, numbers, _, parent_numbers, deferrable = row
    return ForeignKey(
        name,
        columns=tuple(names[number] for number in numbers),
        parent=parent,
        parent_columns=tuple(parent_names[number] for number in parent_numbers),
        deferrable=deferrable,
    )


def _check(row: Row, names: Names) -> Check:
    _, name, numbers, expression, *_ = row
    return Check(name, tuple(names[number] for number in numbers), expression)
