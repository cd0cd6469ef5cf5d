"""Actors from an auth file of Web Fuzzing Commons, which other tools read too.

https://github.com/WebFuzzing/Commons/blob/master/auth.md describes the format. Here are its
schema of 2026 and the older words for tokens (extractFromField, httpHeaderName, headerPrefix).
What we cannot do as the file says is an error, never left out in silence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from twiceshy.config.auth_format import HOLE, AuthFile, Entry, LoginEndpoint, Token
from twiceshy.config.problems import problems_of
from twiceshy.config.project import ActorConfig, Login
from twiceshy.config.toml_text import line_in, parse_toml, toml_lines
from twiceshy.config.yaml_text import parse_yaml
from twiceshy.errors import ConfigurationError, Location, SeveralProblems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from twiceshy.config.yaml_text import YamlText

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class _Document:
    """The parsed file and how to find a line in it."""

    path: Path
    data: Any
    line_of: Callable[[str], int]

    def error(
        self, key: str, happened: str, *, seen: str = "", todo: str = ""
    ) -> ConfigurationError:
        """An error about the value at a dotted key."""
        location = Location(self.path, self.line_of(key))
        return ConfigurationError(happened, location=location, key=key, seen=seen, todo=todo)


def read_auth_file(path: Path) -> dict[str, ActorConfig]:
    """The actors that the file describes, by name.

    Raises ConfigurationError when it cannot be read, and SeveralProblems when more than one
    thing in it is wrong or is something that we do not support.
    """
    document = _parse(path)
    if not isinstance(document.data, dict):
        raise document.error("", "An auth file is a table with the key auth.", todo="Add auth: []")
    try:
        file = AuthFile.model_validate(_merged(document.data))
    except ValidationError as error:
        raise _together(problems_of(error, AuthFile, document.line_of, path)) from None
    actors: dict[str, ActorConfig] = {}
    problems: list[ConfigurationError] = []
    for position, entry in enumerate(file.auth):
        key = f"auth.{position}"
        if entry.name in actors:
            problems.append(
                document.error(
                    f"{key}.name", f"Two users are called {entry.name}.", todo="Rename one."
                )
            )
        found = [document.error(*problem) for problem in _unsupported(key, entry)]
        problems += found
        try:
            actors[entry.name] = ActorConfig() if found else _actor(document, key, entry)
        except ConfigurationError as problem:
            problems.append(problem)
    if problems:
        raise _together(problems)
    return actors


def _together(problems: Sequence[ConfigurationError]) -> ConfigurationError:
    return problems[0] if len(problems) == 1 else SeveralProblems(problems)


def _parse(path: Path) -> _Document:
    """The file as YAML (which includes JSON), or TOML by its name."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "") if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            "The auth file cannot be read.",
            location=Location(path),
            seen=reason,
            todo="Correct the key service.auth, which names this file.",
        ) from None
    if path.suffix == ".toml":
        lines = toml_lines(text)
        return _Document(path, parse_toml(text, path), lambda key: line_in(lines, key))
    parsed = parse_yaml(text, path)
    return _Document(path, parsed.data, lambda key: _line(parsed, key))


def _line(parsed: YamlText, key: str) -> int:
    """The line of a dotted key: in its entry, else in the template, else of what encloses it."""
    keys = key.split(".") if key else []
    line, missing = parsed.find(keys)
    if missing and len(keys) > 2:
        in_template, still_missing = parsed.find(["authTemplate", *keys[2:]])
        if still_missing < missing:
            return in_template
    return line


def _merged(data: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its template in every entry, and without keys that are null."""
    merged = {key: value for key, value in data.items() if key != "authTemplate"}
    template = data.get("authTemplate") or {}
    entries = data.get("auth")
    if isinstance(entries, list):
        merged["auth"] = [_over(template, entry) for entry in entries]
    return {key: value for key, value in merged.items() if value is not None}


def _over(template: Any, own: Any) -> Any:
    """`own` with what only `template` has; tables are merged, all else is replaced."""
    if not isinstance(own, dict):
        return own
    below = template if isinstance(template, dict) else {}
    keys = dict.fromkeys([*own, *below])
    values = {
        key: _over(below.get(key), own[key]) if own.get(key) is not None else below.get(key)
        for key in keys
    }
    return {key: value for key, value in values.items() if value is not None}


def _unsupported(key: str, entry: Entry) -> Iterator[tuple[str, str]]:
    """What the entry wants and we cannot do: (dotted key, sentence)."""
    if entry.require_mock_handling:
        yield f"{key}.requireMockHandling", "Logins that need a mocked outside service do not work."
    if entry.create_users is not None:
        yield f"{key}.createUsers", "Users cannot be created on the fly: put them into the seed."
    login = entry.login_endpoint_auth
    if login is not None:
        yield from _unsupported_endpoint(f"{key}.loginEndpointAuth", login)
        yield from _contradictions(f"{key}.loginEndpointAuth", login)
    elif not entry.fixed_headers and entry.create_users is None:
        yield key, "This user has neither fixedHeaders nor loginEndpointAuth."


def _unsupported_endpoint(key: str, login: LoginEndpoint) -> Iterator[tuple[str, str]]:
    if login.external_endpoint_url is not None:
        yield (
            f"{key}.externalEndpointURL",
            "A login at another server does not work: the service is rehearsed alone.",
        )
    elif login.endpoint is None:
        yield key, "The key endpoint is missing: the path of the login, such as /login."
    elif not login.endpoint.startswith("/") or any(map(str.isspace, login.endpoint)):
        yield f"{key}.endpoint", "The endpoint must be a path that begins with /."


def _contradictions(key: str, login: LoginEndpoint) -> Iterator[tuple[str, str]]:
    if login.token is None and not login.expect_cookies:
        yield key, "Neither token nor expectCookies says how the login is proved afterwards."
    if login.token is not None and login.expect_cookies:
        yield f"{key}.expectCookies", "Token and cookies cannot both be kept: choose one."
    if login.payload_raw is not None and login.payload_user_pwd is not None:
        yield f"{key}.payloadRaw", "payloadRaw and payloadUserPwd exclude each other."


def _actor(document: _Document, key: str, entry: Entry) -> ActorConfig:
    fixed = {header.name: header.value for header in entry.fixed_headers}
    if entry.login_endpoint_auth is None:
        return ActorConfig(headers=fixed)
    login = _login(document, f"{key}.loginEndpointAuth", entry.login_endpoint_auth)
    return ActorConfig(headers=fixed, login=login)


def _login(document: _Document, key: str, given: LoginEndpoint) -> Login:
    headers = {header.name: header.value for header in given.headers}
    body = _body(document, key, given)
    if body and given.content_type not in {None, _JSON, _FORM}:
        headers.setdefault("Content-Type", given.content_type or "")
    token: dict[str, Any] = {}
    if given.token is not None:
        token = _token(document, f"{key}.token", given.token)
    request = f"{given.verb} {given.endpoint}"
    return Login(request=request, headers=headers, **body, **token)


def _body(document: _Document, key: str, given: LoginEndpoint) -> dict[str, Any]:
    """The payload as `json` or `form`."""
    pair = given.payload_user_pwd
    if pair is None and given.payload_raw is None:
        return {}
    media = (given.content_type or "").partition(";")[0].strip().lower()
    is_json = media == _JSON or media.endswith("+json")
    if not is_json and media != _FORM:
        raise document.error(
            f"{key}.contentType",
            "The payload's contentType is missing."
            if not media
            else "A payload of this contentType cannot be sent.",
            seen=given.content_type or "",
            todo=f"Use {_JSON} or {_FORM}.",
        )
    if pair is not None:
        fields = {pair.username_field: pair.username, pair.password_field: pair.password}
        return {"json": fields} if is_json else {"form": fields}
    raw = given.payload_raw or ""
    if not is_json:
        return {"form": dict(parse_qsl(raw, keep_blank_values=True))}
    try:
        return {"json": json.loads(raw)}
    except ValueError as error:
        raise document.error(
            f"{key}.payloadRaw", "The payload is no JSON, as its contentType says.", seen=str(error)
        ) from None


def _token(document: _Document, key: str, given: Token) -> dict[str, Any]:
    """The token's source and destination, in the words of our own configuration."""
    if given.send_in == "query":
        raise document.error(
            f"{key}.sendIn",
            "A token cannot be sent in the query of every request.",
            todo="Send it in a header, if the service takes it there.",
        )
    source = _source(document, key, given)
    header = given.send_name or given.http_header_name
    if not header:
        raise document.error(key, "The key sendName is missing: the header that bears the token.")
    template = given.send_format or given.send_template
    if given.http_header_name:
        template = f"{given.header_prefix}{HOLE}{given.header_postfix}"
    prefix, hole, after = template.partition(HOLE)
    if not hole or after:
        raise document.error(
            f"{key}.sendTemplate",
            f"The template must end with {HOLE}." if hole else f"The template has no {HOLE}.",
            seen=template,
        )
    return {"token": source, "header": header, "prefix": prefix}


def _source(document: _Document, key: str, given: Token) -> str:
    """Where the token stands in the answer, in the words of our own configuration."""
    name = given.extract_from_header
    pointer = given.extract_from_field
    if given.extract_from == "header":
        name = given.extract_selector
    elif given.extract_from == "body":
        pointer = given.extract_selector
    if name and name.split() == [name]:
        return f"header {name}"
    if pointer is None:
        raise document.error(key, "The keys extractFrom and extractSelector are missing.")
    if pointer and not pointer.startswith("/"):
        raise document.error(
            f"{key}.extractSelector" if given.extract_from else f"{key}.extractFromField",
            "A JSON Pointer begins with / (RFC 6901).",
            seen=pointer,
            todo=f"Write /{pointer.replace('.', '/')}",
        )
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return "$" + "".join(map(_path_step, steps))


def _path_step(name: str) -> str:
    if name.isdecimal():
        return f"[{name}]"
    if name.replace("_", "a").isalnum():
        return f".{name}"
    return f'["{name}"]' if "'" in name else f"['{name}']"
