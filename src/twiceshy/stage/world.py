"""One clone of the template: its changes, its quiet, and the way back to the snapshot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import StageLost
from twiceshy.postgres.connect import literal, query, quoted
from twiceshy.stage import changes as decoding
from twiceshy.stage.changes import CannotUndo, Changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.history import RowChange
    from twiceshy.model.schema import QName, Table
    from twiceshy.stage.server import Server

_SLOT = "twiceshy"
_ORIGIN = "twiceshy"
# The server reads its log again from the last snapshot of running transactions, which it writes
# only every 15 s. Asking for one keeps each reading short.
_READINGS_PER_SNAPSHOT = 50


class World:
    """A database the service works on, while we watch and undo.

    `snapshot()` is called once the actors are logged in; `rewind()` goes back to that moment and
    says False where only a fresh clone can.
    """

    def __init__(self, server: Server, database: str, tables: Mapping[QName, Table]) -> None:
        self.database = database
        self.why_not: str = ""
        self._tables = tables
        self._server = server
        # An error drops the temporary slots of its session, so nothing that may fail runs there.
        self._conn = server.connect(database)
        self._work = server.connect(database)
        self._undo = server.connect(database)
        self._pending: list[RowChange] = []
        self._schema_changed = False
        self._seen_lsn = ""
        self._readings = 0
        self._sequences: dict[str, tuple[int, bool]] = {}
        self._sequence_query = self._make_sequence_query()
        self._open_slot()

    def close(self) -> None:
        """Drop our connections; the slot is temporary and goes with its session."""
        for connection in (self._conn, self._work, self._undo):
            connection.close()

    def _open_slot(self) -> None:
        self._conn.execute(
            "SELECT pg_create_logical_replication_slot(%s, 'test_decoding', true)", [_SLOT]
        )
        self._undo.execute(
            "SELECT pg_replication_origin_create(%s) WHERE NOT EXISTS "
            "(SELECT FROM pg_replication_origin WHERE roname = %s)",
            [_ORIGIN, _ORIGIN],
        )
        # Our own undoing bears an origin, by which the slot leaves it out.
        self._undo.execute("SELECT pg_replication_origin_session_setup(%s)", [_ORIGIN])
        self._undo.execute("SET session_replication_role = replica")
        self._undo.execute("SET lock_timeout = '2s'")

    def snapshot(self) -> None:
        """From now on `rewind` comes back to this moment."""
        self.take_changes(force=True)
        self._pending.clear()
        self._schema_changed = False
        self._sequences = self._read_sequences()

    def apply(self, sql: str) -> None:
        """Change the data; the change is part of what `rewind` takes back."""
        if sql:
            try:
                self._work.execute(f"BEGIN; {sql}; COMMIT")
            except psycopg.Error:
                if not self._work.closed:
                    self._work.execute("ROLLBACK")
                raise

    def take_changes(self, *, force: bool = False) -> Changes:
        """Rows changed since the last call, by anybody but our undoing. Remembered for `rewind`."""
        lsn, safe = self._lsn()
        if lsn == self._seen_lsn and not force:
            return Changes()
        if not safe:
            # Somebody commits asynchronously: a commit of ours flushes theirs.
            self._conn.execute("SELECT pg_logical_emit_message(true, 'twiceshy.flush', '')")
            lsn = self._lsn()[0]
        rows = self._conn.execute(query("slot_changes"), [_SLOT]).fetchall()
        self._seen_lsn = lsn
        self._keep_readings_short()
        found = decoding.parse(row[0] for row in rows)
        self._pending += found.rows
        self._schema_changed |= found.schema_changed
        return found

    def _lsn(self) -> tuple[str, bool]:
        row = self._conn.execute(query("wal_positions")).fetchone()
        return (str(row[0]), bool(row[1])) if row else ("", True)

    def _keep_readings_short(self) -> None:
        self._readings += 1
        if self._readings % _READINGS_PER_SNAPSHOT == 0:
            if self._server.binaries.major >= 16:  # noqa: PLR2004 - the function came with 16
                self._conn.execute("SELECT pg_log_standby_snapshot()")
            else:
                self._conn.execute("CHECKPOINT")

    def wait_until_quiet(self, within: float) -> str:
        """Wait until no session of the service runs or holds a transaction; "" or who did not rest."""
        deadline = time.monotonic() + within
        pause = 0.0005
        while True:
            row = self._conn.execute(query("busy_sessions")).fetchone()
            if row is None or row[0] is None:
                return ""
            if time.monotonic() > deadline:
                return str(row[0])
            time.sleep(pause)
            pause = min(pause * 2, 0.02)

    def rewind(self) -> bool:
        """Take back every change since the snapshot; False (and `why_not`) if it cannot be done."""
        self.take_changes()
        if self._schema_changed:
            self.why_not = "the schema was changed"
            return False
        try:
            statements = decoding.undo_sql(self._pending, self._tables)
        except CannotUndo as reason:
            self.why_not = str(reason)
            return False
        moved = [
            f"SELECT setval({literal(name)}, {value}, {str(called).lower()})"
            for name, (value, called) in self._moved_sequences()
        ]
        if not self._run_undo(statements, moved):
            return False
        self._pending.clear()
        self._seen_lsn = self._lsn()[0]
        return True

    def _run_undo(self, statements: list[tuple[str, int]], moved: list[str]) -> bool:
        if not statements and not moved:
            return True
        parts = ["BEGIN", *(sql for sql, _ in statements), *moved, "COMMIT"]
        cursor = self._undo.cursor()
        try:
            cursor.execute("; ".join(parts))
        except psycopg.OperationalError as error:
            if self._undo.closed:
                raise StageLost("The scratch database went away", seen=str(error)) from error
            self._undo.execute("ROLLBACK")
            self.why_not = "rows were locked by the service"
            return False
        except psycopg.Error as error:
            self._undo.execute("ROLLBACK")
            self.why_not = f"a row could not be put back: {error}"
            return False
        for _, expected in statements:
            cursor.nextset()
            if cursor.rowcount != expected:
                self.why_not = "a row to be put back was not as it had been left"
                return False
        return True

    def _moved_sequences(self) -> list[tuple[str, tuple[int, bool]]]:
        if not self._sequences:
            return []
        now = self._read_sequences()
        return [(name, was) for name, was in self._sequences.items() if now.get(name) != was]

    def _read_sequences(self) -> dict[str, tuple[int, bool]]:
        if not self._sequence_query:
            return {}
        rows = self._conn.execute(self._sequence_query).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def _make_sequence_query(self) -> str:
        names = self._conn.execute(query("sequences")).fetchall()
        return " UNION ALL ".join(
            f"SELECT {literal(f'{quoted(schema)}.{quoted(name)}')}, last_value, is_called "
            f"FROM {quoted(schema)}.{quoted(name)}"
            for schema, name in names
        )

    @property
    def connection(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection for the planter and for reading rows; an error on it does no harm."""
        return self._work
