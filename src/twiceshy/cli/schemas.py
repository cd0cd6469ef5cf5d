"""The JSON Schemas that the command can print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twiceshy.config.json_schema import DIALECT, config_schema
from twiceshy.render.machine_schema import schema as run_schema
from twiceshy.site.record import schema as report_schema


def guard_schema() -> dict[str, Any]:
    """Of one guard block: the keys of every kind, told apart by `kind`."""
    from pydantic.json_schema import models_json_schema

    from twiceshy.guards import kinds

    known = kinds()
    references, shared = models_json_schema([(kind.spec_type, "validation") for kind in known])
    choices = []
    for kind in known:
        reference = references[(kind.spec_type, "validation")]
        name = reference["$ref"].rpartition("/")[2]
        body = dict(shared["$defs"].pop(name))
        named = {"kind": {"const": kind.name, "description": kind.says}}
        body["properties"] = named | body.get("properties", {})
        body["required"] = ["kind", *(key for key in body.get("required", ()) if key != "kind")]
        choices.append(body | {"title": kind.name, "description": kind.when})
    definitions = {"$defs": shared["$defs"]} if shared.get("$defs") else {}
    return {"$schema": DIALECT, "title": "twiceshy guard", "oneOf": choices, **definitions}


BY_NAME: dict[str, Callable[[], dict[str, Any]]] = {
    "config": config_schema,
    "guard": guard_schema,
    "run": run_schema,
    "report": report_schema,
}
