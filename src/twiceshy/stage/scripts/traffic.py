"""Traffic beside a script: each probe has a session, one thread drives them all.

Queries are sent without waiting and their answers collected as they come, so that the time of each
is its own and no thread of ours stands in its way. Between them one session looks at the locks.
"""

from __future__ import annotations

import select
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import ExecStatus

from twiceshy.model.scripts import Wait
from twiceshy.postgres.connect import connect_as_role, query
from twiceshy.stage.scripts.session import error_of
from twiceshy.stage.scripts.waiting import Holds, Look, Waited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg.pq.abc import PGconn

    from twiceshy.model.scripts import Held
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.scripts.probes import Probe
    from twiceshy.stage.server import Server

    Namer = Callable[[int], str | None]

# Seconds between the answer to one query and the next; with many probes it is more, since one
# machine plays all parts.
_PAUSE = 0.005
_SHARE = 0.0012
_BETWEEN_LOOKS = 0.004
_DRAINS_WITHIN = 10.0
NAME = "app"


@dataclass(slots=True)
class _Stream:
    """One probe with its session."""

    probe: Probe
    conn: Connection
    texts: Iterator[str]
    due: float
    sent: float | None = None
    text: str = ""
    waited: Waited = field(default_factory=Waited)
    error: str = ""

    @property
    def protocol(self) -> PGconn:
        return self.conn.pgconn

    @property
    def pid(self) -> int:
        return self.protocol.backend_pid


class Traffic:
    """Drives probes while a script runs; `waits` are the queries that waited for it."""

    def __init__(self, server: Server, database: str, probes: Sequence[Probe], name: Namer) -> None:
        self._name = name
        self._eye = server.connect(database)
        row = self._eye.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        self._database = (row.fetchone() or (0,))[0]
        self._eye.execute(f"PREPARE twiceshy_waits(int[], oid) AS {query('script_waits')}")
        now = time.monotonic()
        step = _PAUSE / max(1, len(probes))
        self._streams = [
            _Stream(
                probe,
                connect_as_role(server.address, database, name=NAME),
                cycle(probe.texts),
                now + number * step,
            )
            for number, probe in enumerate(probes)
        ]
        self._pause = max(_PAUSE, _SHARE * len(probes))
        self._poll = select.poll()
        self._by_socket = {}
        for stream in self._streams:
            self._poll.register(stream.protocol.socket, select.POLLIN)
            self._by_socket[stream.protocol.socket] = stream
        self._looked = 0.0
        self._holds = Holds()
        self.began = now
        self.waits: deque[Wait] = deque()
        self.queries = 0
        self.slowest = 0.0

    def close(self) -> None:
        """End all sessions."""
        for stream in self._streams:
            stream.conn.close()
        self._eye.close()

    def held(self) -> tuple[Held, ...]:
        """The locks of the script over time."""
        return self._holds.all(self._name, time.monotonic() - self.began)

    def run(
        self,
        script: Callable[[], frozenset[int]],
        statement: Callable[[], int],
        until: Callable[[], bool],
    ) -> None:
        """Send queries until `until` says so, and look on who waits for the sessions of `script`.

        `statement` tells which of its statements runs.
        """
        while not until():
            self._turn(script(), statement(), sending=True)

    def drain(self, script: Callable[[], frozenset[int]]) -> None:
        """Wait for what is still on its way, and send nothing more."""
        deadline = time.monotonic() + _DRAINS_WITHIN
        while any(stream.sent for stream in self._streams):
            if time.monotonic() > deadline:
                self._cancel_all()
                deadline += _DRAINS_WITHIN
            self._turn(script(), -1, sending=False)

    def _cancel_all(self) -> None:
        for stream in self._streams:
            if stream.sent:
                self._eye.execute("SELECT pg_cancel_backend(%s)", [stream.pid])

    def _turn(self, script: frozenset[int], statement: int, *, sending: bool) -> None:
        now = time.monotonic()
        if sending:
            for stream in self._streams:
                if stream.sent is None and stream.due <= now:
                    self._send(stream)
        if now - self._looked >= _BETWEEN_LOOKS and script:
            self._look_round(script, statement)
        idle = [stream.due for stream in self._streams if stream.sent is None]
        wait = min([_BETWEEN_LOOKS, *(due - now for due in idle)] if sending else [_BETWEEN_LOOKS])
        for socket, _ in self._poll.poll(max(0.2, wait * 1000)):
            self._collect(self._by_socket[socket])

    def _send(self, stream: _Stream) -> None:
        stream.text = next(stream.texts)
        stream.sent = time.monotonic()
        stream.waited = Waited()
        stream.error = ""
        stream.protocol.send_query(stream.text.encode())

    def _collect(self, stream: _Stream) -> None:
        protocol = stream.protocol
        try:
            protocol.consume_input()
        except psycopg.OperationalError:
            self._poll.unregister(protocol.socket)
            stream.due = float("inf")
            stream.error = "08006 the connection was lost"
            self._finish(stream)
            return
        while not protocol.is_busy():
            result = protocol.get_result()
            if result is None:
                self._finish(stream)
                return
            if result.status == ExecStatus.FATAL_ERROR:
                stream.error = stream.error or error_of(result)

    def _finish(self, stream: _Stream) -> None:
        if stream.sent is None:
            return
        now = time.monotonic()
        seconds = now - stream.sent
        self.queries += 1
        if stream.waited.behind:
            self.waits.append(
                Wait(
                    query=stream.text,
                    kind=stream.probe.kind,
                    relation=stream.probe.relation,
                    blocker=stream.waited.blocker(self._name),
                    began=stream.sent - self.began,
                    milliseconds=seconds * 1000,
                    row=stream.waited.row,
                    error=stream.error,
                )
            )
        else:
            self.slowest = max(self.slowest, seconds * 1000)
        stream.sent = None
        stream.due = now + self._pause if stream.due != float("inf") else stream.due

    def _look_round(self, script: frozenset[int], statement: int) -> None:
        pids = "{" + ",".join(map(str, script)) + "}"
        sql = f"EXECUTE twiceshy_waits('{pids}', {self._database})"
        look = Look.of(self._eye.execute(sql).fetchall(), script)
        self._looked = time.monotonic()
        self._holds.note(look, self._looked - self.began)
        for stream in self._streams:
            waiter = look.waiters.get(stream.pid)
            if stream.sent and waiter and look.behind(stream.pid, script):
                stream.waited.note(look, waiter, statement)
