"""A request as a line of curl: read back by a real shell, it must say the same."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.model.curl import curl
from twiceshy.model.scenario import Request

SHELL = shutil.which("sh") or "/bin/sh"
# Prints every argument that curl would get, each ended by a NUL byte.
SPY = "curl() { for word; do printf '%s\\0' \"$word\"; done; }\n"


def words(line: str, **variables: str) -> list[str]:
    """The arguments that a shell would hand to curl for this line."""
    finished = subprocess.run(
        [SHELL, "-c", SPY + line],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "SERVICE": "http://x:1", **variables},
    )
    return finished.stdout.decode().split("\0")[:-1]


def test_a_plain_get_is_short() -> None:
    """A GET needs neither method nor quotes beyond those of the variable."""
    assert curl(Request("GET", "/goals")) == 'curl -i "$SERVICE/goals"'


def test_a_query_is_quoted() -> None:
    """An ampersand must not send curl into the background."""
    line = curl(Request("GET", "/goals?a=1&b=2"))
    assert line == 'curl -i "$SERVICE/goals?a=1&b=2"'
    assert words(line)[-1] == "http://x:1/goals?a=1&b=2"


def test_json_body_and_header() -> None:
    """A body is sent as it is, with the header that the request carries."""
    request = Request("POST", "/goals", (("Content-Type", "application/json"),), b'{"n": "it\'s"}')
    assert words(curl(request)) == [
        "-i", "-X", "POST", "-H", "Content-Type: application/json", "http://x:1/goals",
        "--data-raw", '{"n": "it\'s"}',
    ]  # fmt: skip


def test_credentials_keep_their_variable() -> None:
    """A secret is named by a shell variable and filled in by the shell."""
    line = curl(Request("GET", "/goals"), credentials="Authorization: Bearer $ANA")
    assert line == 'curl -i -H "Authorization: Bearer $ANA" "$SERVICE/goals"'
    assert "Authorization: Bearer t" in words(line, ANA="t")


def test_what_the_request_says_is_literal() -> None:
    """A dollar sign, a backtick or an exclamation mark in the request is never run."""
    request = Request("GET", "/a$HOME`id`!x", (("X-Note", "$HOME"),))
    assert words(curl(request)) == ["-i", "-H", "X-Note: $HOME", "http://x:1/a$HOME`id`!x"]


def test_a_body_without_a_type_stays_without() -> None:
    """curl's own content type for bodies is taken away."""
    assert "Content-Type:" in words(curl(Request("PUT", "/x", body=b"a")))


def test_head_does_not_wait_for_a_body() -> None:
    """HEAD has its own option."""
    assert curl(Request("HEAD", "/x")) == 'curl -i --head "$SERVICE/x"'


def test_dots_and_brackets_reach_the_service() -> None:
    """curl neither tidies the path nor expands ranges in it."""
    line = curl(Request("GET", "/a/../b?ids[]=1"))
    assert "--path-as-is" in line
    assert "--globoff" in line


def test_base_without_variable() -> None:
    """A literal address needs no quotes."""
    assert curl(Request("GET", "/x"), "http://127.0.0.1:8000") == "curl -i http://127.0.0.1:8000/x"


def test_a_variable_ends_where_it_ends() -> None:
    """Text right after a variable is not read as part of its name."""
    assert words(curl(Request("GET", "goals")))[-1] == "http://x:1goals"


def test_a_binary_body_goes_through_a_pipe() -> None:
    """Bytes that are no text are written by printf."""
    line = curl(Request("PUT", "/x", (("Content-Type", "image/png"),), b"\x89\x00"))
    assert line.startswith("printf '\\211\\000' | curl ")
    assert line.endswith("--data-binary @-")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@settings(max_examples=40, deadline=None)
@given(
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
    target=st.text(st.characters(min_codepoint=33, max_codepoint=126)),
)
def test_any_text_survives_the_shell(method: str, text: str, target: str) -> None:
    """Body, header and target arrive as they are, whatever they hold."""
    said = words(curl(Request(method, "/" + target, (("X-T", text),), text.encode())))
    assert said[said.index("--data-raw") + 1] == text
    assert f"X-T: {text}" in said
    assert f"http://x:1/{target}" in said
