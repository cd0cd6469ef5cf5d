"""Users in the rows of a seed, and how they may log in: proposals for actors."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from twiceshy.config.discovery.facts import Candidate, FoundActor, FoundLogin, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.config.discovery.folder import Folder

_INSERT = re.compile(
    r"""INSERT\s+INTO\s+(?P<table>(?:"?\w+"?\.)?"?(?:app_|auth_|site_)?
        (?:users?|accounts?|customers?|members?|people|persons?|profiles?|clients?|employees?|usuarios?)"?)
        \s*(?:\((?P<columns>[^)]*)\))?\s*(?:OVERRIDING\s+\w+\s+VALUE\s*)?VALUES\s*""",
    re.IGNORECASE | re.VERBOSE,
)
# Quoted text and calls such as crypt('pw', gen_salt('bf')) hold commas of their own.
_QUOTED = r"'(?:[^']|'')*+'"
_CALL = rf"\((?:[^()']|{_QUOTED}|\((?:[^()']|{_QUOTED})*+\))*+\)"
_ROW = re.compile(rf"(?:\s|--[^\n]*|,)*+\(((?:{_QUOTED}|{_CALL}|[^()'])*+)\)")
_VALUE = re.compile(rf"(?:{_QUOTED}|{_CALL}|[^(),'])++")
_PASSWORD = re.compile(r"""(?i)\bpasswords?\s*(?:is|are|=|:)\s*["'`]([^"'`\n]+)["'`]""")
_PLAIN_CALL = re.compile(r"crypt\(\s*'((?:[^']|'')*)'", re.IGNORECASE)
_HASHED = re.compile(
    r"^\$|^\w+:\d|^[0-9a-f]{32,}$|^[\w+/=$.:-]{40,}$|^pbkdf2|^argon2|^scrypt", re.IGNORECASE
)
_PASSWORD_COLUMN = re.compile(r"passw|^pwd$|^pass$")
_PASSWORD_FIELDS = ("password", "passwd", "pwd", "pass")
_FRONT_END = re.compile(r"(?:^|/)(?:front-?end|client|ui|static|public|assets)/|\.d\.ts$")
_FORM = re.compile(r"request\.form|request\.POST|RequestForm|FormData|Form\(|PostForm|urlencoded")
_JSON = re.compile(
    r"get_json|is_json|request\.json|express\.json|BaseModel|ShouldBindJSON|RequestBody"
)
_TOKEN = re.compile(
    r"""["'](access_token|accessToken|auth_token|authToken|jwt|token)["']\s*:
      |\b(access_token|accessToken|authToken|jwt|token)\s*[:,}]""",
    re.VERBOSE,
)
_LOGIN_COLUMNS = ("email", "username", "user_name", "login", "handle", "phone")
_NAME_COLUMNS = ("username", "user_name", "login", "handle", "first_name", "name", "email")
_LOGIN_WORDS = r"(?:log-?in|sign-?in|sessions?|auth/token|oauth/token|token)(?:/access[-_]token)?/?"
_LOGIN_PATH = re.compile(rf"""["'`](/[\w./-]*{_LOGIN_WORDS})["'`]""")
_DJANGO_PATH = re.compile(rf"""\b(?:re_)?path\(\s*r?["']\^?((?:[\w-]+/)*{_LOGIN_WORDS})\$?["']""")
_DJANGO_AUTH = re.compile(
    r"""\bpath\(\s*["']([^"']*)["'],\s*include\(\s*["']django\.contrib\.auth\.urls["']"""
)
_USER_MODEL = re.compile(r"""^AUTH_USER_MODEL\s*=\s*["'](\w+)\.(\w+)["']""", re.MULTILINE)
_NOT_THE_LOGIN = re.compile(r"test|verify|refresh|revoke|reset|social|csrf")
_OAUTH_FORM = "OAuth2PasswordRequestForm"
_MOST = 2


def find_actors(folder: Folder, files: Sequence[str]) -> tuple[FoundActor, ...]:
    """The first two users that the seed plants."""
    for file in files:
        for place, found in folder.search(_INSERT, [file]):
            columns = [
                part.strip().strip('"').lower() for part in (found["columns"] or "").split(",")
            ]
            rows = list(islice(_rows(folder.text(file)[found.end() :]), _MOST))
            password = _PASSWORD.search(folder.text(file))
            actors = _named(found["table"], columns, rows, place, password[1] if password else "")
            if actors:
                return actors
    return ()


def _rows(text: str) -> Iterator[list[str]]:
    """The rows of a VALUES list: their values as written."""
    row = _ROW.match(text)
    while row:
        yield [value.strip() for value in _VALUE.findall(row[1])]
        row = _ROW.match(text, row.end())


def _named(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    place: Place,
    password: str,
) -> tuple[FoundActor, ...]:
    """Actors for rows with a known key; where it is generated, the first row gets number 1."""
    table = table.replace('"', "")
    own_key = table.rpartition(".")[2].rstrip("s") + "_id"
    key = next((name for name in ("id", own_key, "") if name in columns), None)
    found: list[FoundActor] = []
    for number, row in enumerate(rows[:_MOST], start=1):
        values = dict(zip(columns, row, strict=False))
        value = str(number) if key is None else values.get(key, "")
        if not re.fullmatch(r"-?\d+|'[^']+'", value):
            continue
        login = next((name for name in _LOGIN_COLUMNS if _plain(values.get(name, ""))), "")
        says = "" if key else "the seed does not name the column id"
        row_text = f"{table}.{key or 'id'} = {value}"
        found.append(
            FoundActor(
                _called(values, number, [one.name for one in found]),
                Candidate(row_text, place, "likely" if key else "guess", says),
                _plain(values.get(login, "")),
                login,
                _password(values) or password,
            )
        )
    return tuple(found)


def _password(values: dict[str, str]) -> str:
    """A password that stands in the row as people type it."""
    for column, value in values.items():
        call = _PLAIN_CALL.search(value)
        if call and _PASSWORD_COLUMN.search(column):
            return call[1]
        if _PASSWORD_COLUMN.search(column) and not _HASHED.search(_plain(value)):
            return _plain(value)
    return ""


def _plain(value: str) -> str:
    """The text of a quoted value; empty for anything else."""
    return value[1:-1].replace("''", "'") if len(value) > 2 and value[0] == value[-1] == "'" else ""


def _called(values: dict[str, str], number: int, taken: Sequence[str]) -> str:
    """A short name for an actor that can be a key: `ana@example.com` is ana."""
    for column in _NAME_COLUMNS:
        text = _plain(values.get(column, "")).partition("@")[0].split(" ")[0].lower()
        if re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", text) and text not in taken:
            return text
    return f"user{number}"


def find_login(folder: Folder, inside: str = "") -> FoundLogin | None:
    """A request by which people seem to log in, and what the code around it reads and answers."""
    code = folder.code(".py", ".js", ".ts", ".mjs", ".rb", ".go", ".java", ".kt", ".php")
    own = [file for file in code if file.startswith(inside) and not _FRONT_END.search(file)]
    django = _django_login(folder, own)
    if django:
        return django
    paths = [(place, found[1]) for place, found in folder.search(_LOGIN_PATH, own)]
    if not paths:
        return None
    place, path = min(paths, key=lambda pair: _unlikeliness(pair[1]))
    text = folder.text(place.file)
    request = Candidate(f"POST {path}", place, "guess", "it looks like a login")
    if _OAUTH_FORM in text:
        # RFC 6749, section 4.3: these names are fixed.
        return FoundLogin(request, form=True, token="$.access_token", fields=("username",))  # noqa: S106 - a place
    token = _TOKEN.search(text)
    around = _text_around(folder, place.file)
    password = next((name for name in _PASSWORD_FIELDS if _quotes(around, name)), "password")
    return FoundLogin(
        request,
        form=bool(_FORM.search(text)) and not _JSON.search(text),
        token=f"$.{token[1] or token[2]}" if token else "",
        fields=tuple(name for name in _LOGIN_COLUMNS if _quotes(around, name)),
        password_field=password,
    )


def _django_login(folder: Folder, code: Sequence[str]) -> FoundLogin | None:
    """Django's own login view, with a form and a cookie; or a route that gives a token."""
    routes = [file for file in code if file.endswith("urls.py")]
    for place, found in folder.search(_DJANGO_AUTH, routes):
        request = Candidate(f"POST /{found[1]}login/", place, "guess", "Django's own login")
        return FoundLogin(request, form=True, fields=("username",))
    paths = [(place, found[1]) for place, found in folder.search(_DJANGO_PATH, routes)]
    if not paths:
        return None
    place, path = min(paths, key=lambda pair: _unlikeliness(pair[1]))
    gives_token = "token" in path.lower()
    says = "with the prefix under which its urls.py is included"
    request = Candidate(f"POST /{path}", place, "guess", says)
    return FoundLogin(
        request, form=not gives_token, token="$.token" if gives_token else "", fields=("username",)
    )


def find_people_table(folder: Folder, framework: str) -> str:
    """The table of users, as far as the framework's names tell."""
    if framework != "Django":
        return "users"
    model = next(folder.search(_USER_MODEL, folder.code(".py")), None)
    return f"{model[1][1]}_{model[1][2]}".lower() if model else "auth_user"


def _unlikeliness(path: str) -> tuple[bool, bool, int]:
    return bool(_NOT_THE_LOGIN.search(path)), "login" not in _letters(path), len(path)


def _text_around(folder: Folder, file: str) -> str:
    """The file and its neighbours: a controller often leaves the reading to a service beside it."""
    place = file.rpartition("/")[0]
    beside = [
        one for one in folder.code(file[file.rindex(".") :]) if one.rpartition("/")[0] == place
    ]
    return "\n".join(folder.text(one) for one in [file, *beside[:20]])


def _letters(path: str) -> str:
    return path.replace("-", "").lower()


def _quotes(text: str, name: str) -> bool:
    """Whether code names a field, as text or as an attribute."""
    return bool(re.search(rf"""["'`.]{name}\b|\b{name}\s*[:,}}]""", text))
