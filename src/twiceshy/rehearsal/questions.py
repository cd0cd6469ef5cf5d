"""What a strain asks of the database: which transactions are recorded, and how many wait."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.string import TextLoader

from twiceshy.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from twiceshy.postgres.connect import Connection

    Row = tuple[str, int | None]

_PART = 5000
"""Rows that are fetched at a time: a million of them never stand in memory."""
_DECLARE = "DECLARE recorded NO SCROLL CURSOR FOR\n"
_COUNT = ("SELECT count(*) FROM (\n", "\n) AS recorded")
_NUMBERS = {"int2", "int4", "int8", "numeric", "float4", "float8"}


class Question:
    """One query of a guard, of the key `key`; what is wrong with it becomes a ReportError.

    With `amounts`, rows without an amount are wrong: a request carries one, and nobody would look.
    """

    def __init__(self, sql: str, key: str = "recorded", *, amounts: bool = False) -> None:
        self.sql = sql.rstrip().rstrip(";")
        self._key = key
        self._amounts = amounts

    def rows(self, conn: Connection) -> Generator[Row, None, None]:
        """Key and amount of each row, None where the query has no second column."""
        with self._told(_DECLARE), conn.transaction(), conn.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(_DECLARE + self.sql)
            cursor.execute("FETCH 0 FROM recorded")
            row = self._reader(conn, cursor)
            number = 0
            while part := cursor.execute(f"FETCH {_PART} FROM recorded").fetchall():
                for found in part:
                    number += 1
                    yield row(found, number)

    def count(self, conn: Connection) -> int:
        """How many rows there are."""
        first, last = _COUNT
        with self._told(first):
            return int(_one(conn.execute(first + self.sql + last).fetchall()))

    def number(self, conn: Connection) -> int:
        """The one number that the query gives."""
        with self._told():
            cursor = conn.execute(self.sql)
            found = cursor.fetchall() if cursor.description else []
        if len(found) != 1 or len(found[0]) != 1:
            columns = len(cursor.description or ())
            raise self.wrong(
                "does not give one number", seen=f"{len(found)} rows of {columns} columns"
            )
        value = _whole(found[0][0])
        if value is None:
            raise self.wrong("does not give a whole number", seen=_shown(found[0][0]))
        return value

    def wrong(self, what: str, *, seen: str = "", todo: str = "") -> ReportError:
        """The error that tells what is wrong with the query."""
        return ReportError(f"The query `{self._key}` {what}", key=self._key, seen=seen, todo=todo)

    def _reader(
        self, conn: Connection, cursor: psycopg.Cursor[Any]
    ) -> Callable[[Sequence[Any], int], Row]:
        """What makes a row of ours out of one of the query's; keys are the text of any type."""
        columns = cursor.description or []
        if len(columns) not in {1, 2}:
            raise self.wrong(
                f"gives {len(columns)} columns",
                seen=", ".join(column.name for column in columns),
                todo="let it give the key of a transaction, and if it has one, its amount",
            )
        cursor.adapters.register_loader(columns[0].type_code, TextLoader)
        if len(columns) == 1 and self._amounts:
            raise self.wrong(
                "gives no amounts, so a wrong one would not show",
                seen=columns[0].name,
                todo="let its second column be the amount, or leave {amount} out of the request",
            )
        if len(columns) == 1:
            return lambda found, number: (self._text(found[0], number), None)
        kind = conn.adapters.types.get(columns[1].type_code)
        name = kind.name if kind else "unknown"
        if name not in _NUMBERS:
            raise self.wrong(
                "gives an amount that is no number",
                seen=f"column {columns[1].name} is of type {name}",
                todo="let it give the smallest unit of the currency, such as (total * 100)::bigint",
            )
        if columns[1].type_code == columns[0].type_code:
            # One loader for both: the amount is read from its text.
            return lambda found, number: (
                self._text(found[0], number),
                self._amount(None if found[1] is None else Decimal(found[1]), number),
            )
        return lambda found, number: (
            self._text(found[0], number),
            self._amount(found[1], number),
        )

    def _text(self, value: Any, number: int) -> str:
        if value is None:
            raise self.wrong(
                "gives a row without a key",
                seen=f"NULL as the key in row {number}",
                todo="leave such rows out, as by WHERE key IS NOT NULL",
            )
        return str(value)

    def _amount(self, value: Any, number: int) -> int:
        if type(value) is int:
            return value
        whole = _whole(value)
        if whole is None:
            raise self.wrong(
                "gives an amount that is no whole number",
                seen=f"{_shown(value)} in row {number}",
                todo="let it give the smallest unit of the currency, such as (total * 100)::bigint",
            )
        return whole

    @contextmanager
    def _told(self, before: str = "") -> Iterator[None]:
        """Errors of the query in words, with their place; `before` is what we put before it.

        What is nobody's fault stays as it is: a server that went away.
        """
        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            raise self.wrong(
                "takes too long",
                seen=error.diag.message_primary or "",
                todo="try it on a database that is filled: does it want an index?",
            ) from error
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            raise self.wrong("cannot be asked", seen=self._seen(error, len(before))) from error

    def _seen(self, error: psycopg.Error, offset: int) -> str:
        says = error.diag.message_primary or str(error).strip()
        position = int(error.diag.statement_position or 0) - offset
        if error.diag.statement_position is None or not 0 < position <= len(self.sql) + 1:
            return says
        head = self.sql[: position - 1]
        line, column = head.count("\n") + 1, position - (head.rfind("\n") + 1)
        shown = self.sql.splitlines()[line - 1] if line <= len(self.sql.splitlines()) else ""
        return f"{says}, in line {line}, column {column}: {shown.strip()}"


def _one(found: Sequence[Sequence[Any]]) -> Any:
    return found[0][0]


def _whole(value: Any) -> int | None:
    """A number without a fraction as such; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        return None  # there is a numeric that is no number, and one without end
    return whole if whole == value else None


def _shown(value: Any) -> str:
    return "NULL" if value is None else str(value)
