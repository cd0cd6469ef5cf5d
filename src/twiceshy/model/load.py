"""Load as a guard asks for it: when requests arrive, what they carry, how often they are tried.

The model is open: arrivals are fixed beforehand and wait for nobody, as citizens do not wait for
each other before they pay. What a slow service delays is then seen, and not left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from twiceshy.errors import nearest
from twiceshy.model.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.model.scenario import RequestTemplate

_UNITS = {
    **dict.fromkeys(("s", "sec", "second"), 1.0),
    **dict.fromkeys(("min", "minute"), 60.0),
    **dict.fromkeys(("h", "hour"), 3600.0),
    **dict.fromkeys(("d", "day"), 86_400.0),
}
_PER = re.compile(r"(\d[\d_,]*(?:\.\d+)?)\s*(?:/|per\s)\s*([a-z]+)", re.IGNORECASE)
_PEAK = re.compile(r"peak(?:\s*[x×*]\s*(\d+(?:\.\d+)?))?", re.IGNORECASE)
_GROUPED = re.compile(r"\d+|\d{1,3}(,\d{3})+|\d{1,3}(_\d{3})+")


@dataclass(frozen=True, slots=True)
class Constant:
    """One arrival after the other at equal distance: `rate` a second, for `seconds`."""

    rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Poisson:
    """Arrivals that know nothing of each other, on average `rate` a second, for `seconds`."""

    rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Ramp:
    """A rate that goes evenly from `first` to `last` a second within `seconds`."""

    first: float
    last: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Burst:
    """`count` arrivals at the same moment; whatever follows begins `seconds` later."""

    count: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Replay:
    """Arrivals as they were recorded, in seconds since the first, `faster` times as fast."""

    moments: tuple[float, ...]
    faster: float = 1.0


@dataclass(frozen=True, slots=True)
class InTurn:
    """Several of them, one after the other."""

    parts: tuple[Arrivals, ...]


Arrivals: TypeAlias = Constant | Poisson | Ramp | Burst | Replay | InTurn


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a transaction is tried, and how long is waited before each further time.

    A further attempt carries the same key. It follows on the outcomes in `after`, and on answers
    with one of `statuses`. The wait is drawn evenly between 0 and `base` seconds, doubled with
    each attempt, at most `longest`: those who failed together do not come back together.
    """

    attempts: int = 1
    base: float = 0.1
    longest: float = 5.0
    after: frozenset[Outcome] = frozenset({Outcome.NOT_SENT, Outcome.UNKNOWN})
    statuses: frozenset[int] = frozenset({429})


ONCE = Retry()
"""Nothing is tried a second time."""


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """A whole run of load, drawn before it begins.

    `request` has the slots `{key}`, `{amount}` and `{number}`; `headers` are credentials, the same
    for all. Amounts are drawn evenly between the two `amounts`, both included, in the smallest unit
    of the currency. At most `connections` are open, with one request each: an arrival that finds
    none free is not sent and counted (`at_cap` = "drop"), or waits ("wait", for measuring what a
    service can do). `timeout` is for one attempt, in seconds; `grace` is how long is waited for the
    last answers and retries. `statuses` says what an answer means where the service's contract
    differs from `traffic.load.outcomes`. `accepted` looks at status and body of a 2xx answer: a
    service may report its errors in them. It goes to other processes, so it must be a function
    of a module. With several `processes`, each sends its share of the same schedule.
    """

    host: str
    port: int
    request: RequestTemplate
    arrivals: Arrivals
    headers: tuple[tuple[str, str], ...] = ()
    amounts: tuple[int, int] = (1, 1)
    seed: int = 0
    connections: int = 256
    at_cap: Literal["drop", "wait"] = "drop"
    timeout: float = 10.0
    grace: float = 30.0
    retry: Retry = ONCE
    statuses: tuple[tuple[int, Outcome], ...] = ()
    accepted: Callable[[int, bytes], bool] | None = None
    processes: int = 1


def rate_per_second(text: str, peak: float | None = None) -> float:
    """What `10000/h`, `50/s`, `600 per min` or `peak x 3` come to in a second.

    `peak` is the highest rate that was seen or told, a second. ValueError says what is wrong.
    """
    words = text.strip()
    if found := _PEAK.fullmatch(words):
        if peak is None:
            message = f"{words!r} wants a peak, and none is known: give a rate such as '10000/h'"
            raise ValueError(message)
        return _positive(peak * float(found[1] or 1), text)
    found = _PER.fullmatch(words)
    number, unit = (found[1], found[2].lower()) if found else ("", "")
    if not found or not _GROUPED.fullmatch(number.partition(".")[0]):
        message = f"{text!r} is no rate; write '10000/h', '50/s' or 'peak x 3'"
        raise ValueError(message)
    if unit not in _UNITS:
        near = nearest(unit, _UNITS)
        message = f"{unit!r} is no unit of time: s, min, h or d"
        raise ValueError(message + (f"; did you mean {near!r}?" if near else ""))
    return _positive(float(number.replace(",", "").replace("_", "")) / _UNITS[unit], text)


def _positive(rate: float, text: str) -> float:
    if rate <= 0:
        message = f"{text!r} is no rate: nothing would arrive"
        raise ValueError(message)
    return rate
