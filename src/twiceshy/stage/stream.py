"""The changes of one database as the server reads them from its own log, while it runs.

A temporary logical replication slot is read over the streaming replication protocol (chapter
"Streaming Replication Protocol" of PostgreSQL's manual). Asking the slot by SQL instead starts the
reading anew for each answer, which takes some 0.4 ms; here it is 0.03 ms.
"""

from __future__ import annotations

import select
import struct
import time
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import ExecStatus

from twiceshy.errors import StageLost
from twiceshy.postgres.connect import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.postgres.connect import Address, Connection

MARK = "twiceshy.mark"
_PATIENCE = 60.0
# Message types of the protocol: data, and a standby's report of how far it has come.
_DATA = b"w"
_DATA_HEADER = struct.Struct(">cQQQ")
_REPORT = struct.Struct(">cQQQQB")
# Seconds. Since version 16 the server may overlook a commit that falls between its look at the log
# and its going to sleep, and then tells it with the next one, up to 15 s later. It looks again when
# it hears from us.
_FIRST_NUDGE = 0.003
_LAST_NUDGE = 0.2
# The server keeps its log until we say that we have read it.
_REPORT_EVERY = 16 << 20


class ChangeStream:
    """What was committed in a database, read up to marks that we set ourselves.

    What is committed under any replication origin, as our own undoing is, is left out.
    """

    def __init__(self, address: Address, database: str, slot: str) -> None:
        self._marks = 0
        self._reported = 0
        self._conn = connect(address, database, streaming=True)
        kind = "TEMPORARY LOGICAL test_decoding NOEXPORT_SNAPSHOT"
        self._run(f"CREATE_REPLICATION_SLOT {slot} {kind}")
        options = "\"only-local\" '1', \"skip-empty-xacts\" '1', \"include-xids\" '0'"
        self._run(f"START_REPLICATION SLOT {slot} LOGICAL 0/0 ({options})")
        self._arrivals = select.poll()
        self._arrivals.register(self._conn.pgconn.socket, select.POLLIN)

    def _run(self, command: str) -> None:
        result = self._conn.pgconn.exec_(command.encode())
        if result.status not in {ExecStatus.TUPLES_OK, ExecStatus.COPY_BOTH}:
            said = self._conn.pgconn.get_error_message()
            raise StageLost("The changes of the scratch database cannot be followed", seen=said)

    def close(self) -> None:
        """End the reading; the slot goes with its connection."""
        self._conn.close()

    @staticmethod
    def prepare(conn: Connection) -> None:
        """Prepare `conn` for `next_mark`."""
        conn.execute(
            f"PREPARE twiceshy_mark(text) AS SELECT pg_logical_emit_message(true, '{MARK}', $1)"
        )

    def next_mark(self) -> str:
        """A statement that sets the next mark, for a connection that was prepared."""
        self._marks += 1
        return f"EXECUTE twiceshy_mark('{self._marks}')"

    def last_mark(self) -> str:
        """The line by which the last mark is told."""
        return (
            f"message: transactional: 1 prefix: {MARK}, sz: {len(str(self._marks))} "
            f"content:{self._marks}"
        )

    def until_mark(self) -> Iterator[str]:
        """Lines of test_decoding up to the last mark, as they come; to be read to the end.

        Marks on the way are told as lines.
        """
        wanted = self.last_mark()
        while True:
            message = self._next_message()
            if message[:1] != _DATA:
                continue
            line = message[_DATA_HEADER.size :].decode("utf-8", "replace")
            if line == wanted:
                self._report(_DATA_HEADER.unpack_from(message)[1])
                return
            yield line

    def _next_message(self) -> bytes:
        protocol = self._conn.pgconn
        try:
            size, message = protocol.get_copy_data(1)
            while size == 0 and self._awaited():
                protocol.consume_input()
                size, message = protocol.get_copy_data(1)
        except psycopg.OperationalError as error:
            raise StageLost("The scratch database went away", seen=str(error)) from error
        if size <= 0:
            raise StageLost("The scratch database server stopped telling its changes")
        return bytes(message)

    def _awaited(self) -> bool:
        """Whether something came before we lost patience; the server is nudged meanwhile."""
        deadline = time.monotonic() + _PATIENCE
        pause = _FIRST_NUDGE
        while not self._arrivals.poll(pause * 1000):
            if time.monotonic() > deadline:
                return False
            self._say(self._reported)
            pause = min(pause * 2, _LAST_NUDGE)
        return True

    def _report(self, position: int) -> None:
        if position - self._reported >= _REPORT_EVERY:
            self._reported = position
            self._say(position)

    def _say(self, position: int) -> None:
        protocol = self._conn.pgconn
        protocol.put_copy_data(_REPORT.pack(b"r", position, position, position, 0, 0))
        protocol.flush()
