"""Timing without illusions: medians, spreads, and ratios to a peer measured in the same run."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Timing:
    """Readings in seconds."""

    readings: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle reading."""
        return statistics.median(self.readings)

    def __str__(self) -> str:
        """`0.62 ms (0.55 to 0.91, 100 times)`: median, 5th and 95th percentile."""
        ordered = sorted(self.readings)
        low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
        unit, scale = ("s", 1.0) if self.median >= 1 else ("ms", 1000.0)
        times = f"{len(ordered)} times" if len(ordered) > 1 else "once"
        middle = f"{self.median * scale:.2f} {unit}"
        return f"{middle} ({low * scale:.2f} to {high * scale:.2f}, {times})"


def timed(
    act: Callable[[], object], times: int, before: Callable[[], object] | None = None
) -> Timing:
    """Time `act` so many times; `before` prepares each and is not counted."""
    readings = []
    for _ in range(times):
        if before:
            before()
        started = time.perf_counter()
        act()
        readings.append(time.perf_counter() - started)
    return Timing(tuple(readings))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, ours, the peer's, and the budget as text with its outcome."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    budget: str = ""


def against(
    what: str, ours: Timing, peer: Timing, budget: str = "", *, met: bool | None = None
) -> Row:
    """A row with the ratio of the medians."""
    verdict = "" if met is None else (" (met)" if met else " (missed)")
    return Row(what, str(ours), str(peer), f"{peer.median / ours.median:.1f} x", budget + verdict)
