"""Confirmed accusations in words for somebody who never saw the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.answers import readable
from twiceshy.guards.preexisting.accusations import CRASHES, TWIN_FAILS
from twiceshy.guards.preexisting.census import census, condition
from twiceshy.guards.preexisting.met import keys_of, written
from twiceshy.guards.preexisting.outcome import outcome
from twiceshy.guards.preexisting.spelling import bare_of
from twiceshy.model.curl import curl
from twiceshy.model.exhibits import Path, SideBySide, Table
from twiceshy.model.verdict import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.preexisting.accusations import Accusation
    from twiceshy.guards.preexisting.candidate import Candidate
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.exhibits import Exhibit
    from twiceshy.model.history import History, Observation
    from twiceshy.model.survey import Survey

_DID = {
    "refused": "is refused",
    "failed": "fails",
    "writes-less": "does not write what it should",
    "answered-otherwise": "is answered otherwise",
}
_MOST_COLUMNS = 10


def finding(
    spec: Spec,
    survey: Survey,
    history: History,
    members: Sequence[Accusation],
    spared: Sequence[str],
    times: int,
) -> Finding:
    """One finding for all accusations of one sort about one table.

    `spared` are the situations with that table in which nothing was wrong, `times` how often an
    accused one was played again.
    """
    first = members[0]
    seen = first.run.observations[0]
    candidate = accused(first)
    more = len(members) - 1
    also = f" (and in {more} more states)" if more > 0 else ""
    spare = f"; not when {', nor when '.join(spared[:3])}" if spared else ""
    value = _value(spec, survey, history, first)
    return Finding(
        rule=first.rule,
        title=_title(first, value),
        request=str(seen.request),
        curl=curl(seen.request, credentials=_credentials(spec, survey)),
        actor=spec.as_actor or "",
        state=f"{first.situation.says}{also}{spare}",
        where="" if first.deviation.sort == "writes-less" else first.deviation.where,
        before=first.deviation.expected,
        after=first.deviation.got,
        data=tuple(dict.fromkeys(str(row.candidate) for row in first.situation.rows)),
        statement=_statement(first, candidate),
        seen=f"seen {'once' if more == 0 else f'{more + 1} times'}, and {times} times more on a "
        "fresh clone of the database with a restarted service, each time with keys that nobody had "
        "used",
        exhibits=tuple(_exhibits(spec, survey, history, members, candidate)),
    )


def accused(accusation: Accusation) -> Candidate | None:
    """The column whose rows decide."""
    rows = accusation.situation.rows
    return rows[-1].candidate if rows else None


def _value(spec: Spec, survey: Survey, history: History, first: Accusation) -> str:
    candidate = accused(first)
    if candidate is None or not candidate.leaf:
        return ""
    return keys_of(spec, survey, history, first.run).get(candidate.leaf, "")


def _title(first: Accusation, value: str) -> str:
    request = first.run.scenario.steps[0].template
    candidate = accused(first)
    if first.rule == TWIN_FAILS:
        return f"{request} does not stand a second request like it in the same moment"
    did = _DID[first.deviation.sort]
    if candidate is None:
        return f"{request} {did} because of rows that are already there"
    key = f"{candidate.leaf} {value}".strip() or "its key"
    if first.rule == CRASHES:
        return f"{request} fails for a true duplicate in place of refusing it: {candidate}"
    if len(first.situation.tables) > 1:
        tables = ", ".join(sorted(map(str, first.situation.tables)))
        return f"{request} {did} because rows for {key} are already in {tables}"
    return f"{request} {did} because {candidate} already holds {key}"


def _credentials(spec: Spec, survey: Survey) -> str | None:
    return survey.actors[spec.as_actor].header if spec.as_actor else None


def _statement(first: Accusation, candidate: Candidate | None) -> str:
    """The SQL that met the row: as it ran in this very request, if it did."""
    if candidate is None:
        return ""
    for seen in first.run.observations:
        for statement in seen.statements:
            for met in statement.comparisons:
                if (met.table, met.column) == candidate.place:
                    return statement.text.strip()
    return candidate.statement.strip()


def _exhibits(
    spec: Spec,
    survey: Survey,
    history: History,
    members: Sequence[Accusation],
    candidate: Candidate | None,
) -> Iterator[Exhibit]:
    first = members[0]
    yield SideBySide(
        "What the service answered", "nobody has used the key",
        _answered(first.control.observations), "the row is there",
        _answered(first.run.observations),
    )  # fmt: skip
    if candidate is None:
        return
    steps = list(_way(spec, survey, history, first))
    yield Path("How the row was met", tuple(steps))
    yield from _rows(first)
    if first.rule != CRASHES:
        yield _census(spec, survey, history, members, candidate)


def _way(
    spec: Spec, survey: Survey, history: History, first: Accusation
) -> Iterator[tuple[str, str]]:
    keys = keys_of(spec, survey, history, first.run)
    yield "the request brought", "\n".join(f"{name} = {value}" for name, value in keys.items())
    for row in first.situation.rows:
        candidate = row.candidate
        how = f"found by schema: it {candidate.how}" if candidate.by_schema else candidate.how
        yield f"{candidate} was {how}", _plan(first, candidate)
    yield "the outcome", str(outcome(first.run))


def _plan(first: Accusation, candidate: Candidate) -> str:
    """What the executed plan said of the column, then its statement."""
    for seen in first.run.observations:
        for statement in seen.statements:
            for met in statement.comparisons:
                if (met.table, met.column) == candidate.place:
                    plan = f"executed plan: {met.column} {met.operator} '{met.value}'"
                    return f"{plan}\n{' '.join(statement.text.split())}"
    return " ".join(candidate.statement.split())


def _rows(first: Accusation) -> Iterator[Exhibit]:
    shown = {row.candidate.plant for row in first.situation.rows}
    for row in first.run.planted:
        if row.plant in shown:
            pairs = [(name, value or "NULL") for name, value in row.values.items()][:_MOST_COLUMNS]
            yield Table(f"The row that was in {row.table}", ("column", "value"), tuple(pairs))


def _census(
    spec: Spec,
    survey: Survey,
    history: History,
    members: Sequence[Accusation],
    candidate: Candidate,
) -> Exhibit:
    own = written(spec, survey, history)
    conditions = _conditions(survey, history, members, candidate)
    value = keys_of(spec, survey, history, members[0].run).get(candidate.leaf, "")
    sql = census(candidate, own, conditions, email="@" in value or not bare_of(value))
    return Path("Who would be refused today", (("paste into production; it only reads", sql),))


def _conditions(
    survey: Survey, history: History, members: Sequence[Accusation], candidate: Candidate
) -> list[str]:
    """Which rows do harm, where some of the same table do none."""
    start = f"{candidate}: "
    plainly = any(one.topic == f"{start}one" for one in members)
    played = {run.scenario.topic for run in history if run.observations and not run.refused}
    guilty = {one.situation.variant for one in members if one.situation.variant}
    columns = dict.fromkeys(pair[0] for pair in guilty)
    found = []
    for column in columns:
        tried = {
            topic.partition(" = ")[2] for topic in played if topic.startswith(f"{start}{column} = ")
        }
        values = sorted(value for name, value in guilty if name == column)
        if tried - set(values) or not plainly:
            found.append(condition(survey.catalogue, candidate.table, column, values))
    return found


def _answered(observations: Sequence[Observation]) -> str:
    return "\n\n".join(readable(seen) for seen in observations)
