"""The gate: every commit that writes WAL waits, with its locks held, until we have looked.

The server is told that it has a synchronous standby, and that standby is us: a connection that
streams the WAL and says that it has it only after the locks have been read. A transaction gives up
its locks after its commit was acknowledged, so whoever has a commit in what we received before a
look still holds its locks during that look. Commits inside of one statement (VACUUM FULL, CLUSTER,
anything CONCURRENTLY) stop here like all others. See "Synchronous Replication" and "Streaming
Replication Protocol" in PostgreSQL's manual.
"""

from __future__ import annotations

import select
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import psycopg
from psycopg.pq import ExecStatus

from twiceshy.errors import StageLost
from twiceshy.postgres.connect import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from twiceshy.stage.server import Server

_NAME = "twiceshy_gate"
_DATA = ord("w")
_ALIVE = ord("k")
_DATA_HEADER = struct.Struct(">cQQQ")
_ALIVE_HEADER = struct.Struct(">cQQB")
_REPORT = struct.Struct(">cQQQQB")
# Seconds between two looks while nothing arrives: what never commits shows in these alone.
_PAUSE = 0.004
# A commit comes to wait microseconds after its flush; WAL that nobody waits for is none.
_WAITER_WITHIN = 0.003
_ARMED_WITHIN = 10.0


class Gate:
    """Holds up commits while `look` reads locks. Use as a context manager round what is traced.

    `look` is called from a thread of the gate's own; where a session under watch waits at the gate,
    it answers with the place in the WAL (in bytes) up to which there is any, else with 0.
    `several` tells whether more than one session is under watch.
    `received` is the place up to which all has come, `commits` grows by the places of commits.
    Sessions with `synchronous_commit = local`, as all of ours are, pass.
    """

    def __init__(
        self, server: Server, look: Callable[[], int], several: Callable[[], bool]
    ) -> None:
        self._server = server
        self._several = several
        self._look = look
        self.received = 0
        self._stop = threading.Event()
        self.commits: list[int] = []
        self.problem = ""

    def __enter__(self) -> Self:
        """Close the gate; from now on commits wait."""
        self._conn = connect(self._server.address, "postgres", streaming=True, name=_NAME)
        row = self._conn.pgconn.exec_(b"IDENTIFY_SYSTEM")
        position = row.get_value(0, 2) or b"0/0"
        result = self._conn.pgconn.exec_(b"START_REPLICATION PHYSICAL " + position)
        if result.status != ExecStatus.COPY_BOTH:
            seen = self._conn.pgconn.get_error_message()
            raise StageLost("The WAL of the scratch server cannot be followed", seen=seen)
        self.received = _number(position)
        self._arrivals = select.poll()
        self._arrivals.register(self._conn.pgconn.socket, select.POLLIN)
        self._thread = threading.Thread(target=self._guarded, name=_NAME, daemon=True)
        try:
            self._tell(_NAME)
            self._wait_until_armed()
        except BaseException:
            self._tell("")
            self._conn.close()
            raise
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Open it for good."""
        self._stop.set()
        self._thread.join()
        # Where the server has died, whoever needs it next will say so.
        with suppress(psycopg.OperationalError):
            self._tell("")
        self._conn.close()

    def _tell(self, standby: str) -> None:
        with self._server.connect("postgres") as conn:
            conn.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
            conn.execute("SELECT pg_reload_conf()")
        conn.close()

    def _wait_until_armed(self) -> None:
        """Commit until a commit is held up; then the server has heard of its standby."""
        deadline = time.monotonic() + _ARMED_WITHIN
        with self._server.connect("postgres") as conn, self._server.connect("postgres") as eye:
            conn.execute("SET synchronous_commit = on")
            protocol = conn.pgconn
            while True:
                protocol.send_query(b"SELECT pg_logical_emit_message(true, 'twiceshy.gate', '')")
                waits = self._waits(eye, protocol.backend_pid, protocol)
                while protocol.is_busy():
                    self._receive()
                    self._report()
                    protocol.consume_input()
                while protocol.get_result():
                    pass
                if waits:
                    break
                if time.monotonic() > deadline:
                    raise StageLost("Commits of the scratch server could not be held up")
        conn.close()
        eye.close()

    @staticmethod
    def _waits(eye: psycopg.Connection, pid: int, protocol: psycopg.pq.abc.PGconn) -> bool:
        """Whether the session comes to wait for a standby, rather than to an end."""
        while True:
            row = eye.execute(
                "SELECT wait_event = 'SyncRep' FROM pg_stat_get_activity(%s)", [pid]
            ).fetchone()
            if row and row[0]:
                return True
            protocol.consume_input()
            if not protocol.is_busy():
                return False

    # -- in the gate's own thread -------------------------------------------------------------

    def _guarded(self) -> None:
        try:
            self._keep()
        except (psycopg.Error, OSError, StageLost) as error:
            self.problem = str(error)
            # Nobody must wait for us any more.
            with suppress(psycopg.Error):
                self._tell("")

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._arrivals.poll(_PAUSE * 1000)
            arrived = self._receive()
            place = self._look()
            if not arrived and not place:
                continue
            patience = time.monotonic() + _WAITER_WITHIN
            while not place and time.monotonic() < patience:
                place = self._look()
            if place:
                self._await(place)
            self._report()

    def _await(self, place: int) -> None:
        """A commit waits whose WAL ends at `place`: take it in, and look at what came with it."""
        while self.received < place and not self._stop.is_set():
            self._arrivals.poll(_PAUSE * 1000)
            self._receive()
        self.commits.append(place)
        if self._several():
            self._look()

    def _receive(self) -> bool:
        """Take in all that has come; whether it was any WAL."""
        protocol = self._conn.pgconn
        protocol.consume_input()
        before = self.received
        while True:
            size, message = protocol.get_copy_data(1)
            if size == 0:
                return self.received > before
            if size < 0:
                raise StageLost("The scratch server stopped telling its WAL")
            if message[0] == _DATA:
                start = int(_DATA_HEADER.unpack_from(message)[1])
                self.received = max(self.received, start + size - _DATA_HEADER.size)
            elif message[0] == _ALIVE:
                self.received = max(self.received, int(_ALIVE_HEADER.unpack_from(message)[1]))

    def _report(self) -> None:
        position = self.received
        protocol = self._conn.pgconn
        protocol.put_copy_data(_REPORT.pack(b"r", position, position, position, 0, 0))
        protocol.flush()


def _number(position: bytes) -> int:
    """`16/B374D848` as a number of bytes."""
    high, _, low = position.partition(b"/")
    return (int(high, 16) << 32) + int(low, 16)
