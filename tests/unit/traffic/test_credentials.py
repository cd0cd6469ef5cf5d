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
        "X-CSRFToken": "x",
        "X-CSRF-Token": "x",
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


class Site:
    """A site with a login page: what it answers, by method and path, and what it was asked."""

    def __init__(self, **answers: Reply) -> None:
        self.answers = answers
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        self.asked.append(request)
        name = f"{request.method}_{request.target.strip('/') or 'home'}".lower()
        return self.answers.get(name, Reply(404))


def page(text: str, status: int = 200, *cookies: str) -> Reply:
    """A page of HTML that sets cookies."""
    kind = ("Content-Type", "text/html; charset=utf-8")
    return Reply(status, (kind, *(("Set-Cookie", cookie) for cookie in cookies)), text.encode())


LOGIN_PAGE = page(
    """<form action="/search"><input type=hidden name=lang value=en></form>
    <form method=post><input type="hidden" name="csrfmiddlewaretoken" value="a&amp;b">
    <input name=user><input type=password name=password></form>""",
    200,
    "csrftoken=before",
    "visit=1",
)
FORM = {"user": "ana", "password": "pw"}


def test_a_login_page_is_asked_for_its_hidden_fields_and_cookies() -> None:
    """As a browser does: what the page holds goes back, and a token against forgery goes along."""
    moved = Reply(302, (("Set-Cookie", "csrftoken=after"), ("Set-Cookie", "sid=1")))
    site = Site(get_login=LOGIN_PAGE, post_login=moved)
    headers = dict(log_in("ana", actor(form=FORM), site).headers)
    sent = site.asked[1]
    assert sent.body == b"csrfmiddlewaretoken=a%26b&user=ana&password=pw"
    assert dict(sent.headers)["Cookie"] == "csrftoken=before; visit=1"
    assert headers == {
        "X-CSRFToken": "after",
        "X-CSRF-Token": "after",
        "Cookie": "visit=1; csrftoken=after; sid=1",
    }


def test_a_token_against_forgery_may_stand_in_the_head_of_a_page() -> None:
    """Then it is taken from the page that the login leads to; a fixed header stays."""
    home = page('<meta name="csrf-param" content="t"><meta name="csrf-token" content="x1">')
    moved = Reply(302, (("Set-Cookie", "sid=1"), ("Location", "http://localhost:1/home")))
    site = Site(get_login=page("", 200, "sid=0"), post_login=moved, get_home=home)
    headers = log_in("ana", actor({"x-csrftoken": "mine"}, form=FORM), site).headers
    assert headers == (("X-CSRF-Token", "x1"), ("x-csrftoken", "mine"), ("Cookie", "sid=1"))
    assert dict(site.asked[2].headers) == {"Cookie": "sid=1"}


def test_a_cookie_for_angular_goes_into_its_own_header() -> None:
    """XSRF-TOKEN comes back as X-XSRF-TOKEN, decoded."""
    answer = reply({}, Set_Cookie="XSRF-TOKEN=a%3D%3D")
    assert headers_after(answer, actor(json={}))["X-XSRF-TOKEN"] == "a=="


def test_a_page_that_asks_for_the_password_again_is_a_failed_login() -> None:
    """A wrong password is answered with status 200 and a cookie as often as not."""
    site = Site(get_login=LOGIN_PAGE, post_login=LOGIN_PAGE)
    with pytest.raises(LoginFailed, match="asks for the password again"):
        log_in("ana", actor(form=FORM), site)


def test_a_session_that_began_before_the_login_is_kept() -> None:
    """Who is sent on without a new cookie was known by the old one."""
    site = Site(get_login=page("", 200, "sid=0"), post_login=Reply(303))
    assert dict(log_in("ana", actor(form=FORM), site).headers) == {"Cookie": "sid=0"}
