"""Looks at a folder and puts together what it says about a rehearsal of its service."""

from __future__ import annotations

import posixpath
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.config.discovery.apps import find_apps
from twiceshy.config.discovery.commands import adapt, by_python
from twiceshy.config.discovery.compose import STORES, Compose, health_path, read_compose
from twiceshy.config.discovery.database import extensions, find_schema
from twiceshy.config.discovery.environment import (
    examples,
    kinds,
    plain,
    reads,
    required,
    tells_database,
    values,
)
from twiceshy.config.discovery.facts import (
    Candidate,
    Discovery,
    FoundProcess,
    Missing,
    Place,
    SchemaWay,
)
from twiceshy.config.discovery.files import (
    Dockerfile,
    dockerfile,
    packages,
    procfile,
    python_dependencies,
)
from twiceshy.config.discovery.folder import Folder
from twiceshy.config.discovery.people import find_actors, find_login, find_people_table
from twiceshy.config.discovery.starts import (
    Start,
    cwd,
    dockerfile_of,
    find_starts,
    interpreter,
    plain_port,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from twiceshy.config.discovery.apps import App

_HEALTH = r"(?:api/)?(?:healthz?|health[-_]?check|_health|readyz?|livez?|ping|up)"
_ROUTE = re.compile(
    rf"""(?:\b(?P<on>\w+)\.\w+\(\s*)?["'`](?P<path>/{_HEALTH}/?)["'`]
      |\b(?:re_)?path\(\s*r?["']\^?(?P<django>{_HEALTH}/?)\$?["']""",
    re.VERBOSE,
)
# A router may be mounted anywhere.
_ROUTER = re.compile(r"router|routes|blueprint|^bp$|group", re.IGNORECASE)
_OPENAPI = re.compile(r"""^\s*\{?\s*["']?openapi["']?\s*:\s*["']?3""", re.MULTILINE)
_AUTH = re.compile(r"^\s*(?:fixedHeaders|loginEndpointAuth)\s*:", re.MULTILINE)
_MIGRATES = re.compile(r"migrat|upgrade head|db:(?:schema|create|setup|prepare)|db push")
_IMAGE_ONLY = re.compile(
    r"^(?:PATH|HOME|LANG|LC_\w+|PWD|SHELL|USER|DEBIAN_FRONTEND|\w*_VERSION|(?:PIP|POETRY|UV|PYTHON|NPM|YARN|BUNDLE|GEM)_?\w*)$"
)
_NOT_PROCESSES = frozenset({"web", "release", "console", "rake", "migrate"})
_NO_POSTGRES = ("mysql", "mariadb", "mongo", "mssql", "oracle", "cassandra", "cockroach")


def discover(root: Path) -> Discovery:
    """What a look at the folder says. Reads files, executes nothing, imports nothing of it.

    Whatever the folder holds, nothing is raised: oddities are in the notes.
    """
    folder = Folder(root)
    dependencies = python_dependencies(folder)
    python, python_note = interpreter(root)
    apps = find_apps(folder, dependencies, python)
    compose = read_compose(folder)
    main = compose.own[0] if compose.own else None
    image = dockerfile(folder, dockerfile_of(compose))
    starts = list(find_starts(folder, compose, image, apps, python))
    start = starts[0] if starts else None
    init_files = [
        file for store in compose.stores if store.kind == "postgres" for file in store.init_files
    ]
    schema = find_schema(folder, apps, init_files, python)
    ways = schema.ways or tuple(_ways_before(folder, starts, python))
    read = reads(folder)
    processes = tuple(_processes(folder, compose, dependencies, read, python))
    env = _environment(folder, (compose, image), read, apps[:1], start, processes)
    app = apps[0] if apps else None
    found = Discovery(
        folder=root,
        framework=Candidate(app.framework, app.place) if app else None,
        commands=tuple(one.command for one in starts),
        cwd=cwd(start, main.place if main else None),
        setup=tuple(_setup(folder, start, app, python)),
        ready=_ready(folder, compose, image),
        openapi=_openapi(folder, app),
        auth=_auth(folder),
        env=tuple(env.items()),
        schema=ways,
        seed=schema.seed,
        processes=processes,
        actors=find_actors(folder, [one.value for one in schema.seed] + _files_of(ways)),
        login=find_login(folder, f"{start.folder}/" if start and start.folder else ""),
    )
    found = replace(found, people=find_people_table(folder, app.framework if app else ""))
    _note_servers(folder, compose, ways)
    _note_sqlite(folder)
    notes = (*([python_note] if python_note else []), *folder.notes)
    return replace(found, missing=tuple(_missing(found, app)), notes=notes)


def _ways_before(folder: Folder, starts: Sequence[Start], python: str) -> Iterator[SchemaWay]:
    """Migrations that are run before the service: in its own command line, or as a release step."""
    release = procfile(folder).get("release")
    lines = [(release, release.value)] if release else []
    lines += [(start.command, text) for start in starts for text in start.before]
    for given, text in lines:
        if _MIGRATES.search(text):
            command = Candidate(
                by_python(text, python), given.place, "likely", "run before the service"
            )
            yield SchemaWay(command=command)


def _processes(
    folder: Folder,
    compose: Compose,
    dependencies: Mapping[str, Place],
    read: Mapping[str, Place],
    python: str,
) -> Iterator[FoundProcess]:
    """Stores that we know how to start, then workers."""
    taken: set[str] = set()
    for store in compose.stores:
        if store.kind in STORES and store.kind not in taken:
            taken.add(store.kind)
            yield _store(folder, store.kind, store.place, f"image {store.image}")
    if "redis" not in taken:
        place = next((at for name, at in read.items() if "REDIS" in name), None)
        needs = dependencies.get("redis") or next(
            (
                one.dependencies[name]
                for one in packages(folder)
                for name in ("redis", "ioredis")
                if name in one.dependencies
            ),
            None,
        )
        if place and needs:
            yield _store(folder, "redis", place, "the code reads where it is")
    workers = [(one.name, one.command) for one in compose.own[1:] if one.command]
    workers += [
        (name, found) for name, found in procfile(folder).items() if name not in _NOT_PROCESSES
    ]
    for name, found in workers:
        key = re.sub(r"\W", "_", name)
        if key not in taken:
            taken.add(key)
            line = adapt(plain_port(found.value), python).command
            yield FoundProcess(key, replace(found, value=line, confidence="guess"))


def _store(folder: Folder, kind: str, place: Place, says: str) -> FoundProcess:
    line = STORES[kind]
    program = line.partition(" ")[0]
    if shutil.which(program) is None:
        folder.note(f"{program} is not installed here, and the service seems to need it ({place})")
    return FoundProcess(kind, Candidate(line, place, "likely", says), ready="tcp")


def _environment(
    folder: Folder,
    images: tuple[Compose, Dockerfile],
    read: Mapping[str, Place],
    apps: Sequence[App],
    start: Start | None,
    processes: Sequence[FoundProcess],
) -> dict[str, Candidate]:
    """The service's variables with values for a rehearsal."""
    given = _given(folder, *images, start)
    stores = {one.name: one.name for one in processes if one.name in STORES}
    env = dict(values(given, read, required(folder), stores)) | dict(kinds(folder, given, read))
    for app in apps:
        env = {**app.env, **env}
    secret = folder.names_in_secret_files()
    hidden = dict(values({name: Candidate("", place) for name, place in secret}, {}, (), stores))
    env = {**{name: found for name, found in hidden.items() if "{" in found.value}, **env}
    left = [name for name, _ in secret if name not in env]
    if left:
        folder.note(
            f"{secret[0][1].file} also sets {', '.join(left[:12])}; its values were not read"
        )
    if (
        start
        and "{port}" not in start.command.value
        and not any("{port}" in one.value for one in env.values())
    ):
        env["PORT"] = Candidate(
            "{port}", start.command.place, "guess", "TODO: does the service read it?"
        )
    if not tells_database(env):
        env["DATABASE_URL"] = Candidate(
            "{database_url}", None, "guess", "TODO: does the service read it?"
        )
    return env


def _given(
    folder: Folder, compose: Compose, image: Dockerfile, start: Start | None
) -> dict[str, Candidate]:
    """Variables with a value in some file. Paths inside of an image mean nothing here."""
    main = compose.own[0] if compose.own else None
    place = start.command.place if start else None
    before = {
        name: Candidate(value, place, "sure")
        for name, value in (start.env if start else {}).items()
    }
    everything = {**image.env, **examples(folder), **(main.env if main else {}), **before}
    dropped = [name for name, found in everything.items() if plain(found.value).startswith("/")]
    if dropped:
        folder.note(f"left out, for they are paths of another machine: {', '.join(dropped[:12])}")
    return {
        name: found
        for name, found in everything.items()
        if name not in dropped
        and not _IMAGE_ONLY.match(name)
        and re.fullmatch(r"[A-Za-z_]\w*", name)
    }


def _setup(
    folder: Folder, start: Start | None, app: App | None, python: str
) -> Iterator[Candidate]:
    """What makes the service ready to start. Nothing for Python: its environment is the user's."""
    line = start.command.value if start else ""
    for package in packages(folder)[:5]:
        if app is None or package.folder != app.folder or not re.match(r"(?:node|npm|npx) ", line):
            continue
        installed = (folder.root / package.folder / "node_modules").is_dir()
        inside = f"{package.folder}/" if package.folder else ""
        install = "npm ci" if f"{inside}package-lock.json" in folder else "npm install"
        steps = [] if installed else [install]
        built = re.search(
            r"(?:^|[ /])(dist|build)/", line + package.scripts.get("start", Candidate("")).value
        )
        if built and "build" in package.scripts:
            steps.append("npm run build")
        if steps:
            yield Candidate(" && ".join(steps), Place(package.file), "likely")
    for file in folder.named("requirements.txt")[:1]:
        if python in line:
            place = posixpath.relpath(file, start.folder or ".") if start else file
            text = f"{python} -m pip install -r {place}"
            yield Candidate(text, Place(file), "guess", "where its packages are not installed yet")


def _ready(folder: Folder, compose: Compose, image: Dockerfile) -> Candidate | None:
    main = compose.own[0] if compose.own else None
    if main and main.health:
        return replace(main.health, value=f"GET {main.health.value}")
    path = health_path(image.health)
    if path and image.command:
        return Candidate(f"GET {path}", image.command.place, "likely", "the image's health check")
    code = folder.code(".py", ".js", ".ts", ".mjs", ".rb", ".go", ".java", ".kt")
    guesses = []
    for place, found in folder.search(_ROUTE, code):
        if not found["on"] or not _ROUTER.search(found["on"]):
            return Candidate(f"GET {found['path'] or '/' + found['django']}", place, "likely")
        says = "with the prefix of its router"
        guesses.append(Candidate(f"GET {found['path']}", place, "guess", says))
    return guesses[0] if guesses else None


def _openapi(folder: Folder, app: App | None) -> Candidate | None:
    if app and app.openapi:
        return app.openapi
    for file in folder.matching(
        r"(?:.*/)?(?:[\w.-]*(?:openapi|swagger|api)[\w.-]*)\.(?:ya?ml|json)"
    ):
        if _OPENAPI.search(folder.text(file)[:4096]):
            return Candidate(file, Place(file), "likely")
    return None


def _auth(folder: Folder) -> Candidate | None:
    for file in folder.matching(r"(?:[^/]+/){0,2}(?:[\w.-]*auth[\w.-]*|wfc|em)\.ya?ml"):
        if _AUTH.search(folder.text(file)):
            return Candidate(file, Place(file), "sure", "Web Fuzzing Commons")
    return None


def _files_of(ways: Sequence[SchemaWay]) -> list[str]:
    return [one.value for way in ways[:1] for one in way.files]


def _note_servers(folder: Folder, compose: Compose, ways: Sequence[SchemaWay]) -> None:
    """What the user should know about other stores, versions and extensions."""
    for store in compose.stores:
        if store.kind == "postgres":
            folder.note(
                f"{store.place}: it runs {store.image} elsewhere; rehearsals use the PostgreSQL "
                'that comes with twiceshy, or with server = "system" one of this machine'
            )
    for other in compose.others:
        if other.image.rpartition("/")[2].startswith(_NO_POSTGRES):
            folder.note(
                f"{other.place}: {other.image} is no PostgreSQL, and only that is rehearsed on"
            )
        else:
            folder.note(
                f"{other.place}: if the service needs {other.name}, add [process.{other.name}]"
            )
    wanted = extensions(folder, _files_of(ways))
    if wanted:
        folder.note(f"the schema wants the extensions {', '.join(wanted)}")


def _note_sqlite(folder: Folder) -> None:
    """Django's first settings are for SQLite, on which nothing is rehearsed."""
    settings = folder.matching(r"(?:.*/)?settings(?:/\w+)?\.py")
    if not any(re.search(r"postgres", folder.text(file)) for file in settings):
        for place, _ in folder.search(re.compile(r"django\.db\.backends\.sqlite3"), settings):
            folder.note(
                f"{place}: the database is SQLite; let the settings take PostgreSQL's from env"
            )
            return


def _missing(found: Discovery, app: App | None) -> Iterator[Missing]:
    """What the configuration still wants from a person."""
    if not found.commands:
        seen = (
            f"this looks like {app.framework}" if app else "no known framework, Procfile or image"
        )
        hint = (
            f"for example: {app.todo}" if app and app.todo else "any command that listens on {port}"
        )
        yield Missing("service.command", f"how the service is started ({seen})", hint)
    if not found.schema:
        yield Missing(
            "database.schema",
            "what makes the schema",
            "name files of SQL, or with migrate a command that brings an empty database up to date",
        )
    if not found.seed:
        yield Missing("database.seed", "first rows", "two users that can log in are enough")
    if not any("{database_" in one.value for _, one in found.env) or any(
        one.place is None for name, one in found.env if name == "DATABASE_URL"
    ):
        yield Missing(
            "service.env",
            "by which variable the service learns its database",
            "write its name in place of DATABASE_URL",
        )
    if not found.actors:
        yield Missing(
            "actors", "who sends requests", "name two users of the seed, and how they log in"
        )
    elif not found.auth and not (found.login and all(one.password for one in found.actors)):
        yield Missing("actors", "how they log in", "fill in the proposal below, and remove its #")
