"""One way to word what is wrong with a file that the user wrote.

Pydantic finds the problems of a configuration file and of a guard block; here they get their
line, the nearest key, what was seen and what was expected.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.config.shapes import Place, walk
from twiceshy.errors import ConfigurationError, Location, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

_PASSWORD_IN_URL = re.compile(r"(\w+://[^:/@\s\"]*):[^@\s\"]+@")

# What a value should have been, by pydantic's name of the error.
_EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dataclass_type": "a table",
    "date_type": "a date such as 2026-12-01",
    "datetime_type": "a date and time such as 2026-12-01T09:30:00Z",
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number that is {ge} or more",
    "less_than": "a number smaller than {lt}",
    "less_than_equal": "a number that is {le} or less",
    "string_too_short": "a text that is not empty",
    "too_short": "a list that is not empty",
    "literal_error": "{expected}",
    "enum": "{expected}",
}
_WRONG_TYPES = frozenset(name for name in _EXPECTED if name.endswith("_type"))


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One error of pydantic, and where it points to."""

    details: ErrorDetails
    place: Place

    @property
    def type(self) -> str:
        """Pydantic's name of the error."""
        return self.details["type"]

    @property
    def is_inside_alternative(self) -> bool:
        """Whether it is about a part of a value that fits one alternative as a whole."""
        return len(self.place.keys) > (self.place.union_at or 0)


def problems_of(
    validation_error: ValidationError,
    model: type[BaseModel],
    line_of: Callable[[str], int],
    file: Path,
    *,
    error: type[ConfigurationError] = ConfigurationError,
) -> list[ConfigurationError]:
    """What `validation_error` says about a table read from `file`, in the order of its lines.

    `model` is what the table was validated against; `line_of` tells the line of a dotted key
    ("" is the table itself). The problems are of the class `error`.
    """
    groups: dict[tuple[str, ...], list[_Mistake]] = {}
    for mistake in _mistakes(validation_error, model):
        place = mistake.place
        groups.setdefault(place.keys[: place.union_at], []).append(mistake)
    problems = [
        _problem(mistakes, line_of, file, error)
        for group in groups.values()
        for mistakes in _told_together(group)
    ]
    return sorted(problems, key=lambda problem: problem.location.line if problem.location else 0)


def _mistakes(validation_error: ValidationError, model: type[BaseModel]) -> list[_Mistake]:
    """All errors with their places; a key that is only misspelt is not also missing."""
    errors = validation_error.errors(include_url=False)
    mistakes = [_Mistake(details, walk(model, details["loc"])) for details in errors]
    meant = {
        (*mistake.place.keys[:-1], nearest(mistake.place.keys[-1], mistake.place.known_keys()))
        for mistake in mistakes
        if mistake.type == "extra_forbidden"
    }
    return [
        mistake
        for mistake in mistakes
        if mistake.type != "missing" or mistake.place.keys not in meant
    ]


def _told_together(group: list[_Mistake]) -> Iterable[list[_Mistake]]:
    """Mistakes at one place, as lists of those that are one mistake to a person.

    A value that may be a text or a list gives a mistake for each. When it is a list with a wrong
    item, only the item is of interest; when it is neither, both together are.
    """
    alternatives = [mistake for mistake in group if mistake.place.union_at is not None]
    yield from ([mistake] for mistake in group if mistake.place.union_at is None)
    if not alternatives:
        return
    inner = [mistake for mistake in alternatives if mistake.is_inside_alternative]
    closer = inner or [mistake for mistake in alternatives if mistake.type not in _WRONG_TYPES]
    if not closer:
        yield alternatives
        return
    by_place: dict[tuple[str, ...], list[_Mistake]] = {}
    for mistake in closer:
        by_place.setdefault(mistake.place.keys, []).append(mistake)
    for keys in [keys for keys in by_place if any(_lies_in(other, keys) for other in by_place)]:
        # An item that was meant as a table: of interest is what is wrong within that.
        by_place[keys] = [each for each in by_place[keys] if each.type not in _WRONG_TYPES]
    for here in by_place.values():
        # An item of the list may have alternatives of its own.
        of_right_type = [mistake for mistake in here if mistake.type not in _WRONG_TYPES]
        yield from (
            ([mistake] for mistake in of_right_type) if of_right_type else filter(None, [here])
        )


def _lies_in(keys: tuple[str, ...], within: tuple[str, ...]) -> bool:
    """Whether a place is a part of another one."""
    return len(keys) > len(within) and keys[: len(within)] == within


def _problem(
    mistakes: list[_Mistake],
    line_of: Callable[[str], int],
    file: Path,
    error: type[ConfigurationError],
) -> ConfigurationError:
    """One problem in words."""
    first = mistakes[0]
    key = ".".join(first.place.keys)
    if first.type == "missing":
        line = line_of(key.rpartition(".")[0])
        happened, seen, todo = _missing(first)
    elif first.type == "extra_forbidden":
        line = line_of(key)
        happened, seen, todo = _unknown(first)
    else:
        line = line_of(key)
        happened, seen, todo = _wrong(mistakes)
    return error(happened, location=Location(file, line), key=key, seen=seen, todo=todo)


def _missing(mistake: _Mistake) -> tuple[str, str, str]:
    key = mistake.place.keys[-1]
    present = mistake.details["input"]
    seen = "only " + ", ".join(map(str, present)) if isinstance(present, dict) and present else ""
    says = mistake.place.description
    return f"The key {key} is missing", seen, f"Add {key}." + (f" {says}" if says else "")


def _unknown(mistake: _Mistake) -> tuple[str, str, str]:
    key = mistake.place.keys[-1]
    known = mistake.place.known_keys()
    return f"There is no key {key} here", shown(mistake.details["input"]), suggestion(key, known)


def _wrong(mistakes: list[_Mistake]) -> tuple[str, str, str]:
    """A value of the wrong type, outside of its limits, or refused by a validator."""
    first = mistakes[0]
    key = ".".join(first.place.keys) or "this table"
    expected = list(dict.fromkeys(filter(None, map(_expected, mistakes))))
    says = first.place.description
    allowed = first.place.choices()
    if expected:
        happened = f"{key} must be {' or '.join(expected)}"
    elif first.type == "string_pattern_mismatch":
        happened = f"{key} is not written as expected"
    else:
        happened = f"{key}: {_own_words(first)}"
    value = first.details["input"]
    close = nearest(value, allowed) if isinstance(value, str) else None
    todo = f'Did you mean "{close}"?' if close else says
    # The value of a table is long and says little; its lines are named already.
    return happened, "" if not first.place.keys else shown(value), todo


def _expected(mistake: _Mistake) -> str:
    """What the value should have been; empty when pydantic's own words must do."""
    allowed = mistake.place.choices()
    if mistake.type in {"literal_error", "enum"} and allowed:
        return " or ".join(shown(choice) for choice in allowed)
    limits = {
        name: f"{limit:g}" if isinstance(limit, float) else limit
        for name, limit in mistake.details.get("ctx", {}).items()
    }
    return _EXPECTED.get(mistake.type, "").format_map(limits)


def _own_words(mistake: _Mistake) -> str:
    """The message of a validator of ours, or pydantic's."""
    raised = mistake.details.get("ctx", {}).get("error")
    says = str(raised) if isinstance(raised, Exception) else mistake.details["msg"]
    return says if says[1:2].isupper() else says[:1].lower() + says[1:]


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown `name`."""
    names = list(known)
    close = nearest(name, names) or nearest(name.lower(), names)
    if close:
        return f"Did you mean {close}?"
    return f"Known here: {', '.join(names)}." if names else "Remove it."


def shown(value: object) -> str:
    """A value as its author wrote it, more or less: short, and without a password of a URL."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = str(type(value).__name__)
    text = _PASSWORD_IN_URL.sub(r"\1:***@", text)
    return text if len(text) <= 120 else f"{text[:117]}..."
