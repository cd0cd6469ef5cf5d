"""Hold a lock on a table, or on some of its rows, while the service works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import UsageError, nearest
from twiceshy.postgres.connect import query
from twiceshy.stage.faults.counted import counted
from twiceshy.stage.faults.ground import Deed

if TYPE_CHECKING:
    from twiceshy.model.strain import Fault
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.faults.ground import Ground

_GRANTED_WITHIN = "5s"
_ROWS = re.compile(r"\S+\s+where\s", re.IGNORECASE)


class Lock(Deed):
    """`target` names a table, as in SQL, or rows of it: `accounts where id = 7`."""

    def __init__(self, fault: Fault, ground: Ground) -> None:
        if not fault.target:
            raise UsageError("A lock wants the table that it is held on", todo="name it as target")
        self.evidence: list[str] = []
        self._stage = ground.stage
        self._target = fault.target
        self._holder: Connection | None = None
        self._look: Connection | None = None
        self._seen: dict[int, str] = {}

    def check(self) -> None:
        """UsageError when there is nothing of that name to lock."""
        table = self._target.split()[0]
        names = [str(name) for name in self._stage.catalogue.by_name]
        with self._stage.server.connect(self._stage.database) as conn:
            try:
                conn.execute(f"SELECT FROM {self._target} FOR UPDATE LIMIT 0")
            except psycopg.errors.UndefinedTable:
                near = nearest(table, names)
                raise UsageError(
                    f"There is no table {table!r} to lock",
                    todo=f"did you mean {near!r}?" if near else f"one of: {', '.join(names)}",
                ) from None
            except psycopg.Error as error:
                raise UsageError(
                    "This cannot be locked",
                    where=self._target,
                    seen=error.diag.message_primary or "",
                    todo="name a table, or rows of one: accounts where id = 7",
                ) from None

    def begin(self) -> None:
        """Take it; what holds the table now is waited for, for a few seconds."""
        self._holder = self._stage.server.connect(self._stage.database)
        self._look = self._stage.server.connect(self._stage.database)
        self._holder.execute("BEGIN")
        self._holder.execute(f"SET LOCAL lock_timeout = '{_GRANTED_WITHIN}'")
        if _ROWS.match(self._target):
            self._holder.execute(f"SELECT FROM {self._target} FOR UPDATE")
        else:
            self._holder.execute(f"LOCK TABLE {self._target} IN ACCESS EXCLUSIVE MODE")

    def watch(self) -> None:
        """Note who waits for us."""
        if self._holder is not None and self._look is not None:
            about = {"holder": self._holder.info.backend_pid}
            self._seen |= dict(self._look.execute(query("fault_waiters"), about).fetchall())

    def end(self) -> None:
        """Let go of it."""
        if self._holder is None:
            return
        try:
            self.watch()
        finally:
            for conn in (self._holder, self._look):
                if conn is not None:
                    conn.close()
            self._holder = self._look = None
        if self._seen:
            pid, statement = min(self._seen.items())
            such = ":" if len(self._seen) == 1 else ", such as"
            self.evidence.append(
                f"{counted(len(self._seen), 'session', 'sessions')} waited for the lock on "
                f"{self._target}{such} process {pid} with {statement}"
            )
