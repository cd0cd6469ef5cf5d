"""Let the database server crash, and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.stage.faults.ground import Deed

if TYPE_CHECKING:
    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.ground import Ground
    from twiceshy.stage.server import Server


class RestartDatabase(Deed):
    """An immediate shutdown, without a checkpoint; the server recovers when it comes back.

    All our own sessions of before are lost with it, those of the stage's world included.
    """

    def __init__(self, fault: Fault, ground: Ground) -> None:  # noqa: ARG002 - as all are made
        self.evidence: list[str] = []
        self._ground = ground
        # Asked before the load: a commit that is not written yet is so for parts of a second.
        self._known = _identity(ground.stage.server)
        self._before: tuple[int, str] | None = None

    def begin(self) -> None:
        """Stop it, and let the service be refused at the door as it would be without one."""
        server = self._ground.stage.server
        self._before = self._known
        server.stop()
        self._ground.back.shut()

    def end(self) -> None:
        """Start it on the data that it has; ServiceFailed when it does not come up."""
        if self._before is None:
            return
        server = self._ground.stage.server
        if server.child is None or not server.child.alive:
            server.resume()
        self._ground.back.open()
        before, self._before = self._before, None
        after = _identity(server)
        if before != after:
            self.evidence.append(
                f"the server (process {before[0]}, since {before[1]}) was stopped at once; "
                f"process {after[0]} runs since {after[1]}"
            )


def _identity(server: Server) -> tuple[int, str]:
    with server.connect("postgres") as conn:
        row = conn.execute("SELECT pg_postmaster_start_time()::text").fetchone()
    return (server.child.pid if server.child else 0), row[0] if row else ""
