"""Five seconds of load with a fault in the middle, as a guard would show them."""

from __future__ import annotations

import math
import random

from twiceshy.model.exhibits import Band, Line, Series

SECONDS = 5.0
BEGAN, ENDED = 1.7, 2.4
KILLED = Band(BEGAN, ENDED, "kill service")


def _waits(level: float, longest: float, seed: int) -> tuple[tuple[float, float], ...]:
    """By fifths of a second: even, as long as the fault still lasts, and a queue behind it."""
    dice = random.Random(seed)
    points = []
    for number in range(25):
        at = number / 5 + 0.1
        value = level * dice.uniform(0.85, 1.2)
        if BEGAN - 0.1 <= at < ENDED:
            value = longest * (ENDED + 0.25 - at) / (ENDED - BEGAN + 0.25)
        elif ENDED <= at < ENDED + 0.5:
            value += longest * 0.08 * math.exp(-6 * (at - ENDED))
        points.append((round(at, 3), round(value, 2)))
    return tuple(points)


def _counts(rate: float, late: float, missing: int) -> tuple[tuple[float, float], ...]:
    """Every tenth of a second: held up by the fault, then caught up but for what is missing."""
    points = []
    for number in range(51):
        at = number / 10
        count = rate * min(at, max(BEGAN, at - late) if at < ENDED + late else at)
        if BEGAN <= at < ENDED:
            count = rate * BEGAN
        points.append((at, float(max(0, round(count) - (missing if at >= ENDED else 0)))))
    return tuple(points)


LATENCY = Series(
    "Latency from the intended time, by fifths of a second",
    "ms",
    SECONDS,
    (
        Line("p50", _waits(4, 420, 1)),
        Line("p95", _waits(9, 780, 2)),
        Line("p99", _waits(14, 905, 3)),
    ),
    (KILLED,),
    logarithmic=True,
)
TOTALS = Series(
    "Transactions since the beginning",
    "transactions",
    SECONDS,
    (
        Line("sent", tuple((n / 10, float(n * 10)) for n in range(51)), steps=True),
        Line("acknowledged", _counts(100, 0.2, 3), steps=True),
        Line("recorded", _counts(100, 0.4, 9), steps=True),
    ),
    (KILLED,),
)
