"""Auth files of Web Fuzzing Commons become actors; what cannot be done is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twiceshy.config.auth_file import read_auth_file
from twiceshy.config.project import ActorConfig, Login
from twiceshy.errors import ConfigurationError, SeveralProblems

if TYPE_CHECKING:
    from pathlib import Path


def actors(folder: Path, text: str, name: str = "auth.yaml") -> dict[str, ActorConfig]:
    """The actors of a file with this text."""
    path = folder / name
    path.write_text(text)
    return read_auth_file(path)


def problem(folder: Path, text: str) -> ConfigurationError:
    """The error that a file with this text gives."""
    with pytest.raises(ConfigurationError) as caught:
        actors(folder, text)
    return caught.value


def login(folder: Path, *lines: str) -> Login:
    """The login of one user, whose loginEndpointAuth has these lines."""
    inside = "".join(f"      {line}\n" for line in lines)
    text = f"auth:\n  - name: ana\n    loginEndpointAuth:\n      endpoint: /login\n{inside}"
    found = actors(folder, text)["ana"].login
    assert found is not None
    return found


def test_fixed_headers_are_headers(tmp_path: Path) -> None:
    """A static token goes along with every request."""
    text = """
schemaVersion: "0.1.0"
configs: { maxTime: 5m }
auth:
  - name: ana
    fixedHeaders:
      - { name: Authorization, value: Bearer a }
      - { name: X-Tenant, value: "1" }
  - name: ben
    fixedHeaders: [{ name: Authorization, value: Bearer b }]
"""
    assert actors(tmp_path, text) == {
        "ana": ActorConfig(headers={"Authorization": "Bearer a", "X-Tenant": "1"}),
        "ben": ActorConfig(headers={"Authorization": "Bearer b"}),
    }


def test_the_template_fills_what_an_entry_leaves_out(tmp_path: Path) -> None:
    """Nested keys are merged, an entry's own value wins, null counts as left out."""
    text = r"""
auth:
  - name: ana
    loginEndpointAuth:
      payloadRaw: "{\"username\": \"ana\", \"password\": \"1\"}"
      verb: null
  - name: ben
    loginEndpointAuth:
      endpoint: /sessions
      payloadUserPwd: { username: ben, password: "2", usernameField: user, passwordField: pwd }
authTemplate:
  loginEndpointAuth:
    endpoint: /login
    verb: POST
    contentType: application/json
    expectCookies: true
"""
    assert actors(tmp_path, text) == {
        "ana": ActorConfig(
            login=Login(request="POST /login", json={"username": "ana", "password": "1"})
        ),
        "ben": ActorConfig(login=Login(request="POST /sessions", json={"user": "ben", "pwd": "2"})),
    }


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (
            (
                "{extractFrom: body, extractSelector: /token/authToken, sendIn: header, "
                "sendName: Authorization, sendTemplate: 'Bearer {token}'}"
            ),
            ("$.token.authToken", "Authorization", "Bearer "),
        ),
        (
            "{extractFrom: header, extractSelector: X-Auth-Token, sendIn: header, sendName: X-Key}",
            ("header X-Auth-Token", "X-Key", ""),
        ),
        (
            (
                "{extractFrom: body, extractSelector: '/a~1b/0/it''s', sendName: K, "
                "sendFormat: 'JWT {token}'}"
            ),
            ("$['a/b'][0][\"it's\"]", "K", "JWT "),
        ),
        (
            (
                "{extractFromField: /access_token, httpHeaderName: Authorization, "
                "headerPrefix: 'Bearer '}"
            ),
            ("$.access_token", "Authorization", "Bearer "),
        ),
        (
            "{extractFromHeader: X-Token, httpHeaderName: X-Token}",
            ("header X-Token", "X-Token", ""),
        ),
        ("{extractFromField: '', httpHeaderName: X-Token}", ("$", "X-Token", "")),
    ],
)
def test_tokens_in_today_s_and_older_words(
    tmp_path: Path, token: str, expected: tuple[str, str, str]
) -> None:
    """JSON Pointers and header names become places in the words of our configuration."""
    found = login(tmp_path, "verb: POST", f"token: {token}")
    assert (found.token, found.header, found.prefix) == expected


def test_forms_and_other_types_of_json(tmp_path: Path) -> None:
    """The content type decides how a payload is sent and is kept where it is special."""
    form = login(
        tmp_path,
        "verb: POST",
        "contentType: application/x-www-form-urlencoded",
        "payloadRaw: user=a%20b&password=&x=1",
        "expectCookies: true",
        "headers: [{name: X-A, value: b}]",
    )
    assert form.form == {"user": "a b", "password": "", "x": "1"}
    assert form.headers == {"X-A": "b"}
    special = login(
        tmp_path,
        "verb: PUT",
        "contentType: application/vnd.api+json",
        "payloadRaw: '[1]'",
        "expectCookies: true",
    )
    assert special.json == [1]
    assert special.headers == {"Content-Type": "application/vnd.api+json"}
    bare = login(tmp_path, "verb: GET", "expectCookies: true")
    assert bare == Login(request="GET /login")


def test_a_file_in_toml(tmp_path: Path) -> None:
    """The format allows it."""
    text = '[[auth]]\nname = "ana"\nfixedHeaders = [{ name = "A", value = "b" }]\n'
    assert actors(tmp_path, text, "auth.toml") == {"ana": ActorConfig(headers={"A": "b"})}


HEADERS = "[{name: A, value: b}]"
LOGIN = "auth:\n  - name: ana\n    loginEndpointAuth:\n"
COOKIES = "      expectCookies: true\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            "auth:\n  - name: ana\n    requireMockHandling: true\n    fixedHeaders: *H\n".replace(
                "*H", HEADERS
            ),
            3,
            "mocked",
        ),
        ("auth:\n  - name: ana\n    createUsers: { verb: POST }\n", 3, "seed"),
        ("auth:\n  - name: ana\n", 2, "neither"),
        (
            LOGIN + "      externalEndpointURL: https://a/login\n      verb: POST\n" + COOKIES,
            4,
            "another server",
        ),
        (LOGIN + "      endpoint: login\n      verb: POST\n" + COOKIES, 4, "begins with /"),
        (LOGIN + "      verb: POST\n" + COOKIES, 3, "endpoint is missing"),
        (LOGIN + "      endpoint: /login\n      verb: POST\n", 3, "expectCookies"),
        (
            LOGIN + "      endpoint: /login\n      verb: POST\n      token: {sendIn: query}\n",
            6,
            "query",
        ),
        (
            LOGIN
            + "      endpoint: /login\n      verb: POST\n"
            + "      token: {extractFrom: body, extractSelector: token, sendName: A}\n",
            6,
            "JSON Pointer",
        ),
        (
            LOGIN
            + "      endpoint: /login\n      verb: POST\n      token:\n"
            + "        extractFrom: body\n        extractSelector: /token\n        sendName: A\n"
            + "        sendTemplate: \"'{token}'\"\n",
            10,
            "must end with",
        ),
        (
            LOGIN
            + "      endpoint: /login\n      verb: POST\n      payloadRaw: <a/>\n"
            + "      contentType: application/xml\n"
            + COOKIES,
            7,
            "cannot be sent",
        ),
        (
            LOGIN + "      endpoint: /login\n      verb: POST\n      payloadRaw: a\n" + COOKIES,
            3,
            "contentType is missing",
        ),
        (
            LOGIN
            + "      endpoint: /login\n      verb: POST\n      payloadRaw: a\n"
            + "      contentType: application/json\n"
            + COOKIES,
            6,
            "no JSON",
        ),
        ("auth:\n  - name: ana\n    fixedHeader: []\n", 3, "no key fixedHeader"),
        ("auth:\n  - fixedHeaders: []\n", 2, "name is missing"),
        ("auth:\n  - name: ana\n    fixedHeaders: [{name: A, value: 5}]\n", 3, "text in quotes"),
        ("auth: []\n", 1, "not empty"),
        ("{}", 1, "auth is missing"),
        ("- a\n", 1, "table"),
        ("", 0, "table"),
        ("auth: [\n", 2, "not valid YAML"),
        ("auth: &a [*a]\n", 1, ""),
        ("auth: 'x\n", 2, "not valid YAML"),
        ("auth: \x07\n", 0, "not valid YAML"),
        ("[" * 5000, 0, "not valid YAML"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    """Nothing is left out in silence."""
    error = problem(tmp_path, text)
    assert says in error.happened
    assert error.location is not None
    assert error.location.line == line


def test_a_line_of_the_template_is_named(tmp_path: Path) -> None:
    """A wrong value that comes from the template is shown there."""
    text = """auth:
  - name: ana
    loginEndpointAuth: { endpoint: /login, expectCookies: true }
authTemplate:
  loginEndpointAuth:
    verb: SEND
"""
    error = problem(tmp_path, text)
    assert error.location is not None
    assert error.location.line == 6


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Two users of one name, one of them without any credentials."""
    text = "auth:\n- {name: a, fixedHeaders: [{name: A, value: b}]}\n- {name: a}\n"
    error = problem(tmp_path, text)
    assert isinstance(error, SeveralProblems)
    assert len(error.problems) == 2


@pytest.mark.parametrize("kind", ["missing", "folder", "binary", "toml"])
def test_an_unreadable_file_is_a_plain_error(tmp_path: Path, kind: str) -> None:
    """A file that is not there, a folder, and bytes that are no text."""
    path = tmp_path / ("auth.toml" if kind == "toml" else "auth.yaml")
    if kind == "folder":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    elif kind == "toml":
        path.write_text("auth = [")
    with pytest.raises(ConfigurationError, match=r"cannot be read|not valid"):
        read_auth_file(path)
