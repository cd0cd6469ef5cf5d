"""Faults of the network, between client and service or between service and database."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from twiceshy.stage.faults.counted import counted
from twiceshy.stage.faults.ground import Deed

if TYPE_CHECKING:
    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.door import Door
    from twiceshy.stage.faults.ground import Ground

DELAY = 0.1
"""Seconds by which the slow network delays each piece, in each direction."""


class _AtDoor(Deed):
    """What the faults of the network have in common: their door, and what passed it before."""

    def __init__(self, fault: Fault, ground: Ground) -> None:
        self.evidence: list[str] = []
        self._where, self._door = ground.door(fault.target)
        self._began = False

    def _reset(self, count: int) -> str:
        one, several = (f"{what} {self._where}" for what in ("connection", "connections"))
        return counted(count, f"{one} was reset", f"{several} were reset")


class Refuse(_AtDoor):
    """Connections that there are end by a reset, new ones are refused."""

    def begin(self) -> None:
        """Reset all, listen no more, and see for ourselves that nobody gets in."""
        self._began = True
        self._door.shut()
        count = self._door.cut()
        if count and _is_refused(self._door):
            self.evidence.append(
                f"{self._reset(count)}, and port {self._door.port} refused new ones"
            )

    def end(self) -> None:
        """Listen again."""
        if self._began:
            self._door.open()


class Cut(_AtDoor):
    """Connections end by a reset; while it lasts, new ones do as soon as something is said."""

    def begin(self) -> None:
        """Reset all."""
        self._began = True
        self._before = self._door.passed.cut
        self._door.cutting = True
        self._door.cut()

    def end(self) -> None:
        """Leave connections alone again."""
        if not self._began:
            return
        self._began = self._door.cutting = False
        count = self._door.passed.cut - self._before
        if count:
            self.evidence.append(self._reset(count))


class BlackHole(_AtDoor):
    """Nothing passes, not even that somebody hung up; what was said arrives when it is over."""

    def begin(self) -> None:
        """Hold everything."""
        self._began = True
        self._door.hold()

    def end(self) -> None:
        """Let it pass, late."""
        if not self._began:
            return
        self._began = False
        links, size = self._door.held()
        self._door.release()
        if size:
            where = f"{counted(links, 'connection', 'connections')} {self._where}"
            self.evidence.append(
                f"{counted(size, 'byte', 'bytes')} on {where} did not arrive before it ended"
            )


class Slow(_AtDoor):
    """Each piece takes `DELAY` longer, in each direction."""

    def begin(self) -> None:
        """Delay what comes from now on."""
        self._began = True
        self._before = self._door.passed.pieces
        self._door.delay = DELAY

    def end(self) -> None:
        """Delay no more; what waits already still waits its time."""
        if not self._began:
            return
        self._began = False
        self._door.delay = 0.0
        count = self._door.passed.pieces - self._before
        if count:
            pieces = counted(count, "piece", "pieces")
            self.evidence.append(f"{pieces} {self._where} came {DELAY:g} s later than sent")


def _is_refused(door: Door) -> bool:
    try:
        socket.create_connection(("127.0.0.1", door.port), timeout=1.0).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


class DropAnswers(Deed):
    """Every n-th answer is lost on its way, after the service has given it: a reset instead."""

    def __init__(self, fault: Fault, ground: Ground) -> None:
        self.evidence: list[str] = []
        self._every = max(fault.every, 1)
        self._seed = fault.seed
        self._door = ground.front
        self._exchanges = ground.exchanges
        self._began = False
        self._before = self._first = 0

    def begin(self) -> None:
        """Drop from now on."""
        self._began = True
        self._door.do(self._drop)

    def _drop(self) -> None:
        self._before, self._first = len(self._exchanges.dropped), self._exchanges.answers
        self._exchanges.drop(self._every, self._seed)

    def end(self) -> None:
        """Drop no more."""
        if not self._began:
            return
        self._began = False
        self._door.do(self._exchanges.keep)
        dropped = [number - self._first for number in self._exchanges.dropped[self._before :]]
        if dropped:
            some = ", ".join(map(str, dropped[:10])) + (", …" if len(dropped) > 10 else "")
            self.evidence.append(
                f"{counted(len(dropped), 'answer was', 'answers were')} given and never arrived: "
                f"counted from its beginning, number {some}"
            )
