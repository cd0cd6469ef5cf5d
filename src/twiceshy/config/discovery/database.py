"""How the schema comes about, and first rows: migration tools, files of SQL, seeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.config.discovery.facts import Candidate, Place, SchemaWay
from twiceshy.config.discovery.files import packages
from twiceshy.config.discovery.folder import parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twiceshy.config.discovery.apps import App
    from twiceshy.config.discovery.folder import Folder

_SCHEMA = (
    r"(?:.*/)?(?:schema|structure|init|create|create_tables|tables|ddl|database)"
    r"\.(?:pg\.|postgres\.)?sql"
)
_SCHEMA_FOLDER = r"(?:.*/)?(?:schema|initdb(?:\.d)?|docker-entrypoint-initdb\.d)/[^/]+\.sql"
_SEED = (
    r"(?:.*/)?(?:seeds?|data|fixtures?|sample[-_]?data|test[-_]?data|demo)\.(?:pg\.)?sql"
    r"|(?:.*/)?(?:seeds?|fixtures)/[^/]+\.sql"
)
_MIGRATIONS = (
    r"(?:.*/)?(?:migrations?|migrate|drizzle|flyway)/(?:[^/]+/)?[^/]+\.sql"
    r"|(?:.*/)?[VR]\d*[\d._]*__[^/]+\.sql"
)
_BACK = re.compile(
    r"(?:\.down|\.undo|[-_.]rollback|/down|(?:^|/)U\d[\d._]*__[^/]*)\.sql$",
    re.IGNORECASE,
)
_BOTH_WAYS = (
    (
        re.compile(r"^--\s*migrate:down", re.MULTILINE),
        "dbmate --url {database_url} --no-dump-schema up",
    ),
    (
        re.compile(r"^--\s*\+goose Down", re.MULTILINE),
        "goose -dir {folder} postgres {database_url} up",
    ),
    (
        re.compile(r"^--\s*Down Migration", re.MULTILINE),
        "npx node-pg-migrate up --migrations-dir {folder}",
    ),
    (re.compile(r"^--\s*\+migrate Down", re.MULTILINE), "sql-migrate up"),
    (re.compile(r"^--\s*rollback\b|^--liquibase formatted", re.MULTILINE), "liquibase update"),
)
_MUCH_SQL = 400
_OTHER_DIALECT = re.compile(
    r"\bAUTO_INCREMENT\b|\bENGINE\s*=\s*\w+|\bAUTOINCREMENT\b|\bIDENTITY\(\d+,\s*\d+\)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"^\s*CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"']?([\w-]+)",
    re.IGNORECASE | re.MULTILINE,
)
_URL_IN_INI = re.compile(r"^sqlalchemy\.url\s*=\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FoundSchema:
    """Ways to the schema, best first, and files with first rows."""

    ways: tuple[SchemaWay, ...]
    seed: tuple[Candidate, ...]


def find_schema(
    folder: Folder, apps: Sequence[App], init_files: Sequence[Candidate], python: str
) -> FoundSchema:
    """How the schema comes about. `init_files` are those that a compose file names."""
    seed = [file for file in folder.matching(_SEED) if not _BACK.search(file)]
    named = [found for found in init_files if found.value not in seed]
    ways = [
        *_tools(folder, apps, python),
        *([SchemaWay(files=tuple(named))] if named else []),
        *_schema_files(folder, seed),
        *_sql_migrations(folder, seed),
    ]
    ways = _without_repeats(ways)
    used = {one.value for way in ways[:1] for one in way.files}
    for way in ways[:1]:
        _look_inside(folder, way)
    nearest_depth = min((file.count("/") for file in seed), default=0)
    seeds = [file for file in seed if file.count("/") == nearest_depth and file not in used]
    first = [Candidate(file, Place(file), "likely", "first rows") for file in sorted(seeds)]
    from_compose = {found.value: found for found in init_files}
    return FoundSchema(tuple(ways), tuple(from_compose.get(one.value, one) for one in first))


def _without_repeats(ways: Sequence[SchemaWay]) -> list[SchemaWay]:
    seen: set[tuple[str, ...]] = set()
    kept: list[SchemaWay] = []
    for way in ways:
        key = (way.command.value,) if way.command else tuple(sorted(one.value for one in way.files))
        if key not in seen:
            seen.add(key)
            kept.append(way)
    return kept


def _in(place: str, command: str) -> str:
    """The command, run in a folder."""
    return f"cd {place} && {command}" if place else command


def _tool(place: Place, command: str, says: str) -> SchemaWay:
    return SchemaWay(command=Candidate(command, place, "likely", says))


def _tools(folder: Folder, apps: Sequence[App], python: str) -> Iterator[SchemaWay]:
    """Migration tools of frameworks and languages."""
    for app in apps:
        if app.framework == "Django":
            inside = _in(app.folder, f"{python} manage.py migrate --noinput")
            yield _tool(app.place, inside, "Django migrations")
    for file in folder.named("alembic.ini"):
        flask = next((app for app in apps if app.framework == "Flask" and app.command), None)
        if file.endswith("migrations/alembic.ini") and flask and flask.command:
            target = re.search(r"[\w.]+:\w+", flask.command.value)
            line = f"{python} -m flask --app {target[0] if target else 'app'} db upgrade"
            yield _tool(Place(file), _in(flask.folder, line), "Flask-Migrate")
        else:
            _check_alembic(folder, file)
            yield _tool(
                Place(file), _in(parent(file), f"{python} -m alembic upgrade head"), "Alembic"
            )
    yield from _node_tools(folder)
    for app in apps:
        if app.framework == "Rails" and not folder.named("structure.sql"):
            task = "db:schema:load" if folder.named("schema.rb") else "db:migrate"
            yield _tool(app.place, _in(app.folder, f"bundle exec rails {task}"), "Rails")


def _check_alembic(folder: Folder, file: str) -> None:
    """Alembic connects to what its file or env.py says: it must be our database."""
    around = [
        one
        for one in folder.named("env.py")
        if one.startswith(f"{parent(file)}/" if parent(file) else "")
    ]
    if any(
        re.search(r"environ|getenv|settings|config\.\w*url", folder.text(one), re.IGNORECASE)
        for one in around
    ):
        return
    url = _URL_IN_INI.search(folder.text(file))
    if url and "%(" not in url[1]:
        folder.note(
            f"{file} names a fixed database: let its env.py take the URL from os.environ"
            '["DATABASE_URL"], which migrations are given here'
        )


def _node_tools(folder: Folder) -> Iterator[SchemaWay]:
    """Tools of JavaScript whose migrations are no SQL."""
    known = {
        "knex": ("npx knex migrate:latest", "Knex"),
        "sequelize": ("npx sequelize-cli db:migrate", "Sequelize"),
        "typeorm": ("npx typeorm migration:run", "TypeORM"),
    }
    for package in packages(folder):
        for name, (command, says) in known.items():
            scripted = folder.matching(r"(?:.*/)?migrations?/[^/]+\.(?:js|ts|cjs|mjs)")
            if name in package.dependencies and scripted:
                place = package.dependencies[name]
                yield _tool(place, _in(package.folder, command), says)


def _schema_files(folder: Folder, seed: Sequence[str]) -> Iterator[SchemaWay]:
    """A file with the whole schema, or a folder with its parts."""
    for file in folder.matching(_SCHEMA):
        if re.search(r"\bCREATE\s", folder.text(file), re.IGNORECASE):
            yield SchemaWay(files=(Candidate(file, Place(file), "likely", "the schema"),))
    by_folder: dict[str, list[str]] = {}
    for file in folder.matching(_SCHEMA_FOLDER):
        if file not in seed:
            by_folder.setdefault(parent(file), []).append(file)
    for files in by_folder.values():
        says = "in the order of their names"
        yield SchemaWay(
            files=tuple(Candidate(one, Place(one), "likely", says) for one in sorted(files))
        )


def _sql_migrations(folder: Folder, seed: Sequence[str]) -> Iterator[SchemaWay]:
    """Migrations in plain SQL: run in order, unless a file also holds the way back."""
    groups: dict[str, list[str]] = {}
    for file in folder.matching(_MIGRATIONS):
        if not _BACK.search(file) and file not in seed:
            groups.setdefault(_group(file), []).append(file)
    for place, files in groups.items():
        files.sort(key=_version)
        tool = _both_ways(folder, place, files[0])
        if tool:
            yield tool
        elif len(files) > _MUCH_SQL:
            folder.note(
                f"{place} holds {len(files)} migrations; a dump of the schema would be better"
            )
        else:
            says = "migrations in their order"
            yield SchemaWay(
                files=tuple(Candidate(one, Place(one), "likely", says) for one in files)
            )


def _group(file: str) -> str:
    """The folder of all migrations; tools that give each its own folder use fixed names."""
    place = parent(file)
    return parent(place) if file.endswith(("/migration.sql", "/up.sql")) else place


def _version(file: str) -> tuple[bool, list[int], str]:
    """The order of migrations: by the numbers in their names, Flyway's repeatable ones last."""
    name = file.rpartition("/")[2]
    if name in {"migration.sql", "up.sql"}:
        name = parent(file).rpartition("/")[2]
    head = re.match(r"V?([\d._-]*\d)", name)
    numbers = [int(part) for part in re.findall(r"\d+", head[1])] if head else []
    return (not numbers, numbers, name)


def _both_ways(folder: Folder, place: str, file: str) -> SchemaWay | None:
    """The tool that must run the migrations, when each file also holds how to undo it."""
    for pattern, command in _BOTH_WAYS:
        for at, _ in folder.search(pattern, [file]):
            line = command.replace("{folder}", place or ".")
            return _tool(at, line, "its files also hold the way back, so the tool must run them")
    return None


def _look_inside(folder: Folder, way: SchemaWay) -> None:
    """Notes on SQL that a PostgreSQL of ours may not understand."""
    for candidate in way.files:
        for place, found in folder.search(_OTHER_DIALECT, [candidate.value]):
            folder.note(f"{place}: {found[0]} is not PostgreSQL")
            break
        if re.search(r"\$\{\w+\}", folder.text(candidate.value)) and "__" in candidate.value:
            folder.note(f"{candidate.value} holds placeholders of Flyway, which stay as they are")


def extensions(folder: Folder, files: Sequence[str]) -> Mapping[str, Place]:
    """Extensions that files of SQL create, with the first place of each."""
    found: dict[str, Place] = {}
    for place, match in folder.search(_EXTENSION, files):
        found.setdefault(match[1].lower(), place)
    return found
