"""Worlds for tests: a real scratch server, clones of templates on it, and what is in a database."""

from __future__ import annotations

import hashlib
import itertools
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from twiceshy.model.schema import quoted
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.postgres.connect import query
from twiceshy.stage.evidence import ServerLog
from twiceshy.stage.server import ROLE
from twiceshy.stage.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.schema import Catalogue
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.evidence import Evidence
    from twiceshy.stage.processes import Keeper
    from twiceshy.stage.server import Server

_RELATIONS = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'twiceshy')
  AND c.relpersistence <> 't' AND n.nspname !~ '^pg_toast' ORDER BY 1
"""
_SEQUENCES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY 1
"""


@dataclass
class Playground:
    """One world, and a service's connections to its database."""

    world: World
    server: Server
    catalogue: Catalogue
    log: ServerLog
    held: ExitStack = field(default_factory=ExitStack)

    def service(self, **how: Any) -> psycopg.Connection[Any]:
        """A new connection as a service has it: over TCP, as the role of the application."""
        options = {"autocommit": True, "prepare_threshold": None, **how}
        url = self.server.address.url(self.world.database)
        return psycopg.connect(url, **options)

    def ours(self) -> Connection:
        """A new superuser connection, whose statements leave no trace in the evidence."""
        return self.held.enter_context(self.server.connect(self.world.database))

    def contents(self) -> dict[str, list[str]]:
        """Every row of every table (as text, sorted), sequence and large object."""
        found: dict[str, list[str]] = {}
        with self.server.connect(self.world.database) as conn:
            for (name,) in conn.execute(_RELATIONS).fetchall():
                rows = conn.execute(f"SELECT t::text FROM ONLY {name} t ORDER BY 1").fetchall()
                found[name] = [row[0] for row in rows]
            for (name,) in conn.execute(_SEQUENCES).fetchall():
                rows = conn.execute(f"SELECT last_value, is_called FROM {name}").fetchall()
                found[name] = [str(row) for row in rows]
            objects = "SELECT oid::text, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY 1"
            found["large objects"] = [str(row) for row in conn.execute(objects).fetchall()]
        return found

    @contextmanager
    def watched(self) -> Iterator[list[Evidence]]:
        """What the service does inside of the block is in the list after it."""
        found: list[Evidence] = []
        position = self.log.position()
        yield found
        self.world.settle(5.0)
        found.append(self.log.since(position, self.world.database))


class Worlds:
    """Makes worlds on one server; templates are built once for each text of SQL."""

    def __init__(self, server: Server, keeper: Keeper) -> None:
        self.server = server
        self.keeper = keeper
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}

    def template(self, sql: str) -> str:
        """A database made by `sql`, prepared like a template of the stage."""
        if sql not in self._templates:
            name = "template_" + hashlib.sha256(sql.encode()).hexdigest()[:16]
            self._admin(f"DROP DATABASE IF EXISTS {name}")
            self._admin(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0")
            self._admin(f"ALTER ROLE {ROLE} SUPERUSER")
            with self.server.connect(name) as conn:
                conn.execute(f"SET SESSION AUTHORIZATION {ROLE}")
                conn.execute(sql or "SELECT 1")
                conn.execute("RESET SESSION AUTHORIZATION")
                conn.execute(query("prepare_tables"))
                conn.execute(query("watch_schema"))
            self._admin(f"ALTER ROLE {ROLE} NOSUPERUSER")
            self._templates[sql] = name
        return self._templates[sql]

    @contextmanager
    def world(self, sql: str) -> Iterator[Playground]:
        """A fresh clone with a world on it, at its snapshot."""
        template = self.template(sql)
        name = f"world_{next(self._numbers)}"
        self._admin(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template}")
        with self.server.connect(name) as conn:
            catalogue = read_catalogue(conn)
        log = ServerLog(self.server.log)
        world = World(self.server, name, catalogue.by_name)
        log.know(catalogue, world.roots)
        world.snapshot()
        playground = Playground(world, self.server, catalogue, log)
        try:
            with playground.held:
                yield playground
        finally:
            world.close()
            log.close()
            self._admin(f"DROP DATABASE {quoted(name)} WITH (FORCE)")

    def _admin(self, statement: str) -> None:
        with self.server.connect("postgres") as conn:
            conn.execute(statement)
