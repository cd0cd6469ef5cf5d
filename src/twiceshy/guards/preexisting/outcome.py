"""The outcome of a request: status class, shape of the answer, rows written. Less is a difference.

An answer may say more than the control's, and more rows may be written: a service that ties earlier
purchases to the new account does well. What the control has must be there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twiceshy.guards.body import leaves, tree
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import Run
    from twiceshy.model.schema import QName

    Written = Mapping[tuple[str, QName], int]

_NUMBERED = re.compile(r"\[\d+\]")
_MOVED = re.compile(r"[^/]*\d[^/]*")
_OPEN = frozenset({"null", "nothing"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run's requests together: the statuses in order, shape, and rows written."""

    statuses: tuple[int, ...]
    says: str = ""
    shape: Mapping[str, str] = field(default_factory=dict)
    to: str = ""
    rows: Written = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether every request got an answer."""
        return 0 not in self.statuses

    def __str__(self) -> str:
        """`status 201, adds 1 row to users`."""
        told = [f"status {status}" if status else self.says for status in self.statuses]
        told += [f"redirects to {self.to}"] if self.to else []
        told += [rows_text(operation, table, n) for (operation, table), n in self.rows.items()]
        return ", ".join(told + ([] if self.rows else ["writes no row"]))


def rows_text(operation: str, table: QName, count: int) -> str:
    """`adds 1 row to users`."""
    verb = {"insert": "adds", "update": "changes", "delete": "removes"}.get(operation, operation)
    where = {"insert": "to", "update": "of", "delete": "from"}.get(operation, "of")
    return f"{verb} {count} {'row' if count == 1 else 'rows'} {where} {table}"


def outcome(run: Run) -> Outcome:
    """What came of a run."""
    statuses: list[int] = []
    shape: dict[str, str] = {}
    says, to = "", ""
    rows: Counter[tuple[str, QName]] = Counter()
    for seen in run.observations:
        if isinstance(seen.answer, NoReply):
            statuses.append(0)
            says = seen.answer.says
        else:
            statuses.append(seen.answer.status)
            shape |= dict(_shape(seen.answer))
            to = to or _target(seen.answer)
        rows.update((change.operation, change.table) for change in seen.changes)
    ordered = sorted(rows.items(), key=lambda item: (item[0][0] != "insert", item[0]))
    return Outcome(tuple(statuses), says, shape, to, dict(ordered))


def _target(reply: Reply) -> str:
    """Where an answer leads: the path, without what differs from one request to the next."""
    location = reply.header("location")
    if location is None:
        return ""
    return "/".join(_MOVED.sub("*", part) for part in urlsplit(location).path.split("/"))


def _shape(reply: Reply) -> Iterator[tuple[str, str]]:
    """Every place of the body, whatever its number in a list, with the sort of value there."""
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError):
        if "html" in (reply.header("content-type") or ""):
            for path, _ in leaves(tree(reply)):
                yield _NUMBERED.sub("", path), "text"
        return
    yield from _places("$", document)


def _places(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _places(f"{path}.{key}", item)
    elif isinstance(value, list) and value:
        for item in value:
            yield from _places(f"{path}[]", item)
    elif isinstance(value, list | dict):
        yield path, "nothing"
    else:
        yield path, _sort(value)


def _sort(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return "number" if isinstance(value, int | float) else "text"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing in which an outcome falls short of the expected one; `sort` is for programs."""

    sort: str
    where: str
    expected: str
    got: str


def expected(spec: Spec, controls: Sequence[Outcome]) -> Outcome:
    """What every control has in common, or what the guard says."""
    first = controls[0]
    shape = {
        path: sort
        for path, sort in first.shape.items()
        if all(other.shape.get(path) == sort for other in controls)
    }
    rows = {key: min(other.rows.get(key, 0) for other in controls) for key in first.rows}
    rows = {key: count for key, count in rows.items() if count}
    if spec.expect.rows is not None:
        named = spec.expect.rows
        rows = {key: n for key, n in rows.items() if key[0] == "insert" and str(key[1]) in named}
    to = first.to if all(other.to == first.to for other in controls) else ""
    return Outcome(first.statuses, first.says, shape, to, rows)


def deviation(spec: Spec, wanted: Outcome, got: Outcome) -> Deviation | None:
    """The first thing in which `got` falls short, the weightiest first."""
    before, after = str(wanted), str(got)
    if not got.answered:
        return Deviation("failed", "", before, after)
    exact = spec.expect.status is not None
    for one, other in zip(wanted.statuses, got.statuses, strict=False):
        if one != other if exact else one // 100 != other // 100:
            return Deviation(_by_status(other), "the status", before, after)
    for (operation, table), count in wanted.rows.items():
        if got.rows.get((operation, table), 0) < count:
            return Deviation("writes-less", f"rows of {table}", before, after)
    if wanted.to and got.to != wanted.to:
        return Deviation("answered-otherwise", "where it leads", wanted.to, got.to or "nowhere")
    return _in_shape(wanted, got)


def _in_shape(wanted: Outcome, got: Outcome) -> Deviation | None:
    for path, sort in wanted.shape.items():
        there = got.shape.get(path, _inside(got.shape, path))
        if there != sort and sort not in _OPEN:
            return Deviation("answered-otherwise", path, sort, there)
    return None


def _by_status(status: int) -> str:
    if status >= 500:
        return "failed"
    return "refused" if status >= 400 else "answered-otherwise"


def _inside(shape: Mapping[str, str], path: str) -> str:
    """What is where `path` should be: something larger, or nothing at all."""
    larger = any(other.startswith((f"{path}.", f"{path}[")) for other in shape)
    return "something larger" if larger else "(not there)"
