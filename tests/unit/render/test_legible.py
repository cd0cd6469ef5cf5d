from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.render.legible import legible, one_line, spread_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_an_escape_sequence_is_shown():
    """Escape, bell and delete become pictures of themselves."""
    assert legible("a\x1b[31m\x07\x7f") == "a␛[31m␇␡"


def test_line_breaks_stay_and_tabs_become_blanks():
    """The shape of a text stays."""
    assert legible("a\r\nb\tc\n") == "a\nb   c\n"


def test_a_lone_carriage_return_is_shown():
    """It would write over the beginning of the line."""
    assert legible("ok\rbad") == "ok␍bad"


def test_surrogates_are_replaced():
    """They could not be written."""
    assert legible("\ud800") == "\N{REPLACEMENT CHARACTER}"


def test_one_line_has_no_breaks():
    """White space of any kind is one blank."""
    assert one_line(" a\n\n  b\t") == "a b"


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text):
    """No control character but the line break survives, and the text can be written."""
    shown = legible(text)
    assert not [char for char in shown if char != "\n" and (char < " " or "\x7f" <= char < "\xa0")]
    shown.encode()


@given(JSON, st.integers(min_value=1, max_value=60), st.booleans())
def test_spreading_changes_white_space_only(value, width, compact):
    """A spread document says the same, byte for byte, but for its white space."""
    text = json.dumps(value, separators=(",", ":") if compact else None)
    spread = spread_json(text, width)
    assert json.loads(spread) == value
    # json.dumps escapes every line break inside of a string, so these are all ours.
    assert "".join(spread.split()) == "".join(text.split())


def test_numbers_and_escapes_stay_as_sent():
    """A trailing zero or an escape is evidence."""
    text = '{"amount":1.10,"name":"\\u00e9\\"x","big":1e400}'
    assert spread_json(text, 20).splitlines() == [
        "{",
        '  "amount": 1.10,',
        '  "name": "\\u00e9\\"x",',
        '  "big": 1e400',
        "}",
    ]


def test_what_is_no_json_stays_as_it_is():
    """Nothing is guessed, nothing gets lost."""
    broken = '{"a": "x, [1, 2' * 20
    assert spread_json(broken, 10) == broken
    assert spread_json("[" * 100_000, 10) == "[" * 100_000


def test_inner_values_that_fit_stay_on_a_line():
    """A list of small objects reads as a list."""
    text = '[{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]'
    assert spread_json(text, 30).splitlines() == [
        "[",
        '  {"id": 1, "name": "a"},',
        '  {"id": 2, "name": "b"}',
        "]",
    ]
