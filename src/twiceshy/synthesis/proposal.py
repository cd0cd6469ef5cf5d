"""Proposing a row, and repairing it when PostgreSQL refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.synthesis.ladder import COPY, FRESH, Rung, Wish, ladder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twiceshy.model.schema import Table, UniqueKey

# SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
NOT_NULL, FOREIGN_KEY, UNIQUE, CHECK, EXCLUSION = "23502", "23503", "23505", "23514", "23P01"
_TOO_LONG, _OUT_OF_RANGE = "22001", "22003"

_KEY = re.compile(r"Key \((.*?)\)=\(", re.DOTALL)
_PARTITION = re.compile(r"Partition key of the failing row contains \((.*?)\) = ", re.DOTALL)
_WORD = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_$]*)')


@dataclass(frozen=True, slots=True)
class Refused:
    """Why PostgreSQL did not take a row: SQLSTATE, and the fields of its error message."""

    sqlstate: str
    message: str = ""
    constraint: str = ""
    column: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """Message and detail, as the server words them."""
        return f"{self.message}\n{self.detail}" if self.detail else self.message


@dataclass(frozen=True)
class Proposal:
    """A row to try: for each column the rung of its ladder on which it stands."""

    wish: Wish
    ladders: Mapping[str, tuple[Rung, ...]]
    standing: Mapping[str, int]
    seen: frozenset[tuple[int, ...]] = frozenset()

    @property
    def rungs(self) -> dict[str, Rung]:
        """The chosen candidate of each column that has any."""
        return {name: self.ladders[name][place] for name, place in self.standing.items()}

    @property
    def values(self) -> dict[str, str | None]:
        """The row: columns to name in an INSERT; None is NULL."""
        return {name: rung.value for name, rung in self.rungs.items() if not rung.omit}

    @property
    def omitted(self) -> tuple[str, ...]:
        """Columns that are left to their defaults, or that are computed."""
        named = self.values
        return tuple(name for name in self.wish.table.column_names if name not in named)

    @property
    def marks(self) -> dict[str, str]:
        """Canaries: column → text to look for in a response."""
        return {name: rung.mark for name, rung in self.rungs.items() if rung.mark is not None}

    def knows(self, column: str) -> bool:
        """Whether there is another candidate left for the column, above or below."""
        return len(self.ladders.get(column, ())) > 1


def propose(wish: Wish) -> Proposal:
    """The row that we think best; the same wish gives the same row."""
    ladders = {column.name: ladder(wish, column) for column in wish.table.columns}
    usable = {name: rungs for name, rungs in ladders.items() if rungs}
    first = dict.fromkeys(usable, 0)
    return Proposal(wish, usable, first, frozenset({tuple(first.values())}))


def unfillable(proposal: Proposal) -> tuple[str, ...]:
    """Columns that must hold something, and of whose type we know no value."""
    return tuple(
        column.name
        for column in proposal.wish.table.columns
        if column.not_null and not column.generated and column.name not in proposal.ladders
    )


def repair(proposal: Proposal, refused: Refused) -> Proposal | None:
    """The next row to try, or None when no column that is to blame has a candidate left."""
    columns = [name for name in blame(proposal, refused) if proposal.knows(name)]
    if not columns:
        return _without_marks(proposal, tuple(proposal.marks)) if _vague(refused) else None
    if len(columns) > 1:
        marked = tuple(name for name in columns if proposal.rungs[name].mark is not None)
        plainer = _without_marks(proposal, marked)
        if plainer is not None:
            return plainer
        if refused.sqlstate in {UNIQUE, EXCLUSION}:
            # What can be made new turns first; a kind or a flag is rather left as it is.
            columns.sort(key=lambda name: any(r.source == FRESH for r in proposal.ladders[name]))
    return _advanced(proposal, columns)


def _vague(refused: Refused) -> bool:
    """Whether the refusal names no column: a trigger's own words, a value out of range."""
    return refused.sqlstate not in {NOT_NULL, FOREIGN_KEY, UNIQUE, CHECK, EXCLUSION}


def _without_marks(proposal: Proposal, columns: tuple[str, ...]) -> Proposal | None:
    """The same row with plain values where canaries were, unless that was tried."""
    standing = dict(proposal.standing)
    for name in columns:
        rungs = proposal.ladders[name]
        plain = (place for place, rung in enumerate(rungs) if rung.mark is None)
        # A key keeps its mark: its id is what makes it new.
        standing[name] = next(plain, standing[name])
    return _unless_seen(proposal, standing)


def _advanced(proposal: Proposal, columns: list[str]) -> Proposal | None:
    """Count on like an odometer over the ladders of `columns`, the last one turning fastest."""
    standing = dict(proposal.standing)
    while True:
        for name in reversed(columns):
            standing[name] += 1
            if standing[name] < len(proposal.ladders[name]):
                break
            standing[name] = 0
        else:
            return None
        found = _unless_seen(proposal, standing)
        if found is not None:
            return found


def _unless_seen(proposal: Proposal, standing: dict[str, int]) -> Proposal | None:
    places = tuple(standing.values())
    if places in proposal.seen:
        return None
    return replace(proposal, standing=standing, seen=proposal.seen | {places})


def blame(proposal: Proposal, refused: Refused) -> tuple[str, ...]:
    """The columns that a refusal is about, in the table's order; empty when it names none."""
    table = proposal.wish.table
    named = {refused.column} if refused.column else _constrained(table, refused)
    if not named:
        named = _in_detail(table, refused.detail)
    if not named:
        named = _by_value(proposal, refused)
    if not named and _vague(refused):
        named = _mentioned(table, f"{refused.message} {refused.detail}")
    return tuple(name for name in table.column_names if name in named)


def _constrained(table: Table, refused: Refused) -> set[str]:
    name = refused.constraint
    if not name:
        return set()
    columns = {c for check in table.checks if check.name == name for c in check.columns}
    columns |= {c for key in table.foreign_keys if key.name == name for c in key.columns}
    for key in table.unique_keys:
        if key.name == name:
            columns |= _of_unique(table, key)
    return columns


def _of_unique(table: Table, key: UniqueKey) -> set[str]:
    """The key's columns and those of its predicate: a row may step out of a partial index."""
    return {*key.columns, *_mentioned(table, key.predicate or "")} if key.columns else set()


def _in_detail(table: Table, detail: str) -> set[str]:
    found = _KEY.search(detail) or _PARTITION.search(detail)
    return _mentioned(table, found[1]) if found else set()


def _mentioned(table: Table, text: str) -> set[str]:
    words = {quoted.replace('""', '"') or plain for quoted, plain in _WORD.findall(text)}
    return words & set(table.column_names)


def _by_value(proposal: Proposal, refused: Refused) -> set[str]:
    """Columns whose value the server quotes, or that are of the sort which it complains about."""
    rungs = proposal.rungs
    quoted = re.search(r': "(.*)"', refused.message, re.DOTALL)
    if quoted and refused.sqlstate.startswith("22"):
        return {name for name, rung in rungs.items() if rung.value == quoted[1]}
    return _suspects(rungs.items(), proposal.wish.table, refused.sqlstate)


def _suspects(rungs: Iterable[tuple[str, Rung]], table: Table, sqlstate: str) -> set[str]:
    bases = {
        _TOO_LONG: {"text", "varchar", "bpchar", "bit", "varbit"},
        _OUT_OF_RANGE: {"int2", "int4", "int8", "numeric", "float4", "float8"},
    }.get(sqlstate, set())
    return {
        name for name, rung in rungs if table.column(name).base in bases and rung.source != COPY
    }
