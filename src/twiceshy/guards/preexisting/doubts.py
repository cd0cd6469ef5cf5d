"""Why nothing can be told, in words: reasons for `unknown`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.errors import nearest
from twiceshy.guards.preexisting.accusations import given_up, good_controls, is_twin
from twiceshy.guards.preexisting.arrival import arrival, changeable, is_of_one, number_of, varied
from twiceshy.guards.preexisting.candidate import statements
from twiceshy.guards.preexisting.candidates import candidates
from twiceshy.guards.preexisting.met import keys_of, legitimate_runs, written
from twiceshy.guards.preexisting.outcome import outcome, rows_text
from twiceshy.guards.preexisting.plan import BETWEEN
from twiceshy.guards.preexisting.spelling import form_of
from twiceshy.model.history import NoReply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.preexisting.outcome import Outcome
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.survey import Survey

_HASH = re.compile(r"hash|digest|hmac|fingerprint|encrypt|cipher|blind", re.IGNORECASE)
_SECRET = re.compile(r"passw|pwd|token|secret|session", re.IGNORECASE)
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_TEXT = 200


def obstacles(spec: Spec, survey: Survey, history: History) -> tuple[str, ...]:
    """Reasons for which no difference can be believed; empty when there is none."""
    unknown = tuple(_unknown_names(spec, survey))
    if unknown:
        return unknown
    if not survey.requests:
        return ("the request was not surveyed",)
    facts = survey.requests[0]
    if facts.problem is not None:
        return (f"{facts.template}: {facts.problem}",)
    if not good_controls(history, 0):
        return tuple(dict.fromkeys(_refused(history))) or ("nothing was played",)
    return tuple(dict.fromkeys(_controls(spec, survey, history)))


def doubts(spec: Spec, survey: Survey, history: History) -> tuple[str, ...]:
    """Reasons for which it cannot be said that all is well; empty when there is none."""
    found = (*_wearied(history), *_impatient(history), *_rows(spec, survey, history))
    return tuple(dict.fromkeys(found))


def _unknown_names(spec: Spec, survey: Survey) -> Iterator[str]:
    """Tables and values that the guard names and that are not there."""
    tables = {str(table.name): table for table in survey.catalogue.tables}
    named = [("must_accept", name) for name in spec.must_accept]
    named += [("expect.rows", name) for name in spec.expect.rows or ()]
    named += [("allow", one.table) for one in spec.allow]
    for key, name in (*named, *(("skip", name) for name in spec.skip)):
        table, _, column = name.rpartition(".")
        is_column = table in tables and column in tables[table].column_names
        if tables and name not in tables and not (key == "skip" and is_column):
            near = nearest(name, tables)
            yield f"{key} names {name}, and there is no such table" + (
                f"; did you mean {near}?" if near else ""
            )
    names = {leaf.name for leaf in changeable(spec, survey)} if survey.requests else set()
    for name in spec.keys:
        if survey.requests and name not in names:
            near = nearest(name, names)
            hint = f"; did you mean {near}?" if near else ""
            yield f"keys names {name}, and the request has no such value{hint}"


def _refused(history: History) -> Iterator[str]:
    """The request does not work with nothing in its way."""
    for run in legitimate_runs(history):
        if run.problem is not None:
            yield run.problem
        for plant, why in run.refused:
            yield f"the row {plant}, which the request names, could not be planted: {why}"
        for seen in run.observations:
            says = _said(seen.answer.says if isinstance(seen.answer, NoReply) else _text(run))
            yield (
                f"{seen.step.template} is refused although nobody has used its keys: {says}; so "
                "there is no legitimate outcome to protect"
            )


def _text(run: Run) -> str:
    answer = run.observations[0].answer
    if isinstance(answer, NoReply):
        return answer.says
    return f"status {answer.status} {answer.body.decode('utf-8', 'replace')}"


def _said(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _MOST_TEXT else f"{plain[:_MOST_TEXT]}…"


def _controls(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """What is wrong with the legitimate outcome itself, or with the service's stamina."""
    request = survey.requests[0].template
    good = good_controls(history, 0)
    outcomes = [outcome(run) for run in good]
    first = legitimate_runs(history)[:2]
    classes = {one.statuses[0] // 100 for one in outcomes}
    if len(classes) > 1 or any(run not in good for run in first):
        yield f"{request} is answered now so, now otherwise, with nothing in its way"
    yield from _unexpected(spec, outcomes)
    if _writes_nothing(spec, survey, outcomes):
        yield (
            f"{request} answers {outcomes[0].statuses[0]} and has written nothing by then: if it "
            "writes later, by itself or through a queue, whose outcome is whose cannot be told; "
            "let it write at once while it is rehearsed, or say expect = { rows = {} } if it "
            "writes nothing"
        )
    yield from _late(spec, survey, history)
    if any(not seen.quiet for run in good for seen in run.observations):
        yield f"{request} leaves the service at work, so what it wrote cannot be told"


def _wearied(history: History) -> Iterator[str]:
    """Controls that failed after others had worked: there may be a limit on how many may come."""
    good = _still_good(history)
    for run in history:
        if run.scenario.topic == BETWEEN and run not in good:
            yield (
                "after some requests the service does not take any more, whatever their keys: "
                f"{_said(_text(run)) if run.observations else run.problem}; is there a limit on "
                "how many may come?"
            )


def _impatient(history: History) -> Iterator[str]:
    """Twins that failed because they were held up until all of them had come."""
    for run in filter(is_twin, history):
        error = given_up(run)
        if error:
            yield (
                f"{run.scenario.steps[0].template} gives up when it is held up for a moment, so "
                f"whether equal requests harm each other cannot be told: {_said(error)}; let it "
                "wait for 2 s while it is rehearsed (lock_timeout, statement_timeout)"
            )


def _still_good(history: History) -> list[Run]:
    return [
        run
        for run in history
        if run.observations
        and not isinstance(run.observations[0].answer, NoReply)
        and run.observations[0].answer.status < 400
    ]


def _unexpected(spec: Spec, outcomes: list[Outcome]) -> Iterator[str]:
    status, rows = spec.expect.status, spec.expect.rows
    for one in outcomes:
        if status is not None and status not in one.statuses:
            yield f"expect says status {status}, and the control had: {one}"
        for table, wanted in (rows or {}).items():
            counts = {str(name): n for (does, name), n in one.rows.items() if does == "insert"}
            if counts.get(table, 0) != wanted:
                yield (
                    f"expect says that the request adds {wanted} to {table}, and the control had: "
                    f"{one}"
                )


def _writes_nothing(spec: Spec, survey: Survey, outcomes: list[Outcome]) -> bool:
    if spec.expect.rows is not None or survey.requests[0].template.method in _READS:
        return False
    return not any(one.rows for one in outcomes)


def _late(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """Rows with another request's keys: that one had been answered before it wrote them."""
    changed = varied(spec, survey, history)
    if not changed:
        return
    numbers = {number_of(run) for run in history if is_of_one(run)}
    keys = {number: arrival(spec, survey, changed, number).keys for number in numbers}
    for run in filter(is_of_one, history):
        mine = number_of(run)
        own = keys_of(spec, survey, history, run).values()
        for seen in run.observations:
            for change in seen.changes:
                values = [value for value in (change.new or {}).values() if value]
                foreign = any(
                    form_of(value, key)
                    for value in values
                    for number, others in keys.items()
                    if number != mine
                    for key in others.values()
                    if key not in own
                )
                if foreign:
                    yield (
                        f"the service writes to {change.table} after it has answered "
                        f"({rows_text(change.operation, change.table, 1)} with the keys of an "
                        "earlier request): let it write at once while it is rehearsed"
                    )
                    return


def _rows(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """Columns that met a key, and no row could be made for them; and hashes nobody can make."""
    known = candidates(spec, survey, history)
    for candidate in known:
        runs = [run for run in history if run.scenario.topic == f"{candidate}: one"]
        if runs and not candidate.by_schema and all(run.refused or run.problem for run in runs):
            whys = [why for run in runs for _, why in run.refused] or [runs[0].problem or ""]
            yield f"no row with the key could be planted into {candidate}: {whys[0]}"
    own = {place[0] for place in written(spec, survey, history)}
    done = {candidate.table for candidate in known} | own
    counted = [run for run in history if is_of_one(run)]
    read = {table for _, _, statement in statements(counted) for table in statement.reads}
    for table in survey.catalogue.tables:
        if table.name not in read - done:
            continue
        for column in table.columns:
            if _HASH.search(column.name) and not _SECRET.search(column.name):
                yield (
                    f"{table.name}.{column.name} looks like a key that was hashed: the request "
                    f"reads {table.name} without comparing it in SQL, so no row could be made that "
                    "matches"
                )
