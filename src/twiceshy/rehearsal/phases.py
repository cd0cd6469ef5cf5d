"""The parts of a strain, by the moments at which it went from one to the next."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from twiceshy.model.strain import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Literal

    from twiceshy.model.strain import FaultSeen

    Name = Literal["healthy", "fault", "recovered", "stopped", "draining", "reconciling"]


def phases_of(
    faults: Iterable[FaultSeen], marks: Mapping[str, float], arrived: float
) -> tuple[Phase, ...]:
    """Those that lasted at all, one after the other; all moments in seconds of the run.

    `marks` are the beginning of `draining`, that of `reconciling` if it came to that, and when all
    was `over`. The last request arrived at `arrived`.
    """
    seen = tuple(faults)
    draining, over = marks["draining"], marks["over"]
    arrived = min(arrived, draining)
    first = min((one.began for one in seen if one.began is not None), default=arrived)
    last = max((one.ended for one in seen if one.ended is not None), default=first)
    starts: tuple[tuple[Name | None, float], ...] = (
        ("healthy", 0.0),
        ("fault", first),
        ("recovered", last),
        ("stopped", max(arrived, last)),
        ("draining", draining),
        ("reconciling", marks.get("reconciling", over)),
        (None, over),
    )
    return tuple(
        Phase(name, start, end)
        for (name, start), (_, end) in pairwise(starts)
        if name and end > start
    )
