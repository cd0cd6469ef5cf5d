"""How far a run of load is, and how far the processes of one run are together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts since the run began, `seconds` ago.

    `planned` arrivals of which `sent`, `unsent` (no connection was free) and `cancelled` (the run
    was stopped before their turn); `retries` are further attempts. The four outcomes count
    attempts. `latest` is by how many seconds a request went out later than intended, at most.
    """

    seconds: float = 0.0
    planned: int = 0
    sent: int = 0
    unsent: int = 0
    cancelled: int = 0
    in_flight: int = 0
    retries: int = 0
    acked: int = 0
    rejected: int = 0
    unknown: int = 0
    not_sent: int = 0
    latest: float = 0.0


def together(parts: Sequence[Progress]) -> Progress:
    """The sum of several processes; of times the greatest."""
    if not parts:
        return Progress()
    names = [one.name for one in fields(Progress)]
    greatest = {"seconds", "latest"}
    values = {
        name: (max if name in greatest else sum)(getattr(part, name) for part in parts)
        for name in names
    }
    return Progress(**values)
