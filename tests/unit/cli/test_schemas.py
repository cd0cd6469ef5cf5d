from __future__ import annotations

import json

import pytest

from twiceshy.cli.schemas import BY_NAME
from twiceshy.guards import kinds


@pytest.mark.parametrize("name", ["config", "guard", "run", "report"])
def test_each_is_a_schema(name):
    """JSON, with its dialect and a title, and all its references lead somewhere."""
    schema = BY_NAME[name]()
    text = json.dumps(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"]
    for part in text.split('"$ref": "#/$defs/')[1:]:
        assert part.partition('"')[0] in schema["$defs"]


def test_a_guard_is_of_one_kind():
    """Kinds are told apart by `kind`, and every one is there."""
    choices = BY_NAME["guard"]()["oneOf"]
    assert [choice["properties"]["kind"]["const"] for choice in choices] == [
        kind.name for kind in kinds()
    ]
    assert all("kind" in choice["required"] for choice in choices)
    assert all(choice["additionalProperties"] is False for choice in choices)
