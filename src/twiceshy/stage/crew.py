"""The service and the processes beside it: set up, started, stopped, looked after."""

from __future__ import annotations

import shutil
import signal
import sys
from typing import TYPE_CHECKING, Protocol

from twiceshy.config.placeholders import fill
from twiceshy.config.project import Storage, Version
from twiceshy.errors import ServiceFailed, StageLost
from twiceshy.stage.checkout import is_set_up, set_up_once
from twiceshy.stage.commands import filled
from twiceshy.stage.ports import can_listen, free_port
from twiceshy.stage.processes import environment, wait_ready

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from twiceshy.config.project import Process, Project, Service
    from twiceshy.stage.processes import Child, Keeper

_STOP_GRACE = 3.0


class Probe(Protocol):
    """Asks a loopback port for `request`, which is `GET /path` or "" for the port alone."""

    def __call__(self, port: int, request: str) -> str:
        """What speaks against it that somebody is ready there; "" once it answers."""


class Crew:
    """What runs on one stage: the service of a version, on a storage back end where one is named.

    `root` is the folder that holds that version of the project. `port` is the service's, 0 before
    it was first started. `notes` are what people must know of it with every verdict.
    """

    service: Child | None = None

    def __init__(
        self,
        keeper: Keeper,
        project: Project,
        version: str,
        root: Path,
        probe: Probe,
        *,
        storage: str = "",
    ) -> None:
        self._keeper = keeper
        self._project = project
        self._root = root
        self._probe = probe
        self._version = project.versions.get(version, Version())
        self._storage = project.storage.get(storage, Storage())
        self._processes = processes_for(project, storage)
        self._children: list[Child] = []
        self._ports: dict[str, int] = {}
        self.port = 0
        self.notes: list[str] = []

    def set_up(self) -> Iterator[str]:
        """Run what is to be run once in this version's folder; ServiceFailed with its output."""
        service = self._project.service
        command = self._version.setup or (service.setup if service else None)
        jobs = [(command, service.cwd)] if command and service else []
        jobs += [(p.setup, p.cwd) for p in self._processes.values() if p.setup]
        jobs += [(self._storage.setup, ".")] if self._storage.setup else []
        for text, cwd in jobs:
            place = (self._project.root, self._root / cwd, filled(text, {"python": sys.executable}))
            if not is_set_up(*place):
                yield f"setting up: {text}"
                set_up_once(self._keeper, *place)

    def migrate(self, values: Mapping[str, str], timeout: float) -> tuple[int, str]:
        """Run the back end's migrations: how they ended, and what they printed."""
        if not self._storage.migrate:
            return 0, ""
        command = filled(self._storage.migrate, self.filling(values))
        env = self.environment(values)
        return self._keeper.run("migrations", command, env=env, cwd=self._root, timeout=timeout)

    def start_processes(self, values: Mapping[str, str]) -> Iterator[str]:
        """Start what the service needs beside it, telling each; ServiceFailed if it does not."""
        for name, process in self._processes.items():
            yield from self._start_process(name, process, values)

    def _start_process(
        self, name: str, process: Process, values: Mapping[str, str]
    ) -> Iterator[str]:
        yield f"starting {name}"
        port = self._ports.setdefault(f"{name}.port", free_port())
        self._keeper.allow_port(port)
        own = {"port": str(port), "socket": str(self._socket(name))}
        filling = {**self.filling(values), **own}
        env = {key: fill(text, filling) for key, text in process.env.items()}
        child = self._keeper.start(
            name,
            filled(process.command, filling),
            env=environment(process.pass_env, env),
            cwd=self._root / process.cwd,
            output=self.output_of(name),
            # Asked politely, a cache would write what it holds into the user's folder, and read it
            # again after the restart that is to make it forget.
            stop_signal=signal.SIGKILL,
            fenced=True,
        )
        self._children.append(child)
        if process.ready:
            asked = "" if process.ready == "tcp" else process.ready
            wait_ready(child, lambda: self._probe(port, asked), within=process.ready_within)

    def start_service(self, values: Mapping[str, str]) -> Iterator[str]:
        """Start the service, where the project has one; ServiceFailed if it does not."""
        service = self._project.service
        if service is None:
            return
        yield "starting the service"
        self.port = self.port or free_port()
        try:
            self._start_service_there(service, values)
        except ServiceFailed:
            # Not every service sets SO_REUSEADDR: then nobody can listen where it did for a minute.
            if self.service is None or self.service.alive or can_listen(self.port):
                raise
            self.port = free_port()
            self._start_service_there(service, values)

    def _start_service_there(self, service: Service, values: Mapping[str, str]) -> None:
        self._keeper.allow_port(self.port)
        self.service = self._keeper.start(
            "service",
            filled(self._service_command(), self.filling(values)),
            env=self.environment(values),
            cwd=self._root / (self._version.cwd or service.cwd),
            output=self.output_of("service"),
            fenced=True,
        )
        problem = self._keeper.fence_problem
        if problem:
            note = f"outbound connections were not fenced: {problem}"
            self.notes += [note] if note not in self.notes else []
        port = self.port
        wait_ready(
            self.service, lambda: self._probe(port, service.ready), within=service.ready_within
        )

    def environment(self, values: Mapping[str, str]) -> dict[str, str]:
        """The service's environment; that of the database's migrations, where there is none."""
        service = self._project.service
        filling = self.filling(values)
        own = {key: fill(text, filling) for key, text in self.variables.items()}
        return environment(service.pass_env if service else [], own)

    def texts(self) -> list[str]:
        """Everything with placeholders that is filled when all of it is started."""
        started = [self._service_command(), *(p.command for p in self._processes.values())]
        words = [[command] if isinstance(command, str) else command for command in started]
        variables = [self.variables, *(p.env for p in self._processes.values())]
        return [
            self._storage.migrate or "",
            *(word for command in words for word in command),
            *(text for own in variables for text in own.values()),
        ]

    def _service_command(self) -> str | list[str]:
        service = self._project.service
        usual = service.command if service else ""
        return self._storage.command or self._version.command or usual

    @property
    def variables(self) -> dict[str, str]:
        """The service's own variables as they are written, with their placeholders."""
        service = self._project.service
        if service is None:
            return {}
        return {**service.env, **self._version.env, **self._storage.env}

    def filling(self, values: Mapping[str, str]) -> dict[str, str]:
        """Every placeholder: `values` of the stage, and where service and processes listen."""
        sockets = {f"{name}.socket": str(self._socket(name)) for name in self._processes}
        ports = {name: str(port) for name, port in self._ports.items()}
        own = {"port": str(self.port), "socket": str(self._socket("service"))}
        return {
            "python": sys.executable,
            "scratch": str(self._keeper.scratch),
            **own,
            **values,
            **sockets,
            **ports,
        }

    def _socket(self, name: str) -> Path:
        return self._keeper.scratch / f"{name}.sock"

    def output_of(self, name: str) -> Path:
        """The file that holds what a process printed."""
        return self._keeper.scratch / f"{name}.out"

    def child(self, name: str) -> Child | None:
        """The service, or the process of that name; None where nothing of it was started."""
        if name == "service":
            return self.service
        return next((child for child in self._children if child.name == name), None)

    def start_again(self, name: str, values: Mapping[str, str]) -> Iterator[str]:
        """Start the service, or the process of that name, in the place of one that was ended."""
        if name == "service":
            yield from self.start_service(values)
            return
        self._children = [child for child in self._children if child.name != name]
        yield from self._start_process(name, self._processes[name], values)

    def stop(self) -> None:
        """Stop the service, then all that it needed."""
        for child in [*([self.service] if self.service else []), *self._children]:
            child.stop(grace=_STOP_GRACE)
        self._children.clear()

    def check(self, asked: str = "", patience: float = 0.0) -> None:
        """Raise StageLost when the service has died, over what was `asked`.

        `patience` is in seconds: a connection breaks a moment before it is known that the process
        behind it has ended.
        """
        service = self.service
        if service is None or (service.wait(patience) is None and service.alive):
            return
        raise StageLost(
            f"The service ended by itself (exit status {service.exit_code})",
            where=asked,
            seen=service.tail(15),
            todo="start it by hand with the same request",
        )


def missing_program(storage: Storage) -> str:
    """The first program that a back end requires and that is not on the PATH; "" if none."""
    return next((name for name in storage.requires if shutil.which(name) is None), "")


def processes_for(project: Project, storage: str = "") -> dict[str, Process]:
    """The processes to start: those of that back end, and those that belong to none."""
    others = {
        name
        for key, back_end in project.storage.items()
        if key != storage
        for name in back_end.processes
    } - set(project.storage[storage].processes if storage else ())
    return {name: process for name, process in project.process.items() if name not in others}
