"""The text of an OpenAPI document, in JSON or YAML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from twiceshy.config.yaml_text import parse_yaml
from twiceshy.errors import ConfigurationError, Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def parse_document(text: str, source: Path) -> Mapping[str, Any]:
    """The document in JSON or YAML; `source` is for the error.

    Raises ConfigurationError, with the line, when it is neither, or no table.
    """
    text = text.removeprefix("\ufeff")
    document = _json_or_yaml(text, source) if text.lstrip()[:1] == "{" else None
    if document is None:
        document = parse_yaml(text, source).data
    if not isinstance(document, dict):
        raise ConfigurationError(
            "This is no OpenAPI document", location=Location(source), seen="no table of keys"
        )
    return document


def _json_or_yaml(text: str, source: Path) -> Any:
    """A text that begins as JSON does: tabs are allowed there, and large ones are read fast."""
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        try:
            # YAML has tables in braces too, with freer words inside.
            return parse_yaml(text, source).data
        except ConfigurationError:
            if isinstance(problem, RecursionError):
                raise
            raise ConfigurationError(
                f"This is not valid JSON: {problem.msg[:1].lower()}{problem.msg[1:]}",
                location=Location(source, problem.lineno),
                seen=_excerpt_at(text, problem.pos),
            ) from None


def _excerpt_at(text: str, place: int) -> str:
    """The line around a place of the text, cut to what helps."""
    begin = text.rfind("\n", 0, place) + 1
    line = text[max(begin, place - 30) : place + 30].partition("\n")[0]
    return " ".join(line.split())
