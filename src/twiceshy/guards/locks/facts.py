"""What can be said of a script without a clock: how much it does while it keeps queries out.

Lock modes and counters of rows are the same in each run, on however busy a machine. The limits are
those of measured cases: below ten thousand rows at hand, sixty thousand in production, no query was
seen to wait for long enough to matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from twiceshy.guards.locks.modes import Grip, grips, live
from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from twiceshy.guards.locks.size import Sizes
    from twiceshy.model.scripts import ScriptRun, ScriptStatement

MANY = 10_000
"""Rows at hand: read or changed meanwhile, they make somebody wait."""
MANY_THERE = 60_000
"""The same in production, for work that grows with the table."""
_WHOLE = 0.5
_ROW_TABLES = frozenset({"table", "partitioned table"})

Work = Literal["scan", "rewrite", "change", "row locks", "time"]


@dataclass(frozen=True, slots=True)
class Transaction:
    """Statements that commit together: their places, and what they are."""

    places: tuple[int, ...]
    statements: tuple[ScriptStatement, ...]

    @property
    def ends(self) -> float:
        """When its locks are released, in seconds."""
        return max(statement.began + statement.seconds for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Work that goes on while live queries are kept out, and the statement that does most of it.

    `rows` are those at hand, `there` those in production; `grows` tells that more rows there mean
    more work. `grip` is the strongest lock, None where rows are locked and no table is.
    """

    place: int
    transaction: Transaction
    work: Work
    rows: int
    there: int
    grows: bool
    relation: str
    grip: Grip | None = None
    also: tuple[str, ...] = ()

    @property
    def held(self) -> float:
        """How long the locks were held in the trace, in milliseconds."""
        begins = self.transaction.statements[self.transaction.places.index(self._taker)].began
        return (self.transaction.ends - begins) * 1000

    @property
    def _taker(self) -> int:
        """The statement that took the lock, which may be an earlier one than that which works."""
        if self.grip is None:
            return self.place
        for place, statement in zip(
            self.transaction.places, self.transaction.statements, strict=True
        ):
            name = self.grip.index or self.grip.relation
            if self.grip.mode in statement.locks.get(name, ()):
                return place
        return self.place


def transactions(run: ScriptRun) -> tuple[Transaction, ...]:
    """The statements of a run by transaction."""
    numbered = list(enumerate(run.statements))
    groups = groupby(numbered, key=lambda pair: pair[1].transaction or -1 - pair[0])
    found = []
    for _, group in groups:
        pairs = list(group)
        found.append(Transaction(tuple(p for p, _ in pairs), tuple(s for _, s in pairs)))
    return tuple(found)


def exposures(trace: ScriptRun, sizes: Sizes) -> tuple[Exposure, ...]:
    """All work of the script that makes somebody wait, in the order of its statements."""
    alive = live(trace.statements, trace.relations)
    found: list[Exposure] = []
    for transaction in transactions(trace):
        found += _under_table_locks(transaction, sizes, alive)
        if not any(e.transaction == transaction for e in found):
            found += _under_row_locks(transaction, sizes, alive)
    return tuple(found)


def _under_table_locks(
    transaction: Transaction, sizes: Sizes, alive: frozenset[str]
) -> Iterator[Exposure]:
    held = [grips(statement, sizes.relations, alive) for statement in transaction.statements]
    by_statement: list[tuple[int, dict[str, int]]] = []
    for place, statement, locked in zip(
        transaction.places, transaction.statements, held, strict=True
    ):
        work = _worked(statement, sizes) if locked else {}
        if statement.alone:
            # It commits on its way: what it does to one table, it does under that table's locks.
            work = {name: rows for name, rows in work.items() if _locked(name, locked)}
        by_statement.append((place, work))
    total: dict[str, int] = {}
    for _, work in by_statement:
        _add(total, work)
    if not _harmful(total, sizes):
        return
    for place, work in _culprits(by_statement, sizes):
        statement = transaction.statements[transaction.places.index(place)]
        locked = held[transaction.places.index(place)]
        if statement.alone:
            locked = tuple(grip for grip in locked if _locked_by(grip, work))
        if not locked:
            continue
        rewritten = any(name in statement.rewrites for name in work)
        others = dict.fromkeys(grip.relation for grip in locked)
        yield Exposure(
            place,
            transaction,
            "rewrite" if rewritten else "change" if _mostly_changes(statement, work) else "scan",
            sum(_once(name, rows, sizes) for name, rows in work.items()),
            sum(_once(name, rows, sizes, there=True) for name, rows in work.items()),
            any(_grows(name, rows, sizes) for name, rows in work.items()),
            locked[0].relation,
            locked[0],
            tuple(name for name in others if name != locked[0].relation),
        )


def _culprits(
    by_statement: list[tuple[int, dict[str, int]]], sizes: Sizes
) -> list[tuple[int, dict[str, int]]]:
    """The statements that do too much by themselves, else the one that does most."""
    alone = [(place, work) for place, work in by_statement if _harmful(work, sizes)]
    return alone or [max(by_statement, key=lambda pair: _there(pair[1], sizes))]


def _under_row_locks(
    transaction: Transaction, sizes: Sizes, alive: frozenset[str]
) -> Iterator[Exposure]:
    by_statement: list[tuple[int, dict[str, int]]] = []
    for place, statement in zip(transaction.places, transaction.statements, strict=True):
        rows = _rows_locked(statement)
        known = {
            name: count
            for name, count in rows.items()
            if name in alive and sizes.relations[name].kind in _ROW_TABLES
        }
        by_statement.append((place, known))
    total: dict[str, int] = {}
    for _, rows in by_statement:
        _add(total, rows)
    if not _harmful(total, sizes):
        return
    for place, rows in _culprits(by_statement, sizes):
        statement = transaction.statements[transaction.places.index(place)]
        relation = max(rows, key=lambda name: rows[name])
        yield Exposure(
            place,
            transaction,
            "row locks" if shape_of(statement.sql).locks_rows else "change",
            sum(rows.values()),
            _there(rows, sizes),
            any(_grows(name, count, sizes) for name, count in rows.items()),
            relation,
            also=tuple(name for name in rows if name != relation),
        )


def _rows_locked(statement: ScriptStatement) -> Mapping[str, int]:
    """Rows that nobody else can change until the transaction ends."""
    shape = shape_of(statement.sql)
    if shape.tag in {"insert", "copy"} and not shape.changes_rows:
        # New rows are in nobody's way.
        return {}
    if shape.locks_rows and not statement.changed:
        return {
            name: rows
            for name, rows in statement.scanned.items()
            if "RowShareLock" in statement.locks.get(name, ())
        }
    # A procedure may commit on its way, whatever its text looks like.
    return {
        name: min(rows, statement.at_once.get(name, rows))
        for name, rows in statement.changed.items()
    }


def _worked(statement: ScriptStatement, sizes: Sizes) -> dict[str, int]:
    """Rows read, written or stored anew by one statement, by table."""
    work: dict[str, int] = {}
    for name in statement.rewrites:
        relation = sizes.relations.get(name)
        table = relation.table if relation and relation.kind == "index" else name
        work[table] = max(work.get(table, 0), sizes.rows(table))
    for counters in (statement.scanned, statement.changed):
        for name, rows in counters.items():
            relation = sizes.relations.get(name)
            if relation is not None and relation.kind != "index":
                work[name] = max(work.get(name, 0), rows)
    return work


def _locked(name: str, locked: Iterable[Grip]) -> bool:
    return any(grip.relation == name for grip in locked)


def _locked_by(grip: Grip, work: Mapping[str, int]) -> bool:
    return grip.relation in work


def _mostly_changes(statement: ScriptStatement, work: Mapping[str, int]) -> bool:
    return sum(statement.changed.values()) * 2 > sum(work.values())


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for name, rows in more.items():
        total[name] = total.get(name, 0) + rows


def _grows(name: str, rows: int, sizes: Sizes) -> bool:
    """Whether it went over the table as a whole, so that a larger table means more of it."""
    return rows >= sizes.rows(name) * _WHOLE


def _there(work: Mapping[str, int], sizes: Sizes) -> int:
    return sum(
        round(rows * sizes.factor(name)) if _grows(name, rows, sizes) else rows
        for name, rows in work.items()
    )


def _once(name: str, rows: int, sizes: Sizes, *, there: bool = False) -> int:
    """For people, rows that were read several times count once."""
    known = sizes.rows(name)
    once = min(rows, known) if known else rows
    if not there:
        return once
    return round(once * sizes.factor(name)) if _grows(name, rows, sizes) else once


def _harmful(work: Mapping[str, int], sizes: Sizes) -> bool:
    fixed = sum(rows for name, rows in work.items() if not _grows(name, rows, sizes))
    growing = {name: rows for name, rows in work.items() if _grows(name, rows, sizes)}
    return fixed >= MANY or _there(growing, sizes) >= MANY_THERE
