"""Requests that were sent at once wait for each other before they write.

Whether they meet inside the service is luck on a busy machine, and a race that was not seen there
looks like none. So we hold a lock that stops who writes, not who reads, on each table that they
write, and open one table after the other once all of them stand there: whatever they check before
they write, all have checked by then.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

import psycopg

from twiceshy.postgres.connect import query, results

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from twiceshy.model.schema import QName
    from twiceshy.stage.server import Server

# Seconds. Far below the second after which the server looks for deadlocks: a worker of the service
# that we get in the way of waits no longer than this, and we try again.
_LOCK_TIMEOUT = 0.1
_TRIES = 10
_STEP = 0.004
# Nobody is held up before the first one comes, so there is time: hashing a password takes long.
_FIRST_WITHIN = 10.0
# After the first one came: so long at the most, for a service may limit how long it waits.
_LONGEST = 1.0
# So long without another one coming, for those alone and for those with company.
_ALONE, _IN_COMPANY = 0.3, 0.1


class Meeting:
    """Stops writes to tables, in the order in which they are written. Use as a context manager.

    `met` is how many stood there at once. Where something else holds these tables for long,
    nothing is stopped, and nobody meets.
    """

    def __init__(self, server: Server, database: str, tables: Sequence[QName]) -> None:
        self._tables = tuple(tables)
        self._stopped = 0
        self.met = 0
        self._conn = server.connect(database)

    def __enter__(self) -> Self:
        """Take the locks."""
        milliseconds = int(_LOCK_TIMEOUT * 1000)
        self._conn.execute(f"SET lock_timeout = {milliseconds}")
        last_first = list(enumerate(self._tables))[::-1]
        # Going back to its savepoint opens a table, and those after it in this list.
        locks = [
            f"SAVEPOINT table_{number};LOCK TABLE {table.sql} IN SHARE MODE"
            for number, table in last_first
        ]
        for _ in range(_TRIES):
            try:
                results(self._conn, "; ".join(["BEGIN", *locks]))
            except psycopg.errors.LockNotAvailable:
                self._conn.execute("ROLLBACK")
                continue
            except psycopg.Error:
                # A relation that cannot be locked: they must do without.
                break
            self._stopped = len(self._tables)
            break
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let everybody go on."""
        self._conn.close()

    def wait(self, unanswered: Callable[[], int]) -> None:
        """Open the tables, each once all who have no answer yet stand there; then stop nobody.

        To be called while the requests are under way.
        """
        try:
            for number in range(self._stopped):
                came = self._come(unanswered)
                self.met = max(self.met, came)
                if came < 2:
                    # Alone: the service takes one after the other, or the others do not write.
                    break
                self._conn.execute(f"ROLLBACK TO SAVEPOINT table_{number}")
        finally:
            self._conn.close()

    def _come(self, unanswered: Callable[[], int]) -> int:
        """Wait until all are there, or no more come; how many were."""
        most, began = 0, time.monotonic()
        first = grown = began
        while True:
            left, waiting, now = unanswered(), self._waiting(), time.monotonic()
            if waiting > most:
                first = first if most else now
                most, grown = waiting, now
            if waiting >= left:
                return most
            if not most and now - began > _FIRST_WITHIN:
                return 0
            # Where the first one came late, the next one may need as long again.
            patience = max(_ALONE if most == 1 else _IN_COMPANY, 2 * (first - began))
            if most and (now - grown > patience or now - first > _LONGEST):
                return most
            time.sleep(_STEP)

    def _waiting(self) -> int:
        row = self._conn.execute(query("waiting_sessions")).fetchone()
        return int(row[0]) if row else 0
