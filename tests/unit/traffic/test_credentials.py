"""Logging in: which headers an actor has afterwards, and what is said when it fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from twiceshy.config.project import ActorConfig, Login
from twiceshy.errors import LoginFailed
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import Request
from twiceshy.traffic.credentials import log_in, login_request


def actor(headers: dict[str, str] | None = None, **login: Any) -> ActorConfig:
    """An actor that logs in at /login."""
    return ActorConfig(headers=headers or {}, login=Login(request="POST /login", **login))


def headers_after(reply: Reply, who: ActorConfig) -> dict[str, str]:
    """The actor's headers after a login that is answered with `reply`."""
    return dict(log_in("ana", who, lambda _: reply).headers)


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON."""
    fields = tuple((key.replace("_", "-"), value) for key, value in headers.items())
    return Reply(status, fields, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("$.token", {"token": "t1"}),
        ("$.data.tokens[1].value", {"data": {"tokens": [{}, {"value": "t1"}]}}),
        ("$['a b'][\"c.d\"]", {"a b": {"c.d": "t1"}}),
        ("$[0]", ["t1"]),
        ("$", "t1"),
    ],
)
def test_a_token_is_found_by_its_path(path: str, body: object) -> None:
    """Names, quoted names, positions, or the whole body."""
    assert headers_after(reply(body), actor(token=path)) == {"Authorization": "Bearer t1"}


def test_a_token_that_is_the_plain_body() -> None:
    """Some services answer with nothing but the token."""
    assert headers_after(Reply(200, (), b" t1\n"), actor(token="$")) == {
        "Authorization": "Bearer t1"
    }


def test_a_token_in_a_header_goes_where_it_is_wanted() -> None:
    """Header, prefix and source are the configuration's; the fixed header of that name goes."""
    who = actor({"x-key": "old", "A": "1"}, token="header X-Auth", header="X-Key", prefix="k ")
    assert headers_after(reply({}, X_Auth="t1"), who) == {"A": "1", "X-Key": "k t1"}


def test_a_number_is_a_token_too() -> None:
    """It is sent as it prints."""
    assert headers_after(reply({"id": 7}), actor(token="$.id", prefix=""))["Authorization"] == "7"


@pytest.mark.parametrize(
    "body",
    [
        {"token": None},
        {"token": ""},
        {"token": {"a": 1}},
        {"token": True},
        {"token": "a\r\nX: y"},
        [],
        "text",
        {"tokens": "t1"},
    ],
)
def test_what_is_no_token_is_a_failed_login(body: object) -> None:
    """The answer is shown, so that the right path can be read off it."""
    with pytest.raises(LoginFailed) as caught:
        headers_after(reply(body), actor(token="$.token"))
    assert "status 200" in caught.value.seen
    assert caught.value.todo


@pytest.mark.parametrize("path", ["$..token", "$.a[", "$token", "$.a[x]"])
def test_an_unreadable_path_is_a_failed_login(path: str) -> None:
    """A path of a form that is not understood finds nothing."""
    with pytest.raises(LoginFailed, match="cannot log in"):
        headers_after(reply({"token": "t", "a": ["x"]}), actor(token=path))


def test_cookies_are_kept_when_no_token_is_named() -> None:
    """Name and value only, later ones win, deleted ones go, in one header with fixed ones."""
    answer = Reply(
        302,
        (
            ("Set-Cookie", "sid=first"),
            ("set-cookie", 'sid="a=b"; Path=/; HttpOnly; Expires=Wed, 01 Jan 2098 00:00:00 GMT'),
            ("Set-Cookie", "csrf=x;Max-Age=3600"),
            ("Set-Cookie", "old=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
            ("Set-Cookie", "gone=1; Max-Age=0"),
            ("Set-Cookie", "odd=1; Expires=whenever"),
            ("Set-Cookie", "=nameless"),
        ),
    )
    who = actor({"Cookie": "theme=dark", "A": "1"})
    assert headers_after(answer, who) == {
        "A": "1",
        "Cookie": 'theme=dark; sid="a=b"; csrf=x; odd=1',
    }


def test_no_cookie_is_a_failed_login() -> None:
    """The login page again, with status 200, is not mistaken for success."""
    with pytest.raises(LoginFailed) as caught:
        headers_after(Reply(200, (), b"<form>Wrong password</form>"), actor())
    assert "Wrong password" in caught.value.seen
    assert "token" in caught.value.todo


def test_a_refused_login_shows_status_and_body() -> None:
    """401 with its explanation, cut to a readable length."""
    with pytest.raises(LoginFailed) as caught:
        headers_after(Reply(401, (), b"no such user \x00" + b"x" * 5000), actor())
    assert caught.value.seen.startswith("status 401, body: no such user .xxx")
    assert len(caught.value.seen) < 400
    assert "actors.ana.login" in str(caught.value)


def test_no_answer_is_a_failed_login() -> None:
    """A service that does not answer is told in the words of the exchange."""
    with pytest.raises(LoginFailed, match="no answer") as caught:
        log_in("ana", actor(), lambda _: NoReply("refused", "no connection"))
    assert caught.value.seen == "no connection"


def test_fixed_headers_need_no_login() -> None:
    """Nothing is sent."""

    def never(request: Request) -> Reply:
        raise AssertionError(request)

    who = ActorConfig(headers={"X-Api-Key": "k"})
    assert log_in("ana", who, never).headers == (("X-Api-Key", "k"),)


def test_the_login_request_carries_json_form_or_nothing() -> None:
    """The body's type is said, unless the configuration says it."""

    def sent(**login: Any) -> Request:
        return login_request(Login(request="POST /login", **login))

    assert sent(json={"a": 1}) == Request(
        "POST", "/login", (("Content-Type", "application/json"),), b'{"a": 1}'
    )
    assert sent(form={"a": "b c"}) == Request(
        "POST", "/login", (("Content-Type", "application/x-www-form-urlencoded"),), b"a=b+c"
    )
    own = {"content-type": "application/vnd.api+json"}
    assert sent(json=[], headers=own) == Request(
        "POST", "/login", (("content-type", "application/vnd.api+json"),), b"[]"
    )
    assert sent() == Request("POST", "/login")
