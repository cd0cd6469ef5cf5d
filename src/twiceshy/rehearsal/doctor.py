"""Tries everything that a run needs, one thing after the other, and says what is missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell, TwiceshyError
from twiceshy.model.scenario import STORAGE, Scenario, State
from twiceshy.rehearsal.back_end import BackEnd
from twiceshy.rehearsal.description_text import parse_document
from twiceshy.rehearsal.openapi import describe
from twiceshy.rehearsal.premises import Check, failed, premises
from twiceshy.rehearsal.scene import Scene
from twiceshy.stage.crew import missing_program

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from twiceshy.config.project import Project

__all__ = ["Check", "examine"]

_ACTORS_WANTED = 2
_MOST_NOTES = 5
# What services print when something is missing, and what helps.
_HINTS = (
    (
        re.compile(r"ModuleNotFoundError: No module named '?([\w.]+)"),
        (
            "install {0} for the interpreter of the service; {{python}} is the one that runs "
            "twiceshy, so write .venv/bin/python or the like where the service has its own"
        ),
    ),
    (
        re.compile(r"(?:^|\n)KeyError: '([A-Z][A-Z0-9_]+)'"),
        "the service wants the variable {0}: add it under env of [service]",
    ),
    (
        re.compile(r"Cannot find module '([^']+)'"),
        '{0} is not installed or not built: write setup = "npm ci" under [service]',
    ),
    (
        re.compile(r"(?:port 5432|:5432|localhost:3306)"),
        (
            "the service seems to look for its usual database: let env of [service] name ours, by "
            'the variable that it reads, such as DATABASE_URL = "{{database_url}}"'
        ),
    ),
    (
        re.compile(r"[Aa]ddress already in use|EADDRINUSE"),
        "the service listens on a port of its own choice: write {{port}} into its command or env",
    ),
    (
        re.compile(r"relation \"([^\"]+)\" does not exist"),
        "there is no table {0}: is the schema complete?",
    ),
)


def examine(project: Project) -> Iterator[Check]:
    """Look at everything, then bring the stage up, log every actor in and find its row.

    Each check comes as soon as it is known. What cannot be tried because something before it
    failed is told as open. Close the iterator to stop early.
    """
    yield from premises(project)
    scene: Scene | None = None
    try:
        scene = Scene(project)
        up = yield from _rise(scene)
        if not up:
            untried = ["the service starts"] if project.service else []
            untried += [f"{name} logs in and has a row" for name in scene.actors]
            for says in untried:
                yield Check(says, None, "not tried, for the stage is not up")
            return
        yield from _tables(scene)
        yield from _fence(scene)
        yield from _actors(scene)
        yield from _description(scene)
        yield from _storages(scene)
        for note in scene.stage.notes:
            yield Check(note, None)
    except TwiceshyError as problem:
        yield failed("the stage", problem)
    finally:
        if scene is not None:
            scene.close()


def _rise(scene: Scene) -> Generator[Check, None, bool]:
    """Bring the stage up; each step is a check. Returns whether it is up."""
    step = "the stage begins"
    steps = scene.stage.rise()
    while True:
        try:
            says = next(steps)
        except StopIteration:
            yield Check(step, ok=True)
            return True
        except TwiceshyError as problem:
            yield _with_hint(failed(step, problem))
            return False
        if step != "the stage begins":
            yield Check(step, ok=True)
        step = says


def _with_hint(check: Check) -> Check:
    """The check with the remedy for what a service printed, where it is a known one."""
    for pattern, hint in _HINTS:
        found = pattern.search(check.seen)
        if found:
            todo = hint.format(*found.groups())
            return Check(check.says, check.ok, check.seen, f"{todo}. {check.todo}".rstrip(". "))
    return check


def _tables(scene: Scene) -> Iterator[Check]:
    count = len(scene.stage.catalogue.tables)
    database = scene.project.database
    if count:
        yield Check(f"the schema has {_counted(count, 'table')}", ok=True)
    elif database.schema_files or database.migrate:
        yield Check(
            "the schema has tables",
            ok=False,
            seen="the database is empty after schema, migrations and seed have run",
            todo="does the migration connect to {database_url}? DATABASE_URL holds it",
        )


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _fence(scene: Scene) -> Iterator[Check]:
    problem = scene.stage.keeper.fence_problem
    says = "outbound connections of the service are refused and reported"
    if problem:
        yield Check(says, None, problem, "see that the service reaches nothing real by itself")
    else:
        yield Check(says, ok=True)


def _actors(scene: Scene) -> Iterator[Check]:
    """Each actor logs in and has a row; at least two are wanted."""
    for name, actor in scene.actors.items():
        if scene.project.service:
            yield _login(scene, name)
        if actor.row:
            yield _row(scene, name)
        else:
            yield Check(
                f"the row that {name} is",
                ok=False,
                seen=f"actors.{name} has no key row",
                todo=f'write row = "users.id = 1", or the like, under [actors.{name}]',
            )
    if len(scene.actors) < _ACTORS_WANTED:
        yield Check(
            "two actors",
            ok=False,
            seen=f"there are {', '.join(scene.actors)}" if scene.actors else "there is none",
            todo="name two users of the seed, each under [actors.NAME], to tell their rows apart",
        )


def _login(scene: Scene, name: str) -> Check:
    actor = scene.actors[name]
    if actor.login is None and not actor.headers:
        return Check(
            f"how {name} logs in",
            None,
            "neither login nor headers is given, so requests carry no credentials",
            f"write login or headers under [actors.{name}]",
        )
    try:
        scene.client.log_in(name)
    except CannotTell as problem:
        check = failed(f"{name} logs in", problem)
        printed = scene.stage.service.tail(8) if "status 5" in problem.seen else ""
        seen = f"{check.seen}\nthe service printed:\n{printed}" if printed else check.seen
        return _with_hint(Check(check.says, check.ok, seen, check.todo))
    how = ", ".join(header for header, _ in scene.client.credentials[name].headers)
    return Check(
        f"{name} logs in and gets {how}" if actor.login else f"{name} sends {how}", ok=True
    )


def _row(scene: Scene, name: str) -> Check:
    try:
        rows = scene.rows_of(name)
    except TwiceshyError as problem:
        return failed(f"the row of {name}", problem)
    return Check(f"{name} is a row of {', '.join(str(table) for table, _ in rows)}", ok=True)


def _description(scene: Scene) -> Iterator[Check]:
    """Whether the OpenAPI description can be used, and what of it cannot."""
    service = scene.project.service
    if service is None or not service.openapi:
        return
    name = service.openapi
    try:
        if name.startswith("/"):
            text = scene.fetch_text(name)
        else:
            text = (scene.project.root / name).read_text(encoding="utf-8", errors="replace")
        described = describe(parse_document(text, Path(name)))
    except TwiceshyError as problem:
        yield failed(f"the OpenAPI description {name}", problem)
        return
    except OSError:
        return  # that the file is missing was said before
    count = len(described.operations)
    yield Check(
        f"{name} describes {_counted(count, 'operation')}",
        ok=count > 0,
        seen="\n".join(described.notes[:_MOST_NOTES]),
        todo="correct what the notes say, or name requests in guards themselves",
    )
    for note in described.notes[:_MOST_NOTES] if count else ():
        yield Check(f"left out of {name}: {note}", None)


def _storages(scene: Scene) -> Iterator[Check]:
    """Whether the service comes up on each other storage back end, from nothing."""
    for name, storage in scene.project.storage.items():
        says = f"the service on storage {name}, from its migrations on"
        program = missing_program(storage)
        if program:
            seen = f"there is no program {program} on this machine"
            yield Check(says, None, seen, "install it, or guards go without this back end")
            continue
        back_end = BackEnd(scene.project, "", name, scene)
        try:
            nothing = State("nothing", "nothing was asked")
            for _ in back_end.play(Scenario("doctor", "probe", nothing, (), on=STORAGE + name)):
                pass
        finally:
            back_end.close()
        problem = back_end.run.problem or ""
        todo = f"see to the commands under [storage.{name}]" if problem else ""
        yield Check(says, ok=not problem, seen=problem, todo=todo)
