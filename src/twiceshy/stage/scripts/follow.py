"""Follows one session of a script, statement by statement, and writes down what it did.

Whoever runs the statements (the runner of SQL files, or the proxy) says when one is about to begin,
when it has ended but not yet committed, and when all is over. `ask` runs a query of ours in the
session itself, where counters of an open transaction can be seen and nowhere else; it takes no lock
on a relation of the user.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from twiceshy.model.scripts import ScriptStatement
from twiceshy.postgres.connect import query
from twiceshy.postgres.script_text import begins_isolation, manner_of
from twiceshy.stage.scripts.relations import Relations
from twiceshy.stage.scripts.sight import Counts, counters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from twiceshy.postgres.script_text import Manner
    from twiceshy.stage.scripts.gate import Gate
    from twiceshy.stage.scripts.sight import Locks, Sight

    Ask = Callable[[str], list[tuple[str | None, ...]]]

_LENGTHS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_LENGTH = re.compile(r"(\d+)\s*([a-z]*)")
_TIMEOUTS = tuple(
    f"pg_catalog.current_setting('{name}')" for name in ("lock_timeout", "statement_timeout")
)
# These modes are taken by reading and writing rows; whatever changes a relation takes more.
_OF_ROWS = frozenset({"AccessShareLock", "RowShareLock", "RowExclusiveLock"})
_WITH_ROWS = frozenset({"r", "m"})
_FIRST_OF_USERS = 16384


class Record:
    """What all sessions of a script do, in the order in which statements end."""

    def __init__(self, sight: Sight, gate: Gate | None) -> None:
        self.sight = sight
        self.gate = gate
        self.began = time.monotonic()
        self.before = sight.relations()
        self.now = self.before
        self.statements: list[ScriptStatement] = []
        self.transactions = 0
        self._lock = threading.Lock()

    def add(self, statement: ScriptStatement) -> None:
        """One more has ended."""
        with self._lock:
            self.statements.append(statement)

    def next_transaction(self) -> int:
        """A number for statements that commit together."""
        with self._lock:
            self.transactions += 1
            return self.transactions

    def name(self, oid: int) -> str | None:
        """The name that a relation had before the script; None for what came with it."""
        entry = self.before.by_oid.get(oid)
        return entry.name if entry else None

    def modes(self, locks: Iterable[tuple[int, str]]) -> dict[str, tuple[str, ...]]:
        """Modes by relation."""
        found: dict[str, list[str]] = {}
        for oid, mode in sorted(locks):
            name = self.name(oid)
            if name is not None:
                found.setdefault(name, []).append(mode)
        return {name: tuple(modes) for name, modes in found.items()}


@dataclass(slots=True)
class _Open:
    """The statement that is running."""

    sql: str
    line: int
    manner: Manner
    in_block: bool
    began: float
    commits: int
    place: int
    locks: set[tuple[int, str]] = field(default_factory=set)
    counts: Mapping[int, Counts] = field(default_factory=dict)
    relations: Relations | None = None
    reported: Mapping[int, Counts] | None = None
    timeouts: tuple[int, int] | None = None
    seconds: float | None = None

    def end(self) -> float:
        """Seconds that it took; from now on they stay the same."""
        if self.seconds is None:
            self.seconds = time.monotonic() - self.began
        return self.seconds


class Follower:
    """Follows one session."""

    def __init__(self, record: Record, pid: int, ask: Ask) -> None:
        self._record = record
        self._pid = pid
        self._ask = ask
        self._held: Locks = frozenset()
        self._counts: dict[int, Counts] = {}
        self._transaction = 0
        self._stale = False
        self._timeouts = self._timeouts_now()
        record.sight.watch.follow(pid)

    def close(self) -> None:
        """The session has ended."""
        self._record.sight.watch.forget(self._pid)

    def before(self, sql: str, line: int, *, in_block: bool, wrapped: bool) -> None:
        """A statement is about to begin; `wrapped` says that we put a transaction round it."""
        gate = self._record.gate
        manner = manner_of(sql)
        reported = None
        if not in_block:
            self._held = frozenset()
            self._counts = {}
            self._transaction = self._record.next_transaction()
            if self._stale:
                # What SET LOCAL set ended with its transaction, and a rollback takes back any SET.
                self._timeouts, self._stale = self._timeouts_now(), False
            if not wrapped and manner in {"alone", "plain"}:
                reported = self._reported()
        self._record.sight.watch.take(self._pid)
        commits, place = (len(gate.commits), gate.received) if gate else (0, 0)
        began = time.monotonic()
        self._open = _Open(sql, line, manner, in_block, began, commits, place, reported=reported)

    def rename(self, sql: str) -> None:
        """What has run is this, as it turned out."""
        if not self._open.sql:
            self._open.manner = manner_of(sql)
        self._open.sql = sql

    def drop(self) -> None:
        """It was no statement after all."""
        self._record.sight.watch.take(self._pid)

    def look(self) -> None:
        """Read the locks while it runs."""
        self._record.sight.look()

    def ended(self) -> None:
        """It has ended; what follows is our own."""
        self._open.end()

    def inside(self) -> None:
        """It has ended, and its transaction is still open: locks and counters can be read."""
        now = self._open
        now.end()
        self._record.sight.look()
        now.locks |= self._record.sight.watch.take(self._pid)
        if now.manner == "transaction" or begins_isolation(now.sql):
            return
        if now.manner == "setting":
            now.timeouts = self._timeouts_now()
            return
        self._count(now)
        if self._may_have_changed(now.locks):
            now.relations = Relations.of(self._ask(query("script_relations")))

    def _count(self, now: _Open) -> None:
        known = self._record.before.by_oid
        oids = {oid for oid, _ in now.locks} & known.keys()
        if not oids:
            return
        # Reported at its end, a transaction's counts are not among those of the next.
        flush = ("pg_catalog.pg_stat_force_next_flush()",) if self._record.sight.major >= 15 else ()
        counters = counters_of(oids, "pg_stat_get_xact_", *_TIMEOUTS, *flush)
        counts = {}
        for oid, scanned, changed, *timeouts in self._ask(counters):
            self._timeouts = (_ms(timeouts[0]), _ms(timeouts[1]))
            counts[int(oid or 0)] = Counts(int(scanned or 0), int(changed or 0))
        now.counts = {oid: c - self._counts.get(oid, Counts()) for oid, c in counts.items()}
        self._counts.update(counts)

    def _may_have_changed(self, locks: Iterable[tuple[int, str]]) -> bool:
        """Whether relations came, went or were stored anew: then it holds more than row locks."""
        known = self._record.before.by_oid
        return any(
            oid >= _FIRST_OF_USERS and (oid not in known or mode not in _OF_ROWS)
            for oid, mode in locks
        )

    def after(self, error: str = "", *, in_block: bool) -> None:
        """All is over: its transaction has ended, or it stays open (`in_block`)."""
        now = self._open
        now.end()
        now.locks |= self._record.sight.watch.take(self._pid)
        if not in_block:
            self._outside(now, error)
        self._record.add(self._written(now, error, in_block=in_block))
        self._held = frozenset(self._held | now.locks) if in_block else frozenset()
        if now.manner == "setting" and not error and not begins_isolation(now.sql):
            self._timeouts = now.timeouts or self._timeouts_now()
            self._stale = in_block

    def _outside(self, now: _Open, error: str) -> None:
        """What can be seen only once it is committed."""
        if now.reported is not None:
            was = now.reported
            found = self._reported().items()
            now.counts = {oid: count - was.get(oid, Counts()) for oid, count in found}
        if now.in_block or (error and now.manner != "alone"):
            # Seen inside already, or taken back.
            self._record.now = self._record.sight.relations()
        elif now.manner == "alone" or (not now.relations and self._may_have_changed(now.locks)):
            now.relations = self._record.sight.relations()

    def _reported(self) -> dict[int, Counts]:
        """Counters after the session was made to report what it has counted."""
        sight = self._record.sight
        if sight.major >= 15:
            # They are sent once the session is at rest again, which it was before it hears more.
            self._ask("SELECT pg_catalog.pg_stat_force_next_flush()")
            self._ask("SELECT 1")
        tables = (e.oid for e in self._record.before.by_oid.values() if e.kind in _WITH_ROWS)
        return sight.counts(tables)

    def _written(self, now: _Open, error: str, *, in_block: bool) -> ScriptStatement:
        record = self._record
        named = [(record.name(oid), counts) for oid, counts in now.counts.items()]
        changed = {name: counts.changed for name, counts in named if name and counts.changed}
        share = self._largest_share(now)
        statement = ScriptStatement(
            sql=now.sql,
            line=now.line,
            locks=record.modes(self._held | now.locks),
            taken=record.modes(now.locks - self._held),
            scanned={name: counts.scanned for name, counts in named if name and counts.scanned},
            changed=changed,
            at_once={name: round(count * share) for name, count in changed.items()},
            lock_timeout=self._timeouts[0],
            statement_timeout=self._timeouts[1],
            in_transaction=now.in_block or in_block,
            transaction=self._transaction,
            alone=now.manner == "alone",
            began=now.began - record.began,
            seconds=now.end(),
            error=error,
        )
        return self._with_relations(statement, now)

    def _with_relations(self, statement: ScriptStatement, now: _Open) -> ScriptStatement:
        record = self._record
        if now.relations is None:
            return statement
        difference = now.relations.since(record.now)
        record.now = now.relations
        known = record.before.by_name
        moved = {name: file for name, file in difference.moved.items() if name in known}
        tables = ((name, file) for name, file in moved.items() if known[name].kind in _WITH_ROWS)
        emptied = record.sight.emptied(tables)
        rewrites = {name for name in moved if not emptied & {name, record.before.table_of(name)}}
        return replace(
            statement,
            rewrites=tuple(sorted(rewrites)),
            emptied=tuple(sorted(emptied)),
            new_relations=difference.new,
            dropped=tuple(name for name in difference.dropped if name in known),
            attached=tuple(name for name in difference.attached if name in known),
        )

    def _largest_share(self, now: _Open) -> float:
        """How much of what it wrote lies between two commits, by the WAL between them."""
        gate = self._record.gate
        if gate is None:
            return 1.0
        places = [now.place, *(p for p in gate.commits[now.commits :] if p > now.place)]
        if len(places) < 3:
            return 1.0
        return max(late - early for early, late in pairwise(places)) / (places[-1] - places[0])

    def _timeouts_now(self) -> tuple[int, int]:
        lock_timeout, statement_timeout = self._ask("SELECT " + ", ".join(_TIMEOUTS))[0]
        return _ms(lock_timeout), _ms(statement_timeout)


def _ms(text: str | None) -> int:
    """`300ms`, `1min` or `0` in milliseconds."""
    found = _LENGTH.fullmatch(text or "0")
    return int(found[1]) * _LENGTHS.get(found[2], 1) if found else 0
