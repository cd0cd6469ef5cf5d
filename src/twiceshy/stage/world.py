"""One clone of the template: its changes, its quiet, and the way back to the snapshot."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import StageLost
from twiceshy.model.schema import QName
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.postgres.connect import query, results
from twiceshy.stage.changes import Changes, parse
from twiceshy.stage.stream import ChangeStream
from twiceshy.stage.undo import CannotUndo, undo
from twiceshy.stage.unlogged import Unlogged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg.pq.abc import PGresult

    from twiceshy.model.history import RowChange
    from twiceshy.model.schema import Catalogue, Table
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.server import Server
    from twiceshy.stage.undo import Undo

# Beyond this a fresh clone is quicker, and a list of the changes is of no use to anybody.
_MOST_CHANGES = 20_000
_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02
_SLOT_ENDS_WITHIN = 5.0


class World:
    """A database the service works on, while we watch and undo.

    `snapshot()` is called once the actors are logged in; `rewind()` goes back to that moment and
    says False (and `why_not`) where only a fresh clone can. `roots` names for each partition the
    table that it is a part of. `database` must be made of lower-case letters, digits and `_`.
    """

    def __init__(self, server: Server, database: str, tables: Mapping[QName, Table]) -> None:
        self.database = database
        self.why_not: str = ""
        # What may fail runs on a session of its own: the others must never be left in an error.
        self._watch = server.connect(database)
        self._work = server.connect(database)
        self._work.execute("SET lock_timeout = '5s'")
        self._undo = server.connect(database)
        self._stream = ChangeStream(server.address, database, slot=database)
        self._stream.prepare(self._watch)
        self._stream.prepare(self._work)
        self._watch.execute(f"PREPARE twiceshy_busy AS {query('busy_sessions')}")
        self._prepare_undo()
        self._pending: list[RowChange] = []
        self._border = ""
        self._obstacle = ""
        self.know(tables)
        self._others = Unlogged(self._watch, self._undo, server.binaries.major)

    def know(self, tables: Mapping[QName, Table]) -> None:
        """These are the tables of the database, each of them with REPLICA IDENTITY FULL."""
        found = self._watch.execute(query("partitions")).fetchall()
        self.roots = {QName(a, b): QName(c, d) for a, b, c, d in found}
        parts = {part: tables[root] for part, root in self.roots.items() if root in tables}
        self._tables = {**tables, **parts}

    def learn(self) -> Catalogue:
        """Prepare what was made since the template was, and look again at what there is."""
        try:
            self._work.execute(query("prepare_tables"))
        except psycopg.errors.LockNotAvailable as error:
            raise StageLost(
                "The service holds locks on the tables that it made",
                seen=str(error),
                todo="let it commit what it does when it starts",
            ) from error
        catalogue = read_catalogue(self._work)
        self.know(catalogue.by_name)
        return catalogue

    def close(self) -> None:
        """End our sessions and all that they hold on the server."""
        self._stream.close()
        with suppress(psycopg.Error):
            self._undo.execute("SELECT pg_replication_origin_session_reset()")
            self._undo.execute("SELECT pg_replication_origin_drop(%s)", [self.database])
            self._wait_for_slot_to_end()
        for connection in (self._watch, self._work, self._undo):
            connection.close()

    def _wait_for_slot_to_end(self) -> None:
        # A database cannot be dropped while a slot of it is in use, and sessions end by and by.
        gone = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s"
        deadline = time.monotonic() + _SLOT_ENDS_WITHIN
        while self._undo.execute(gone, [self.database]).fetchone() != (0,):
            if time.monotonic() > deadline:
                return
            time.sleep(_FIRST_PAUSE)

    def _prepare_undo(self) -> None:
        # Our own undoing bears an origin, by which the stream leaves it out.
        self._undo.execute("SELECT pg_replication_origin_create(%s)", [self.database])
        self._undo.execute("SELECT pg_replication_origin_session_setup(%s)", [self.database])
        self._undo.execute("SET session_replication_role = replica")
        self._undo.execute("SET lock_timeout = '2s'")

    def snapshot(self) -> None:
        """From now on `rewind` comes back to this moment."""
        self.take_changes()
        self._pending.clear()
        self._obstacle = ""
        self._others.remember()

    def apply(self, sql: str) -> None:
        """Change the data; `rewind` takes back this as well.

        What comes to be known later does not tell of anything that was done until now.
        """
        mark = self._stream.next_mark()
        try:
            results(self._work, f"BEGIN; {sql}; COMMIT; {mark}" if sql else mark)
        except psycopg.Error:
            if not self._work.closed:
                self._work.execute("ROLLBACK")
            raise
        # Nobody waits for the changes here: they are read with those of the request.
        self._border = self._stream.last_mark()

    def take_changes(self) -> Changes:
        """Rows changed since the last call or state, but not by our undoing; kept for `rewind`.

        StageLost when the database does not answer any more; so do `settle` and `rewind`.
        """
        self._ask(self._stream.next_mark())
        return self._taken()

    def settle(self, within: float) -> tuple[str, Changes]:
        """Wait until no session of the service runs or holds a transaction, then take the changes.

        Also says who did not come to rest within so many seconds, or "".
        """
        deadline = time.monotonic() + within
        pause = _FIRST_PAUSE
        while True:
            found = self._ask(f"EXECUTE twiceshy_busy; {self._stream.next_mark()}")
            busy = (found[0].get_value(0, 0) or b"").decode("utf-8", "replace")
            if not busy or time.monotonic() > deadline:
                return busy, self._taken()
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def end_sessions(self) -> None:
        """End what a service that was stopped left behind: its last statements may run on."""
        self._ask(query("end_sessions"))

    def _ask(self, sql: str) -> list[PGresult]:
        try:
            return results(self._watch, sql)
        except psycopg.OperationalError as error:
            raise StageLost("The scratch database went away", seen=str(error)) from error

    def _taken(self) -> Changes:
        lines = self._stream.until_mark()
        if self._border:
            self._remembered(takewhile(self._border.__ne__, lines))
            self._border = ""
        return self._remembered(lines)

    def _remembered(self, lines: Iterator[str]) -> Changes:
        found = parse(lines, self._tables, _MOST_CHANGES)
        self._pending += found.rows
        if not found.complete or len(self._pending) > _MOST_CHANGES:
            self._obstacle = f"more than {_MOST_CHANGES} rows were changed"
        self._obstacle = self._obstacle or found.obstacle
        return found

    def rewind(self) -> bool:
        """Take back every change since the snapshot; False (and `why_not`) if it cannot be done."""
        self.take_changes()
        self.why_not = self._obstacle or self._undo_pending()
        if not self.why_not:
            self._pending.clear()
        return not self.why_not

    def _undo_pending(self) -> str:
        """Why it could not be done, or ""."""
        try:
            statements = undo(self._pending, self._tables)
            if self._run(statements):
                return ""
            # What must be unique may have been swapped between rows: then order matters.
            apart = undo(self._pending, self._tables, together=False)
            return "" if self._run(apart) else "a row to be put back met another one"
        except CannotUndo as reason:
            return str(reason)

    def _run(self, statements: Sequence[Undo]) -> bool:
        """Undo all in one transaction; False where two rows got into each other's way."""
        parts = [statement.sql for statement in statements]
        try:
            answers = results(
                self._undo, "; ".join(["BEGIN", *parts, *self._others.statements, "COMMIT"])
            )
        except psycopg.Error as error:
            if self._undo.closed:
                raise StageLost("The scratch database went away", seen=str(error)) from error
            self._undo.execute("ROLLBACK")
            if isinstance(error, psycopg.IntegrityError):
                return False
            raise CannotUndo(_reason(error)) from error
        for statement, answer in zip(statements, answers[1:], strict=False):
            if answer.command_tuples != statement.rows:
                raise CannotUndo("a row to be put back was not as it had been left")
        if self._others.statements and answers[-2].get_value(0, 0) == b"f":
            raise CannotUndo("large objects were changed")
        return True

    @property
    def connection(self) -> Connection:
        """A session for the planter and for reading rows; an error on it does no harm."""
        return self._work


def _reason(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
        return "rows were locked by the service"
    return f"a row could not be put back: {error}"
