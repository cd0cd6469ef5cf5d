"""Requests as people write them in guards, made into templates."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from twiceshy.config.project import Record
from twiceshy.errors import nearest
from twiceshy.model.scenario import SLOT, RequestTemplate, line_template

if TYPE_CHECKING:
    from collections.abc import Mapping

_REQUEST = r"^[A-Z]+ /\S*$"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT", "SEARCH", "QUERY")


def _request_line(line: str) -> str:
    """The line itself; ValueError says what is wrong with it."""
    method, _, path = line.partition(" ")
    if line.startswith("/"):
        message = f'{line} lacks its method: write "GET {line}"'
        raise ValueError(message)
    meant = method.upper() if method.upper() in _METHODS else nearest(method.upper(), _METHODS)
    if meant and method != meant:
        message = f'{method} is no method of HTTP: write "{meant} {path}"'
        raise ValueError(message)
    if not re.fullmatch(_REQUEST, line):
        message = f"{line!r} is no request: a method and a path, such as 'GET /goals/{{goal_id}}'"
        raise ValueError(message)
    return line


RequestLine = Annotated[
    str, AfterValidator(_request_line), WithJsonSchema({"type": "string", "pattern": _REQUEST})
]
"""Method and path, such as `GET /goals/{goal_id}`; methods that nobody has standardised, too."""

with warnings.catch_warnings():
    # `json` is the word that users write; that it hides a deprecated method of pydantic is fine.
    warnings.filterwarnings("ignore", message='Field name "json"')

    class WholeRequest(Record):
        """One request with a body, a query or headers."""

        request: RequestLine = Field(
            description='Method and path, such as "POST /deposits/{deposit_id}/assign".'
        )
        json: Any = Field(default=None, description="The body, sent as JSON.")
        form: dict[str, str] = Field(
            default_factory=dict, description="The body, sent as an HTML form."
        )
        query: dict[str, str] = Field(default_factory=dict, description="Query parameters.")
        headers: dict[str, str] = Field(default_factory=dict, description="Further headers.")

    class RequestEntry(WholeRequest):
        """One request whose `{slots}` take ids of rows."""

        bind: dict[str, str] = Field(
            default_factory=dict,
            description='Which column a slot takes its values from: { owner = "users.id" }.',
        )


RequestLike = RequestLine | RequestEntry


def means(line: str, request: str) -> bool:
    """Whether people who write `line` mean `request`, both such as `GET /goals/{id}`.

    What slots are called does not matter, and a value may stand where the request has a slot.
    """
    parts, others = line.split("/"), request.split("/")
    return len(parts) == len(others) and all(
        part == other or bool(SLOT.fullmatch(other))
        for part, other in zip(parts, others, strict=True)
    )


def asked(entry: str | RequestEntry) -> tuple[RequestTemplate | str, Mapping[str, str]]:
    """What is to be surveyed for one entry: its template, and what its slots are bound to.

    A bare line stays text: the OpenAPI description may know its body.
    """
    if isinstance(entry, str):
        return entry, {}
    return template_of(entry), entry.bind


def template_of(entry: WholeRequest) -> RequestTemplate:
    """The template of an entry that says everything itself."""
    return replace(
        line_template(entry.request),
        query=tuple(entry.query.items()),
        headers=tuple(entry.headers.items()),
        json=entry.json,
        form=tuple(entry.form.items()),
        has_json=entry.json is not None,
    )
