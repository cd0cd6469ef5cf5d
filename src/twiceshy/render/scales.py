"""Scales of drawings: round ticks, values and moments in words that people read at a glance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LARGEST = 1e15
"""Larger values are drawn as this one, so that no step of a scale is infinite."""
_SMALLEST = 1e-9
_DECADES = 6
_TICKS = 5
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120)
_MINUTE = 60
_MINUTES_FROM = 180


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high`; with `logarithmic`, tenfold ones stand at equal distance."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands, between 0 and 1; one beyond the scale stands at its end."""
        value = min(self.high, max(self.low, value))
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def scale_of(values: Iterable[float], *, logarithmic: bool = False) -> Scale:
    """A scale with round ticks on which all these finite values lie."""
    known = [min(_LARGEST, max(-_LARGEST, value)) for value in values]
    return _tenfold(known) if logarithmic else _even(known)


def _even(values: list[float]) -> Scale:
    """From 0 on, so that twice as high is twice as much."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if high - low < _SMALLEST:
        high = low + 1.0
    step = _round_up((high - low) / _TICKS)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = tuple(number * step for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _tenfold(values: list[float]) -> Scale:
    """Whole powers of ten; what is not above 0 has no place on it, and stands at its low end."""
    known = [max(_SMALLEST, value) for value in values if value > 0] or [1.0]
    # A hair above a power of ten, as floats have it, needs no further one.
    top = math.ceil(round(math.log10(max(known)), 9))
    bottom = max(math.floor(math.log10(min(known))), top - 2 * _DECADES)
    bottom = min(bottom, top - 1)
    every = -(-(top - bottom) // _DECADES)
    powers = range(bottom, top + 1, every)
    ticks = [10.0**power for power in powers]
    if top - bottom == 1:
        ticks = [ticks[0], 2 * ticks[0], 5 * ticks[0], ticks[1]]
    return Scale(10.0**bottom, 10.0**top, tuple(ticks), logarithmic=True)


def _round_up(step: float) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(
        (factor * power for factor in (1, 2, 2.5, 5) if factor * power >= step * 0.999), 10 * power
    )


def moments(seconds: float, most: int) -> tuple[tuple[float, str], ...]:
    """Round moments from 0 to `seconds`, at most about `most`, each with its label."""
    if not 0 < seconds < _LARGEST:
        return ((0.0, "0 s"),)
    step: float = next((one for one in _STEPS if seconds / one <= most), 0.0)
    if not step:
        step = _MINUTE * _round_up(seconds / most / _MINUTE)
    count = int(seconds / step + 1e-9)
    return tuple((number * step, _clock(number * step, seconds)) for number in range(count + 1))


def _clock(moment: float, seconds: float) -> str:
    if seconds < 1:
        return f"{moment * 1000:.0f} ms"
    if seconds < _MINUTES_FROM:
        return f"{moment:g} s"
    minutes, rest = divmod(round(moment), _MINUTE)
    return f"{minutes}:{rest:02d} min"


def figure(value: float) -> str:
    """A value as people read it: as exact as a look at it, thousands set apart."""
    size = abs(value)
    if size >= 1e9 or 0 < size < 0.001:
        return f"{value:.3g}"
    if size >= 100 or value == round(value):
        return f"{value:,.0f}"
    digits = 1 if size >= 1 else 2 if size >= 0.1 else 3
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def tick(value: float) -> str:
    """A round value, exactly: on a scale, 1.25 and 1.5 must not both be about 1.3."""
    return f"{value:,.10g}"


def measure(value: float, unit: str) -> str:
    """A figure with its unit."""
    return f"{figure(value)} {unit}".rstrip()


def instant(moment: float) -> str:
    """A moment of a run: `1.93 s`, `12:04 min`."""
    if moment < _MINUTES_FROM:
        return f"{round(moment, 2):g} s"
    minutes, rest = divmod(round(moment), _MINUTE)
    return f"{minutes}:{rest:02d} min"
