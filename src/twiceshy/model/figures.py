"""What a run of load measured: how long answers took, how late requests went out, at which rate."""

from __future__ import annotations

from dataclasses import dataclass

_LATE = 5.0
"""Milliseconds of lateness (p99) from which on our own delay would pass for the service's."""
_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds, of `count` values. `histogram` is an HDR histogram of microseconds, encoded."""

    count: int = 0
    p50: float = 0.0
    p90: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    p999: float = 0.0
    longest: float = 0.0
    histogram: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """The arrivals intended for one stretch of the run, which begins `at` so many seconds.

    `unanswered` were sent and have no acknowledgement by their first attempt. `p50` and the rest
    are milliseconds from the intended time to the acknowledgement; of fewer than a hundred values
    the greatest is `p99`, of fewer than twenty `p95` as well. `came` are the acknowledgements that
    came in this stretch, whenever their requests were to be sent. All are counts, no rates.
    """

    at: float
    planned: int = 0
    sent: int = 0
    acked: int = 0
    unanswered: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    came: int = 0


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """The whole run.

    `latency` is from the intended time to the acknowledgement, over all transactions that got one,
    waits for retries included. `lateness` is from the intended time to the first byte. `reached` is
    the share of the planned arrivals that were sent while arrivals came. Each of the `slices` is
    `width` seconds long; they follow each other from 0 to the last that came, empty ones included.
    """

    planned: int
    sent: int
    unsent: int
    reached: float
    latency: Percentiles
    lateness: Percentiles
    slices: tuple[Slice, ...] = ()
    width: float = 1.0

    @property
    def latency_counts(self) -> bool:
        """Whether we were on time, so that the latency is the service's and not ours."""
        return self.lateness.p99 <= _LATE

    @property
    def rate_reached(self) -> bool:
        """Whether nearly all that was planned was sent in time."""
        return self.reached >= _ENOUGH
