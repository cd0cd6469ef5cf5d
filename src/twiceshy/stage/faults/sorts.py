"""Every sort of fault by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError, nearest
from twiceshy.stage.faults.backends import TerminateBackends
from twiceshy.stage.faults.killed import Kill
from twiceshy.stage.faults.locked import Lock
from twiceshy.stage.faults.network import BlackHole, Cut, DropAnswers, Refuse, Slow
from twiceshy.stage.faults.paused import Pause
from twiceshy.stage.faults.restarted import RestartDatabase

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.strain import Fault
    from twiceshy.stage.faults.ground import Deed, Ground


@dataclass(frozen=True, slots=True)
class Sort:
    """A fault by its name. One that `stays` goes on to the end of the run, if it lasts 0 s.

    One that is `sudden` meets the requests that wait at its moment; any other meets those as well
    that come while it lasts.
    """

    name: str
    make: Callable[[Fault, Ground], Deed]
    stays: bool = False
    sudden: bool = False


SORTS: tuple[Sort, ...] = (
    Sort("kill service", Kill, sudden=True),
    Sort("kill process", Kill),
    Sort("pause service", Pause),
    Sort("terminate backends", TerminateBackends, sudden=True),
    Sort("restart database", RestartDatabase),
    Sort("refuse", Refuse, sudden=True),
    Sort("cut", Cut),
    Sort("black hole", BlackHole),
    Sort("slow", Slow),
    Sort("drop answers", DropAnswers, stays=True),
    Sort("lock", Lock),
)


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
