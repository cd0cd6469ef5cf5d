"""A server for scripts, once per session and version, with a small shop on it."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from twiceshy.model.history import CommandResult
from twiceshy.model.scripts import Play, Script
from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper
from twiceshy.stage.scripts.phases import Phases
from twiceshy.stage.server import ROLE, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twiceshy.model.scripts import Phase, ScriptRun

SHOP = """
CREATE TABLE clients (id int PRIMARY KEY, name text);
CREATE TABLE sales (
  id int PRIMARY KEY, client int REFERENCES clients, state text, amount int, note varchar(20),
  units int);
CREATE INDEX sales_state ON sales (state);
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE MATERIALIZED VIEW totals AS SELECT client, sum(amount) AS amount FROM sales GROUP BY client;
CREATE VIEW paid AS SELECT id FROM sales WHERE state = 'paid';
INSERT INTO clients SELECT g, 'c' || g FROM generate_series(1, 50) g;
INSERT INTO sales SELECT g, 1 + g % 50, 'paid', g, 'n' FROM generate_series(1, 3000) g;
INSERT INTO visits SELECT g, date '2020-06-01' + g % 300 FROM generate_series(1, 500) g;
"""


class Bench:
    """Plays phases of scripts on the shop."""

    def __init__(self, server: Server, keeper: Keeper) -> None:
        self.server = server
        self.keeper = keeper
        self.phases = Phases(server, "shop", self._command)

    def _command(self, text: str, database: str, port: int, timeout: float) -> CommandResult:
        address = self.server.address
        url = f"postgresql://{address.role}:{address.password}@127.0.0.1:{port}/{database}"
        env = {"PATH": "/usr/bin:/bin", "DATABASE_URL": url}
        code, output = self.keeper.run(
            "command", text, env=env, cwd=self.keeper.scratch, timeout=timeout
        )
        return CommandResult(code, output)

    def play(self, sql: str, phase: Phase = "trace", *beside: str, **more) -> ScriptRun:
        """One phase of a script."""
        return self.phases.play(Play(Script("script.sql", sql.encode(), **more), phase, beside))

    def bytes(self, text: bytes) -> ScriptRun:
        """The trace of a script that may be no text."""
        return self.phases.play(Play(Script("script.sql", text), "trace"))

    def command(self, code: str, folder: Path, phase: Phase = "trace", *beside: str) -> ScriptRun:
        """One phase of a command: a program of Python that has `url`."""
        program = folder / "migrate.py"
        start = "import os, psycopg\nurl = os.environ['DATABASE_URL']\n"
        program.write_text(start + code, encoding="utf-8")
        script = Script("migrate.py", command=shlex.join([sys.executable, str(program)]))
        return self.phases.play(Play(script, phase, beside))


@contextmanager
def _bench(programs: binaries.Binaries) -> Iterator[Bench]:
    with Keeper() as keeper:
        server = Server(keeper, programs, keeper.scratch / "pg")
        server.start()
        with server.connect("postgres") as conn:
            conn.execute(f"CREATE DATABASE shop OWNER {ROLE}")
        conn.close()
        with server.connect("shop") as conn:
            conn.execute(f"SET ROLE {ROLE}; {SHOP}; RESET ROLE; ANALYZE")
        conn.close()
        yield Bench(server, keeper)


def _servers() -> dict[str, binaries.Binaries]:
    system = {server.version: server for server in binaries.system()}
    return {"embedded": binaries.embedded(), **system}


@pytest.fixture(scope="session", params=_servers())
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """On each server in turn."""
    with _bench(_servers()[request.param]) as made:
        yield made


@pytest.fixture(scope="session")
def one_bench() -> Iterator[Bench]:
    """On the embedded server, for what does not depend on the version."""
    with _bench(binaries.embedded()) as made:
        yield made
