from __future__ import annotations

import pytest

from twiceshy.traffic.json_path import value_at

BODY = b'{"a": {"b": [1, {"c d": "x"}]}, "0": "zero", "long": 9007199254740993}'


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.a.b[0]", 1),
        ("$.a.b[1]['c d']", "x"),
        ('$.a.b[1]["c d"]', "x"),
        ("$[0]", "zero"),
        ("$.long", 9007199254740993),
        ("$.a.b[2]", None),
        ("$.a.b.c", None),
        ("$.nothing.at.all", None),
        ("$.a.b[x]", None),
        ("$", {"a": {"b": [1, {"c d": "x"}]}, "0": "zero", "long": 9007199254740993}),
    ],
)
def test_values_by_their_paths(path, value):
    """What is not there is None, whatever the path."""
    assert value_at(BODY, path) == value


def test_text_that_is_no_json():
    """All of it is a value; it has no members."""
    assert value_at(b" plain ", "$") == "plain"
    assert value_at(b" plain ", "$.a") is None
    assert value_at(b"[" * 100_000, "$.a") is None
