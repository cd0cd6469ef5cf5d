"""What the doctor can tell without starting anything: programs, files, servers, extensions."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.config.auth_file import read_auth_file
from twiceshy.config.placeholders import fill
from twiceshy.errors import TwiceshyError
from twiceshy.stage import binaries as servers
from twiceshy.stage.crew import processes_for
from twiceshy.stage.processes import step_down_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.stage.binaries import Binaries

_OLDEST_PYTHON = (3, 11)
_EXTENSION = re.compile(
    r"^\s*CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"']?([\w-]+)",
    re.IGNORECASE | re.MULTILINE,
)
_SHELL = re.compile(r"[|&;<>$`*\n]")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `ok` is None for what is open: not tried, or not known."""

    says: str
    ok: bool | None
    seen: str = ""
    todo: str = ""


def failed(says: str, problem: TwiceshyError) -> Check:
    """A check that ended with an error of ours, in its words."""
    parts = [problem.happened, problem.where, problem.seen]
    seen = "\n".join(part for part in parts if part)
    return Check(says, ok=False, seen=seen, todo=problem.todo)


def premises(project: Project) -> Iterator[Check]:
    """Everything that can be told by looking, the most general first."""
    yield _system()
    yield from _servers(project)
    yield from _user()
    yield from _files(project)
    yield from _extensions(project)
    yield from _programs(project)
    yield from _settings(project)
    yield from _versions(project)


def _system() -> Check:
    says = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    todo = "use Python 3.11 or newer"
    return Check(says, sys.version_info >= _OLDEST_PYTHON, "", todo)


def _servers(project: Project) -> Iterator[Check]:
    """The server that is asked for, and others that could take its place."""
    asked = project.database.server
    try:
        own = servers.embedded()
        yield Check(f"PostgreSQL {own.version} comes with twiceshy", ok=True)
    except TwiceshyError as problem:
        check = failed("a PostgreSQL that comes with twiceshy", problem)
        yield check if asked == "embedded" else Check(check.says, None, check.seen, check.todo)
    try:
        found = servers.system(project.database.bin)
    except TwiceshyError as problem:
        yield failed("PostgreSQL servers of this machine", problem)
        return
    for server in found:
        yield Check(f"PostgreSQL {server.version} of this machine, in {server.bin}", ok=True)
    if not found and asked == "system":
        yield Check(
            "a PostgreSQL server of this machine",
            ok=False,
            seen='server = "system", and none from 14 to 18 was found',
            todo='install one, name its folder with `bin`, or use server = "embedded"',
        )


def _user() -> Iterator[Check]:
    user = step_down_user()
    if user:
        yield Check(f"you are root: the database runs as {user.name} instead", ok=True)


def _files(project: Project) -> Iterator[Check]:
    """Files and folders that the configuration names."""
    database, service = project.database, project.service
    named = [("database.schema", name, False) for name in database.schema_files]
    named += [("database.seed", name, False) for name in database.seed]
    if service:
        named.append(("service.cwd", service.cwd, True))
        if service.openapi and not service.openapi.startswith("/"):
            named.append(("service.openapi", service.openapi, False))
    named += [(f"process.{name}.cwd", one.cwd, True) for name, one in project.process.items()]
    for key, name, is_folder in named:
        path = project.root / name
        if not (path.is_dir() if is_folder else path.is_file()):
            kind = "folder" if is_folder else "file"
            seen = f"{project.location(key)} names it; seen from {project.root}"
            yield Check(f"the {kind} {name}", ok=False, seen=seen, todo=f"correct {key}")
        elif not is_folder:
            yield Check(f"the file {name} is there", ok=True)
    if service and service.auth:
        try:
            actors = read_auth_file(project.root / service.auth)
            yield Check(f"{service.auth} tells how {', '.join(actors)} log in", ok=True)
        except TwiceshyError as problem:
            yield failed(f"the auth file {service.auth}", problem)


def _extensions(project: Project) -> Iterator[Check]:
    """Which server here has each extension that files of SQL create."""
    wanted: dict[str, str] = {}
    for name in (*project.database.schema_files, *project.database.seed):
        path = project.root / name
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        for found in _EXTENSION.finditer(text):
            wanted.setdefault(found[1].lower(), name)
    if not wanted:
        return
    here = list(_all_servers(project))
    for extension, file in wanted.items():
        have = [
            f"PostgreSQL {one.version} ({one.label})" for one in here if not one.lacks([extension])
        ]
        stand_in = [one for one in here if one.shims([extension])]
        if have:
            yield Check(f"the extension {extension} ({file}) is in {have[0]}", ok=True)
        elif stand_in:
            yield Check(f"the extension {extension} ({file}) gets a stand-in of plain SQL", ok=True)
        else:
            yield Check(
                f"the extension {extension} ({file})",
                ok=False,
                seen="no server here has it: "
                + (", ".join(f"{one.version} in {one.bin}" for one in here) or "none was found"),
                todo="install a PostgreSQL with it (on Debian: postgresql-contrib, or a package "
                "with its name)",
            )


def _all_servers(project: Project) -> Iterator[Binaries]:
    for look in (lambda: [servers.embedded()], lambda: servers.system(project.database.bin)):
        try:
            yield from look()
        except TwiceshyError:
            continue


def _programs(project: Project) -> Iterator[Check]:
    """Whether the programs of all commands exist."""
    commands: list[tuple[str, str | Sequence[str] | None, str]] = []
    commands.append(("database.migrate", project.database.migrate, "."))
    if project.service:
        commands.append(("service.command", project.service.command, project.service.cwd))
    for name, process in processes_for(project).items():
        commands.append((f"process.{name}.command", process.command, process.cwd))
    for key, command, cwd in commands:
        if command:
            yield from _program(key, command, project.root / cwd)


def _program(key: str, command: str | Sequence[str], cwd: Path) -> Iterator[Check]:
    """What is missing for one command; nothing where that cannot be told or all is there."""
    if isinstance(command, str):
        if _SHELL.search(command):
            return
        try:
            words = shlex.split(fill(command, {"python": shlex.quote(sys.executable)}))
        except ValueError:
            return
    else:
        words = [fill(word, {"python": sys.executable}) for word in command]
    program = words[0] if words else ""
    if "=" in program:
        return  # a variable in front of a command: a shell will run it
    found = (cwd / program).exists() if "/" in program else shutil.which(program) is not None
    if not found:
        where = f"in {cwd}" if "/" in program else "on the PATH"
        yield Check(
            f"the program {program}",
            ok=False,
            seen=f"{key} starts it, and it is not {where}",
            todo=f"install it, or correct {key}",
        )
    elif program == sys.executable and words[1:2] == ["-m"] and len(words) > 2:
        yield from _module(key, words[2], cwd)


def _module(key: str, name: str, cwd: Path) -> Iterator[Check]:
    """Whether our interpreter has a module, or the folder of the service."""
    top = name.partition(".")[0]
    if (cwd / top).exists() or (cwd / f"{top}.py").exists():
        return
    try:
        there = importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        there = False
    if not there:
        yield Check(
            f"the Python module {top}",
            ok=False,
            seen=f"{key} runs it by {sys.executable}, which does not have it",
            todo="install twiceshy where the service is installed, or write that interpreter in "
            "place of {python}, such as .venv/bin/python",
        )


def _settings(project: Project) -> Iterator[Check]:
    """Things without which a service or a guard has little to do."""
    service = project.service
    if service is None:
        yield Check(
            "a service",
            ok=False,
            seen=f"{project.file.name} has no table [service]",
            todo="say how it is started: command under [service]",
        )
    else:
        texts = [*service.env.values(), str(service.command)]
        if not any("{database" in text or "{socket}" in text for text in texts):
            yield Check(
                "the service learns where its database is",
                None,
                "neither env nor command of [service] holds {database_url} or the like",
                'write it under env, such as DATABASE_URL = "{database_url}"',
            )
    if not project.database.schema_files and not project.database.migrate:
        yield Check(
            "a schema",
            ok=False,
            seen="[database] names neither files nor a migration",
            todo="write schema = [...] with files of SQL, or migrate = a command",
        )


def _versions(project: Project) -> Iterator[Check]:
    """Whether the commits that versions name exist."""
    for name, version in project.versions.items():
        if version.git is None:
            continue
        asked = ["git", "-C", str(project.root), "rev-parse", "--verify", "--quiet"]
        try:
            known = subprocess.run(
                [*asked, f"{version.git}^{{commit}}"],
                capture_output=True,
                check=False,
                timeout=20,
                env={"PATH": os.environ.get("PATH", os.defpath)},
            )
        except (OSError, subprocess.SubprocessError) as error:
            yield Check(f"version {name}", None, str(error), "install git")
            continue
        says = f"version {name} is the commit {version.git}"
        todo = f"correct versions.{name}.git; in a shallow clone, fetch it first"
        yield Check(
            says,
            known.returncode == 0,
            "" if known.returncode == 0 else "git does not know it",
            todo,
        )
