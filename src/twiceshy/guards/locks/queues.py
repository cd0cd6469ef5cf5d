"""Whether queries pile up behind a script while it waits for somebody else's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.locks.modes import Grip, grips, live
from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twiceshy.model.scripts import Phase, ScriptRun, ScriptStatement, Wait

LONGEST = 500.0
"""Milliseconds that a script may wait in front of others; a time-out below it works."""
# SQLSTATEs of a lock time-out (or NOWAIT), and of a statement that was stopped for its length.
GAVE_UP = ("55P03", "57014")


@dataclass(frozen=True, slots=True)
class Queue:
    """Statements that wait without a limit that works: place and the locks that each asks for."""

    asks: tuple[tuple[int, tuple[Grip, ...]], ...]
    measured: tuple[Wait, ...] = ()

    @property
    def relations(self) -> tuple[str, ...]:
        """All that people queue for."""
        names = [grip.relation for _, locks in self.asks for grip in locks]
        return tuple(dict.fromkeys([*names, *(wait.relation for wait in self.measured)]))


def limit_of(statement: ScriptStatement) -> float:
    """Milliseconds after which it stops waiting; 0 when never."""
    limits = [limit for limit in (statement.lock_timeout, statement.statement_timeout) if limit]
    return float(min(limits, default=0))


def queue_of(runs: Mapping[Phase, ScriptRun], longest: float = LONGEST) -> Queue | None:
    """The queue that a script causes, or None.

    Which locks it asks for and which time-outs are in force decides. What was measured can add a
    queue that the trace did not foresee, and takes one away where the script was seen to give up.
    """
    trace = runs["trace"]
    alive = live(trace.statements, trace.relations)
    asks = tuple(
        (place, asked)
        for place, statement in enumerate(trace.statements)
        if (asked := _asked(statement, trace, alive)) and not 0 < limit_of(statement) < longest
    )
    waits = tuple(_long_waits(runs.values(), trace, longest))
    behind = [run for phase, run in runs.items() if phase.startswith("behind") and run.long]
    if not waits and all(_gave_up(run, longest) for run in behind):
        # What comes after the statement that gave up was never tried.
        tried = {run.failed_statement for run in behind}
        asks = tuple((place, asked) for place, asked in asks if place not in tried)
    return Queue(asks, waits) if asks or waits else None


def _asked(statement: ScriptStatement, trace: ScriptRun, alive: frozenset[str]) -> tuple[Grip, ...]:
    if shape_of(statement.sql).nowait:
        return ()
    return tuple(grip for grip in grips(statement, trace.relations, alive) if grip.fresh)


def _long_waits(runs: Iterable[ScriptRun], trace: ScriptRun, longest: float) -> Iterable[Wait]:
    """Waits that are too long, but for those behind a time-out that works.

    On a busy machine a query is told late that its turn has come.
    """
    for run in runs:
        for wait in run.waits:
            queued = wait.blocker.who == "the queue" and wait.milliseconds >= longest
            if queued and not _limited(wait.blocker.statement, trace, longest):
                yield wait


def _limited(place: int, trace: ScriptRun, longest: float) -> bool:
    known = 0 <= place < len(trace.statements)
    return known and 0 < limit_of(trace.statements[place]) < longest


def _gave_up(run: ScriptRun, longest: float) -> bool:
    """Whether it stopped waiting by itself, before anybody had waited for long."""
    queued = [w.milliseconds for w in run.waits if w.blocker.who == "the queue"]
    stopped = run.gave_up or run.failure.startswith(GAVE_UP)
    return stopped and max(queued, default=0.0) < longest
