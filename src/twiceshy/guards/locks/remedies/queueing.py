"""The remedy for a script that waits in front of others: one line for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.locks.remedies.steps import TIMEOUT
from twiceshy.model.locking import Remedy
from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.scripts import ScriptRun

_SAYS = (
    "With a time-out the script gives up its place in the queue and fails; try again until it gets "
    "through, with pauses. Never make a last try without the time-out."
)


def remedy_for_queue(trace: ScriptRun, asking: tuple[int, ...]) -> Remedy:
    """One line before the script, or before the statement from which on it is missing."""
    return Remedy(" ".join([_SAYS, *_more(trace, asking)]), TIMEOUT, whole=True)


def _more(trace: ScriptRun, asking: tuple[int, ...]) -> Iterator[str]:
    statements = trace.statements
    first = statements[asking[0]] if asking else None
    sets = [s for s in statements if "lock_timeout" in s.sql.lower()]
    local = [s for s in sets if s.sql.split()[1:2] in (["LOCAL"], ["local"])]
    if local and first is not None and not first.lock_timeout and not local[0].in_transaction:
        yield (
            f"SET LOCAL on line {local[0].line} does nothing outside of a transaction block: "
            "write SET."
        )
    elif first is not None and any(s.lock_timeout for s in statements[: asking[0]]):
        yield f"The time-out is no longer in force on line {first.line}: set it again before it."
    elif first is not None and first.lock_timeout:
        yield f"The time-out in force, {first.lock_timeout} ms, is longer than a queue may stand."
    gentler = [
        shape.gentle.splitlines()[0]
        for place in asking
        if (shape := shape_of(statements[place].sql)).tag == "drop index" and shape.gentle
    ]
    if gentler:
        yield f"Better still, {gentler[0]} keeps nobody waiting."
