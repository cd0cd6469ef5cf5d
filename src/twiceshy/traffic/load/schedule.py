"""When each request is to be sent, drawn before the run: nanoseconds since its beginning."""

from __future__ import annotations

from array import array
from collections import Counter
from math import sqrt
from random import Random
from typing import TYPE_CHECKING

from twiceshy.model.load import Burst, Constant, InTurn, Poisson, Ramp, Replay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.model.load import Arrivals

_SECOND = 1_000_000_000
_TENTH = _SECOND // 10
_PER_CORE = 20_000
_ALMOST = 1e-9
"""What rounding may take from a whole number: 3,600 s at 10,000 an hour are 10,000."""


def draw(arrivals: Arrivals, seed: int = 0) -> array[int]:
    """Every arrival, in order. The same seed gives the same moments."""
    moments = array("q")
    _extend(moments, arrivals, Random(seed), 0.0)  # noqa: S311 - a schedule is no secret
    return moments


def draw_amounts(count: int, low: int, high: int, seed: int = 0) -> array[int]:
    """`count` amounts between `low` and `high`, both included."""
    if low == high:
        return array("q", [low]) * count
    random = Random(f"amounts {seed}").random  # noqa: S311 - as above
    width = high - low + 1
    return array("q", (low + int(random() * width) for _ in range(count)))


def seconds(arrivals: Arrivals) -> float:
    """How long arrivals come."""
    if isinstance(arrivals, InTurn):
        return sum(seconds(part) for part in arrivals.parts)
    if isinstance(arrivals, Replay):
        moments = arrivals.moments
        return (max(moments) - min(moments)) / arrivals.faster if moments else 0.0
    return arrivals.seconds


def processes_for(moments: array[int], cores: int) -> int:
    """How many processes can send this on time, as far as there are cores for them.

    One core was seen to be punctual at 40,000 a second on an idle machine; half of that is asked of
    it. A burst counts as the tenth of a second around it: it is late for some of its requests
    whatever we do.
    """
    busiest = max(Counter(moment // _TENTH for moment in moments).values(), default=0)
    return max(1, min(-(-busiest * 10 // _PER_CORE), cores - 1))


def _extend(moments: array[int], arrivals: Arrivals, random: Random, start: float) -> None:
    if isinstance(arrivals, InTurn):
        for part in arrivals.parts:
            _extend(moments, part, random, start)
            start += seconds(part)
        return
    moments.extend(int((start + moment) * _SECOND) for moment in _moments(arrivals, random))


def _moments(
    arrivals: Constant | Poisson | Ramp | Burst | Replay, random: Random
) -> Iterable[float]:
    """Seconds since this part began."""
    if isinstance(arrivals, Constant):
        return _ramp(Ramp(arrivals.rate, arrivals.rate, arrivals.seconds))
    if isinstance(arrivals, Ramp):
        return _ramp(arrivals)
    if isinstance(arrivals, Poisson):
        return _poisson(arrivals, random)
    if isinstance(arrivals, Burst):
        return (0.0,) * arrivals.count
    first = min(arrivals.moments, default=0.0)
    return ((moment - first) / arrivals.faster for moment in sorted(arrivals.moments))


def _ramp(ramp: Ramp) -> Iterable[float]:
    """The moments at which the sum of all arrivals so far is 0, 1, 2 ...

    The sum at t is first * t + growth * t * t / 2. Solved for t in the form that also serves where
    the rate does not change.
    """
    if ramp.seconds <= 0:
        return ()
    growth = (ramp.last - ramp.first) / ramp.seconds
    count = int((ramp.first + ramp.last) / 2 * ramp.seconds + _ALMOST)
    square = ramp.first * ramp.first
    return (
        2 * k / (ramp.first + sqrt(max(square + 2 * growth * k, 0.0))) if k else 0.0
        for k in range(count)
    )


def _poisson(poisson: Poisson, random: Random) -> Iterable[float]:
    if poisson.rate <= 0:
        return
    moment = random.expovariate(poisson.rate)
    while moment < poisson.seconds:
        yield moment
        moment += random.expovariate(poisson.rate)
