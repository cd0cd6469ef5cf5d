"""One phase of a rehearsal as lanes over time: statements, locks, and the queries that waited."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.guards.locks.modes import ORDER, spoken
from twiceshy.model.exhibits import Lane, Lanes, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.scripts import Held, Phase, ScriptRun, Wait

_TITLES: dict[Phase, str] = {
    "traffic": "The script beside queries",
    "service": "The script beside the service's requests",
    "behind a reader": "The script behind a transaction that reads",
    "behind a writer": "The script behind a transaction that has written",
}
_STATEMENTS = 8
_LOCKS = 6
_QUERIES = 8
_SPANS = 20
_MARGIN = 0.05
_LONG_SQL = 60
_MOMENT = 0.004


def drawing(run: ScriptRun | None, places: tuple[int, ...] = ()) -> Lanes | None:
    """The lanes of what waited for some statements, or in a queue; None where nobody waited."""
    if run is None or run.phase not in _TITLES:
        return None
    waits = tuple(wait for wait in run.waits if _belongs(wait, places))
    if waits:
        at = places or tuple(wait.blocker.statement for wait in waits)
        run = replace(run, waits=waits, held=tuple(_while(run, at)))
    else:
        return None
    lanes = [*_others(run), *_statements(run), *_locks(run), *_queries(run)]
    spans = [span for lane in lanes for span in lane.spans]
    begins = max(0.0, min(span.began for span in spans) - _MARGIN)
    ends = max(span.ended for span in spans) + _MARGIN
    moved = tuple(_moved(lane, begins) for lane in lanes)
    return Lanes(_TITLES[run.phase], round(ends - begins, 3), moved)


def first_words(sql: str, most: int = _LONG_SQL) -> str:
    """A statement on one line, cut where it is long."""
    line = " ".join(sql.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def name_of(place: int, run: ScriptRun) -> str:
    """What the lane of a statement is called."""
    if 0 <= place < len(run.statements) and run.statements[place].line:
        return f"line {run.statements[place].line}"
    return f"statement {place + 1}"


def _while(run: ScriptRun, places: tuple[int, ...]) -> Iterator[Held]:
    """Locks that were held while these statements ran."""
    there = [run.statements[place] for place in places if place < len(run.statements)]
    for held in run.held:
        if any(_overlap(held, s.began, s.began + s.seconds) for s in there):
            yield held


def _belongs(wait: Wait, places: tuple[int, ...]) -> bool:
    if not places:
        return wait.blocker.who == "the queue"
    return wait.blocker.statement in places


def _overlap(held: Held, began: float, ended: float) -> bool:
    """Whether a lock was held for more than a moment of that time."""
    return min(held.ended, ended) - max(held.began, began) > _MOMENT


def _moved(lane: Lane, by: float) -> Lane:
    spans = tuple(
        Span(
            round(span.began - by, 4), round(span.ended - by, 4), span.waits, span.says, span.behind
        )
        for span in lane.spans
    )
    return Lane(lane.name, lane.sort, spans, lane.detail)


def _others(run: ScriptRun) -> Iterator[Lane]:
    if run.long is not None:
        says = "reads" if run.phase == "behind a reader" else "writes"
        yield Lane("long transaction", "other", (Span(*run.long, says=says),))


def _statements(run: ScriptRun) -> Iterator[Lane]:
    blamed = Counter(wait.blocker.statement for wait in run.waits)
    worst = [place for place, _ in blamed.most_common(_STATEMENTS)]
    for place in sorted(place for place in worst if 0 <= place < len(run.statements)):
        statement = run.statements[place]
        span = Span(statement.began, statement.began + statement.seconds)
        detail = first_words(statement.sql)
        yield Lane(name_of(place, run), "statement", (span,), detail)


def _locks(run: ScriptRun) -> Iterator[Lane]:
    strong = [held for held in run.held if held.mode in ORDER[4:]]
    blamed = {wait.relation for wait in run.waits}
    by_lock: dict[tuple[str, str], list[Span]] = {}
    for held in sorted(strong, key=lambda held: (held.relation not in blamed, held.began)):
        spans = by_lock.setdefault((held.relation, held.mode), [])
        if held.waited > 0:
            asked = max(0.0, held.began - held.waited)
            spans.append(Span(asked, held.began, waits=True, says="asked for"))
        spans.append(Span(held.began, held.ended, says="held"))
    for (relation, mode), spans in list(by_lock.items())[:_LOCKS]:
        yield Lane(relation, "lock", tuple(spans[:_SPANS]), spoken(mode))


def _queries(run: ScriptRun) -> Iterator[Lane]:
    by_query: dict[str, list[Wait]] = {}
    for wait in run.waits:
        by_query.setdefault(wait.query, []).append(wait)
    ranked = sorted(by_query.items(), key=lambda item: -max(w.milliseconds for w in item[1]))
    for query, waits in ranked[:_QUERIES]:
        longest = sorted(waits, key=lambda wait: -wait.milliseconds)[:_SPANS]
        spans = tuple(_wait_span(wait, run) for wait in sorted(longest, key=lambda w: w.began))
        yield Lane(first_words(query, 40), "query", spans, waits[0].kind)


def _wait_span(wait: Wait, run: ScriptRun) -> Span:
    lane = name_of(wait.blocker.statement, run)
    behind = lane if wait.blocker.who == "the script" else f"the queue for {lane}"
    ends = wait.began + wait.milliseconds / 1000
    says = wait.error or f"{wait.milliseconds:.0f} ms"
    return Span(wait.began, ends, waits=True, says=says, behind=behind)
