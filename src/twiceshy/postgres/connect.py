"""The one door through which we open connections to a scratch server."""

from __future__ import annotations

import os
import select
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from psycopg.pq.abc import PGresult

_SETTINGS = {
    # Our own statements must not show up among the service's evidence ...
    "auto_explain.log_min_duration": "-1",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "log_min_messages": "fatal",
    "client_min_messages": "error",
    # ... values must print in one form, whatever the database's own settings are ...
    "bytea_output": "hex",
    "datestyle": "ISO",
    "extra_float_digits": "1",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    # ... and nothing may hold us back.
    "default_transaction_read_only": "off",
    "lock_timeout": "0",
    "plan_cache_mode": "auto",
    "statement_timeout": "0",
    # ... not even the standby that holds up the commits of a script under rehearsal.
    "synchronous_commit": "local",
    "wal_sender_timeout": "0",
}
OURS = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
APPLICATION = "twiceshy"

_variables = threading.Lock()
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY)

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a scratch server listens: a folder of unix sockets, and a loopback TCP port."""

    socket_dir: Path
    port: int
    superuser: str
    role: str
    password: str

    def url(self, database: str) -> str:
        """What the service gets: TCP on loopback, since not every driver speaks unix sockets."""
        return f"postgresql://{self.role}:{self.password}@127.0.0.1:{self.port}/{database}"


def connect(
    address: Address, database: str, *, streaming: bool = False, name: str = APPLICATION
) -> Connection:
    """An autocommitting superuser connection over the unix socket.

    A `streaming` one speaks the replication protocol. Raises psycopg.OperationalError when the
    server does not answer.
    """
    return _open(address, database, address.superuser, name, OURS, streaming=streaming)


def connect_as_role(
    address: Address, database: str, *, settings: Iterable[tuple[str, str]] = (), name: str
) -> Connection:
    """A connection such as the service or a deploy would make, with these settings."""
    options = startup_options(settings)
    return _open(address, database, address.role, name, options, streaming=False)


# For a database of other people: nothing is written, nobody is kept waiting.
_READING = {
    "default_transaction_read_only": "on",
    "lock_timeout": "1s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
    "search_path": "pg_catalog",
}


def connect_to_read(url: str) -> Connection:
    """A session on somebody's database that can only read, and gives up rather than wait.

    Raises psycopg.Error when it cannot be made.
    """
    conn: Connection = psycopg.connect(  # noqa: TID251 - this is the door
        url, application_name=APPLICATION, connect_timeout=10, autocommit=True
    )
    # Not as options of the start: poolers in between refuse those.
    for name, value in _READING.items():
        conn.execute(f"SET {name} = '{value}'")
    return conn


def startup_options(settings: Iterable[tuple[str, str]]) -> str:
    """What PGOPTIONS must hold, so that a session begins with these settings."""
    return " ".join(f"-c {_escaped(key)}={_escaped(value)}" for key, value in settings)


def _escaped(text: str) -> str:
    """As the startup option `-c` wants it: blanks and backslashes behind a backslash."""
    return text.replace("\\", "\\\\").replace(" ", "\\ ")


def _open(
    address: Address, database: str, user: str, name: str, options: str, *, streaming: bool
) -> Connection:
    with _without_variables_of_the_caller():
        return psycopg.connect(  # noqa: TID251 - this is the door
            host=str(address.socket_dir),
            port=address.port,
            user=user,
            dbname=database,
            application_name=name,
            replication="database" if streaming else "false",
            options=options,
            sslmode="disable",
            gssencmode="disable",
            connect_timeout=10,
            autocommit=True,
            prepare_threshold=None,
        )


@contextmanager
def _without_variables_of_the_caller() -> Iterator[None]:
    """Hide PGHOSTADDR, PGSERVICE and the like: libpq would heed them whatever it is told."""
    with _variables:
        hidden = {name: os.environ.pop(name) for name in list(os.environ) if name[:2] == "PG"}
        try:
            yield
        finally:
            os.environ.update(hidden)


def results(conn: Connection, sql: str) -> list[PGresult]:
    """What each statement of a string gives, in the text form that the server sent.

    For what is asked in every scenario: a cursor takes longer than such a statement does. A
    connection on which the waiting was interrupted is of no more use. Raises psycopg.Error.
    """
    protocol = conn.pgconn
    protocol.send_query(sql.encode())
    traffic = select.poll()
    while protocol.flush():
        traffic.register(protocol.socket, select.POLLIN | select.POLLOUT)
        traffic.poll()
        protocol.consume_input()
    traffic.register(protocol.socket, select.POLLIN)
    found: list[PGresult] = []
    while True:
        # The library would wait by itself, but then deaf to Ctrl-C.
        while protocol.is_busy():
            traffic.poll()
            protocol.consume_input()
        result = protocol.get_result()
        if result is None:
            break
        found.append(result)
    if conn.closed:
        raise psycopg.OperationalError(found[-1].get_error_message())
    if found[-1].status not in _DONE:
        raise error_from_result(found[-1])
    return found


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (files("twiceshy.postgres") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def literal(value: str | None) -> str:
    """An untyped SQL literal; PostgreSQL gives it the type of the column it meets."""
    if value is None:
        return "NULL"
    if "\\" in value:
        return " E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + value.replace("'", "''") + "'"
