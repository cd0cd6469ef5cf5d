"""The JSON Schema of the configuration file, for editors."""

from __future__ import annotations

from typing import Any

from twiceshy.config.project import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """The schema of `twiceshy.toml`, in draft 2020-12, with the titles and texts of all keys."""
    schema = Settings.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **schema, "title": "twiceshy.toml"}
