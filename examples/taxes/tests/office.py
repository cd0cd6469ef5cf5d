"""A town hall for a test: a database of its own, and the processes of one design, to be killed.

The server is the one of DATABASE_URL, whose user may create databases.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from psycopg import Connection, sql

ROOT = Path(__file__).resolve().parents[1]
DESIGNS = ("faulty", "broker", "queued")
PROCESSES = {
    "faulty": ("service",),
    "broker": ("nats", "worker", "service"),
    "queued": ("worker", "service"),
}
PATIENCE = 30.0

# Everything that the municipality says it has processed. A second notice about a payment counts
# as a second payment, and so does a total that is not the sum of its receipts.
RECORDED = """
    SELECT key, amount FROM receipts
    UNION ALL
    SELECT key, amount
    FROM (SELECT key, amount, row_number() OVER (PARTITION BY key) AS nth FROM notices) AS told
    WHERE nth > 1
    UNION ALL
    SELECT 'total of ' || name, total - paid
    FROM registers, (SELECT coalesce(sum(amount), 0) AS paid FROM receipts) AS receipts
    WHERE total <> paid
"""
# What still waits: in the broker, in the queue, and for its notice. A worker of the broker that
# has said nothing for a second may have anything waiting, and what it said is that old: only who is
# told 0 for longer than a second knows that nothing waits.
WAITING = """
    SELECT
        (SELECT coalesce(sum(CASE WHEN seen_at < clock_timestamp() - interval '1 s'
                             THEN greatest(waiting, 1) ELSE waiting END), 0) FROM backlog)
        + (SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded')
        + (SELECT count(*) FROM entered LEFT JOIN notices USING (key) WHERE notices.id IS NULL)
"""


class Office:
    """One design, up and running between enter and exit; `wrap` goes before each command."""

    def __init__(self, design: str, *, root: Path = ROOT, wrap: tuple[str, ...] = ()) -> None:
        self.design = design
        self.port = free_port()
        self._broker_port = free_port(self.port + 1)
        self._root = root
        self._wrap = wrap
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            temp = tempfile.TemporaryDirectory(prefix="taxes-", ignore_cleanup_errors=True)
            self._folder = Path(stack.enter_context(temp))
            self._make_database(stack)
            stack.callback(self._stop)
            for name in PROCESSES[self.design]:
                self.start(name)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    # -- processes ----------------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start a process of the design and wait until it is there."""
        store = self._folder / "nats"
        module = {
            "service": [self.design, "--port", str(self.port)],
            "worker": [f"{self.design}.worker"],
            "nats": ["broker.server", "--port", str(self._broker_port), "--store", str(store)],
        }[name]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*self._wrap, sys.executable, "-m", *module],
                cwd=self._root,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ready = {"service": self._healthy, "nats": lambda: listens(self._broker_port)}
        until(ready.get(name, lambda: True), f"the {name} is up: {self.log(name)}")

    def kill(self, name: str) -> None:
        """SIGKILL to the process and whatever it has started."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def pause(self, name: str, seconds: float) -> None:
        """The process stands still, and goes on where it was."""
        pid = self.pid(name)
        os.killpg(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.killpg(pid, signal.SIGCONT)

    def end_sessions(self) -> None:
        """Every connection to this database breaks, as when PostgreSQL is restarted."""
        self.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def pid(self, name: str) -> int:
        return self._running[name].pid

    @property
    def environment(self) -> Mapping[str, str]:
        nats = f"nats://127.0.0.1:{self._broker_port}"
        return {**os.environ, "DATABASE_URL": self.url, "NATS_URL": nats}

    def _stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def _healthy(self) -> bool:
        try:
            return self.ask("GET", "/health")[0] == 200
        except (OSError, HTTPException):
            return False

    # -- questions ----------------------------------------------------------------------------

    def ask(
        self,
        method: str,
        path: str,
        sent: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 3.0,
    ) -> tuple[int, Any]:
        """Status and body, over a connection of its own. Raises OSError and HTTPException."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            body = None if sent is None else json.dumps(sent)
            head = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            is_json = answer.getheader("Content-Type") == "application/json"
            return answer.status, json.loads(answer.read()) if is_json else answer.read()
        finally:
            connection.close()

    def pay(self, key: str, amount: int, *, timeout: float = 3.0, **given: str) -> tuple[int, Any]:
        sent = {"taxpayer": "52998224", "point": "lottery-1", "amount": amount, **given}
        return self.ask("POST", "/payments", sent, {"Idempotency-Key": key}, timeout)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with Connection.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def drained(self, within: float = PATIENCE) -> None:
        """Wait until nothing waits any more, and has not for longer than a second."""
        since = [time.monotonic()]

        def empty() -> bool:
            if self.waiting():
                since[0] = time.monotonic()
            return time.monotonic() > since[0] + 1.2

        until(empty, "everything is in the register", within)

    def waiting(self) -> int:
        return int(self.rows(WAITING)[0][0])

    def recorded(self) -> list[tuple[str, int]]:
        return [(key, int(amount)) for key, amount in self.rows(RECORDED)]

    # -- database -----------------------------------------------------------------------------

    def _make_database(self, stack: ExitStack) -> None:
        server = os.environ["DATABASE_URL"]
        name = f"taxes_{self.design}_{os.getpid()}_{self.port}"
        stack.callback(_say, server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _say(server, "CREATE DATABASE {}", name)
        self.url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        with Connection.connect(self.url) as connection:
            for file in ("schema", "seed"):
                connection.execute((self._root / "db" / f"{file}.sql").read_bytes())
        command = [sys.executable, "-m", "queued.schema"]
        subprocess.run(command, cwd=self._root, env=self.environment, check=True)


def _say(server: str, statement: str, name: str) -> None:
    with Connection.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def until(holds: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
    """Wait for a condition; TimeoutError says for which."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within:g} s: {what}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(first: int = 0) -> int:
    """A port that nobody has, below those that systems give to clients."""
    for port in range(first or 20000 + os.getpid() % 8000, 32768):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")
