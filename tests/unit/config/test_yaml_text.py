"""YAML text is parsed, and its keys are found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.config.yaml_text import parse_yaml
from twiceshy.errors import ConfigurationError, ReportError

FILE = Path("a.yaml")


def test_values_and_their_lines() -> None:
    """Keys of tables and positions in lists have lines; what is missing has that around it."""
    text = parse_yaml("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n", FILE)
    assert text.data == {"a": {"b": 1, "c": ["x", {"d": 2}]}}
    assert text.line_of(["a", "b"]) == 2
    assert text.line_of(["a", "c", "1", "d"]) == 5
    assert text.find(["a", "c", "7", "d"]) == (3, 2)
    assert text.line_of([]) == 1


def test_values_are_those_of_yaml_1_2() -> None:
    """Names such as on, times and ports stay text; numbers are what JSON would have."""
    text = "on: no\nport: 22:22\nday: 2024-01-15\nnumbers: [1, -2.5, 1e3, 0x10, .inf, 010, 1_0]\n"
    assert parse_yaml(text + "none: [~, null, ]\nyes: true\n", FILE).data == {
        "on": "no",
        "port": "22:22",
        "day": "2024-01-15",
        "numbers": [1, -2.5, 1000.0, 16, float("inf"), "010", "1_0"],
        "none": [None, None],
        "yes": True,
    }
    assert parse_yaml("a: &x {b: 1}\nc: {<<: *x, d: 2}\ne:\n", FILE).data == {
        "a": {"b": 1},
        "c": {"b": 1, "d": 2},
        "e": None,
    }


def test_nothing_is_none() -> None:
    """An empty file, and one with a comment."""
    assert parse_yaml("# nothing\n", FILE).data is None
    assert parse_yaml("", FILE).line_of(["a"]) == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [\n", 2),
        ("a: 'x\n", 2),
        ("a: b: c\n", 1),
        ("a: \x07\n", 0),
        ("[" * 5000, 0),
        ("a: !!python/object:os.system {}\n", 1),
        ("--- a\n--- b\n", 2),
        ("? {a: 1}\n: 2\n", 1),
        ("a: !!timestamp 2026-99-99\n", 0),
        ("&a {*a : 1}\n", 1),
    ],
)
def test_what_is_no_yaml_is_said_with_its_line(text: str, line: int) -> None:
    """Every failure of the parser is the error that was asked for."""
    with pytest.raises(ReportError, match="not valid YAML") as caught:
        parse_yaml(text, FILE, error=ReportError)
    assert isinstance(caught.value, ConfigurationError)
    assert caught.value.location is not None
    assert caught.value.location.line == line
