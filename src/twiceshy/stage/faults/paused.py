"""Let the service, or a process beside it, stand still, and go on."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from twiceshy.errors import StageLost
from twiceshy.stage.faults.ground import Deed
from twiceshy.stage.faults.killed import the_child

if TYPE_CHECKING:
    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.ground import Ground
    from twiceshy.stage.processes import Child

_SEEN_WITHIN = 2.0
_STEP = 0.002


class Pause(Deed):
    """SIGSTOP to a process and all that it started, then SIGCONT."""

    def __init__(self, fault: Fault, ground: Ground) -> None:
        self.evidence: list[str] = []
        self._ground = ground
        self._name = fault.target or "service"
        self._child: Child | None = None

    def check(self) -> None:
        """UsageError when there is no such process."""
        the_child(self._ground, self._name)

    def begin(self) -> None:
        """Stop it, and wait until the system shows that it stands still."""
        child = the_child(self._ground, self._name)
        if not child.alive:
            return
        self._child = child
        child.pause()
        deadline = time.monotonic() + _SEEN_WITHIN
        while not all(_stands_still(one) for one in _family(child.pid)):
            if time.monotonic() > deadline:
                return
            time.sleep(_STEP)
        count = len(_family(child.pid))
        more = f" and {count - 1} that it started" if count > 1 else ""
        if count:
            self.evidence.append(f"{self._name} (process {child.pid}){more} stood still (state T)")

    def end(self) -> None:
        """Let it go on; StageLost when it still stands."""
        if self._child is None:
            return
        child, self._child = self._child, None
        child.resume()
        deadline = time.monotonic() + _SEEN_WITHIN
        while any(_stands_still(one) for one in _family(child.pid)):
            if time.monotonic() > deadline:
                self._child = child
                raise StageLost(f"{self._name} does not go on after it was paused")
            time.sleep(_STEP)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _stands_still(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_STOPPED
    return False
