"""Hold a lock on a table, or on some of its rows, while the service works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError
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
