from __future__ import annotations

import json

import pytest

from twiceshy.synthesis.documents import documents
from twiceshy.synthesis.remarks import remarks


def made(*definitions: str) -> list:
    """The documents for a column with these CHECKs."""
    found = tuple(remark for text in definitions for remark in remarks(text, ("doc",)))
    return [json.loads(text) for text in documents(found, 9)]


@pytest.mark.parametrize(
    ("definitions", "first"),
    [
        (("CHECK ((doc ? 'name'::text))",), {"name": "x"}),
        (("CHECK ((doc ?& ARRAY['a', 'b']))",), {"a": "x", "b": "x"}),
        (("CHECK (((doc ->> 'kind') = ANY (ARRAY['x', 'y'])))",), {"kind": "x"}),
        (("CHECK (((doc #>> '{a,b}')::int > 5))",), {"a": {"b": 6}}),
        (("CHECK ((((doc -> 'a') ->> 'b') = '007'))",), {"a": {"b": "007"}}),
        (("CHECK (((doc ->> 'ok'))::boolean)",), {"ok": True}),
        (("CHECK ((jsonb_typeof(doc) = 'array'))",), []),
        (("CHECK ((jsonb_typeof((doc -> 'n')) = 'number'))",), {"n": 1}),
        (("CHECK ((jsonb_array_length((doc -> 'l')) > 1))",), {"l": [1, 1]}),
        (('CHECK ((doc @> \'{"a": {"b": 1}}\'))',), {"a": {"b": 1}}),
        (("CHECK (((doc -> 'k') IS NOT NULL))",), {"k": "x"}),
        (
            ("CHECK ((doc ? 'name'))", "CHECK (((doc ->> 'name') = 'ben'))", "CHECK (doc ? 'b')"),
            {"b": "x", "name": "ben"},
        ),
    ],
)
def test_documents_hold_what_is_looked_for(definitions: tuple[str, ...], first) -> None:
    """All that is asked for at once; what is plain goes before what is vague."""
    assert made(*definitions)[0] == first


def test_each_row_may_have_another() -> None:
    """The row's number stands in every second document."""
    assert made("CHECK (doc ? 'a')")[1] == {"a": "x", "n_": 9}
    assert made("CHECK (jsonb_array_length(doc) = 2)")[1] == [1, 1, 9]


def test_values_take_turns() -> None:
    """Each of those that are listed gets its document."""
    kinds = {doc["kind"] for doc in made("CHECK (((doc ->> 'kind') IN ('x', 'y', 'z')))")}
    assert kinds == {"x", "y", "z"}


def test_nothing_without_demands() -> None:
    """A size in bytes says nothing about contents, nor does what is no JSON."""
    assert made("CHECK (length(doc::text) < 1000)") == []
    assert made("CHECK (doc @> 'no json')") == []
    assert made() == []
