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
_LOGIN_PATH = re.compile(
    r"""["'`](/[\w./-]*(?:log-?in|sign-?in|sessions?|auth/token|oauth/token|token)(?:/access[-_]token)?/?)["'`]"""
)
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
    paths = [(place, found[1]) for place, found in folder.search(_LOGIN_PATH, own)]
    if not paths:
        return None
    place, path = min(paths, key=lambda pair: ("login" not in _letters(pair[1]), len(pair[1])))
    text = folder.text(place.file)
    token = _TOKEN.search(text)
    password = next((name for name in _PASSWORD_FIELDS if _quotes(text, name)), "password")
    return FoundLogin(
        Candidate(f"POST {path}", place, "guess", "it looks like a login"),
        form=bool(_FORM.search(text)) and not _JSON.search(text),
        token=f"$.{token[1] or token[2]}" if token else "",
        fields=tuple(name for name in _LOGIN_COLUMNS if _quotes(text, name)),
        password_field=password,
    )


def _letters(path: str) -> str:
    return path.replace("-", "").lower()


def _quotes(text: str, name: str) -> bool:
    """Whether code names a field, as text or as an attribute."""
    return bool(re.search(rf"""["'`.]{name}\b|\b{name}\s*[:,}}]""", text))
