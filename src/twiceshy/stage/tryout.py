"""A transaction in which rows are tried, and which leaves nothing behind."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

import psycopg

from twiceshy.errors import CannotTell, StageLost
from twiceshy.stage.rows import run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.rows import Name, Row

# The service may hold locks on what we try; nothing here is worth waiting long for.
_BEGIN = (
    "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '20s'; "
    "SET CONSTRAINTS ALL IMMEDIATE"
)
_POINT = "twiceshy_row"


class Tryout:
    """Opens with the first statement that is needed, and is rolled back when it is left.

    What comes before a row (the beginning, a state of the data) is sent together with it, for each
    round trip costs as much as the row does. `reached` says how many operations of a state are
    in it, `there` which rows of theirs.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._open = False
        self._waiting: list[str] = []
        self._point_set = False
        self.reached = 0
        self.there: set[Name] = set()

    def __enter__(self) -> Self:
        """Nothing is sent yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back."""
        self.start_again()

    def start_again(self) -> None:
        """Back to the data as it is without any state."""
        if self._open:
            with suppress(psycopg.OperationalError):
                self._conn.execute("ROLLBACK")
        self._open = self._point_set = False
        self._waiting.clear()
        self.reached = 0
        self.there.clear()

    def add(self, statements: Iterable[str]) -> None:
        """Run these before whatever comes next; see `conn` for what they may raise."""
        self._waiting += statements

    @property
    def conn(self) -> Connection:
        """The connection, within the transaction.

        Raises CannotTell when statements that waited fail, StageLost when the server went away.
        """
        sql = self._ahead()
        if sql:
            self._bring_about(sql)
        return self._conn

    @property
    def closed(self) -> bool:
        """Whether the server went away."""
        return self._conn.closed

    def attempt(self, sql: str) -> list[Row]:
        """What a statement gives; psycopg.Error when it is refused, and then it left no trace."""
        if self._point_set and self._waiting:
            self._bring_about(self._ahead())
        ahead = f"RELEASE {_POINT}" if self._point_set else self._ahead()
        try:
            rows = run(self._conn, "; ".join(filter(None, [ahead, f"SAVEPOINT {_POINT}", sql])))
        except psycopg.Error as error:
            self._opened()
            if self._conn.closed:
                raise
            try:
                self.take_back()
            except psycopg.errors.InvalidSavepointSpecification:
                # What goes ahead failed.
                raise _impossible(error) from error
            raise
        self._opened()
        self._point_set = True
        return rows

    def take_back(self) -> None:
        """Undo the last attempt."""
        self._conn.execute(f"ROLLBACK TO {_POINT}; RELEASE {_POINT}")
        self._point_set = False

    def _opened(self) -> None:
        self._open = True
        self._waiting.clear()

    def _ahead(self) -> str:
        """What has to be sent first."""
        return ";\n".join([*([] if self._open else [_BEGIN]), *self._waiting])

    def _bring_about(self, sql: str) -> None:
        try:
            run(self._conn, sql)
        except psycopg.Error as error:
            if self._conn.closed:
                raise StageLost("The scratch database went away", seen=str(error)) from error
            raise _impossible(error) from error
        finally:
            self._opened()


def _impossible(error: psycopg.Error) -> CannotTell:
    return CannotTell("A state of the data could not be brought about", seen=str(error))
