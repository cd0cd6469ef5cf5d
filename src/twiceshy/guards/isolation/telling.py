"""Confirmed accusations in words for somebody who never saw the tool."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from twiceshy.guards.answers import readable
from twiceshy.guards.body import find, leaves, path_of, tree
from twiceshy.guards.canary import holds_text
from twiceshy.guards.difference import ABSENT, anatomy
from twiceshy.guards.isolation.accusations import (
    CHANGED,
    DEPENDS,
    EMPTY_FAILS,
    EMPTY_HIDES,
    NONE_OF,
    SHOWN,
    Accusation,
)
from twiceshy.model.curl import curl
from twiceshy.model.exhibits import SideBySide, Table
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.verdict import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.exhibits import Exhibit
    from twiceshy.model.history import RowChange
    from twiceshy.model.scenario import Request
    from twiceshy.model.survey import Survey

_MOST_VALUE = 200
_FEW = 4


def finding(
    spec: Spec,
    survey: Survey,
    members: Sequence[Accusation],
    also: Sequence[Accusation],
    spared: Sequence[str] = (),
) -> Finding:
    """One finding for all accusations of one rule against one request.

    `spared` are the states of the actor's rows in which nothing was wrong.
    """
    first = max(members, key=lambda a: (*_plainness(a), len(a.sightings), -members.index(a)))
    states = dict.fromkeys(a.run.scenario.state.says for a in (*members, *also))
    columns = dict.fromkeys(
        f"{s.table}.{s.column}" for a in (first, *members, *also) for s in a.sightings
    )
    columns |= dict.fromkeys(
        f"{c.table}.{name}" for a in members for c in a.changes for name in _changed_columns(c)
    )
    where, before, after = _contrast(first)
    return Finding(
        rule=first.rule,
        title=_title(spec, first),
        request=str(first.seen.request),
        curl=curl(first.seen.request, credentials=_credentials(spec, survey, first.seen.request)),
        actor=spec.as_actor,
        owner="" if first.rule in {EMPTY_FAILS, EMPTY_HIDES} else spec.against,
        state=first.run.scenario.state.says + _elsewhere(len(states) - 1, spared),
        where=where,
        before=before,
        after=after,
        data=tuple(columns),
        statement=_statement(first),
        seen=f"seen {_times(len(members) + len(also))}, and again on a fresh clone of the "
        "database with a restarted service",
        exhibits=tuple(_exhibits(spec, first)),
    )


def _credentials(spec: Spec, survey: Survey, request: Request) -> str:
    """What proves who asks; reading needs no token against forged requests."""
    lines = survey.actors[spec.as_actor].header.splitlines()
    return "\n".join(lines[-1:] if request.method in {"GET", "HEAD"} else lines)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _plainness(accusation: Accusation) -> tuple[int, int]:
    """How well a state explains: best where foreign rows stand for missing ones of mine."""
    if accusation.topic.startswith(NONE_OF):
        table = accusation.topic.removeprefix(NONE_OF).partition(" / ")[0]
        return 2, len({s.plant for s in accusation.sightings if str(s.table) == table})
    return int(accusation.topic.startswith("others:")), 0


def _elsewhere(others: int, spared: Sequence[str]) -> str:
    text = f" (and in {others} more states" if others > 0 else ""
    if spared and len(spared) <= _FEW:
        text += ("; " if text else " (") + f"not when {', nor when '.join(spared)}"
    return text + (")" if text else "")


def _title(spec: Spec, accusation: Accusation) -> str:
    me, other = spec.as_actor, spec.against
    request = accusation.seen.step.template
    if accusation.rule == SHOWN:
        tables = ", ".join(dict.fromkeys(str(s.table) for s in accusation.sightings))
        return f"{request} shows {me} data of {other}: {tables}"
    if accusation.rule == DEPENDS:
        return f"{request} answers {me} otherwise because rows of {other} exist"
    if accusation.rule == CHANGED:
        tables = ", ".join(dict.fromkeys(str(change.table) for change in accusation.changes))
        if accusation.changes[0].operation == "insert":
            return f"{request} sent by {me} adds to rows of {other} that {me} may not see: {tables}"
        did = "deletes" if accusation.changes[0].operation == "delete" else "changes"
        return f"{request} sent by {me} {did} rows of {other}: {tables}"
    if accusation.rule == EMPTY_FAILS:
        return f"{request} fails for {me} without rows: {accusation.says}"
    return f"{request} hides other things of {me}: {accusation.says}"


def _changed_columns(change: RowChange) -> list[str]:
    old, new = change.old or {}, change.new or {}
    if change.new is None:
        return ["*"]
    return [name for name in old if old.get(name) != new.get(name)]


def _contrast(accusation: Accusation) -> tuple[str, str, str]:
    """(where, before, after) of what differed."""
    if accusation.rule == SHOWN:
        return _sighting_contrast(accusation)
    if accusation.differences:
        first = accusation.differences[0]
        return first.path, first.control[:_MOST_VALUE], first.perturbed[:_MOST_VALUE]
    if accusation.changes:
        change = accusation.changes[0]
        names = _changed_columns(change)
        old, new = change.old or {}, change.new
        if change.operation == "insert":
            added = ", ".join(f"{name} = {value}" for name, value in (new or {}).items())
            return f"{change.table} {_identity(new or {})}", ABSENT, added
        before = ", ".join(f"{name} = {old.get(name)}" for name in names if name != "*")
        after = ", ".join(f"{name} = {new.get(name)}" for name in names) if new else "(deleted)"
        return f"{change.table} {_identity(old)}", before or json.dumps(dict(old)), after
    if accusation.rule == EMPTY_HIDES:
        return accusation.says, "shown", "not shown"
    control = accusation.control.answer if accusation.control else None
    return "", _status(control), _status(accusation.seen.answer)


def _identity(row: Mapping[str, str | None]) -> str:
    return f"id = {row['id']}" if "id" in row else ""


def _status(answer: Reply | NoReply | None) -> str:
    if answer is None:
        return ""
    return answer.says if isinstance(answer, NoReply) else f"status {answer.status}"


def _sighting_contrast(accusation: Accusation) -> tuple[str, str, str]:
    answer = accusation.seen.answer
    if isinstance(answer, NoReply):
        return "", "", answer.says
    body = tree(answer)
    for sighting in accusation.sightings:
        for place in find(body, partial(holds_text, sighting.text)):
            path = path_of(body, place)
            control = accusation.control.answer if accusation.control else None
            before = anatomy(control).get(path, ABSENT) if control else ""
            return path, before[:_MOST_VALUE], dict(leaves(body))[path][:_MOST_VALUE]
    for name, value in answer.headers:
        if any(sighting.text in value for sighting in accusation.sightings):
            return f"header {name}", "", value
    return "", "", accusation.sightings[0].text


def _statement(accusation: Accusation) -> str:
    """The SQL that most likely brought it about: it read or wrote the tables in question."""
    wanted = {s.table for s in accusation.sightings} | {c.table for c in accusation.changes}
    best, score = "", 0
    for statement in accusation.seen.statements:
        touched = wanted & {*statement.reads, *statement.writes}
        points = len(touched) * 2 + bool(accusation.changes and statement.writes)
        if points > score:
            best, score = statement.text, points
    return best.strip()


def _exhibits(spec: Spec, accusation: Accusation) -> Iterable[Exhibit]:
    control = accusation.control
    marks = tuple(dict.fromkeys(s.text for s in accusation.sightings))
    if control is not None and accusation.rule != CHANGED:
        left = f"without rows of {spec.against}"
        right = f"with rows of {spec.against}"
        if accusation.rule in {EMPTY_FAILS, EMPTY_HIDES}:
            left, right = "with one row", "without it"
        elif accusation.topic.startswith("swap"):
            left, right = "an id that nobody has", f"an id of {spec.against}"
        yield SideBySide(
            "What the service answered", left, readable(control), right,
            readable(accusation.seen), marks,
        )  # fmt: skip
    if accusation.sightings:
        rows = tuple(
            (s.text, f"{s.table}.{s.column}", s.owner, s.plant) for s in accusation.sightings[:12]
        )
        yield Table("Whose data it is", ("value shown", "column", "belongs to", "row"), rows)
