"""A scratch server, and databases with many tables or many rows on it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.postgres.connect import query
from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper
from twiceshy.stage.server import ROLE, Server
from twiceshy.stage.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def server() -> Iterator[Server]:
    """The embedded server, with the settings of a stage."""
    with Keeper() as keeper:
        made = Server(keeper, binaries.embedded(), keeper.scratch / "pg")
        made.start()
        yield made


def admin(made: Server, *statements: str) -> None:
    """Do these as superuser."""
    with made.connect("postgres") as conn:
        for statement in statements:
            conn.execute(statement)


def template(made: Server, name: str, sql: str) -> None:
    """A template as the stage makes it."""
    admin(made, f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0")
    with made.connect(name) as conn:
        conn.execute(f"SET ROLE {ROLE}")
        conn.execute(sql)
        conn.execute("RESET ROLE")
        conn.execute(query("prepare_tables"))
        conn.execute(query("watch_schema"))


def clone(made: Server, name: str, source: str) -> None:
    """A database made from another."""
    admin(made, f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {source}")


@contextmanager
def world(made: Server, name: str, source: str) -> Iterator[World]:
    """A world on a clone, at its snapshot."""
    clone(made, name, source)
    with made.connect(name) as conn:
        catalogue = read_catalogue(conn)
    opened = World(made, name, catalogue.by_name)
    opened.snapshot()
    try:
        yield opened
    finally:
        opened.close()
        admin(made, f"DROP DATABASE {name} WITH (FORCE)")


def service(made: Server, name: str) -> psycopg.Connection:
    """A connection as a service has it."""
    url = made.address.url(name)
    return psycopg.connect(url, autocommit=True)


def many_tables(number: int) -> str:
    """So many tables of 100 rows each, with key, index and sequence."""
    return "".join(
        f"CREATE TABLE t{n} (id bigserial PRIMARY KEY, name text, n int, "
        "at timestamptz DEFAULT now());"
        f"CREATE INDEX ON t{n} (name);"
        f"INSERT INTO t{n} (name, n) SELECT 'row ' || g, g FROM generate_series(1, 100) g;"
        for n in range(number)
    )


MILLION = """
CREATE TABLE big (id bigserial PRIMARY KEY, user_id int, text text, n int,
                  at timestamptz DEFAULT now());
INSERT INTO big (user_id, text, n)
    SELECT g % 1000, 'text of row ' || g, g FROM generate_series(1, 1000000) g;
CREATE INDEX ON big (user_id);
"""
