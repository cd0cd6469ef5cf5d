"""The stage as a whole: goes up once, is renewed where rewind cannot do, comes down for certain."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import SchemaFailed, StageLost
from twiceshy.model.history import CommandResult
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.stage.checkout import root_of
from twiceshy.stage.commands import filled
from twiceshy.stage.crew import Crew
from twiceshy.stage.evidence import ServerLog
from twiceshy.stage.given import given_rows
from twiceshy.stage.lease import Lease
from twiceshy.stage.meeting import Meeting
from twiceshy.stage.planter import Planter
from twiceshy.stage.processes import Keeper
from twiceshy.stage.scripts.phases import Phases
from twiceshy.stage.scripts.service import beside_service
from twiceshy.stage.sweep import sweep
from twiceshy.stage.template import PLAIN, TEMPLATE, Template, Wanting
from twiceshy.stage.world import World

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.model.schema import Catalogue, QName
    from twiceshy.model.scripts import Play, ScriptRun
    from twiceshy.stage.crew import Probe
    from twiceshy.stage.processes import Child
    from twiceshy.stage.scripts.service import Sighting
    from twiceshy.stage.server import Server

_LIBPQ = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "name",
}
_UNEXPLAINED = "ALTER DATABASE {} SET auto_explain.log_min_duration = -1"


class Stage:
    """Clone, processes and service of one version of a project, on a scratch server.

    With `beside`, a stage that is up, the server is that one's, which must live longer than this
    one. `notes` are what people must know of this stage with every verdict. `database_port` is
    where service and processes find the database when they are started; 0 is the server's own.
    """

    def __init__(
        self,
        project: Project,
        version: str = "",
        *,
        probe: Probe,
        scripts_only: bool = False,
        beside: Stage | None = None,
    ) -> None:
        self._project = project
        self._probe = probe
        self.version = version
        self.generation = 0
        self.database_port = 0
        self.database = ""
        self._beside = beside
        self._root = project.root
        self._keeper_is_up = False
        self._scripts_only = scripts_only
        self._phases: Phases | None = None

    def close(self) -> None:
        """Stop everything and remove the scratch folder; fine at any moment, and twice."""
        for attribute in ("world", "log"):
            held = getattr(self, attribute, None)
            if held is not None:
                held.close()
                delattr(self, attribute)
        if self._keeper_is_up:
            self._keeper_is_up = False
            self.keeper.close()
        if self._beside is not None and self.database:
            with suppress(psycopg.Error):
                self.template.drop(self.database)
            self.database = ""

    def rise(self) -> Iterator[str]:
        """Bring everything up, telling each step; CannotTell with the reason when that fails.

        Whoever calls this closes the stage, whether it came up or not.
        """
        if self._beside is None:
            sweep()
        self.keeper = Keeper(self._project.network.allow)
        self._keeper_is_up = True
        version = self._project.versions.get(self.version)
        if version and version.git:
            yield f"checking out {version.git}"
        self._root = root_of(self._project, self.version)
        self._crew = Crew(self.keeper, self._project, self.version, self._root, self._probe)
        if self._scripts_only:
            yield from self._lease_server(PLAIN)
            return
        yield from self._crew.set_up()
        if self._beside is None:
            yield from self._lease_server()
        else:
            yield from self._share_server(self._beside)
        self.log = ServerLog(self.server.log)
        yield from self._start_world()

    # -- server and template ------------------------------------------------------------------

    def _lease_server(self, name: str = TEMPLATE) -> Iterator[str]:
        self.lease = Lease(self._project, self.keeper)
        yield from self.lease.start(self._build, name)
        self._take(self.lease, self.lease.template)

    def _share_server(self, beside: Stage) -> Iterator[str]:
        """A place on another stage's server; a server of our own where that one will not do."""
        self.lease = beside.lease
        if self._makes_the_same_schema(beside):
            self._take(beside.lease, beside.template)
            return
        yield "building another template database"
        try:
            template = beside.lease.another_template(self.keeper, self._project)
            self._build(template)
            self._take(beside.lease, template)
        except (SchemaFailed, Wanting):
            # It wants an extension, or makes what all databases of a server share, such as roles.
            yield from self._lease_server()
            self.lease.notes.append(f"the version {self.version} needed a server of its own")

    def phases(self) -> Generator[str, None, Phases]:
        """Where scripts are rehearsed: beside the world, on clones of a template without us."""
        if self._phases is None:
            if not self._scripts_only:
                yield "building the database once more, for scripts"
                self._build(Template(self.server, self.keeper, self._project, PLAIN))
            self._phases = Phases(self.server, PLAIN, self._run_script)
        return self._phases

    def beside_service(self, play: Play) -> tuple[ScriptRun, tuple[Sighting, ...], float]:
        """A script on the service's own database; see `scripts.service`. Renew the stage after."""
        return beside_service(self.server, self.database, self._run_script, play)

    def _run_script(self, text: str, database: str, port: int, timeout: float) -> CommandResult:
        """Run a command that migrates; each usual way to name a database leads to `port`."""
        values = self._crew.filling(self.lease.values(database))
        values["database_port"] = str(port)
        values["database_url"] = replace(self.server.address, port=port).url(database)
        env = {
            **os.environ,
            **self._migration_environment(values),
            **{variable: values[f"database_{key}"] for variable, key in _LIBPQ.items()},
        }
        return run_command(self.keeper, filled(text, values), self._root, timeout, env)

    def _build(self, template: Template) -> None:
        values = self._crew.filling(self.lease.values(template.name))
        template.build(self._root, self._migration_environment(values), values)

    def _take(self, lease: Lease, template: Template) -> None:
        self.lease = lease
        self.template = template
        self.keeper.allow_port(lease.server.address.port)

    def _makes_the_same_schema(self, other: Stage) -> bool:
        """Whether the other stage's template is what we would build."""
        database = self._project.database
        if self._root == other._root:
            return not database.migrate or self._crew.variables == other._crew.variables
        names = (*database.schema_files, *database.seed)
        # What a migration does is known to nobody but itself.
        return not database.migrate and all(
            _same(self._root / name, other._root / name) for name in names
        )

    @property
    def server(self) -> Server:
        """The scratch server that this stage is on."""
        return self.lease.server

    @property
    def notes(self) -> list[str]:
        """What people must know of this stage with every verdict."""
        lease = getattr(self, "lease", None)
        crew = getattr(self, "_crew", None)
        return [*(lease.notes if lease else []), *(crew.notes if crew else [])]

    def _migration_environment(self, values: Mapping[str, str]) -> dict[str, str]:
        return {"DATABASE_URL": values["database_url"], **self._crew.environment(values)}

    # -- world, processes and service ---------------------------------------------------------

    def _start_world(self, *, explains: bool = True) -> Iterator[str]:
        self.generation += 1
        self.database = self.lease.new_world()
        self.template.clone(self.database)
        with self.server.connect(self.database) as conn:
            self.catalogue: Catalogue = read_catalogue(conn)
            if not explains:
                conn.execute(_UNEXPLAINED.format(self.database))
        self.world = World(self.server, self.database, self.catalogue.by_name)
        yield from self._start_crew()
        if self.world.take_changes().obstacle:
            # Many a service makes its tables itself, when it starts.
            self.catalogue = self.world.learn()
        self.log.know(self.catalogue, self.world.roots)
        if self.generation == 1:
            given = given_rows(self._project, self.catalogue)
            self.planter = Planter(self.world.connection, self.catalogue, given)
        else:
            self.planter.moved_to(self.world.connection)

    @property
    def port(self) -> int:
        """Where the service listens."""
        return self._crew.port

    @property
    def service(self) -> Child:
        """The process of the service, which was started."""
        if self._crew.service is None:
            raise StageLost("The service was not started")
        return self._crew.service

    def child(self, name: str) -> Child | None:
        """The service, or the further process of that name; None where it was not started."""
        return self._crew.child(name)

    def output_of(self, name: str) -> Path:
        """The file that holds what a process printed."""
        return self._crew.output_of(name)

    # -- while a rehearsal runs ---------------------------------------------------------------

    def restart_service(self) -> Iterator[str]:
        """Stop service and processes (their caches go with them) and start them again."""
        self._crew.stop()
        self.world.end_sessions()
        yield from self._start_crew()

    def renew(self, *, explains: bool = True) -> Iterator[str]:
        """A fresh clone of the template, with every process started anew on it.

        Unless it `explains`, statements are not looked at: under load, plans would fill the disk.
        """
        yield "fresh clone of the database, service restarted"
        self._crew.stop()
        self.world.close()
        self.template.drop(self.database)
        yield from self._start_world(explains=explains)

    def unlog(self) -> None:
        """Let the tables that the project makes UNLOGGED be so, which a crash empties.

        psycopg.Error when that cannot be. The world sees no change of their rows afterwards.
        """
        if self.template.unlogged:
            with self.server.connect(self.database) as conn:
                conn.execute("SET lock_timeout = '5s'")
                for name in self.template.unlogged:
                    conn.execute(f"ALTER TABLE {name} SET UNLOGGED")

    def start_again(self, name: str) -> Iterator[str]:
        """Start the service, or a process, in the place of one that was ended; all else stays."""
        yield from self._crew.start_again(name, self._values())

    def _start_crew(self) -> Iterator[str]:
        values = self._values()
        yield from self._crew.start_processes(values)
        yield from self._crew.start_service(values)

    def _values(self) -> dict[str, str]:
        values = self.lease.values(self.database)
        if self.database_port:
            address = replace(self.server.address, port=self.database_port)
            values["database_port"] = str(self.database_port)
            values["database_url"] = address.url(self.database)
        return values

    def run_command(self, text: str, cwd: str, timeout: float) -> CommandResult:
        """Run a guard's command beside the stage; it sees the caller's environment, as tests do."""
        values = self._crew.filling(self.lease.values(self.database))
        values["service_url"] = f"http://127.0.0.1:{self.port}"
        env = {**os.environ, "DATABASE_URL": values["database_url"]}
        return run_command(self.keeper, filled(text, values), self._root / cwd, timeout, env)

    def meeting(self, tables: Sequence[QName]) -> Meeting:
        """What lets requests that are sent at once meet before they write to these tables."""
        return Meeting(self.server, self.database, tables)

    def check_alive(self) -> None:
        """Raise StageLost when the service or the server has died."""
        self.check_service()
        if self.server.child is not None and not self.server.child.alive:
            raise StageLost("The scratch database server ended by itself")

    def check_service(self, asked: str = "", patience: float = 0.0) -> None:
        """Raise StageLost when the service has died, over what was `asked`.

        `patience` is in seconds: a connection breaks a moment before it is known that the process
        behind it has ended.
        """
        self._crew.check(asked, patience)


def _same(one: Path, other: Path) -> bool:
    """Whether two files of SQL do the same; what they include from elsewhere is not known."""
    try:
        text = one.read_bytes()
        return text == other.read_bytes() and b"\\i" not in text
    except OSError:
        return False


def run_command(
    keeper: Keeper, command: str, cwd: Path, timeout: float, env: dict[str, str]
) -> CommandResult:
    """Run a command of a guard to its end, or stop it after `timeout` seconds."""
    output = keeper.scratch / "command.out"
    child = keeper.start("command", command, env=env, cwd=cwd, output=output)
    code = child.wait(timeout)
    child.stop(grace=1.0)
    return CommandResult(code, child.tail(lines=2000))
