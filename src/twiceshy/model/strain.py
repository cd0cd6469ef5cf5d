"""Strain: what is done to a service while load is on it, and what was seen of that."""

from __future__ import annotations

from dataclasses import dataclass


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
