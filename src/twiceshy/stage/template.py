"""The template database: schema, migrations and seed, built once, cloned for each world."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell, SchemaFailed
from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import query, startup_options
from twiceshy.postgres.script_text import roles_named
from twiceshy.stage.binaries import ICU
from twiceshy.stage.commands import filled
from twiceshy.stage.server import ROLE

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.processes import Keeper
    from twiceshy.stage.server import Server

TEMPLATE = "twiceshy_template"
# As the project makes it, nothing of ours in it: what scripts are rehearsed on.
PLAIN = "twiceshy_plain"
_MARK = "scratch database of twiceshy"
MISSING = re.compile(
    r'extension "([^"]+)" is not available'
    r'|could not open extension control file "[^"]*/([^/"]+)\.control"'
)
_MISSING_ICU = re.compile(r'ICU is not supported|collation "[^"]+-x-icu" .*does not exist')
_FAILED_LINE = re.compile(r"^psql:.*:(\d+): (?:ERROR|FATAL|error):", re.MULTILINE)
_TIME_LIMIT = 600.0
# Nobody reads the log of these sessions, and a seed with foreign keys would fill it.
_QUIET = {
    "client_min_messages": "warning",
    "auto_explain.log_min_duration": "-1",
    "log_statement": "none",
    # Checks of foreign keys would be planned anew for each row.
    "plan_cache_mode": "auto",
}


class Wanting(CannotTell):
    """The schema wants `features` (extensions, ICU) that this server does not have."""

    def __init__(self, features: tuple[str, ...], seen: str) -> None:
        self.features = features
        super().__init__(f"this server lacks {', '.join(features)}", seen=seen)


class Template:
    """Builds the template on a server and clones it.

    `unlogged` are the tables that the project makes UNLOGGED, in an order in which they can be made
    so again one by one: here all are logged, so that changes of their rows can be seen.
    """

    def __init__(
        self, server: Server, keeper: Keeper, project: Project, name: str = TEMPLATE
    ) -> None:
        self._server = server
        self._keeper = keeper
        self._project = project
        self.name = name
        self.unlogged: tuple[str, ...] = ()

    def build(self, cwd: Path, env: dict[str, str], values: dict[str, str]) -> None:
        """Run schema files, migrations and seed.

        Raises SchemaFailed, or Wanting when another server could do it.
        """
        role = quoted(ROLE)
        with self._server.connect("postgres") as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {self.name}")
            conn.execute(f"CREATE DATABASE {self.name} OWNER {role} TEMPLATE template0")
            conn.execute(f"COMMENT ON DATABASE {self.name} IS '{_MARK}'")
            # A schema may create extensions; the service itself gets an owner's rights only.
            conn.execute(f"ALTER ROLE {role} SUPERUSER")
        try:
            self._fill(cwd, env, values)
        finally:
            with self._server.connect("postgres") as conn:
                conn.execute(f"ALTER ROLE {role} NOSUPERUSER")
        self._server.wait_until_empty(self.name)

    def _fill(self, cwd: Path, env: dict[str, str], values: dict[str, str]) -> None:
        database = self._project.database
        for name in database.schema_files:
            self._run_file(cwd, name, "schema")
        if database.migrate:
            command = filled(database.migrate, values)
            self._checked("migration", command, cwd, env, where=database.migrate)
        for name in database.seed:
            self._run_file(cwd, name, "seed")
        self._finish()

    def _finish(self) -> None:
        with self._server.connect(self.name) as conn:
            if self.name == PLAIN:
                conn.execute("ANALYZE")
            else:
                names = [name for (name,) in conn.execute(query("unlogged_tables")).fetchall()]
                conn.execute(query("prepare_tables"))
                conn.execute(query("watch_schema"))
                self.unlogged = tuple(names)

    def _run_file(self, cwd: Path, name: str, what: str) -> None:
        path = cwd / name
        if not path.is_file():
            raise SchemaFailed(
                f"The {what} file does not exist",
                where=str(path),
                todo=f"correct `{what}` under [database]",
            )
        command = [
            str(self._server.binaries.bin / "psql"),
            *("-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self._server.address.socket_dir)),
            *("-p", str(self._server.address.port), "-U", ROLE, "-d", self.name, "-f", str(path)),
        ]
        self._make_roles(path)
        settings = {**_QUIET, **self._project.database.settings}
        env = {"PATH": "/usr/bin:/bin", "PGOPTIONS": startup_options(settings.items())}
        self._checked(what, command, cwd, env, where=str(path))

    def _make_roles(self, path: Path) -> None:
        """Roles are no part of a database: those that a schema takes for granted must be there."""
        if self.name == PLAIN:
            with self._server.connect("postgres") as conn:
                make_roles(conn, path.read_bytes())

    def _checked(
        self, name: str, command: str | list[str], cwd: Path, env: dict[str, str], where: str
    ) -> None:
        code, output = self._keeper.run(name, command, env=env, cwd=cwd, timeout=_TIME_LIMIT)
        if code == 0:
            return
        missing = {first or second for first, second in MISSING.findall(output)}
        if _MISSING_ICU.search(output):
            missing.add(ICU)
        if missing:
            raise Wanting(tuple(sorted(missing)), output[-1500:])
        line = _FAILED_LINE.search(output)
        raise SchemaFailed(
            f"The {name} did not run to its end (exit status {code})",
            where=f"{where}:{line[1]}" if line else where,
            seen=output[-1500:] or "no output",
            todo="the same command must work on an empty database",
        )

    def clone(self, name: str) -> None:
        """Make the database `name` from the template."""
        with self._server.connect("postgres") as conn:
            made = f"CREATE DATABASE {quoted(name)} TEMPLATE {self.name} OWNER {quoted(ROLE)}"
            conn.execute(made)
            conn.execute(f"COMMENT ON DATABASE {quoted(name)} IS '{_MARK}'")
            conn.execute(query("copy_database_settings"), [self.name, name])

    def drop(self, name: str) -> None:
        """Drop a clone of ours, whoever is connected."""
        with self._server.connect("postgres") as conn:
            row = conn.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [name],
            ).fetchone()
            if row and row[0] == _MARK:
                conn.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")


def make_roles(conn: Connection, sql: bytes) -> None:
    """Make the roles that a text names without making them itself."""
    for name in sorted(roles_named(sql.decode("utf-8", "replace"))):
        found = conn.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).rowcount
        if not found and not name.startswith("pg_"):
            conn.execute(f"CREATE ROLE {quoted(name)}")
