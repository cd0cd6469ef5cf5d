"""The rig: everything that can be made to go wrong on a stage while load is on it."""

from __future__ import annotations

import resource
import threading
import time
from typing import TYPE_CHECKING, Self

from twiceshy.stage.faults.case import Case, moment
from twiceshy.stage.faults.door import Door
from twiceshy.stage.faults.exchanges import Exchanges
from twiceshy.stage.faults.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from twiceshy.model.strain import Fault, FaultSeen
    from twiceshy.stage.stage import Stage

_TICK = 0.02
_AHEAD = 0.3
"""Seconds before its moment in which a fault makes ready."""
# A door needs two files for each connection, and many systems grant 1024 unless asked for more.
_FILES = 16_384


class FaultRig:
    """Places a door before the service and one before the database of a stage, while entered.

    Whatever the stage starts from then on finds the database behind its door, and clients connect
    to `port`. Then faults are begun and ended by hand, or armed with their times and points.
    Leaving it takes everything back; the service still looks for the database behind the door
    then, so renew the stage. When the tool is killed, the doors and locks end with it, and the
    keeper ends all processes.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._cases: list[Case] = []
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()
        self._clock: Callable[[], float] = time.monotonic

    def __enter__(self) -> Self:
        """Open the doors."""
        _make_room()
        self.exchanges = Exchanges()
        front = Door(lambda: self._stage.port, self.exchanges)
        back = Door(lambda: self._stage.server.address.port)
        self._ground = Ground(self._stage, front, back, self.exchanges)
        try:
            for door in (front, back):
                door.open()
            self._stage.keeper.allow_port(back.port)
        except BaseException:
            self._close()
            raise
        self._stage.database_port = back.port
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back every fault, and close the doors."""
        try:
            self.undo_all()
        finally:
            self._close()

    def _close(self) -> None:
        self._stage.database_port = 0
        self._ground.front.close()
        self._ground.back.close()

    @property
    def port(self) -> int:
        """Where clients connect instead of the service's own port."""
        return self._ground.front.port

    def check(self, faults: Iterable[Fault]) -> None:
        """UsageError when one of them, its target or its point cannot be; nothing is done."""
        for fault in faults:
            Case(fault, self._ground).check()

    # -- by hand ------------------------------------------------------------------------------

    def begin(self, fault: Fault, now: float) -> None:
        """Do it, `now` in seconds of the run. UsageError when there is no such fault."""
        zero = time.monotonic() - now
        case = Case(fault, self._ground)
        self._cases.append(case)
        case.begin(lambda: time.monotonic() - zero)

    def end(self, fault: Fault) -> None:
        """Take it back."""
        for case in self._cases:
            if case.fault == fault and case.under_way:
                case.end()

    # -- by time and point --------------------------------------------------------------------

    def arm(self, faults: Iterable[Fault], clock: Callable[[], float], over: float = 0.0) -> None:
        """Do them when they are due, and take them back, in threads of their own.

        `clock` tells the seconds since the load began, which is to take `over` seconds: within
        these, moments are drawn. Answers count from now on, or from the moment that a fault
        names. UsageError, before anything is done, as by `check`.
        """
        cases = [Case(fault, self._ground) for fault in faults]
        for case in cases:
            case.check()
        self._over.clear()
        self._clock = clock
        self._cases += cases
        for case in cases:
            if case.fault.point and case.fault.at is None:
                case.prepare()
                self._wait_for_point(case)
            thread = threading.Thread(target=self._play, args=(case, over), name="fault")
            self._threads.append(thread)
            thread.start()

    def _wait_for_point(self, case: Case) -> None:
        def reached() -> None:
            if not self._over.is_set():
                case.begin(self._clock)

        self._ground.front.do(lambda: self.exchanges.when(case.fault.point, reached))

    def _play(self, case: Case, over: float) -> None:
        if not self._begun(case, over):
            return
        until = time.monotonic() + case.fault.lasts
        while case.stays or time.monotonic() < until:
            case.watch()
            left = _TICK if case.stays else until - time.monotonic()
            if self._over.wait(max(0.0, min(_TICK, left))):
                return
        case.end()

    def _begun(self, case: Case, over: float) -> bool:
        """Begin a fault when it is due; False when all is over before."""
        fault = case.fault
        if not fault.point or fault.at is not None:
            due = moment(fault, over)
            if not self._came_to(due - _AHEAD):
                return False
            case.prepare()
            if not self._came_to(due):
                return False
        if not fault.point:
            case.begin(self._clock)
            return True
        if fault.at is not None:
            self._wait_for_point(case)
        while not case.begun.wait(_TICK):
            if self._over.is_set():
                return False
        return True

    def _came_to(self, due: float) -> bool:
        """Wait for a moment; False when all is over before."""
        while (left := due - self._clock()) > 0:
            if self._over.wait(min(left, _TICK)):
                return False
        return True

    # -- afterwards ---------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether no armed fault ends or begins any more, once no request is under way."""
        return not any(case.is_to_come for case in self._cases)

    def plans(self, over: float) -> tuple[tuple[FaultSeen, float | None], ...]:
        """What became of each fault so far, and its moment; None where a point decides."""
        return tuple(
            (case.seen(), None if case.fault.point else moment(case.fault, over))
            for case in self._cases
        )

    def seen(self) -> tuple[FaultSeen, ...]:
        """What became of each fault so far, in the order in which they were given."""
        return tuple(case.seen() for case in self._cases)

    def undo_all(self) -> None:
        """Take back everything, the last first; nothing armed begins any more.

        What failed is in `seen`. Called again, it tries again what could not be taken back.
        """
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        for case in reversed(self._cases):
            case.end()


def _make_room() -> None:
    """Let this process have as many files open as its doors may need, if the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
