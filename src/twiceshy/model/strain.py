"""Strain: what is done to a service while load is on it, and what was seen of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twiceshy.model.load import ONCE

if TYPE_CHECKING:
    from twiceshy.model.account import Account
    from twiceshy.model.figures import LoadFigures
    from twiceshy.model.ledger import Attempt, Outcome
    from twiceshy.model.load import Arrivals, Retry
    from twiceshy.model.scenario import JsonValue, RequestTemplate


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong on purpose, when, and for how long.

    `target` is the process or table that it is done to, and for those of the network `service`
    (between client and service) or `database` (between service and database). It begins `at` so
    many seconds after the load began, or at a `point`: `answer:25` when the 25th answer passes,
    `outstanding:8` when 8 requests wait for theirs, with both at that point after that moment. With
    neither, the moment is drawn by `seed`.
    `lasts` is in seconds. `every` is for dropped answers, of which it takes every n-th, or with a
    `seed` each with a chance of one in n.
    """

    name: str
    target: str = ""
    at: float | None = None
    point: str = ""
    lasts: float = 0.0
    every: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """What became of a fault: times in seconds of the run, None when it did not come to that.

    `in_flight` counts the requests that waited for an answer when it began, and those that came
    while it lasted, where these meet it as well. `evidence` tells in words what was seen of it;
    empty means that it had no effect. `undone` says that nothing of it is left, `problem` what went
    wrong with the doing or the undoing.
    """

    fault: Fault
    began: float | None = None
    ended: float | None = None
    in_flight: int = 0
    evidence: tuple[str, ...] = ()
    undone: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Strain:
    """Load on the service, with faults in the middle, and how its account is made up.

    `request` has the slots `{key}`, `{amount}` and `{number}`; `actor` sends it. `recorded` is SQL
    that lists what the system says it processed: a key and, with a second column, its amount.
    `drained` is SQL that gives one number, of what is taken in and not processed; it has
    `drain_within` seconds to become 0. Without it, the system has drained when the number of
    recorded rows does not change any more. `accepted` pairs paths such as `$.status` with the value
    that the body of a 2xx answer must have there. The rest is as in `model.load.LoadPlan`.
    """

    request: RequestTemplate
    actor: str | None
    arrivals: Arrivals
    recorded: str
    drained: str = ""
    faults: tuple[Fault, ...] = ()
    amounts: tuple[int, int] = (1, 1)
    retry: Retry = ONCE
    connections: int = 64
    at_cap: Literal["drop", "wait"] = "drop"
    timeout: float = 5.0
    drain_within: float = 30.0
    seed: int = 0
    statuses: tuple[tuple[int, Outcome], ...] = ()
    accepted: tuple[tuple[str, JsonValue], ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the run, in its seconds; `fault` lasts from the first begun to the last undone."""

    name: Literal["healthy", "fault", "recovered", "stopped", "draining", "reconciling"]
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What the database said at a moment: rows recorded, and what waits (None: unasked)."""

    at: float
    recorded: int
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """Every attempt of one transaction, in order; times as in `model.ledger`."""

    key: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class StrainRun:
    """What became of a strain. `problem` says why there is no account.

    `first` and `second` are the account, made up twice, a second apart: what is entered late shows
    in the second. `trails` are those of the discrepancies that the second one names. `samples` tell
    how rows were recorded over time. `drained` says whether everything was processed in time, after
    `drain_seconds`. `ledger` is the folder of the ledger, seen from the project.
    """

    figures: LoadFigures
    phases: tuple[Phase, ...] = ()
    first: Account | None = None
    second: Account | None = None
    trails: tuple[Trail, ...] = ()
    faults: tuple[FaultSeen, ...] = ()
    samples: tuple[Sample, ...] = ()
    drained: bool = False
    drain_seconds: float = 0.0
    ledger: str = ""
    problem: str | None = None
