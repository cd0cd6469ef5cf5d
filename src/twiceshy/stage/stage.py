"""The stage as a whole: goes up once, is renewed where rewind cannot do, comes down for certain."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from twiceshy.config.placeholders import fill
from twiceshy.errors import SchemaFailed, ServiceFailed, StageLost
from twiceshy.model.history import CommandResult
from twiceshy.postgres.catalogue import read_catalogue
from twiceshy.stage.checkout import checkout, set_up_once
from twiceshy.stage.choice import choose, not_enough
from twiceshy.stage.commands import filled
from twiceshy.stage.evidence import ServerLog
from twiceshy.stage.given import given_rows
from twiceshy.stage.planter import Planter
from twiceshy.stage.processes import Keeper, can_listen, environment, free_port, wait_ready
from twiceshy.stage.scripts.phases import Phases
from twiceshy.stage.scripts.service import beside_service
from twiceshy.stage.server import Server
from twiceshy.stage.sweep import sweep
from twiceshy.stage.template import PLAIN, TEMPLATE, Template, Wanting
from twiceshy.stage.world import World

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from twiceshy.config.project import Process, Project, Service
    from twiceshy.model.schema import Catalogue
    from twiceshy.model.scripts import Play, ScriptRun
    from twiceshy.stage.binaries import Binaries
    from twiceshy.stage.processes import Child
    from twiceshy.stage.scripts.service import Sighting

_STOP_GRACE = 3.0
_LIBPQ = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "name",
}


class Probe(Protocol):
    """Asks a loopback port for `request`, which is `GET /path` or "" for the port alone."""

    def __call__(self, port: int, request: str) -> str:
        """What speaks against it that somebody is ready there; "" once it answers."""


class Stage:
    """Server, template, clone, processes and service of one version of a project.

    `notes` collects what people must know of this stage with every verdict.
    """

    def __init__(
        self,
        project: Project,
        version: str = "",
        *,
        probe: Probe,
        scripts_only: bool = False,
    ) -> None:
        self._project = project
        self._probe = probe
        self.version = version
        self.notes: list[str] = []
        self.port = 0
        self.generation = 0
        self._stack: list[Child] = []
        self._ports: dict[str, int] = {}
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
            self.keeper.__exit__(None, None, None)

    def rise(self) -> Iterator[str]:
        """Bring everything up, telling each step; CannotTell with the reason when that fails.

        Whoever calls this closes the stage, whether it came up or not.
        """
        sweep()
        self.keeper = Keeper()
        self.keeper.__enter__()
        self._keeper_is_up = True
        if self._project.network.allow:
            self.keeper.allow_hosts(self._project.network.allow)
        version = self._project.versions.get(self.version)
        if version and version.git:
            yield f"checking out {version.git}"
            self._root = checkout(self._project.root, version.git)
        if self._scripts_only:
            yield from self._start_server_and_template(PLAIN)
            return
        yield from self._set_up()
        yield from self._start_server_and_template()
        self.log = ServerLog(self.server.log)
        yield from self._start_world()

    def _set_up(self) -> Iterator[str]:
        version = self._project.versions.get(self.version)
        service = self._project.service
        command = (version.setup if version else None) or (service.setup if service else None)
        jobs = [(command, service.cwd)] if command and service else []
        jobs += [(p.setup, p.cwd) for p in self._project.process.values() if p.setup]
        for text, cwd in jobs:
            yield f"setting up: {text}"
            ready = filled(text, {"python": sys.executable})
            set_up_once(self.keeper, self._project.root, self._root / cwd, ready)

    # -- server and template ------------------------------------------------------------------

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
        values = {**self._database_values(database), "database_port": str(port)}
        values["database_url"] = replace(self.server.address, port=port).url(database)
        env = {
            **os.environ,
            **self._migration_environment(values),
            **{variable: values[f"database_{key}"] for variable, key in _LIBPQ.items()},
        }
        return run_command(self.keeper, filled(text, values), self._root, timeout, env)

    def _build(self, template: Template) -> None:
        values = self._database_values(template.name)
        template.build(self._root, self._migration_environment(values), values)

    def _start_server_and_template(self, name: str = TEMPLATE) -> Iterator[str]:
        wanted: set[str] = set()
        while True:
            chosen, shims = choose(self._project.database, wanted)
            yield f"starting PostgreSQL {chosen.version} ({chosen.label})"
            self.server = Server(self.keeper, chosen, self.keeper.scratch / f"pg{len(wanted)}")
            self.server.start()
            self.keeper.allow_port(self.server.address.port)
            self.server.add_shims(shims)
            self.template = Template(self.server, self.keeper, self._project, name)
            yield "building the template database"
            try:
                self._build(self.template)
            except Wanting as lack:
                if set(lack.features) <= wanted:
                    raise
                wanted |= set(lack.features)
                self.server.stop()
                continue
            except SchemaFailed as error:
                if shims and "does not exist" in error.seen:
                    raise not_enough(shims, error) from error
                raise
            break
        self._note_choice(chosen, shims, wanted)

    def _note_choice(self, chosen: Binaries, shims: tuple[str, ...], wanted: set[str]) -> None:
        if chosen.label != self._project.database.server:
            self.notes.append(
                f"the embedded server lacks {', '.join(sorted(wanted))}; "
                f"PostgreSQL {chosen.version} of this machine has it and was used"
            )
        if shims:
            named = ", ".join(shims)
            self.notes.append(f"stand-ins of plain SQL took the place of: {named}")

    def _migration_environment(self, values: Mapping[str, str]) -> dict[str, str]:
        service = self._project.service
        env = self._service_environment(service, values) if service else environment([], {})
        return {"DATABASE_URL": values["database_url"], **env}

    # -- world, processes and service ---------------------------------------------------------

    def _start_world(self) -> Iterator[str]:
        self.generation += 1
        self.database = f"twiceshy_world_{self.generation}"
        self.template.clone(self.database)
        with self.server.connect(self.database) as conn:
            self.catalogue: Catalogue = read_catalogue(conn)
        self.world = World(self.server, self.database, self.catalogue.by_name)
        for name, process in self._project.process.items():
            yield from self._start_process(name, process)
        if self._project.service:
            yield from self._start_service(self._project.service)
        if self.world.take_changes().obstacle:
            # Many a service makes its tables itself, when it starts.
            self.catalogue = self.world.learn()
        self.log.know(self.catalogue, self.world.roots)
        if self.generation == 1:
            given = given_rows(self._project, self.catalogue)
            self.planter = Planter(self.world.connection, self.catalogue, given)
        else:
            self.planter.moved_to(self.world.connection)

    def _start_process(self, name: str, process: Process) -> Iterator[str]:
        yield f"starting {name}"
        port = self._ports.setdefault(f"{name}.port", free_port())
        self.keeper.allow_port(port)
        values = {**self._values(), "port": str(port), "socket": str(self._socket(name))}
        env = {key: fill(text, values) for key, text in process.env.items()}
        child = self.keeper.start(
            name,
            filled(process.command, values),
            env=environment(process.pass_env, env),
            cwd=self._root / process.cwd,
            output=self.output_of(name),
            # Asked politely, a cache would write what it holds into the user's folder, and read it
            # again after the restart that is to make it forget.
            stop_signal=signal.SIGKILL,
            fenced=True,
        )
        self._stack.append(child)
        if process.ready:
            asked = "" if process.ready == "tcp" else process.ready
            wait_ready(child, lambda: self._probe(port, asked), within=process.ready_within)

    def _start_service(self, service: Service) -> Iterator[str]:
        yield "starting the service"
        self.port = self.port or free_port()
        try:
            self._start_service_there(service)
        except ServiceFailed:
            # Not every service sets SO_REUSEADDR: then nobody can listen where it did for a minute.
            if (
                getattr(self, "service", None) is None
                or self.service.alive
                or can_listen(self.port)
            ):
                raise
            self.port = free_port()
            self._start_service_there(service)

    def _start_service_there(self, service: Service) -> None:
        self.keeper.allow_port(self.port)
        version = self._project.versions.get(self.version)
        values = self._values()
        command = (version.command if version else None) or service.command
        self.service = self.keeper.start(
            "service",
            filled(command, values),
            env=self._service_environment(service, values),
            cwd=self._root / ((version.cwd if version else None) or service.cwd),
            output=self.output_of("service"),
            fenced=True,
        )
        problem = self.keeper.fence_problem
        if problem:
            note = f"outbound connections were not fenced: {problem}"
            self.notes += [note] if note not in self.notes else []
        wait_ready(
            self.service,
            lambda: self._probe(self.port, service.ready),
            within=service.ready_within,
        )

    def _service_environment(self, service: Service, values: Mapping[str, str]) -> dict[str, str]:
        version = self._project.versions.get(self.version)
        own = {**service.env, **(version.env if version else {})}
        env = {key: fill(text, values) for key, text in own.items()}
        return environment(service.pass_env, env)

    def _values(self) -> dict[str, str]:
        sockets = {f"{name}.socket": str(self._socket(name)) for name in self._project.process}
        ports = {name: str(port) for name, port in self._ports.items()}
        return {**self._database_values(self.database), **sockets, **ports}

    def _database_values(self, database: str) -> dict[str, str]:
        address = self.server.address
        return {
            "python": sys.executable,
            "scratch": str(self.keeper.scratch),
            "port": str(self.port),
            "socket": str(self._socket("service")),
            "database_url": address.url(database),
            "database_host": "127.0.0.1",
            "database_port": str(address.port),
            "database_name": database,
            "database_user": address.role,
            "database_password": address.password,
        }

    def _socket(self, name: str) -> Path:
        return self.keeper.scratch / f"{name}.sock"

    def output_of(self, name: str) -> Path:
        """The file that holds what a process printed."""
        return self.keeper.scratch / f"{name}.out"

    # -- while a rehearsal runs ---------------------------------------------------------------

    def restart_service(self) -> Iterator[str]:
        """Stop service and processes (their caches go with them) and start them again."""
        self._stop_processes()
        self.world.end_sessions()
        for name, process in self._project.process.items():
            yield from self._start_process(name, process)
        if self._project.service:
            yield from self._start_service(self._project.service)

    def renew(self) -> Iterator[str]:
        """A fresh clone of the template, with every process started anew on it."""
        yield "fresh clone of the database, service restarted"
        self._stop_processes()
        self.world.close()
        self.template.drop(self.database)
        yield from self._start_world()

    def _stop_processes(self) -> None:
        children = [child for child in (getattr(self, "service", None), *self._stack) if child]
        for child in children:
            child.stop(grace=_STOP_GRACE)
        self._stack.clear()

    def run_command(self, text: str, cwd: str, timeout: float) -> CommandResult:
        """Run a guard's command beside the stage; it sees the caller's environment, as tests do."""
        values = {**self._values(), "service_url": f"http://127.0.0.1:{self.port}"}
        env = {**os.environ, "DATABASE_URL": values["database_url"]}
        return run_command(self.keeper, filled(text, values), self._root / cwd, timeout, env)

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
        service = getattr(self, "service", None)
        if service is None or (service.wait(patience) is None and service.alive):
            return
        raise StageLost(
            f"The service ended by itself (exit status {service.exit_code})",
            where=asked,
            seen=service.tail(15),
            todo="start it by hand with the same request",
        )


def run_command(
    keeper: Keeper, command: str, cwd: Path, timeout: float, env: dict[str, str]
) -> CommandResult:
    """Run a command of a guard to its end, or stop it after `timeout` seconds."""
    output = keeper.scratch / "command.out"
    child = keeper.start("command", command, env=env, cwd=cwd, output=output)
    code = child.wait(timeout)
    child.stop(grace=1.0)
    return CommandResult(code, child.tail(lines=2000))
