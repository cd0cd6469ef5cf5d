"""The first twiceshy.toml, from what was found: every line says where it comes from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from twiceshy.config.discovery.facts import Candidate, FoundActor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.config.discovery.facts import Discovery, FoundProcess

_HEAD = """\
# Written by `twiceshy init`, which looked at this folder and ran nothing of it.
# Beside each value stands where it comes from. TODO marks what only you can know.
# `twiceshy doctor` tries it all, and says what is still missing.
"""
_PASSWORD = "TODO: the password"  # noqa: S105 - a place to fill in


def write(found: Discovery) -> str:
    """A configuration file that can be loaded as it is, unknown things left as TODO comments."""
    parts = [
        [_HEAD.rstrip()],
        ['reports = "postmortems"  # the folder of your postmortems'],
        list(_database(found)),
        list(_service(found)),
        *(list(_process(process)) for process in found.processes),
        list(_actors(found)),
        list(_notes(found)),
    ]
    text = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    return text.encode("utf-8", errors="replace").decode()


def _database(found: Discovery) -> Iterator[str]:
    yield "[database]"
    yield 'server = "embedded"  # the PostgreSQL that comes with twiceshy'
    yield from _todo(found, "database.schema", 'schema = ["db/schema.sql"]')
    for number, way in enumerate(found.schema):
        if number == 0 and way.command:
            yield _line("migrate", way.command)
        elif number == 0:
            yield from _list("schema", way.files)
        elif way.command:
            yield f"# also found: migrate = {quoted(way.command.value)}  ({_plain(way.origin)})"
        else:
            names = ", ".join(quoted(one.value) for one in way.files[:4])
            more = f" and {len(way.files) - 4} more" if len(way.files) > 4 else ""
            yield f"# also found: schema = [{names}]{more}  ({_plain(way.origin)})"
    if found.seed:
        yield from _list("seed", found.seed)
    yield from _todo(found, "database.seed", 'seed = ["db/seed.sql"]')


def _service(found: Discovery) -> Iterator[str]:
    if not found.commands:
        yield from _todo(found, "service.command", "")
        yield "# [service]"
        yield '# command = "..."'
        yield from (f"# {line}" for line in _service_keys(found))
        yield "#"
        yield "# [service.env]"
        yield from (f"# {line}" for line in _env(found))
        return
    yield "[service]"
    yield _line("command", found.commands[0])
    for other in found.commands[1:4]:
        yield f"# also found: command = {quoted(other.value)}  ({_plain(other.origin)})"
    yield from _service_keys(found)
    yield ""
    yield "[service.env]"
    yield from _env(found)


def _service_keys(found: Discovery) -> Iterator[str]:
    if found.cwd:
        yield _line("cwd", found.cwd)
    for setup in found.setup:
        line = _line("setup", setup)
        yield f"# {line}" if setup.confidence == "guess" else line
    if found.ready:
        line = _line("ready", found.ready)
        yield f"# {line}" if found.ready.confidence == "guess" else line
    else:
        yield '# ready = "GET /health"  # what succeeds once it is up; else the port is tried'
    if found.openapi:
        yield _line("openapi", found.openapi)
    if found.auth:
        yield _line("auth", found.auth)


def _env(found: Discovery) -> Iterator[str]:
    yield "# It sees these variables and nothing else of your environment (pass_env lets more in)."
    yield from _todo(found, "service.env", "")
    for name, value in found.env:
        yield _line(name, value)


def _process(process: FoundProcess) -> Iterator[str]:
    lines = [f"[process.{process.name}]", _line("command", process.command)]
    if process.ready:
        lines.append(f"ready = {quoted(process.ready)}")
    if process.command.confidence == "guess":
        yield f"# Found too; remove the # if the service needs {process.name} beside it."
        lines = [f"# {line}" for line in lines]
    yield from lines


def _actors(found: Discovery) -> Iterator[str]:
    yield from _todo(found, "actors", "")
    if not found.actors and not found.auth:
        for name, number in (("ana", 1), ("ben", 2)):
            yield f"# [actors.{name}]"
            yield f'# row = "{found.people}.id = {number}"  # the row that {name} is'
            nobody = FoundActor(name, Candidate(""), f"{name}@example.com", "email")
            yield f"# {_login(found, nobody)}"
        return
    for number, actor in enumerate(found.actors):
        yield from [""] * bool(number) + list(_actor(found, actor))


def _actor(found: Discovery, actor: FoundActor) -> Iterator[str]:
    yield f"[actors.{actor.name}]"
    yield _line("row", actor.row)
    if found.auth is None:
        line = _login(found, actor)
        yield line if found.login and actor.password and actor.login_name else f"# {line}"


def _login(found: Discovery, actor: FoundActor) -> str:
    """How the actor logs in, as far as the code tells."""
    login = found.login
    fields = login.fields if login else ()
    name = next((one for one in (actor.login_column, *fields) if one in fields), actor.login_column)
    pairs = [(name or "email", actor.login_name or actor.name)]
    pairs += [(login.password_field if login else "password", actor.password or _PASSWORD)]
    body = ", ".join(f"{_key(key)} = {quoted(value)}" for key, value in pairs)
    request = quoted(login.request.value if login else "POST /login")
    kind = "form" if login and login.form else "json"
    token = (
        "" if login and not login.token else f', token = "{login.token if login else "$.token"}"'
    )
    origin = f"  # {_plain(login.request.origin)}" if login else ""
    return f"login = {{ request = {request}, {kind} = {{ {body} }}{token} }}{origin}"


def _notes(found: Discovery) -> Iterator[str]:
    if found.notes:
        yield "# Seen while looking:"
        yield from (f"#   {_plain(note)}" for note in found.notes)


def _todo(found: Discovery, key: str, example: str) -> Iterator[str]:
    """What is missing at a key, as a comment that says what to do."""
    for missing in found.missing:
        if missing.key == key:
            yield f"# TODO: not found: {_plain(missing.says)}. To do: {_plain(missing.todo)}."
            if example:
                yield f"# {example}"


def _line(key: str, found: Candidate) -> str:
    return f"{_key(key)} = {quoted(found.value)}{_comment(found)}"


def _comment(found: Candidate) -> str:
    """Where a value comes from; a file that is the value itself is not named twice."""
    origin = found.says if str(found.place) == found.value else found.origin
    return f"  # {_plain(origin)}" if origin else ""


def _list(key: str, files: Sequence[Candidate]) -> Iterator[str]:
    if len(files) == 1:
        yield f"{key} = [{quoted(files[0].value)}]{_comment(files[0])}"
        return
    yield f"{key} = ["
    for file in files:
        yield f"  {quoted(file.value)},{_comment(file)}"
    yield "]"


def quoted(text: str) -> str:
    """The text as a TOML string."""
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def _plain(text: str) -> str:
    """Words for a comment: one line, nothing that a terminal or TOML would trip over."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
