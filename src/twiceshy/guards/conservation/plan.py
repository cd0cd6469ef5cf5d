"""Which loads to play, one after the other.

1. A line: a dozen transactions, each after the one before. Here everything must be right, or the
   guard itself is wrong.
2. The peak: the same request as often as the guard says, in parallel, and nothing fails.
3. The same once for each fault.

The first account that does not balance ends it: what is missing in the database is missing, and
need not be shown twice. Each run begins on a fresh clone, with service and processes started anew.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

from twiceshy.guards.conservation.reading import read
from twiceshy.guards.conservation.spec import STATUSES
from twiceshy.guards.lengths import seconds
from twiceshy.guards.requests import template_of
from twiceshy.model.ledger import Outcome
from twiceshy.model.load import Burst, Constant, InTurn, Poisson, Ramp, Retry
from twiceshy.model.scenario import Scenario, State
from twiceshy.model.strain import Fault, Strain, facts_of, told, written

if TYPE_CHECKING:
    from twiceshy.guards.conservation.spec import FaultEntry, Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.load import Arrivals
    from twiceshy.model.scenario import JsonValue
    from twiceshy.model.strain import StrainRun

LINE = "line"
PEAK = "peak"
IN_LINE = 12
"""Transactions of the control."""
TRIES = 3
"""How often a run is played that tells nothing, the first time included."""
_AMOUNTS = (100, 90_000)
_LONGEST_WAIT = 2.0
_LEAST_CONNECTIONS, _MOST_CONNECTIONS = 64, 1024
_MOST_WAITED = 5.0
# Of the time in which requests arrive: before, all is well; after, there is time to recover.
_DRAWN = (0.25, 0.6)
_EVERY = 10
_MOST_OUTSTANDING = 8
_RARE = 20
"""Requests a second below which none may come while a process is started again."""


def next_scenarios(spec: Spec, history: History) -> tuple[Scenario, ...]:
    """The next load, or nothing when there is enough to judge."""
    if not history:
        return (_line(spec),)
    readings = [read(run) for run in history]
    if any(reading.wrong for reading in readings) or readings[0].doubts:
        return ()
    for topic, fault, entry in _wanted(spec):
        played = [reading for reading in readings if reading.run.scenario.topic == topic]
        if not played:
            return (_load(spec, history, topic, fault, entry, 0),)
        last = played[-1]
        if last.again and len(played) < TRIES:
            return (_load(spec, history, topic, fault, entry, len(played)),)
        if topic == PEAK and last.doubts:
            return ()
    return ()


def topics(spec: Spec) -> tuple[str, ...]:
    """What is played in parallel, in order."""
    return tuple(topic for topic, _, _ in _wanted(spec))


def _wanted(spec: Spec) -> tuple[tuple[str, Fault | None, FaultEntry | None], ...]:
    """The peak, then each fault; those that are named more than once with their moment."""
    names = [written(fault) for fault, _ in spec.entries]
    faults = [
        (name if names.count(name) == 1 else f"{name}{_when(entry)}", fault, entry)
        for name, (fault, entry) in zip(names, spec.entries, strict=True)
    ]
    return ((PEAK, None, None), *faults)


def _when(entry: FaultEntry) -> str:
    return (f" at {entry.point}" if entry.point else "") + (
        f" after {entry.at}" if entry.at else ""
    )


def _line(spec: Spec) -> Scenario:
    state = State(LINE, f"{IN_LINE} transactions, each after the one before")
    strain = replace(_strain(spec, Burst(IN_LINE), number=0), connections=1, at_cap="wait")
    return Scenario(LINE, "control", state, (), strain=strain)


def _load(
    spec: Spec,
    history: History,
    topic: str,
    fault: Fault | None,
    entry: FaultEntry | None,
    turn: int,
) -> Scenario:
    number = len(history)
    says = f"transactions in parallel, at {pace(spec)}"
    faults: tuple[Fault, ...] = ()
    if fault is not None and entry is not None:
        faults = (_timed(spec, history, fault, entry, turn),)
        says += f", while {told(fault)}"
    strain = replace(_strain(spec, arrivals_of(spec), number), faults=faults)
    return Scenario(topic, "perturbed", State(topic, says), (), world=number, strain=strain)


def _strain(spec: Spec, arrivals: Arrivals, number: int) -> Strain:
    template = template_of(spec)
    amounts = (spec.amounts or _AMOUNTS) if "amount" in template.slots else (1, 1)
    return Strain(
        template,
        spec.as_actor,
        arrivals,
        spec.recorded,
        spec.drained,
        amounts=amounts,
        retry=Retry(spec.attempts, seconds(spec.backoff), _LONGEST_WAIT),
        connections=spec.connections or _connections(spec),
        timeout=seconds(spec.timeout),
        drain_within=seconds(spec.drain_within),
        seed=_seed(spec, number),
        statuses=_statuses(spec),
        accepted=_body(spec),
    )


def _seed(spec: Spec, number: int) -> int:
    """Another one for each run and each guard: no key must ever come a second time."""
    return crc32(f"{number} {spec.model_dump_json()}".encode())


def _connections(spec: Spec) -> int:
    """As many as wait when nothing is answered any more."""
    waiting = max(spec.rates) * min(seconds(spec.timeout), _MOST_WAITED)
    return min(max(_LEAST_CONNECTIONS, math.ceil(waiting)), _MOST_CONNECTIONS)


def _statuses(spec: Spec) -> tuple[tuple[int, Outcome], ...]:
    named = spec.accepted.get(STATUSES, ()) if isinstance(spec.accepted, dict) else spec.accepted
    means: dict[int, Outcome] = dict.fromkeys(range(200, 300), Outcome.UNKNOWN) if named else {}
    means |= dict.fromkeys(named, Outcome.ACKED)
    means |= dict.fromkeys(spec.rejected, Outcome.REJECTED)
    return tuple(means.items())


def _body(spec: Spec) -> tuple[tuple[str, JsonValue], ...]:
    if not isinstance(spec.accepted, dict):
        return ()
    return tuple((path, value) for path, value in spec.accepted.items() if path != STATUSES)


# -- arrivals ---------------------------------------------------------------------------------


def arrivals_of(spec: Spec) -> Arrivals:
    """When the transactions of the peak arrive."""
    first, last = spec.rates
    lasting = seconds(spec.duration)
    if first != last:
        return Ramp(first, last, lasting)
    if spec.arrivals == "poisson":
        return Poisson(first, lasting)
    if spec.arrivals == "burst":
        return _bursts(first, lasting)
    return Constant(first, lasting)


def _bursts(rate: float, lasting: float) -> Arrivals:
    """Each second's at its beginning; at less than one a second, one after the other."""
    width = max(1.0, 1 / rate)
    counts, sent = [], 0
    for place in range(math.ceil(lasting / width)):
        until = round(rate * min((place + 1) * width, lasting))
        counts.append(until - sent)
        sent = until
    return InTurn(tuple(Burst(count, width) for count in counts if count))


def pace(spec: Spec) -> str:
    """`100/s for 5s`, `10/s growing to 200/s within 5s`."""
    if isinstance(spec.rate, str):
        peak = f" (peak is {spec.peak})" if "peak" in spec.rate.lower() else ""
        return f"{spec.rate}{peak} for {spec.duration}"
    return f"{spec.rate[0]} growing to {spec.rate[1]} within {spec.duration}"


# -- the moment of a fault --------------------------------------------------------------------


def _timed(spec: Spec, history: History, fault: Fault, entry: FaultEntry, turn: int) -> Fault:
    """The fault with its moment. Where the guard says nothing, each turn has another one.

    A sudden fault meets only what waits at its moment, so it begins when about as many requests do
    as usual. Any other meets what comes while it lasts; where requests are rare, it waits for one.
    """
    facts = facts_of(fault)
    seed = (entry.seed if entry.seed is not None else spec.seed) + turn
    at = seconds(entry.at) if entry.at else None
    point = entry.point or ""
    if not point and at is None:
        dice = Random(f"{seed} {fault.name} {fault.target}")  # noqa: S311 - must repeat
        at = spec.in_time(seconds(spec.duration) * dice.uniform(*_DRAWN))
    if not point and facts.sudden:
        point = f"outstanding:{1 if turn else _expected(spec, history)}"
    elif not point and not facts.stays and _has_gaps(spec):
        point = "outstanding:1"
    return replace(
        fault,
        at=at,
        point=point,
        lasts=seconds(entry.lasts) if entry.lasts else fault.lasts,
        every=(entry.every or _every(spec, at)) if facts.stays else 0,
        seed=(entry.seed or 0) if entry.every else 0,
    )


def _has_gaps(spec: Spec) -> bool:
    """Whether often no request is in flight."""
    return spec.arrivals == "burst" or spec.mean_rate < _RARE


def _every(spec: Spec, at: float | None) -> int:
    """Every how manieth answer is dropped: some must be, and a retry must get its own."""
    left = spec.mean_rate * (seconds(spec.duration) - (at or 0.0))
    return max(2, min(_EVERY, int(left / 3)))


def _expected(spec: Spec, history: History) -> int:
    """How many requests wait at a time, as far as the peak without fault tells."""
    peak = _last(history, PEAK)
    if peak is None or peak.strain is None:
        return 1
    return min(max(1, math.floor(in_flight(spec, peak.strain))), _MOST_OUTSTANDING)


def in_flight(spec: Spec, played: StrainRun) -> float:
    """How many requests waited for their answer at a time, by Little's law."""
    return spec.mean_rate * played.figures.latency.p50 / 1000


def _last(history: History, topic: str) -> Run | None:
    return next((run for run in reversed(history) if run.scenario.topic == topic), None)
