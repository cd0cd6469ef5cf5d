"""Kill the service or a process beside it without a word, and start it again."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError
from twiceshy.stage.faults.ground import Deed

if TYPE_CHECKING:
    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.ground import Ground
    from twiceshy.stage.processes import Child

# The keeper tells the end of a process when it has reaped it.
_HEARD_WITHIN = 5.0
_LATER = 0.01
"""Seconds that a piece takes longer to or from the database, shortly before."""


def the_child(ground: Ground, name: str) -> Child:
    """The living process that a fault is done to; UsageError when there is none of that name."""
    child = ground.stage.child(name)
    if child is None:
        raise UsageError(
            f"There is no process {name!r} that a fault could be done to",
            todo="name one of [process.*], or leave the name out for the service",
        )
    return child


class Kill(Deed):
    """SIGKILL to the process and to all that it started; its end is a new one that is ready.

    The database is a little further away until then, where that makes the moment tell more. From a
    service that is to die at an answer, what is on its way there is lost with it: else a commit
    that comes after the answer would be quicker than any signal. A process beside it is more often
    in the middle of its work.
    """

    def __init__(self, fault: Fault, ground: Ground) -> None:
        self.evidence: list[str] = []
        self._ground = ground
        self._name = fault.target or "service"
        self._at_answer = self._name == "service" and fault.point.startswith("answer")
        self._slows = self._at_answer or (self._name != "service" and fault.at is not None)
        self._old: Child | None = None

    def prepare(self) -> None:
        """Let what comes after an answer be on its way for a moment, and work take longer."""
        if self._slows:
            self._ground.back.delay = _LATER

    def check(self) -> None:
        """UsageError when there is no such process."""
        the_child(self._ground, self._name)

    def begin(self) -> None:
        """Kill, and let clients be refused at the door as they would be without one."""
        old = the_child(self._ground, self._name)
        if not old.alive:
            return
        self._old = old
        # The keeper is asked only afterwards: what comes right after an answer takes less than it.
        with suppress(ProcessLookupError, PermissionError):
            os.kill(old.pid, signal.SIGKILL)
        if self._at_answer:
            self._ground.back.cut()
        if self._slows:
            self._ground.back.delay = 0.0
        old.kill()
        if self._name == "service":
            self._ground.front.shut()
        if old.wait(_HEARD_WITHIN) == -signal.SIGKILL:
            self.evidence.append(f"{self._name} (process {old.pid}) was ended by SIGKILL")

    def end(self) -> None:
        """Start it again; ServiceFailed when it does not come up."""
        if self._old is None:
            return
        old, self._old = self._old, None
        try:
            for _ in self._ground.stage.start_again(self._name):
                pass
        except BaseException:
            self._old = old
            raise
        if self._name == "service":
            self._ground.front.open()
        new = self._ground.stage.child(self._name)
        if new is not None and new.pid != old.pid and self.evidence:
            self.evidence.append(f"process {new.pid} came in its place")
