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
class Second:
    """The arrivals intended for one second of the run, counted from 0.

    `unanswered` were sent and have no acknowledgement by their first attempt. `p50` and the rest
    are milliseconds from the intended time to the acknowledgement. `came` are the acknowledgements
    that came in this second, whenever their requests were to be sent.
    """

    at: int
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
    the share of the planned arrivals that were sent while arrivals came.
    """

    planned: int
    sent: int
    unsent: int
    reached: float
    latency: Percentiles
    lateness: Percentiles
    seconds: tuple[Second, ...] = ()

    @property
    def latency_counts(self) -> bool:
        """Whether we were on time, so that the latency is the service's and not ours."""
        return self.lateness.p99 <= _LATE

    @property
    def rate_reached(self) -> bool:
        """Whether nearly all that was planned was sent in time."""
        return self.reached >= _ENOUGH
