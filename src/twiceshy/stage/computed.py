"""Values that PostgreSQL works out: which value of a row is wrong, and which would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import literal
from twiceshy.stage.rows import run
from twiceshy.synthesis.formulas import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.schema import Column
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.rows import Row
    from twiceshy.synthesis.proposal import Proposal, Refused


def misfit(conn: Connection, proposal: Proposal) -> str:
    """The first column that cannot hold its value whatever the others hold; empty without one."""
    table = proposal.wish.table
    for name, value in proposal.values.items():
        if value is not None and _asked(conn, f"SELECT {_cast(table.column(name), value)}") is None:
            return name
    return ""


def solutions(
    conn: Connection, proposal: Proposal, refused: Refused
) -> Iterator[tuple[str, str | None]]:
    """Columns, each with a value that would make the refusing CHECK true beside the others."""
    table = proposal.wish.table
    row = ", ".join(
        f"{sql} AS {quoted(column.name)}"
        for column in table.columns
        for sql in [_value(column, proposal)]
    )
    for check in table.checks:
        if check.name != refused.constraint:
            continue
        for formula in formulas(check.expression, check.columns):
            if len(proposal.ladders.get(formula.column, ())) > 1:
                sql = f"SELECT ({formula.expression})::text AS value FROM (SELECT {row}) AS t"
                for found in _asked(conn, sql) or ():
                    if found["value"] is not None:
                        yield formula.column, found["value"]


def _value(column: Column, proposal: Proposal) -> str:
    if column.name in proposal.values:
        return _cast(column, proposal.values[column.name], column.base_type)
    if column.default and "nextval(" not in column.default:
        return f"CAST(({column.default}) AS {column.base_type or column.type})"
    return _cast(column, None, column.base_type)


def _cast(column: Column, value: str | None, kind: str = "") -> str:
    return f"CAST({'NULL' if value is None else literal(value)} AS {kind or column.type})"


def _asked(conn: Connection, sql: str) -> list[Row] | None:
    """What a query gives, None when it fails."""
    try:
        with conn.transaction():
            return run(conn, sql)
    except psycopg.Error:
        return None
