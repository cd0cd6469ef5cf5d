"""One session in which a script's statements run, over libpq, with a time limit for each."""

from __future__ import annotations

import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from twiceshy.postgres.connect import connect_as_role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from psycopg.pq.abc import PGresult

    from twiceshy.stage.server import Server

_FAILED = {ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.NONFATAL_ERROR}
_GIVES_UP_WITHIN = 5.0
# What is short is looked at closely, what is long need not be.
_PAUSE_GROWS = 0.02
# SQLSTATE: a statement that must not run inside of a transaction block, or that ends one itself.
_WANTS_NO_BLOCK = frozenset({"25001", "2D000"})
NAME = "psql"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a statement ended: `error` begins with its SQLSTATE and is empty when all went well."""

    error: str = ""
    seconds: float = 0.0

    @property
    def state(self) -> str:
        """The SQLSTATE, or ""."""
        return self.error[:5]

    @property
    def wants_no_block(self) -> bool:
        """Whether it failed for the transaction round it alone."""
        return self.state in _WANTS_NO_BLOCK


class Session:
    """A connection as a deploy would make it. `cancel(pid, end=...)` interrupts it from outside."""

    def __init__(
        self,
        server: Server,
        database: str,
        settings: Iterable[tuple[str, str]],
        cancel: Callable[..., None],
    ) -> None:
        self._conn = connect_as_role(server.address, database, settings=settings, name=NAME)
        self._protocol = self._conn.pgconn
        self._cancel = cancel
        self._arrivals = select.poll()
        self._arrivals.register(self._protocol.socket, select.POLLIN)
        self.pid = self._protocol.backend_pid
        self._meanwhile: Callable[[], None] | None = None

    def close(self) -> None:
        """End it; what it has open is rolled back."""
        self._conn.close()

    @property
    def in_block(self) -> bool:
        """Whether a transaction is open, failed or not."""
        status = self._protocol.transaction_status
        return status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}

    @property
    def lost(self) -> bool:
        """Whether the server has closed it."""
        return self._protocol.status != ConnStatus.OK

    def ask(self, sql: str) -> list[tuple[str | None, ...]]:
        """A query of ours, in the same session; empty when it fails."""
        result = self._protocol.exec_(sql.encode())
        if result.status != ExecStatus.TUPLES_OK:
            return []
        return [
            tuple(_text(result.get_value(row, column)) for column in range(result.nfields))
            for row in range(result.ntuples)
        ]

    def run(
        self,
        sql: str,
        within: float,
        data: str | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Outcome:
        """Run one statement as psql does; `data` follows a COPY FROM STDIN.

        After `within` seconds it is cancelled, and after some more the session is ended.
        `meanwhile` is called again and again while it runs, at first without a pause.
        """
        began = time.monotonic()
        self._meanwhile = meanwhile
        try:
            error = self._finish(sql, began + within, data)
        except psycopg.OperationalError as problem:
            error = f"08006 {_first_line(str(problem))}"
        return Outcome(error, time.monotonic() - began)

    def _finish(self, sql: str, deadline: float, data: str | None) -> str:
        self._protocol.send_query(sql.encode())
        error, late = "", False
        while True:
            late = self._wait(deadline) or late
            result = self._protocol.get_result()
            if result is None:
                break
            if result.status == ExecStatus.COPY_IN:
                self._feed(data)
            elif result.status == ExecStatus.COPY_OUT:
                self._drain()
            elif result.status in _FAILED:
                error = error or error_of(result)
        if late:
            return f"57014 it had not ended when its time was over: {error[6:]}"
        return error

    def _wait(self, deadline: float) -> bool:
        """Wait for the next result; whether the time was over and the statement was cancelled."""
        cancelled = False
        began = time.monotonic()
        while self._protocol.is_busy():
            now = time.monotonic()
            left = deadline - now
            if left <= 0:
                self._cancel(self.pid, end=cancelled)
                cancelled = True
                deadline = time.monotonic() + _GIVES_UP_WITHIN
                left = _GIVES_UP_WITHIN
            if self._meanwhile is not None:
                self._meanwhile()
                left = min(left, (now - began) * _PAUSE_GROWS)
            if self._arrivals.poll(left * 1000):
                self._protocol.consume_input()
        return cancelled

    def _feed(self, data: str | None) -> None:
        if data is None:
            self._protocol.put_copy_end(b"there is no data for it in the script")
            return
        self._protocol.put_copy_data(data.encode())
        self._protocol.put_copy_end()

    def _drain(self) -> None:
        while self._protocol.get_copy_data(0)[0] > 0:
            pass


def error_of(result: PGresult) -> str:
    """SQLSTATE and first line of the message of a result that failed."""
    state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b"XX000"
    message = result.error_field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY)
    text = (message or result.error_message or b"").decode("utf-8", "replace")
    return f"{state.decode()} {_first_line(text)}"


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "the connection was lost"


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
