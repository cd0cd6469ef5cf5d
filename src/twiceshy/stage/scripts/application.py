"""The application's side: its queries before and after a script, and a transaction that lasts."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from twiceshy.model.scripts import Broken
from twiceshy.postgres.connect import connect_as_role
from twiceshy.stage.scripts.traffic import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.model.scripts import Play
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.scripts.probes import Probe
    from twiceshy.stage.server import Server

# An application would not insert the same row twice.
_OURS = frozenset({"23505", "23P01"})


class Application:
    """Sends queries one by one, each in a transaction that is rolled back."""

    def __init__(self, server: Server, database: str) -> None:
        self._server = server
        self._database = database

    def working(self, probes: Iterable[Probe]) -> tuple[Probe, ...]:
        """Those that the database answers now."""
        with self._connected() as conn:
            return tuple(probe for probe in probes if not _tried(conn, probe.texts[0]))

    def broken(self, probes: Iterable[Probe]) -> tuple[Broken, ...]:
        """Those that it refuses now."""
        found = []
        with self._connected() as conn:
            for probe in probes:
                error = _tried(conn, probe.texts[0])
                if error and error[:5] not in _OURS:
                    found.append(Broken(probe.says, probe.kind, probe.relation, error))
        return tuple(found)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        conn = connect_as_role(self._server.address, self._database, name=NAME)
        try:
            conn.execute("SET statement_timeout = '10s'")
            yield conn
        finally:
            conn.close()


class Long:
    """A transaction that began before the script and goes on for a while."""

    def __init__(
        self, server: Server, database: str, play: Play, probes: tuple[Probe, ...]
    ) -> None:
        self._seconds = play.seconds
        self._texts = _texts(play, probes)
        self._conn = (
            connect_as_role(server.address, database, name="long transaction")
            if self._texts
            else None
        )
        self._began = self._ended = 0.0

    def begin(self) -> None:
        """It begins, and takes its locks, before the script does."""
        if self._conn is not None:
            self._began = time.monotonic()
            self._conn.execute("BEGIN")
            for text in self._texts:
                self._conn.execute(text.encode())

    def goes_on(self) -> bool:
        """Whether it is still open; its time over, it commits."""
        if time.monotonic() >= self._began + self._seconds:
            self.end()
        return self._conn is not None and not self._ended

    def end(self) -> None:
        """Commit, if that has not happened."""
        if self._conn is not None and self._began and not self._ended:
            self._ended = time.monotonic()
            self._conn.execute("COMMIT")

    def span(self, zero: float) -> tuple[float, float] | None:
        """Beginning and end, seconds after `zero`."""
        return (self._began - zero, self._ended - zero) if self._conn is not None else None

    def close(self) -> None:
        """End the session."""
        if self._conn is not None:
            self._conn.close()


def _texts(play: Play, probes: tuple[Probe, ...]) -> tuple[str, ...]:
    if play.phase not in {"behind a reader", "behind a writer"}:
        return ()
    texts = [probe.texts[0] for probe in probes if probe.kind == "reader"]
    if play.phase == "behind a writer":
        texts += [probe.spare for probe in probes if probe.spare]
    return tuple(texts)


def _tried(conn: Connection, text: str) -> str:
    """The error with which a query ends, in a transaction that is rolled back; "" without."""
    try:
        conn.execute("BEGIN")
        conn.execute(text.encode())
        conn.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        said = (error.diag.message_primary or str(error)).strip().splitlines()[0]
        return f"{error.sqlstate or '08006'} {said}"
    finally:
        if not conn.closed:
            conn.execute("ROLLBACK")
    return ""
