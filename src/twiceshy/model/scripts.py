"""A database script to rehearse, and the frozen record of what it did and who waited for it.

Relations go by the names that people write: `orders`, or `sales.orders` outside of `public`. Lock
modes are spelled as PostgreSQL's pg_locks has them (`ShareLock`). Times are in seconds from the
beginning of the phase, waits in milliseconds, as each output shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

# What runs beside the script: nothing but our reading of its locks; traffic; the same traffic and
# one long transaction that began first; and, after the script, the application's queries once more.
# `service` is the script on the service's own database, while its requests come in.
Phase: TypeAlias = Literal[
    "trace", "traffic", "behind a reader", "behind a writer", "afterwards", "service"
]
RelationKind: TypeAlias = Literal[
    "table", "partitioned table", "view", "materialized view", "index", "sequence", "other"
]
QueryKind: TypeAlias = Literal["reader", "writer", "service request"]


@dataclass(frozen=True, slots=True)
class Script:
    """What to rehearse: the text of SQL, or a `command` that connects to the scratch database.

    `name` is for people, usually a path. `earlier` are scripts that production has already seen
    when this one comes. `settings` are set in each session of the script. `seconds` is all that it
    may take.
    """

    name: str
    sql: bytes = b""
    command: str = ""
    single_transaction: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    earlier: tuple[Script, ...] = ()
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Play:
    """A script and one phase of its rehearsal.

    `beside` are the relations that get readers and writers; empty means each one that the trace
    saw. `seconds` is how long the long transaction lasts.
    """

    script: Script
    phase: Phase
    beside: tuple[str, ...] = ()
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation that was there before the script. `rows` is 0 where none can be counted.

    `table` is the table of an index; `parent` what a partition is a part of. `columns` are those
    of a primary key's index.
    """

    name: str
    kind: RelationKind
    rows: int = 0
    bytes: int = 0
    table: str = ""
    parent: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement as it ran, in its place among the others (from 0).

    `locks` are all modes that its transaction was seen to hold on relations that were there before
    the script, those of earlier statements of the transaction included; `taken` are those that were
    not held before it. `scanned` counts rows read, `changed` rows written, `at_once` the rows
    written between two commits at most. `rewrites` are the relations that got new storage; what
    TRUNCATE empties is in `emptied`. Time-outs are in milliseconds, 0 is none. `transaction` is
    the same number for statements that commit together, `alone` says that this one cannot run
    inside of a transaction block. `error` starts with the SQLSTATE.
    """

    sql: str
    line: int
    locks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rewrites: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    scanned: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    at_once: Mapping[str, int] = field(default_factory=dict)
    lock_timeout: int = 0
    statement_timeout: int = 0
    in_transaction: bool = False
    transaction: int = 0
    alone: bool = False
    began: float = 0.0
    seconds: float = 0.0
    error: str = ""
    new_relations: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """Whom a query waited behind.

    `the script`: it held the lock. `the queue`: the script itself waited, and whoever came after it
    had to wait, too.
    """

    who: Literal["the script", "the queue"]
    statement: int
    relation: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """One query of the traffic that waited; `row` says that it waited for a row, not a table."""

    query: str
    kind: QueryKind
    relation: str
    blocker: Blocker
    began: float
    milliseconds: float
    row: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A lock of the script as it was seen from outside; `waited` is how long it was asked for."""

    relation: str
    mode: str
    began: float
    ended: float
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Broken:
    """A query of the application that worked before the script and fails after it."""

    query: str
    kind: QueryKind
    relation: str
    error: str


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """One phase as it was played.

    `failure` is the error that ended the script, with its SQLSTATE; `gave_up` says that a time-out
    of its own was that error. `relations` are those that were there before, by name; `long` is the
    beginning and end of the long transaction. `queries` counts the queries beside the script, and
    `slowest` is the longest that any took while nothing of the script was in its way, in
    milliseconds: how noisy the machine was. `skipped` says why a phase was not needed.
    """

    phase: Phase
    statements: tuple[ScriptStatement, ...] = ()
    waits: tuple[Wait, ...] = ()
    held: tuple[Held, ...] = ()
    broken: tuple[Broken, ...] = ()
    failure: str = ""
    gave_up: bool = False
    failed_statement: int | None = None
    relations: Mapping[str, Relation] = field(default_factory=dict)
    seconds: float = 0.0
    long: tuple[float, float] | None = None
    queries: int = 0
    slowest: float = 0.0
    server: str = ""
    notes: tuple[str, ...] = ()
    skipped: str = ""
