"""One fault on its way: begun once, taken back once, whoever calls and whatever happens."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

from twiceshy.errors import TwiceshyError, UsageError
from twiceshy.model.strain import FaultSeen
from twiceshy.stage.faults.exchanges import parse_point
from twiceshy.stage.faults.sorts import sort_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.ground import Deed, Ground

# Of the load's time: the first and the last moment that is drawn.
_DRAWN = (0.1, 0.7)


class Case:
    """A fault, and what has become of it so far; many threads may use it."""

    def __init__(self, fault: Fault, ground: Ground) -> None:
        sort = sort_of(fault)
        self.fault = fault
        self.stays = sort.facts.stays and fault.lasts <= 0
        self._sudden = sort.facts.sudden
        self.begun = threading.Event()
        self._exchanges = ground.exchanges
        self._deed: Deed = sort.make(fault, ground)
        self._lock = threading.RLock()
        self._clock: Callable[[], float] = float
        self._began: float | None = None
        self._ended: float | None = None
        self._in_flight = self._requests = 0
        self._undone = True
        self._problems: list[str] = []

    @property
    def under_way(self) -> bool:
        """Whether it was begun, and is not over."""
        return self._began is not None and self._ended is None

    @property
    def is_to_come(self) -> bool:
        """Whether it will begin or end by itself, when no request brings it to its point."""
        if self._began is None:
            return not self.fault.point
        return self._ended is None and not self.stays

    def prepare(self) -> None:
        """Make ready for its point, from which `begin` is called."""
        self._deed.prepare()

    def check(self) -> None:
        """UsageError when there is no such point, or what it is done to is not there."""
        if self.fault.point:
            try:
                parse_point(self.fault.point)
            except ValueError as error:
                raise UsageError(str(error)) from None
        self._deed.check()

    def begin(self, clock: Callable[[], float]) -> None:
        """Do it, if nobody has yet; `clock` tells the seconds of the run, now and at the end.

        What goes wrong is told by `seen`, for undoing must follow.
        """
        with self._lock:
            if self._began is not None:
                return
            self._clock = clock
            self._began = clock()
            # The one whose answer it is that brought us to the point was in flight just now.
            at_answer = "answer" in self.fault.point
            self._in_flight = self._exchanges.outstanding + at_answer
            self._requests = self._exchanges.requests
            self._undone = False
            self._try(self._deed.begin)
            self.begun.set()

    def watch(self) -> None:
        """Look at what it does."""
        with self._lock:
            if self.under_way:
                self._try(self._deed.watch)

    def end(self) -> None:
        """Take it back, if it was begun and that was not done yet."""
        with self._lock:
            if self._began is not None and not self._undone:
                self._undone = self._try(self._deed.end)
                if self._ended is None and not self._sudden:
                    self._in_flight += self._exchanges.requests - self._requests
                self._ended = self._clock()

    def _try(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told; whatever it was, undoing must follow
            said = _in_a_line(error) or type(error).__name__
            if said not in self._problems:
                self._problems.append(said)
            return False
        return True

    def seen(self) -> FaultSeen:
        """What became of it."""
        return FaultSeen(
            fault=self.fault,
            began=self._began,
            ended=self._ended,
            in_flight=self._in_flight,
            evidence=tuple(self._deed.evidence),
            undone=self._undone,
            problem="; ".join(self._problems) or None,
        )


def _in_a_line(error: Exception) -> str:
    """What happened, and the last that was seen of it."""
    if not isinstance(error, TwiceshyError):
        return "".join(str(error).strip().splitlines()[:1])
    seen = error.seen.strip().splitlines()
    return ": ".join([error.happened, *seen[-1:]])


def moment(fault: Fault, over: float) -> float:
    """When a fault begins, in seconds; one without a time gets one by its seed, within `over`."""
    if fault.at is not None:
        return fault.at
    dice = random.Random(f"{fault.seed} {fault.name} {fault.target}")  # noqa: S311 - must repeat
    return over * dice.uniform(*_DRAWN)
