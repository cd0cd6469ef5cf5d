from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.config.placeholders import fill, known_placeholders, placeholders_in

VALUES = {"port": "8123", "redis.port": "6400", "scratch": "/tmp/x"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("serve --bind 127.0.0.1:{port}", "serve --bind 127.0.0.1:8123"),
        ("{redis.port}{scratch}", "6400/tmp/x"),
        ("{{port}}", "{port}"),
        ("${port} ${HOME:-x}", "${port} ${HOME:-x}"),
        ('{"a": {"b": "{port}"}}', '{"a": {"b": "8123"}}'),
        ("{1..3} {a,b} {} {{}} {", "{1..3} {a,b} {} {{}} {"),
        ("{unknown}", "{unknown}"),
    ],
)
def test_only_placeholders_are_filled(text, filled):
    """Known names in braces are filled; JSON, shell words and doubled braces are left as meant."""
    assert fill(text, VALUES) == filled


@given(st.text(alphabet="ab{}$. ", max_size=30))
def test_without_values_only_doubled_braces_change(text):
    """Filling nothing keeps every text that doubles no braces."""
    if "{{" not in text:
        assert fill(text, {}) == text


def test_names_are_found_once_and_literal_ones_not_at_all():
    """What would have to be filled is listed in order; doubled braces and `${X}` are no names."""
    text = "{port} {database_url} {port} {{python}} ${HOME} {print $1}"
    assert placeholders_in(text) == ("port", "database_url")


def test_further_processes_bring_placeholders_of_their_own():
    """Each process under [process] has a port and a socket to refer to."""
    known = known_placeholders(["redis"])
    assert {"port", "database_url", "redis.port", "redis.socket"} <= set(known)
