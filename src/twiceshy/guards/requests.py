"""Requests as people write them in guards, made into templates."""

from __future__ import annotations

import re
import warnings
from typing import Annotated, Any

from pydantic import Field

from twiceshy.config.project import Record
from twiceshy.model.scenario import RequestTemplate


REQUEST = r"^[A-Z]+ /\S*$"
_LINE = re.compile(r"([A-Z]+) (/\S*)")

with warnings.catch_warnings():
    # `json` is the word that users write; that it hides a deprecated method of pydantic is fine.
    warnings.filterwarnings("ignore", message='Field name "json"')

    class RequestEntry(Record):
        """One request with a body, a query or headers; `{slots}` take ids of rows."""

        request: Annotated[str, Field(pattern=REQUEST)] = Field(
            description='Method and path, such as "POST /deposits/{deposit_id}/assign".'
        )
        json: Any = Field(default=None, description="The body, sent as JSON.")
        form: dict[str, str] = Field(
            default_factory=dict, description="The body, sent as an HTML form."
        )
        query: dict[str, str] = Field(default_factory=dict, description="Query parameters.")
        headers: dict[str, str] = Field(default_factory=dict, description="Further headers.")
        bind: dict[str, str] = Field(
            default_factory=dict,
            description='Which column a slot takes its values from: { owner = "users.id" }.',
        )


RequestLike = Annotated[str, Field(pattern=REQUEST)] | RequestEntry


def template(entry: str | RequestEntry) -> RequestTemplate:
    """The template that a guard's entry describes."""
    line = entry if isinstance(entry, str) else entry.request
    found = _LINE.fullmatch(line)
    assert found is not None, "the pattern of the field was checked before"
    if isinstance(entry, str):
        return RequestTemplate(found[1], found[2])
    return RequestTemplate(
        found[1],
        found[2],
        query=tuple(entry.query.items()),
        headers=tuple(entry.headers.items()),
        json=entry.json,
        form=tuple(entry.form.items()),
        has_json=entry.json is not None,
    )
