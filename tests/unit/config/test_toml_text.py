from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.config.toml_text import line_in, parse_toml, toml_lines
from twiceshy.errors import ConfigurationError, ReportError

FILE = Path("twiceshy.toml")


def test_every_way_to_write_a_key_has_its_line():
    """Tables, dotted and quoted keys, inline tables, arrays and arrays of tables are found."""
    text = """\
# a comment with [brackets] = "x"
reports = "p"

[service]
env = { A = "1", B.C = '2' }
"quoted key" = [
  "a, ] }",   # one
  { deep = 1 },
]
text = \"\"\"
fake = 1
\"\"\"
[service.more.still]
x.y = 1979-05-27 07:32:00
[[steps]]
request = "GET /"
[[steps]]
request = 'POST /'
[steps.inner]
z = true
"""
    tomllib.loads(text)
    lines = toml_lines(text)
    assert lines == {
        "reports": 2,
        "service": 4,
        "service.env": 5,
        "service.env.A": 5,
        "service.env.B": 5,
        "service.env.B.C": 5,
        "service.quoted key": 6,
        "service.quoted key.0": 7,
        "service.quoted key.1": 8,
        "service.quoted key.1.deep": 8,
        "service.text": 10,
        "service.more": 13,
        "service.more.still": 13,
        "service.more.still.x": 14,
        "service.more.still.x.y": 14,
        "steps": 15,
        "steps.0": 15,
        "steps.0.request": 16,
        "steps.1": 17,
        "steps.1.request": 18,
        "steps.1.inner": 19,
        "steps.1.inner.z": 20,
    }


def test_lines_count_from_the_line_on_which_the_text_begins():
    """A block inside of another file is located in that file, whatever its line ends."""
    assert toml_lines("a = 1\r\nb = 2\r\n", first_line=11) == {"a": 11, "b": 12}


def test_a_key_that_was_left_out_stands_where_its_table_stands():
    """The nearest table around a missing key is the place to look at."""
    lines = {"service": 3, "service.env": 5}
    assert line_in(lines, "service.env.HOME") == 5
    assert line_in(lines, "service.command") == 3
    assert line_in(lines, "reports") == 0


@pytest.mark.parametrize(
    ("text", "line", "seen"),
    [
        ("a = 1\nb = \nc = 2", 2, "b ="),
        ('a = 1\n\nb = "open', 3, 'b = "open'),
        ("a = 1\na = 2\n", 2, "a = 2"),
        ("a = [1,\n2\n", 2, "2"),
        ("\nkey", 2, "key"),
    ],
)
def test_what_is_not_toml_is_named_with_its_line(text, line, seen):
    """A fault in the syntax tells the file, the line and what stands there."""
    with pytest.raises(ConfigurationError) as caught:
        parse_toml(text, FILE)
    assert str(caught.value.location) == f"{FILE}:{line}"
    assert caught.value.seen == seen
    assert "not valid TOML" in caught.value.happened
    assert "(at " not in caught.value.happened


def test_the_class_and_the_first_line_are_the_callers():
    """A guard block reports in its own file's lines, as an error of the report."""
    with pytest.raises(ReportError) as caught:
        parse_toml("a = 1\nb", FILE, first_line=40, error=ReportError)
    assert caught.value.location is not None
    assert caught.value.location.line == 41


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "1" * 5000])
def test_absurd_values_are_problems_too(text):
    """Nesting and numbers beyond the parser's limits are told like any other fault."""
    with pytest.raises(ConfigurationError):
        parse_toml(text, FILE)


@given(st.text(alphabet="ab.=[]{}\"'\n ,#1\\", max_size=60))
def test_the_scanner_ends_on_any_text(text):
    """Whatever stands there, the scanner neither raises nor runs forever."""
    toml_lines(text)


TABLES = st.recursive(
    st.integers() | st.booleans() | st.text(alphabet="ab #]}=\n", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(alphabet="xyz", min_size=1, max_size=3), TABLES, max_size=5))
def test_every_key_of_a_document_is_found_on_its_line(table):
    """For any document, the scanner finds exactly the keys that the parser does."""
    lines = []
    expected = {}
    for key, value in table.items():
        lines.append(f"{key} = {_toml(value)}")
        for path in _paths(value, key):
            expected[path] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text) == table
    assert toml_lines(text) == expected


def _toml(value):
    if isinstance(value, dict):
        pairs = ", ".join(f"{key} = {_toml(item)}" for key, item in value.items())
        return "{" + pairs + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\n", "\\n") + '"'
    return str(value).lower()


def _paths(value, key):
    yield key
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for name, item in items:
        yield from _paths(item, f"{key}.{name}")
