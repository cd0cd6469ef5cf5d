"""Confirmed accusations in words for somebody who never saw the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.answers import readable
from twiceshy.guards.contract import comparing
from twiceshy.guards.contract.accusations import (
    BETWEEN_VERSIONS,
    ON_STORAGE,
    SINCE_RECORDED,
    WITHOUT_DATA,
    Accusation,
)
from twiceshy.guards.contract.asking import READING, line_of
from twiceshy.guards.contract.recording import said
from twiceshy.model.curl import curl
from twiceshy.model.exhibits import SideBySide, Table
from twiceshy.model.scenario import STORAGE
from twiceshy.model.verdict import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.contract.comparing import Change
    from twiceshy.guards.contract.shapes import Shape
    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.exhibits import Exhibit
    from twiceshy.model.survey import Survey

_MOST_VALUE = 120
_MOST_ROWS = 30
# What explains most comes first.
_TELLING = (
    comparing.STATUS,
    comparing.BODY,
    comparing.TYPE,
    comparing.NULL_AS_TEXT,
    comparing.FORMAT,
    comparing.MISSING,
    comparing.NEW,
    comparing.COUNT,
    comparing.NULL,
    comparing.CONTENT_TYPE,
    comparing.HEADER,
)
_REMEDIES = {
    BETWEEN_VERSIONS: "bring the old shape back, or give the new one a new name or version;\n"
    "if the change is meant, allow it with the reason",
    SINCE_RECORDED: "bring the recorded shape back; if the change is meant, `twiceshy record`\n"
    "writes the new one, for review in the same commit",
    WITHOUT_DATA: "say in the response model what may be null, use outer joins for what may be\n"
    "absent, and test the answer with it missing",
    ON_STORAGE: "convert types in one place behind every storage back end (dates, numbers, JSON)",
}


def summary(change: Change) -> str:
    """`$.tweaks: object became text`: one difference in words."""
    if change.change == comparing.STATUS:
        return f"status {change.before} became {change.after}"
    if change.change == comparing.NEW:
        return f"{change.path} is new ({change.after})"
    if change.change == comparing.MISSING and change.after == comparing.ABSENT:
        return f"{change.path} ({change.before}) is gone"
    if change.change == comparing.MISSING:
        return f"{change.path} is not always there any more"
    if change.change == comparing.BODY:
        return f"the body: {change.before} became {change.after}"
    return f"{change.path}: {change.before} became {change.after}"


def finding(
    spec: Spec, survey: Survey, members: Sequence[Accusation], also: Sequence[Accusation]
) -> Finding:
    """One finding for all that broke one request in one way; `members` were seen again."""
    first = min(members, key=_plainness)
    change = telling_change(first)
    facts = survey.actors.get(spec.as_actor or "")
    everything = (*members, *also)
    states = dict.fromkeys(one.run.scenario.state.says for one in everything)
    one = first.missing
    return Finding(
        rule=first.rule,
        title=_title(spec, first, change),
        request=str(first.seen.request),
        curl=curl(first.seen.request, credentials=facts.header if facts else None),
        actor=spec.as_actor or "",
        state=_state(spec, first, len(states) - 1),
        where=change.path,
        before=_with_value(change.before, first.before, change.path),
        after=_with_value(change.after, first.after, change.path),
        data=(f"{one.table}.{one.column}" if one.column else str(one.table),) if one else (),
        statement=_statement(first),
        seen=f"seen {_times(len(everything))}, and again on a fresh clone of the database with a "
        "restarted service",
        exhibits=tuple(_exhibits(spec, first, everything)),
        remedy=_REMEDIES[first.rule],
    )


def telling_change(one: Accusation) -> Change:
    """The difference that explains most: the gravest, and of those the outermost."""
    return min(one.broken, key=lambda change: (_TELLING.index(change.change), len(change.path)))


def _plainness(one: Accusation) -> tuple[int, int]:
    return _TELLING.index(telling_change(one).change), len(one.broken)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _title(spec: Spec, one: Accusation, change: Change) -> str:
    request = line_of(one.seen.step.template)
    what = summary(change)
    if one.rule == BETWEEN_VERSIONS:
        return f"{request} answers otherwise than {spec.baseline}: {what}"
    if one.rule == SINCE_RECORDED:
        return f"{request} answers otherwise than {spec.baseline_file} says: {what}"
    if one.rule == ON_STORAGE:
        return f"{request} answers otherwise on {storage_of(one)} than on PostgreSQL: {what}"
    return f"{request} breaks when {one.run.scenario.state.says}: {what}"


def storage_of(one: Accusation) -> str:
    """The name of the back end that was compared."""
    return one.topic.removeprefix(STORAGE)


def _state(spec: Spec, one: Accusation, others: int) -> str:
    more = f" (and in {others} more states)" if others > 0 else ""
    says = one.run.scenario.state.says + _after(one)
    if one.rule == BETWEEN_VERSIONS:
        return f"the same data for {spec.baseline} and this version: {says}{more}"
    if one.rule == ON_STORAGE:
        return f"the same requests on PostgreSQL and on {storage_of(one)}: {says}{more}"
    return says + more


def _after(one: Accusation) -> str:
    """What had been sent before it, as far as that may have changed something."""
    before = []
    for step in one.run.scenario.steps:
        if step == one.seen.step:
            break
        if step.template.method not in READING:
            before.append(line_of(step.template))
    return f", after {', '.join(before)}" if before else ""


def _with_value(text: str, shape: Shape, path: str) -> str:
    """What it was, with an example of it."""
    values = shape.values.get(path, ())
    if text == comparing.ABSENT or not values or values[0] in text:
        return text
    return f"{text}: {values[0][:_MOST_VALUE]}"


def _statement(one: Accusation) -> str:
    """The SQL that read what is missing."""
    if one.missing is None:
        return ""
    reading = [s.text for s in one.seen.statements if one.missing.table in s.reads]
    return reading[0].strip() if reading else ""


def _exhibits(spec: Spec, one: Accusation, everything: Sequence[Accusation]) -> Iterator[Exhibit]:
    left, right = _sides(spec, one)
    paths = [change.path for change in one.broken]
    headers = [path.removeprefix("header ") for path in paths if path.startswith("header ")]
    if one.control is None:
        before, after = said(one.before), said(one.after)
    else:
        before, after = readable(one.control, headers), readable(one.seen, headers)
    keys = tuple(key for key in dict.fromkeys(map(_key, paths)) if key)
    title = "The shape of the answer" if one.control is None else "What the service answered"
    yield SideBySide(title, left, before, right, after, keys)
    rows = dict.fromkeys(
        (each.run.scenario.state.says, change.path, change.before, change.after)
        for each in everything
        for change in each.broken
    )
    if len(rows) > 1:
        yield _table(tuple(rows)[:_MOST_ROWS])


def _table(rows: tuple[tuple[str, ...], ...]) -> Table:
    """All differences; the state of each where there are several."""
    columns: tuple[str, ...] = ("state", "where", "before", "after")
    if len({row[0] for row in rows}) == 1:
        rows, columns = tuple(row[1:] for row in rows), columns[1:]
    return Table("Everything that differs", columns, rows)


def _sides(spec: Spec, one: Accusation) -> tuple[str, str]:
    if one.rule == BETWEEN_VERSIONS:
        return spec.baseline, "this version"
    if one.rule == SINCE_RECORDED:
        return spec.baseline_file, "this version"
    if one.rule == ON_STORAGE:
        return "PostgreSQL", storage_of(one)
    return "nothing missing", one.run.scenario.state.says


def _key(path: str) -> str:
    """The last name in a path, to be found in the answer."""
    return path.removesuffix("[]").rpartition(".")[2].strip('$"[]')
