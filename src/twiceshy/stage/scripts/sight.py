"""What can be seen of a script's sessions from outside: locks, relations, counters."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twiceshy.postgres.connect import query
from twiceshy.stage.scripts.relations import Relations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.server import Server

Locks = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows read and written of one relation so far."""

    scanned: int = 0
    changed: int = 0

    def __sub__(self, other: Counts) -> Counts:
        """What came in between; a counter that began anew counts from 0."""
        scanned, changed = self.scanned - other.scanned, self.changed - other.changed
        return self if scanned < 0 or changed < 0 else Counts(scanned, changed)


@dataclass(slots=True)
class _Seen:
    """What one session held: since somebody asked last, and at the last look."""

    locks: set[tuple[int, str]] = field(default_factory=set)
    now: Locks = frozenset()


class Watch:
    """Reads the locks of some sessions, from several threads, each with a connection of its own."""

    def __init__(self, database: int) -> None:
        self._database = database
        self._seen: dict[int, _Seen] = {}
        self._lock = threading.Lock()

    @staticmethod
    def prepare(conn: Connection) -> None:
        """Prepare `conn` for `look`."""
        conn.execute(f"PREPARE twiceshy_locks(int[], oid) AS {query('script_locks')}")

    def follow(self, pid: int) -> None:
        """Watch one more session."""
        with self._lock:
            self._seen[pid] = _Seen()

    def forget(self, pid: int) -> None:
        """It has ended."""
        with self._lock:
            self._seen.pop(pid, None)

    def several(self) -> bool:
        """Whether more than one session is watched."""
        return len(self._seen) > 1

    def look(self, conn: Connection) -> int:
        """Note all locks of the sessions; where one waits at the gate, the end of the WAL."""
        with self._lock:
            pids = list(self._seen)
        if not pids:
            return 0
        text = "{" + ",".join(map(str, pids)) + "}"
        rows = conn.execute(f"EXECUTE twiceshy_locks('{text}', {self._database})").fetchall()
        held: dict[int, set[tuple[int, str]]] = {pid: set() for pid in pids}
        waits = 0
        for pid, relation, mode, place in rows:
            if relation is None:
                waits = int(place)
            else:
                held[pid].add((relation, mode))
        with self._lock:
            for pid, locks in held.items():
                seen = self._seen.get(pid)
                if seen is not None:
                    seen.locks |= locks
                    seen.now = frozenset(locks)
        return waits

    def take(self, pid: int) -> Locks:
        """All that the session held at any look since the last call."""
        with self._lock:
            seen = self._seen[pid]
            found = frozenset(seen.locks)
            seen.locks = set()
            return found


class Sight:
    """Our own session beside the script: relations and counters as they are committed."""

    def __init__(self, server: Server, database: str) -> None:
        self.conn = server.connect(database)
        self.major = server.binaries.major
        row = self._row("SELECT oid FROM pg_database WHERE datname = current_database()")
        self.watch = Watch(row[0])
        self._database = row[0]
        self.watch.prepare(self.conn)
        self.conn.execute(f"PREPARE twiceshy_relations AS {query('script_relations')}")

    def close(self) -> None:
        """End the session."""
        self.conn.close()

    def look(self) -> None:
        """Read the locks now."""
        self.watch.look(self.conn)

    def relations(self) -> Relations:
        """As they are committed at this moment."""
        return Relations.of(self.conn.execute("EXECUTE twiceshy_relations").fetchall())

    def counts(self, oids: Iterable[int]) -> dict[int, Counts]:
        """The counters as sessions have reported them."""
        if self.major < 15:
            self.conn.execute("SELECT pg_stat_clear_snapshot()")
        rows = self.conn.execute(counters_of(oids, "pg_stat_get_")).fetchall()
        return {oid: Counts(scanned, changed) for oid, scanned, changed in rows}

    def emptied(self, files: Iterable[tuple[str, int]]) -> frozenset[str]:
        """Which of these (relation, its file) hold nothing."""
        base = f"base/{self._database}/"
        empty = set()
        for name, file in files:
            size = self._row("SELECT (pg_stat_file(%s, true)).size", [f"{base}{file}"])[0]
            if not size:
                empty.add(name)
        return frozenset(empty)

    def cancel(self, pid: int, *, end: bool = False) -> None:
        """Ask a session to give up its statement, or end it."""
        function = "pg_terminate_backend" if end else "pg_cancel_backend"
        self.conn.execute(f"SELECT {function}(%s)", [pid])

    def _row(self, sql: str, values: list[Any] | None = None) -> tuple[Any, ...]:
        return self.conn.execute(sql, values).fetchone() or (None,)


def counters_of(oids: Iterable[int], functions: str, *also: str) -> str:
    """SQL for (relation, rows read, rows written) and more, from functions that begin so."""
    f = f"pg_catalog.{functions}tuples_"
    numbers = ",".join(map(str, oids))
    more = "".join(f", {expression}" for expression in also)
    return (
        f"SELECT r, {f}returned(r) + {f}fetched(r), "
        f"{f}inserted(r) + {f}updated(r) + {f}deleted(r){more} "
        f"FROM pg_catalog.unnest('{{{numbers}}}'::pg_catalog.oid[]) AS r"
    )
