"""Proposing a row, and repairing it when PostgreSQL refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.synthesis.ladder import COMPUTED, COPY, MARK, Rung, Wish, ladder
from twiceshy.synthesis.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.model.schema import Table, UniqueKey
    from twiceshy.synthesis.standing import Ban

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
    """A row to try: for each column the rung of its ladder on which it stands.

    `bans` are what earlier refusals taught.
    """

    wish: Wish
    ladders: Mapping[str, Sequence[Rung]]
    standing: Mapping[str, int]
    bans: tuple[Ban, ...] = ()

    @property
    def rungs(self) -> dict[str, Rung]:
        """The chosen candidate of each column that has any."""
        return {name: self.ladders[name][place] for name, place in self.standing.items()}

    @property
    def values(self) -> dict[str, str | None]:
        """The row: columns to name in an INSERT; None is NULL."""
        return {name: rung.value for name, rung in self.rungs.items() if not rung.omit}

    @property
    def marks(self) -> dict[str, str]:
        """Canaries: column → text to look for in a response."""
        return {name: rung.mark for name, rung in self.rungs.items() if rung.mark is not None}


def propose(wish: Wish) -> Proposal:
    """The row that we think best; the same wish gives the same row."""
    ladders = {column.name: ladder(wish, column) for column in wish.table.columns}
    usable = {name: rungs for name, rungs in ladders.items() if rungs}
    return Proposal(wish, usable, dict.fromkeys(usable, 0))


def repair(proposal: Proposal, refused: Refused) -> Proposal | None:
    """The next row to try, or None when the columns that are to blame have nothing left."""
    learnt = _learnt(proposal, refused)
    return _next(learnt) if learnt is not None else None


def amend(proposal: Proposal, refused: Refused, column: str, value: str | None) -> Proposal | None:
    """The refused row with a value that somebody worked out; None when that was tried already."""
    rungs = proposal.ladders[column]
    learnt = _learnt(proposal, refused)
    if learnt is None or any(rung.value == value for rung in rungs if rung.source == COMPUTED):
        return None
    ladders = {**proposal.ladders, column: (*rungs, Rung(value, COMPUTED))}
    places = {**proposal.standing, column: len(rungs)}
    return replace(learnt, ladders=ladders, standing=places)


def _learnt(proposal: Proposal, refused: Refused) -> Proposal | None:
    """With what the refusal teaches; None when it teaches nothing."""
    columns = [name for name in blame(proposal, refused) if len(proposal.ladders[name]) > 1]
    marked = [name for name in columns or proposal.standing if _stands_on_mark(proposal, name)]
    bans: list[Ban] = []
    if columns:
        bans.append(frozenset((name, proposal.standing[name]) for name in columns))
    elif not _is_vague(refused):
        return None
    if len(columns) != 1 and refused.sqlstate not in {UNIQUE, EXCLUSION}:
        # Values that agree with each other in an existing row do so without our marks only.
        bans += [frozenset({(name, proposal.standing[name])}) for name in marked]
    return replace(proposal, bans=(*proposal.bans, *bans)) if bans else None


def _stands_on_mark(proposal: Proposal, name: str) -> bool:
    return proposal.ladders[name][proposal.standing[name]].source == MARK


def _is_vague(refused: Refused) -> bool:
    """Whether the refusal names no column: a trigger's own words, a value out of range."""
    return refused.sqlstate not in {NOT_NULL, FOREIGN_KEY, UNIQUE, CHECK, EXCLUSION}


def _next(proposal: Proposal) -> Proposal | None:
    """The best row that no ban forbids: as few steps down the ladders as can be."""
    chosen = standing(proposal.ladders, proposal.bans)
    if chosen is None:
        return None
    return replace(proposal, standing={**dict.fromkeys(proposal.standing, 0), **chosen})


def blame(proposal: Proposal, refused: Refused) -> tuple[str, ...]:
    """The columns that a refusal is about, in the table's order; empty when it names none."""
    table = proposal.wish.table
    named = {refused.column} if refused.column else _constrained(table, refused)
    if not named:
        named = _in_detail(table, refused.detail)
    if not named:
        named = _by_value(proposal, refused)
    if not named and _is_vague(refused):
        named = _mentioned(table, f"{refused.message} {refused.detail}")
    if not named and not refused.constraint:
        named = _in_triggers(table)
    for name in named & _generated(table):
        named = named | _mentioned(table, table.column(name).computed)
    return tuple(name for name in proposal.ladders if name in named)


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


def _in_triggers(table: Table) -> set[str]:
    """The columns of the new row that triggers look at: what they refuse has no name."""
    sources = " ".join(trigger.source for trigger in table.triggers)
    return {
        name
        for name in table.column_names
        if re.search(rf'(?i)\bnew\."?{re.escape(name)}\b', sources)
    }


def _generated(table: Table) -> set[str]:
    return {column.name for column in table.columns if column.computed}


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
