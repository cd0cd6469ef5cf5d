"""Findings in words: which statement, which lock on which table, who waited, what to do instead."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.locks.lanes import drawing, first_words
from twiceshy.guards.locks.modes import spoken
from twiceshy.guards.locks.queues import limit_of
from twiceshy.guards.locks.remedies import (
    remedy_for_break,
    remedy_for_failure,
    remedy_for_queue,
    remedy_for_work,
)
from twiceshy.guards.locks.size import lasting, spread
from twiceshy.model.locking import LockFinding, Waiting
from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from twiceshy.guards.locks.facts import Exposure
    from twiceshy.guards.locks.queues import Queue
    from twiceshy.guards.locks.size import Sizes
    from twiceshy.model.scripts import Broken, Phase, Script, ScriptRun, ScriptStatement, Wait

_MOST_SHAPES = 10
_TITLE = 70


@dataclass(frozen=True, slots=True)
class Story:
    """All that was found out about one script."""

    script: Script
    runs: Mapping[Phase, ScriptRun]
    sizes: Sizes
    exposures: tuple[Exposure, ...]
    queue: Queue | None
    breaks: tuple[Broken, ...]
    fails: str

    @property
    def trace(self) -> ScriptRun:
        """The phase in which nobody else was there."""
        return self.runs["trace"]


def told(story: Story) -> tuple[LockFinding, ...]:
    """Every finding, what hurts at once first."""
    return (*_failing(story), *_blocking(story), *_queueing(story), *_breaking(story))


def _blocking(story: Story) -> Iterator[LockFinding]:
    for exposure in story.exposures:
        statement = story.trace.statements[exposure.place]
        beside = _beside(story, exposure.transaction.places)
        waits = [wait for _, found in beside for wait in found]
        longest = max((wait.milliseconds for wait in waits), default=None)
        grip = exposure.grip
        yield LockFinding(
            harm="blocks",
            title=_title(statement, exposure),
            statement=exposure.place,
            line=statement.line,
            sql=statement.sql,
            relation=exposure.relation,
            mode=grip.mode if grip else "row locks",
            also=exposure.also,
            waited=longest,
            waiting=_shapes(waits),
            seen=_seen(exposure, longest),
            at_production=_later(exposure, longest, story),
            remedy=remedy_for_work(statement, exposure, story.trace),
            drawing=drawing(beside[0][0], exposure.transaction.places) if beside else None,
        )


def _beside(story: Story, places: tuple[int, ...]) -> list[tuple[ScriptRun, tuple[Wait, ...]]]:
    """Runs in which queries waited for these statements, the service's own requests first."""
    found = []
    for phase in ("service", "traffic"):
        run = story.runs.get(phase)
        waits = tuple(
            wait
            for wait in (run.waits if run else ())
            if wait.blocker.who == "the script" and wait.blocker.statement in places
        )
        if run is not None and waits:
            found.append((run, waits))
    return found


def _title(statement: ScriptStatement, exposure: Exposure) -> str:
    what = first_words(statement.sql, _TITLE)
    rows = f"{exposure.rows:,} rows"
    work = {
        "scan": f"it reads {rows}",
        "rewrite": f"it stores {rows} anew",
        "change": f"it changes {rows}",
        "row locks": f"it locks {rows}",
        "time": f"it takes {lasting(exposure.held)}",
    }[exposure.work]
    grip = exposure.grip
    if grip is None:
        return f"Writes to rows of {exposure.relation} wait for `{what}`: {work} in one transaction"
    lock = f"{spoken(grip.mode)} lock on {grip.index or exposure.relation}"
    whom = grip.whom.capitalize()
    return f"{whom} of {exposure.relation} wait for `{what}`: {work} under its {lock}"


def _seen(exposure: Exposure, longest: float | None) -> str:
    held = f"held for {lasting(exposure.held)} while nobody else was there"
    if longest is None:
        return held
    return f"{held}; the longest query beside it waited {lasting(longest)}"


def _later(exposure: Exposure, longest: float | None, story: Story) -> str:
    measured = max(exposure.held, longest or 0.0)
    if not exposure.grows or exposure.work == "time":
        return f"{lasting(measured)}, however large the tables are"
    factor = exposure.there / max(1, exposure.rows)
    rows = story.sizes.there(exposure.relation)
    return f"{spread(measured, factor)} with {rows:,} rows in {exposure.relation}"


def _queueing(story: Story) -> Iterator[LockFinding]:
    queue = story.queue
    if queue is None:
        return
    place = queue.asks[0][0] if queue.asks else queue.measured[0].blocker.statement
    statement = story.trace.statements[place]
    grip = queue.asks[0][1][0] if queue.asks else None
    waits = [
        wait for run in story.runs.values() for wait in run.waits if wait.blocker.who == "the queue"
    ]
    longest = max((wait.milliseconds for wait in waits), default=None)
    relations = queue.relations
    yield LockFinding(
        harm="queues",
        title=_queue_title(story, statement),
        statement=place,
        line=statement.line,
        sql=statement.sql,
        relation=relations[0],
        mode=grip.mode if grip else queue.measured[0].blocker.mode,
        also=relations[1:],
        waited=longest,
        waiting=_shapes(waits),
        seen="" if longest is None else f"the longest query in the queue waited {lasting(longest)}",
        at_production="as long as the longest transaction there, such as a report or a backup",
        remedy=remedy_for_queue(story.trace, tuple(place for place, _ in queue.asks)),
        drawing=drawing(_longest_queue(story.runs.values())),
    )


def _queue_title(story: Story, first: ScriptStatement) -> str:
    queue = story.queue
    asks = queue.asks if queue else ()
    limit = limit_of(first)
    why = f"only a time-out of {lasting(limit)}" if limit else "no lock_timeout"
    if len(asks) <= 1:
        what = f"`{first_words(first.sql, _TITLE)}` waits for its lock with {why}"
    else:
        what = f"{len(asks)} statements wait for their locks with {why}"
    names = list(queue.relations) if queue else []
    tables = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{what}: queries on {tables} queue up behind it"


def _longest_queue(runs: Iterable[ScriptRun]) -> ScriptRun | None:
    queued = [run for run in runs if any(w.blocker.who == "the queue" for w in run.waits)]
    return max(queued, key=lambda run: max(w.milliseconds for w in run.waits), default=None)


def _breaking(story: Story) -> Iterator[LockFinding]:
    by_relation: dict[str, list[Broken]] = defaultdict(list)
    for broken in story.breaks:
        by_relation[broken.relation].append(broken)
    for relation, queries in by_relation.items():
        place = _breaker(story, relation)
        statement = story.trace.statements[place] if place is not None else None
        what = f"`{first_words(statement.sql, _TITLE)}`" if statement else "the script"
        count = f"{len(queries)} quer{'ies' if len(queries) > 1 else 'y'}"
        yield LockFinding(
            harm="breaks",
            title=f"After {what} {count} on {relation} fail{'' if len(queries) > 1 else 's'}",
            statement=place,
            line=statement.line if statement else 0,
            sql=statement.sql if statement else "",
            relation=relation,
            waiting=tuple(
                Waiting(first_words(b.query, 100), relation, 1, 0.0) for b in queries[:5]
            ),
            seen=queries[0].error,
            at_production="from the moment it commits until the application is changed",
            remedy=remedy_for_break(statement, relation, queries[0].error),
        )


def _breaker(story: Story, relation: str) -> int | None:
    """The last statement that dropped, renamed or altered the relation, else anything strong."""
    best = None
    for place, statement in enumerate(story.trace.statements):
        shape = shape_of(statement.sql)
        if relation in statement.dropped:
            return place
        changes = shape.tag.startswith(
            ("drop", "rename", "alter", "create trigger", "create policy")
        )
        if relation in statement.taken and (changes or best is None):
            best = place
    return best


def _failing(story: Story) -> Iterator[LockFinding]:
    if not story.fails:
        return
    trace = story.trace
    place = trace.failed_statement
    known = place is not None and place < len(trace.statements)
    statement = trace.statements[place] if known and place is not None else None
    what = f"`{first_words(statement.sql, _TITLE)}`" if statement else story.script.name
    yield LockFinding(
        harm="fails",
        title=f"{what} fails: {first_words(story.fails, 120)}",
        statement=place if known else None,
        line=statement.line if statement else 0,
        sql=statement.sql if statement else "",
        seen=story.fails,
        remedy=remedy_for_failure(statement, story.fails),
    )


def _shapes(waits: Sequence[Wait]) -> tuple[Waiting, ...]:
    grouped: dict[tuple[str, str], list[Wait]] = defaultdict(list)
    requests = {wait.query for wait in waits if wait.kind == "service request"}
    for wait in waits:
        grouped[first_words(wait.query, 100), wait.relation].append(wait)
    shapes = [
        Waiting(
            query,
            relation,
            len(each),
            round(max(wait.milliseconds for wait in each), 1),
            next((wait.error for wait in each if wait.error), ""),
        )
        for (query, relation), each in grouped.items()
    ]
    ranked = sorted(shapes, key=lambda shape: (shape.query not in requests, -shape.longest))
    return tuple(ranked[:_MOST_SHAPES])
