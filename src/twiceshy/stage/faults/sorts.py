"""Every sort of fault by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError, nearest
from twiceshy.model.strain import FAULT_SORTS
from twiceshy.stage.faults.backends import TerminateBackends
from twiceshy.stage.faults.killed import Kill
from twiceshy.stage.faults.locked import Lock
from twiceshy.stage.faults.network import BlackHole, Cut, DropAnswers, Refuse, Slow
from twiceshy.stage.faults.paused import Pause
from twiceshy.stage.faults.restarted import RestartDatabase

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.strain import Fault, FaultSort
    from twiceshy.stage.faults.ground import Deed, Ground


@dataclass(frozen=True, slots=True)
class Sort:
    """A fault by its name: what is known of it, and what does it."""

    facts: FaultSort
    make: Callable[[Fault, Ground], Deed]

    @property
    def name(self) -> str:
        """`kill service`."""
        return self.facts.name


_MAKERS: dict[str, Callable[[Fault, Ground], Deed]] = {
    "kill service": Kill,
    "kill process": Kill,
    "pause service": Pause,
    "terminate backends": TerminateBackends,
    "restart database": RestartDatabase,
    "refuse": Refuse,
    "cut": Cut,
    "black hole": BlackHole,
    "slow": Slow,
    "drop answers": DropAnswers,
    "lock": Lock,
}

SORTS: tuple[Sort, ...] = tuple(Sort(facts, _MAKERS[facts.name]) for facts in FAULT_SORTS)


def sort_of(fault: Fault) -> Sort:
    """The sort of a fault; UsageError when there is none of that name."""
    by_name = {sort.name: sort for sort in SORTS}
    if found := by_name.get(fault.name):
        return found
    near = nearest(fault.name, by_name)
    raise UsageError(
        f"There is no fault {fault.name!r}",
        todo=f"did you mean {near!r}?" if near else f"one of: {', '.join(by_name)}",
    )
