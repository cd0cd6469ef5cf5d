"""How an actor comes by the headers that prove who it is."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from twiceshy.errors import LoginFailed
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import Request
from twiceshy.traffic.json_path import value_at
from twiceshy.traffic.pages import asks_for_password, forgery_headers, hidden_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twiceshy.config.project import ActorConfig, Login

_FIRST_FAILURE = 400
_REDIRECT = 3
_EXCERPT = 300
_IN_HEADER = "header "


@dataclass(frozen=True, slots=True)
class Credentials:
    """The headers that go along with every request of an actor."""

    headers: tuple[tuple[str, str], ...] = ()


def log_in(
    name: str, actor: ActorConfig, send: Callable[[Request], Reply | NoReply]
) -> Credentials:
    """Log the actor called `name` in, as its configuration says, and keep what proves it.

    `send` sends one request and gives the answer. Without a `login`, the actor's fixed headers
    are all. Raises LoginFailed when the answer brings no token, or no cookie.
    """
    fixed = tuple(actor.headers.items())
    login = actor.login
    if login is None:
        return Credentials(fixed)
    page = send(_page_of(login)) if _is_a_page(login) else None
    before = dict(_set_cookies(page)) if isinstance(page, Reply) else {}
    request = login_request(login, hidden_fields(page) if isinstance(page, Reply) else {}, before)
    answer = send(request)
    if isinstance(answer, NoReply):
        raise LoginFailed(
            f"Actor {name} cannot log in: {request} brought no answer.",
            where=f"key actors.{name}.login",
            seen=answer.says,
            todo="Look at the service's output; does it serve that path on its own port?",
        )
    if answer.status >= _FIRST_FAILURE:
        raise _failed(
            name,
            f"{request} was refused",
            answer,
            "Check path, body and password; the seed must hold this user with that password.",
        )
    if login.token is None:
        cookies = _cookies(name, request, answer, before)
        home = Request("GET", _landing(answer), (("Cookie", _in_one_header(cookies)),))
        pages = (page for page in map(send, [home]) if isinstance(page, Reply))
        known = {key.lower() for key, _ in fixed}
        forgery = forgery_headers(cookies, pages if login.form else ())
        own = (pair for pair in forgery if pair[0].lower() not in known)
        return Credentials((*own, *_with_cookies(fixed, cookies)))
    token = login.prefix + _token(name, login.token, answer)
    kept = tuple(field for field in fixed if field[0].lower() != login.header.lower())
    return Credentials((*kept, (login.header, token)))


def _is_a_page(login: Login) -> bool:
    """Whether people log in on a page, whose form may hold more than they see."""
    given = {key.lower() for key in login.headers}
    return bool(login.form) and login.token is None and "cookie" not in given


def _page_of(login: Login) -> Request:
    return Request("GET", login.request.partition(" ")[2], tuple(login.headers.items()))


def _landing(answer: Reply) -> str:
    """Where a login leads to, on this service."""
    place = answer.header("location") or ""
    path = re.sub(r"^https?://[^/]+", "", place)
    return path if path.startswith("/") else "/"


def login_request(
    login: Login,
    hidden: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
) -> Request:
    """The request that logs in, with the hidden fields and the cookies of the page before it."""
    method, _, target = login.request.partition(" ")
    headers = list(login.headers.items())
    body: bytes | None = None
    kind = ""
    if login.json is not None:
        body, kind = json.dumps(login.json).encode(), "application/json"
    elif login.form:
        fields = {**(hidden or {}), **login.form}
        body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    if kind and not any(key.lower() == "content-type" for key, _ in headers):
        headers.append(("Content-Type", kind))
    if cookies:
        headers.append(("Cookie", _in_one_header(cookies)))
    return Request(method, target, tuple(headers), body)


def _token(name: str, where: str, answer: Reply) -> str:
    """The token in the answer; LoginFailed when there is none."""
    if where.startswith(_IN_HEADER):
        header = where.removeprefix(_IN_HEADER)
        found: Any = answer.header(header)
        says = f"no header {header}"
        todo = f"Headers that came: {', '.join(key for key, _ in answer.headers) or 'none'}."
    else:
        found = value_at(answer.body, where)
        says = f"nothing to use as a token at {where}"
        todo = "Set the key token to the place of the token in this answer, such as $.token."
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise _failed(name, f"the answer holds {says}", answer, todo)
    token = str(found)
    if not token.isprintable():
        raise _failed(name, "the token cannot be sent in a header", answer, todo)
    return token


def _cookies(
    name: str, request: Request, answer: Reply, before: Mapping[str, str]
) -> dict[str, str]:
    """The cookies that the actor has now; LoginFailed when the login brought none.

    Some services mark the visitor before the login, and set no other cookie when it succeeds.
    """
    fresh = _set_cookies(answer)
    moved_on = answer.status // 100 == _REDIRECT and bool(before)
    if asks_for_password(answer) or not (fresh or moved_on):
        raise _failed(
            name,
            f"{request} asks for the password again" if fresh else f"{request} set no cookie",
            answer,
            "If the answer holds a token, say where with the key token, such as $.token. "
            "If it is the login page again, the password or a form field is wrong.",
        )
    return _set_cookies(answer, before)


def _set_cookies(answer: Reply, before: Mapping[str, str] | None = None) -> dict[str, str]:
    cookies = dict(before or {})
    for key, value in answer.headers:
        if key.lower() == "set-cookie":
            cookie, alive = _cookie(value)
            cookies.pop(cookie[0], None)
            cookies.update([cookie] if alive and cookie[0] else [])
    return cookies


def _cookie(text: str) -> tuple[tuple[str, str], bool]:
    """Name and value of a Set-Cookie header, and whether it is not being deleted.

    As RFC 6265 section 5.2 reads it: the value is sent back as it came, quotes included.
    """
    first, *rest = text.split(";")
    key, _, value = first.partition("=")
    pair = (key.strip(), value.strip())
    attributes = {
        name.strip().lower(): given.strip()
        for name, _, given in (part.partition("=") for part in rest)
    }
    age = attributes.get("max-age", "")
    if re.fullmatch(r"-?\d+", age):
        return pair, int(age) > 0
    return pair, not _is_past(attributes.get("expires", ""))


def _is_past(date: str) -> bool:
    """Whether an HTTP date is over; an unreadable one is not."""
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError, OverflowError):
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment < datetime.datetime.now(datetime.UTC)


def _with_cookies(
    fixed: tuple[tuple[str, str], ...], cookies: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    """Fixed headers and all cookies in one header; a fixed cookie stays as it is."""
    own = "; ".join(value for key, value in fixed if key.lower() == "cookie")
    named = {pair.partition("=")[0].strip() for pair in own.split(";")}
    others = {key: value for key, value in cookies.items() if key not in named}
    pairs = "; ".join(filter(None, [own, _in_one_header(others)]))
    return (*(field for field in fixed if field[0].lower() != "cookie"), ("Cookie", pairs))


def _in_one_header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{key}={value}" for key, value in cookies.items())


def _failed(name: str, says: str, answer: Reply, todo: str) -> LoginFailed:
    """The error for an answer that is no login: with its status and the beginning of its body."""
    text = answer.body.decode(errors="replace").strip()
    shown = "".join(letter if letter.isprintable() or letter == "\n" else "." for letter in text)
    excerpt = shown if len(shown) <= _EXCERPT else shown[:_EXCERPT] + " ..."
    return LoginFailed(
        f"Actor {name} cannot log in: {says}.",
        where=f"key actors.{name}.login",
        seen=f"status {answer.status}" + (f", body: {excerpt}" if excerpt else ", empty body"),
        todo=todo,
    )
