"""What faults work on, and what each of them is able to do."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from twiceshy.errors import UsageError, nearest

if TYPE_CHECKING:
    from twiceshy.stage.faults.door import Door
    from twiceshy.stage.faults.exchanges import Exchanges
    from twiceshy.stage.stage import Stage


class Deed(Protocol):
    """One fault while it is done. `evidence` grows with what was seen of it."""

    evidence: list[str]

    def prepare(self) -> None:
        """Make ready for its point, once it is waited for; most have nothing to do."""

    def check(self) -> None:
        """UsageError when what it is done to is not there; most have nothing to look for."""

    @abstractmethod
    def begin(self) -> None:
        """Do it. An error leaves it to `end` to take back what was done of it."""

    def watch(self) -> None:
        """Look at what it does, now and then while it lasts; most have nothing more to see."""

    @abstractmethod
    def end(self) -> None:
        """Take it back, however far `begin` came; fine twice."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The stage, and its two doors: `front` before the service, `back` before the database."""

    stage: Stage
    front: Door
    back: Door
    exchanges: Exchanges

    def door(self, target: str) -> tuple[str, Door]:
        """The door that a fault of the network is done to, and between whom it is."""
        doors = {
            "service": ("between client and service", self.front),
            "database": ("between service and database", self.back),
        }
        if found := doors.get(target or "service"):
            return found
        near = nearest(target, doors)
        raise UsageError(
            f"The network can fail before `service` or `database`, not {target!r}",
            todo=f"did you mean {near!r}?" if near else "",
        )
