"""What must not be kept of a request."""

from __future__ import annotations

import pytest

from twiceshy.traffic.secrets import (
    HIDDEN,
    hidden,
    hidden_headers,
    hidden_json,
    hidden_url,
    is_secret,
)


@pytest.mark.parametrize(
    "name",
    ["password", "newPassword", "Authorization", "Set-Cookie", "X-Api-Key", "XApiKey", "api_key",
     "access_token", "accessToken", "X-CSRFToken", "csrfmiddlewaretoken", "client_secret", "JWT",
     "PHPSESSID_session_id", "sessionId", "private-key", "OTP"],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    """However its words are joined, the name tells."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    ["author", "authority", "passenger", "compass", "keyboard", "monkey", "tokens_used", "session",
     "signal", "designation", "key", "id", "", "cookies_accepted_at"],
)  # fmt: skip
def test_names_of_other_things(name: str) -> None:
    """A word that merely contains another is no secret."""
    assert not is_secret(name)


def test_a_token_is_known_by_its_look() -> None:
    """A JSON Web Token under a harmless name is one all the same."""
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    assert hidden("value", token) == HIDDEN
    assert hidden("X-Custom", "Bearer abc") == HIDDEN
    assert hidden("value", "Bearer of bad news") == "Bearer of bad news"
    assert hidden("password", "") == ""


def test_bodies_keep_their_shape() -> None:
    """Secrets are found at any depth, and what stands there is of the same type."""
    body = {
        "user": {"email": "ana@example.com", "password": "x", "pin": 7},
        "credentials": {"kind": "basic", "value": "y"},
        "tokens": 3,
        "list": [{"token": "z"}, {"token": None}, {"otp": 123456}],
    }
    assert hidden_json(body) == {
        "user": {"email": "ana@example.com", "password": HIDDEN, "pin": 7},
        "credentials": {"kind": HIDDEN, "value": HIDDEN},
        "tokens": 3,
        "list": [{"token": HIDDEN}, {"token": None}, {"otp": 0}],
    }


def test_addresses_lose_secrets_and_nothing_else() -> None:
    """A query without secrets stays to the letter as it was, one with a token does not."""
    odd = "/find?q=a%20b&&c&d=%7Bx%7D"
    assert hidden_url(odd) == odd
    assert hidden_url("/a?token=1&page=2") == f"/a?token={HIDDEN}&page=2"
    assert hidden_url("http://me:pw@example.com/a") == "http://example.com/a"
    assert hidden_url("http://[::1/a") == ""


def test_headers_that_name_addresses() -> None:
    """A redirect may carry what its header's name does not tell."""
    headers = [("Location", "/back?access_token=1"), ("Cookie", "sid=1"), ("Accept", "text/csv")]
    assert hidden_headers(headers) == (
        ("Location", f"/back?access_token={HIDDEN}"),
        ("Cookie", HIDDEN),
        ("Accept", "text/csv"),
    )
