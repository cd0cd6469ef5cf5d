"""Variables by which a service learns where its database, its port and its cache are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.config.discovery.commands import escaped
from twiceshy.config.discovery.facts import Candidate, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from twiceshy.config.discovery.folder import Folder

_EXAMPLE_FILES = (
    r"(?:[^/]+/)?\.env[\w.-]*[._-](?:example|sample|template|dist)|"
    r"(?:[^/]+/)?(?:\.env|env)[._-](?:example|sample|template|dist|test|ci|defaults?|development)"
    r"|(?:[^/]+/)?(?:example|sample)[._-]?\.env|(?:[^/]+/)?\.flaskenv"
)
_EXAMPLE_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE
)
# Code that cannot do without the variable, and code that asks for it.
_READS = re.compile(
    r"""environ\[\s*["'](?P<py>(?!HTTP_)[A-Z_][A-Z0-9_]*)["']\s*\]
      | process\.env(?:\.(?P<js>[A-Z_][A-Z0-9_]*)|\[\s*["'](?P<js2>[A-Z_][A-Z0-9_]*)["']\s*\])
      | (?:environ\.get|getenv|Getenv|LookupEnv|ENV\.fetch|\bconfig|\benv(?:\.\w+)?)\(\s*
        ["'](?P<any>[A-Z_][A-Z0-9_]*)["']
      | ENV\[\s*["'](?P<ruby>[A-Z_][A-Z0-9_]*)["']
      | \$\{(?P<spring>[A-Z_][A-Z0-9_]*)(?::[^}]*)?\}
    """,
    re.VERBOSE,
)
# Libraries that read a variable which stands nowhere in the code.
_READS_URL = re.compile(r"dj_database_url\.config\(|\benv\.db(?:_url)?\(\s*\)")
_SETTINGS = re.compile(r"^class \w+\([^)]*BaseSettings[^)]*\):\n((?:[ \t]+.*\n|\n)+)", re.MULTILINE)
_SETTING = re.compile(
    r"^[ \t]+([a-z_]\w*)[ \t]*:[ \t]*[\w.\[\], |\"']+", re.MULTILINE | re.IGNORECASE
)
_PREFIX = re.compile(r"""env_prefix["']?\s*[=:]\s*["'](\w*)["']""")
_CODE = (
    *(".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".go", ".php", "application.properties"),
    *("application.yml", "application.yaml", "database.yml", "application.conf", ".prisma"),
)

_URL_NAME = re.compile(
    r"(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|SQLALCHEMY_DATABASE|SQL|DATASOURCE|POOL)_?(?:URL|URI|DSN|CONNECTION(?:_STRING)?)$"
)
_PART = re.compile(
    r"(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|SQL|RDS|DATASOURCE)_?"
    r"(?P<part>HOST(?:NAME)?|SERVER|PORT|NAME|DB|DATABASE|USER(?:NAME)?|PASS(?:WORD)?|PWD)$"
)
_PARTS = {
    "HOST": "host", "HOSTNAME": "host", "SERVER": "host", "PORT": "port", "NAME": "name",
    "DB": "name", "DATABASE": "name", "USER": "user", "USERNAME": "user",
    "PASS": "password", "PASSWORD": "password", "PWD": "password",
}  # fmt: skip
# Which sort of database, in services that can use several: DB_ENGINE, TYPEORM_TYPE, DB_CONNECTION.
_KIND = re.compile(
    r"(?:^|_)(?:DATABASE|DB|SQL|TYPEORM)_?"
    r"(?:ENGINE|TYPE|KIND|DIALECT|CONNECTION|CLIENT|DRIVER|BACKEND|VENDOR|ADAPTER|PROVIDER)$"
)
_POSTGRES = re.compile(
    r"""["'`]((?:[\w.]+\.)?(?:postgres(?:ql)?(?:_psycopg2)?|pgsql|psql|pg))["'`]"""
)
_PORT_NAME = re.compile(r"^(?:APP_|HTTP_|SERVER_|WEB_|LISTEN_|API_|SERVICE_)?PORT$")
_HOST_NAME = re.compile(r"^(?:APP_|HTTP_|SERVER_|WEB_|LISTEN_|BIND_)?HOST$")
_SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|_KEY$|^KEY$|SALT|PEPPER")
_SCHEME = re.compile(r"^(jdbc:)?(postgres(?:ql)?(?:\+\w+)?|postgis)(://)")
_INTERPOLATION = re.compile(r"\$\{[A-Za-z_]\w*(?::?-([^}]*))?[^}]*\}|\$[A-Za-z_]\w*")
_REDIS = re.compile(r"^(rediss?|valkey)://[^/]*")
_LIMIT = 40


def examples(folder: Folder) -> dict[str, Candidate]:
    """Variables with values from example files of the environment; the nearest file wins."""
    found: dict[str, Candidate] = {}
    for place, line in folder.search(_EXAMPLE_LINE, folder.matching(_EXAMPLE_FILES)):
        value = re.sub(r"\s+#.*$", "", line[2]).strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found.setdefault(line[1], Candidate(value, place, "likely"))
    return found


def reads(folder: Folder) -> dict[str, Place]:
    """Variables that the code reads, with the first place that does."""
    found: dict[str, Place] = {}
    words = ("env", "ENV", "${", "config(")
    files = [
        file for file in folder.code(*_CODE) if any(word in folder.text(file) for word in words)
    ]
    for place, match in folder.search(_READS, files):
        name = next(group for group in match.groups() if group)
        found.setdefault(name, place)
    for place, _ in folder.search(_READS_URL, folder.code(".py")):
        found.setdefault("DATABASE_URL", place)
    for place, settings in folder.search(_SETTINGS, folder.code(".py")):
        prefix = _PREFIX.search(settings[1])
        for setting in _SETTING.finditer(settings[1]):
            line = place.line + 1 + settings[1].count("\n", 0, setting.start())
            name = f"{prefix[1] if prefix else ''}{setting[1]}".upper()
            found.setdefault(name, Place(place.file, line))
    return found


def required(folder: Folder) -> frozenset[str]:
    """Variables without which Python code stops: `os.environ["NAME"]`."""
    pattern = re.compile(r"""environ\[\s*["']((?!HTTP_)[A-Z_][A-Z0-9_]*)["']\s*\](?!\s*=[^=])""")
    return frozenset(match[1] for _, match in folder.search(pattern, folder.code(".py")))


def values(
    given: Mapping[str, Candidate],
    read: Mapping[str, Place],
    needed: Iterable[str],
    stores: Mapping[str, str],
) -> Iterator[tuple[str, Candidate]]:
    """What each variable should be in a rehearsal.

    `given` have a value in some file, `read` are in the code, `needed` are those without which it
    stops; `stores` maps kinds of further processes ("redis") to their names.
    """
    needed = set(needed)
    names = dict.fromkeys([*given, *read])
    for name in list(names)[: _LIMIT * 5]:
        source = given.get(name)
        place = source.place if source else read[name]
        example = plain(source.value) if source else ""
        ours = replacement(name, example, stores)
        if ours is not None:
            yield name, Candidate(ours, place, "likely")
        elif _SECRET.search(name) and (source or name in needed):
            yield name, Candidate(escaped(example) or "scratch", place, "likely", "no real secret")
        elif source and example:
            yield name, Candidate(escaped(example), place, "likely")
        elif name in needed:
            yield name, Candidate("", place, "guess", "the code stops without it: TODO, its value")


def plain(value: str) -> str:
    """A value with `${NAME:-default}` replaced by its default."""
    return _INTERPOLATION.sub(lambda found: found[1] or "", value)


def replacement(name: str, example: str, stores: Mapping[str, str]) -> str | None:
    """The value for variables about database, port and cache; None for any other."""
    if name == "FLASK_DEBUG":
        return "0"  # its reloader would start the service a second time
    scheme = _SCHEME.match(example)
    if scheme or (_URL_NAME.search(name) and not re.fullmatch(r"\w+", example)):
        jdbc = name.startswith("SPRING_")
        return None if _elsewhere(example) else _database_url(scheme, jdbc=jdbc)
    part = _PART.search(name)
    if part:
        return "{database_" + _PARTS[part["part"]] + "}"
    if _PORT_NAME.match(name):
        return "{port}"
    if _HOST_NAME.match(name):
        return "127.0.0.1"
    return _store(name, example, stores)


def kinds(
    folder: Folder, given: Mapping[str, Candidate], read: Mapping[str, Place]
) -> Iterator[tuple[str, Candidate]]:
    """Variables that choose the sort of database, with the word by which the code means ours."""
    for name, place in read.items():
        example = given.get(name)
        value = plain(example.value) if example else ""
        if _KIND.search(name) and not re.search(r"postg|pg|psql|:", value):
            word = next(folder.search(_POSTGRES, [place.file]), None)
            if word:
                says = "the word for PostgreSQL that stands beside it"
                yield name, Candidate(word[1][1], word[0], "likely", says)


def _elsewhere(example: str) -> bool:
    """Whether a value is the address of another kind of store than PostgreSQL."""
    return bool(re.match(r"(?:jdbc:)?(?!postg)[a-z][\w+.-]*:", example))


def _database_url(scheme: re.Match[str] | None, *, jdbc: bool) -> str:
    """The URL in the form that the example has, so that the same driver reads it."""
    if jdbc or (scheme and scheme[1]):
        return "jdbc:postgresql://{database_host}:{database_port}/{database_name}"
    if scheme is None or ("+" not in scheme[2] and scheme[2] != "postgis"):
        return "{database_url}"
    return (
        f"{scheme[2]}://{{database_user}}:{{database_password}}"
        "@{database_host}:{database_port}/{database_name}"
    )


def _store(name: str, example: str, stores: Mapping[str, str]) -> str | None:
    process = stores.get("redis")
    if process is None:
        return None
    if _REDIS.match(example) or re.search(r"(?:^|_)(?:REDIS|VALKEY)_?(?:URL|URI|DSN)$", name):
        rest = _REDIS.sub("", example)
        return f"redis://127.0.0.1:{{{process}.port}}{escaped(rest) or '/0'}"
    if re.search(r"(?:^|_)(?:REDIS|VALKEY)_?HOST(?:NAME)?$", name):
        return "127.0.0.1"
    if re.search(r"(?:^|_)(?:REDIS|VALKEY)_?PORT$", name):
        return f"{{{process}.port}}"
    return "" if re.search(r"(?:^|_)(?:REDIS|VALKEY)_?PASS(?:WORD)?$", name) else None


def tells_database(env: Mapping[str, Candidate]) -> bool:
    """Whether some variable tells the service where its database is."""
    return any("{database_" in found.value for found in env.values())
