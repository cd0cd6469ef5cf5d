"""Databases for scripts: each phase gets a clone on which nothing else has happened."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import SchemaFailed
from twiceshy.model.schema import quoted
from twiceshy.stage.scripts.runner import Runner, Unreadable, read
from twiceshy.stage.scripts.session import Session
from twiceshy.stage.server import ROLE
from twiceshy.stage.template import make_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.scripts import Script
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.server import Server

_NAME = "twiceshy_script_"
# Evidence that other guards read from the server's log is of no use here, and costs time.
_QUIET = {
    "auto_explain.log_min_duration": "-1",
    "log_statement": "none",
    "plan_cache_mode": "auto",
    # Rows that workers read are counted elsewhere.
    "max_parallel_maintenance_workers": "0",
}


class Clones:
    """Clones of a template, also of one on which earlier scripts have run."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._numbers = count(1)
        self._bases: dict[tuple[Script, ...], str] = {(): template}

    @contextmanager
    def clone(self, script: Script) -> Iterator[str]:
        """A database as `script` finds it; gone afterwards, with what came beside it."""
        base = self._base(script.earlier)
        with self._server.connect("postgres") as conn:
            make_roles(conn, script.sql)
            before = _shared(conn)
            name = self._copy(conn, base)
            # As the schema was made, so is it changed: with all rights, unless the script itself
            # takes another role.
            conn.execute(f"ALTER ROLE {quoted(ROLE)} SUPERUSER")
        conn.close()
        try:
            yield name
        finally:
            with suppress(psycopg.OperationalError), self._server.connect("postgres") as conn:
                conn.execute(f"ALTER ROLE {quoted(ROLE)} NOSUPERUSER")
                _drop(conn, name)
                _tidy(conn, before)
                conn.close()

    def _copy(self, conn: Connection, base: str) -> str:
        name = f"{_NAME}{next(self._numbers)}"
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {base} OWNER {quoted(ROLE)}")
        for setting, value in _QUIET.items():
            conn.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
        return name

    def _base(self, earlier: tuple[Script, ...]) -> str:
        """The database on which these scripts have run, made from the nearest that there is.

        Raises SchemaFailed when one of them fails.
        """
        if earlier in self._bases:
            return self._bases[earlier]
        base = self._base(earlier[:-1])
        with self._server.connect("postgres") as conn:
            make_roles(conn, earlier[-1].sql)
            name = self._copy(conn, base)
            conn.execute(f"ALTER ROLE {quoted(ROLE)} SUPERUSER")
        conn.close()
        self._apply(name, earlier[-1])
        self._server.wait_until_empty(name)
        if len(earlier) > 1:
            with self._server.connect("postgres") as conn:
                _drop(conn, self._bases.pop(earlier[:-1]))
            conn.close()
        self._bases[earlier] = name
        return name

    def _apply(self, database: str, script: Script) -> None:
        with self._server.connect("postgres") as eye:
            session = Session(self._server, database, script.settings, _canceller(eye))
            try:
                runner = Runner(session, seconds=script.seconds)
                runner.run(read(script).parts, single=script.single_transaction)
                failure = runner.failure
            except Unreadable as problem:
                failure = str(problem)
            finally:
                session.close()
        eye.close()
        if failure:
            raise SchemaFailed(
                "A script that comes before this one fails, so this one was not rehearsed",
                where=script.name,
                seen=failure,
                todo="mend that one first",
            )
        with self._server.connect(database) as conn:
            conn.execute("ANALYZE")
        conn.close()


class _canceller:  # noqa: N801 - a function with a connection
    def __init__(self, eye: Connection) -> None:
        self._eye = eye

    def __call__(self, pid: int, *, end: bool = False) -> None:
        function = "pg_terminate_backend" if end else "pg_cancel_backend"
        self._eye.execute(f"SELECT {function}(%s)", [pid])


def _shared(conn: Connection) -> frozenset[tuple[str, str]]:
    """Databases and roles of the whole server."""
    rows = conn.execute(
        "SELECT 'DATABASE', datname FROM pg_database UNION ALL SELECT 'ROLE', rolname FROM pg_roles"
    )
    return frozenset((kind, name) for kind, name in rows.fetchall())


def _tidy(conn: Connection, before: frozenset[tuple[str, str]]) -> None:
    """Drop what a script made beside its database."""
    for kind, name in sorted(_shared(conn) - before):
        if not name.startswith("twiceshy"):
            with suppress(psycopg.Error):
                conn.execute(f"DROP {kind} {quoted(name)}")


def _drop(conn: Connection, name: str) -> None:
    conn.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
