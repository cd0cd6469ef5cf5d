"""End every session that the service has on the database."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from twiceshy.postgres.connect import query
from twiceshy.stage.evidence import log_records
from twiceshy.stage.faults.counted import counted
from twiceshy.stage.faults.ground import Deed

if TYPE_CHECKING:
    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.ground import Ground

_SEEN_WITHIN = 5.0
_STEP = 0.005
# SQLSTATE of a session that was ended by an administrator.
_ENDED = b"57P01"


class TerminateBackends(Deed):
    """pg_terminate_backend for each session but ours; there is nothing to take back."""

    def __init__(self, fault: Fault, ground: Ground) -> None:  # noqa: ARG002 - as all are made
        self.evidence: list[str] = []
        self._stage = ground.stage

    def begin(self) -> None:
        """End them, and wait until they are gone and the server's log says so."""
        log = self._stage.server.log
        before = log.stat().st_size
        with self._stage.server.connect(self._stage.database) as conn:
            pids = {pid for (pid,) in conn.execute(query("fault_sessions"))}
            for pid in pids:
                conn.execute("SELECT pg_terminate_backend(%s)", [pid])
            deadline = time.monotonic() + _SEEN_WITHIN
            while left := pids & {pid for (pid,) in conn.execute(query("fault_sessions"))}:
                if time.monotonic() > deadline:
                    break
                time.sleep(_STEP)
        with log.open("rb") as file:
            file.seek(before)
            told = _told_ended(file.read())
        ended = sorted((pids - left) & told)
        if ended:
            named = ", ".join(map(str, ended))
            self.evidence.append(
                f"{len(ended)} of {counted(len(pids), 'session', 'sessions')} "
                f"{'was' if len(ended) == 1 else 'were'} ended, as the server's log says "
                f"(57P01): {named}"
            )

    def end(self) -> None:
        """The service connects again by itself, or it does not."""


def _told_ended(log: bytes) -> set[int]:
    """The sessions whose end by an administrator the log tells."""
    return {int(pid) for pid, _, state, _ in log_records(log) if state == _ENDED and pid.isdigit()}
