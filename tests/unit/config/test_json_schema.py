from __future__ import annotations

import json

from twiceshy.config.json_schema import config_schema


def test_the_schema_names_its_dialect_and_every_key_of_the_file():
    """Editors get draft 2020-12 with the keys as users write them."""
    schema = config_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {
        "reports",
        "database",
        "service",
        "process",
        "actors",
        "versions",
        "storage",
        "rows",
        "network",
        "site",
        "actions",
    }
    assert "schema" in schema["$defs"]["Database"]["properties"]
    assert "schema_files" not in json.dumps(schema)


def test_every_key_has_a_title_or_text_and_unknown_keys_are_refused():
    """What an editor shows beside a key comes from the field itself."""
    schema = config_schema()
    for table in [schema, *schema["$defs"].values()]:
        assert table["additionalProperties"] is False
        assert table["description"]
        for name, value in table["properties"].items():
            assert value.get("description"), name
