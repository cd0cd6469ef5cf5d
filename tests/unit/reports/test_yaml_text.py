from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.errors import ReportError
from twiceshy.reports.yaml_text import parse_yaml

FILE = Path("report.md")


def test_keys_have_lines_and_values_their_plain_types():
    """Nested keys and items are located in the file's lines."""
    value, lines = parse_yaml(
        "kind: x\nexpect:\n  status: 201\n  rows: [1, 2]\nwhen: 2026-12-01\n", FILE, first_line=5
    )
    assert value == {
        "kind": "x",
        "expect": {"status": 201, "rows": [1, 2]},
        "when": datetime.date(2026, 12, 1),
    }
    assert lines == {
        "kind": 5,
        "expect": 6,
        "expect.status": 7,
        "expect.rows": 8,
        "expect.rows.0": 8,
        "expect.rows.1": 8,
        "when": 9,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("22:30", "22:30"),
        ("010", "010"),
        ("2020-22-09", "2020-22-09"),
        ("!!int x", "x"),
        ("!!timestamp x", "x"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("-3", -3),
        ("0x1f", 31),
        ("true", True),
        ("~", None),
        ("on: 1", {"on": 1}),
        ("1: a", {"1": "a"}),
        ("a: &x {b: 1}\nc: {<<: *x}", {"a": {"b": 1}, "c": {"b": 1}}),
        ("", None),
        ("# nothing", None),
    ],
)
def test_scalars_are_read_as_people_mean_them(text, value):
    """Words, times and impossible dates stay text, and so does every key."""
    assert parse_yaml(text, FILE)[0] == value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: [1\n", 3, "expected"),
        ("a: 1\nb: c: d\n", 2, "mapping values"),
        ("a: 1\na: 2\n", 2, "the key a occurs twice"),
        ("a: &a [*a]\n", 1, "contains itself"),
        ("\n? [x]\n: 1\n", 2, "a key must be a text"),
        ("a: \x07\n", 1, "control character"),
        ("a: !!python/object:os.system x\n", 1, "could not determine a constructor"),
        ("a\u2028b\nc: [", 2, ""),
        ("a: " + "[" * 5000, 1, "nested too deeply"),
        ("a: 1\n---\nb: 2\n", 2, "expected a single document"),
    ],
)
def test_what_is_malformed_is_told_with_its_line(text, line, says):
    """Faults of the syntax and what must not be built are problems of their line."""
    with pytest.raises(ReportError) as caught:
        parse_yaml(text, FILE, first_line=11)
    assert says in caught.value.happened
    assert str(caught.value.location) == f"report.md:{10 + line}"


def test_a_page_that_stands_for_billions_of_values_is_refused():
    """Aliases of aliases are not expanded for those who read the value."""
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    with pytest.raises(ReportError, match="too many values"):
        parse_yaml(bomb, FILE)


@given(st.text(alphabet="ab:-[]{}&*!?|>'\"#%@`, \n\t1<=", max_size=50))
def test_any_text_gives_a_value_or_a_problem(text):
    """No text is beyond the reader."""
    try:
        _, lines = parse_yaml(text, FILE)
        found = list(lines.values())
    except ReportError as error:
        found = [error.location.line if error.location else 0]
    assert all(1 <= line <= text.count("\n") + 1 for line in found)
