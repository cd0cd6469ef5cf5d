"""Reading and writing single rows as text, exactly as PostgreSQL prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import literal, results
from twiceshy.synthesis.proposal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

    from twiceshy.model.history import PlantedRow
    from twiceshy.model.schema import QName, Table
    from twiceshy.postgres.connect import Connection

    Row = dict[str, str | None]
    Name = tuple[str, QName]


def name_of(row: PlantedRow) -> Name:
    """Its plant and its table: nothing else is called so."""
    return row.plant, row.table


def relation(name: QName) -> str:
    """The table's name in SQL."""
    return f"{name.sql}"


def matches(values: Mapping[str, str | None]) -> str:
    """SQL that holds for rows with these values; `true` for none."""
    parts = (
        f"{quoted(name)} IS NULL" if value is None else f"{quoted(name)} = {literal(value)}"
        for name, value in values.items()
    )
    return " AND ".join(parts) or "true"


def insert_sql(table: Table, values: Mapping[str, str | None]) -> str:
    """An INSERT of these values; generated columns among them are left out.

    Identity columns take the value given: OVERRIDING SYSTEM VALUE does no harm without one.
    """
    named = [name for name in values if not table.column(name).generated]
    target = f"INSERT INTO {relation(table.name)}"
    if not named:
        return f"{target} DEFAULT VALUES"
    columns = ", ".join(quoted(name) for name in named)
    literals = ", ".join(literal(values[name]) for name in named)
    return f"{target} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({literals})"


def select(conn: Connection, table: Table, condition: str = "true", limit: int = 1) -> list[Row]:
    """The first rows of `table` by primary key for which `condition` holds."""
    key = ", ".join(quoted(name) for name in table.primary_key)
    order = f"ORDER BY {key} " if key else ""
    return run(conn, f"SELECT * FROM {relation(table.name)} WHERE {condition} {order}LIMIT {limit}")


def run(conn: Connection, sql: str) -> list[Row]:
    """The rows of the last statement, each value in the text form that the server sent."""
    result = results(conn, sql)[-1]
    if not result.nfields:
        return []
    names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
    return [
        {name: _text(result.get_value(row, place)) for place, name in enumerate(names)}
        for row in range(result.ntuples)
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def refusal(error: psycopg.Error) -> Refused:
    """What the server said, as synthesis wants to know it."""
    said = error.diag
    return Refused(
        sqlstate=error.sqlstate or "",
        message=said.message_primary or str(error),
        constraint=said.constraint_name or "",
        column=said.column_name or "",
        detail=said.message_detail or "",
    )
