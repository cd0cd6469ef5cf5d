"""The block of keys at the top of a report, in TOML (`+++`) or YAML (`---`)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from twiceshy.config.problems import problems_of, shown
from twiceshy.config.toml_text import line_in, parse_toml, toml_lines
from twiceshy.errors import Location, ReportError
from twiceshy.reports.misspelling import meant
from twiceshy.reports.yaml_text import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from twiceshy.errors import ConfigurationError

_FENCE = re.compile(r"(---|\+\+\+)[ \t]*")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_YAML_KEY = re.compile(r"""["']?[\w][\w .-]*["']?\s*:(\s|$)""")

# Keys of site generators that differ from ours by a letter or two and mean something else.
_OF_OTHERS = frozenset({"series", "stage", "update", "updated", "subtitle", "state", "stats"})


def _to_date(value: object) -> object:
    """A day, from a day, a point in time, or a text that begins with an ISO date."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, str) and _ISO_DATE.match(value):
        try:
            return datetime.date.fromisoformat(value[:10])
        except ValueError:
            return value
    return value


Names = str | int | list[str | int]


class FrontMatter(BaseModel):
    """The keys that have a meaning here. All others are kept and not judged."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    id: Annotated[str, Field(min_length=1)] | int | None = Field(
        default=None, description="A short name that stays when the file is moved."
    )
    title: str | int | None = None
    date: Annotated[datetime.date | None, BeforeValidator(_to_date)] = Field(
        default=None, description="The day of the incident, such as 2026-12-01."
    )
    severity: str | int | None = None
    status: Literal["draft", "in-review", "published", "closed"] | None = None
    reviewers: Names | None = None
    services: Names | None = None
    tags: Names | None = None
    visibility: Literal["public", "internal", "restricted"] | None = None
    hide: bool | None = None


KEYS = tuple(FrontMatter.model_fields)


@dataclass(frozen=True, slots=True)
class Top:
    """What stands above the text: its keys, the number of lines it takes, and what is wrong.

    `sound` holds the keys of ours whose values are as they should be. `written` is the text of
    which the table was read.
    """

    table: dict[str, Any] = field(default_factory=dict)
    sound: dict[str, Any] = field(default_factory=dict)
    height: int = 0
    problems: tuple[ConfigurationError, ...] = ()
    written: str = ""


def read_top(lines: list[str], path: Path) -> Top:
    """The front matter of a text; one that has none has an empty table and no height."""
    opening = _FENCE.fullmatch(lines[0]) if lines else None
    if opening is None:
        return Top()
    is_toml = opening[1] == "+++"
    closing = {opening[1]} if is_toml else {"---", "..."}
    numbers = range(1, len(lines))
    end = next((number for number in numbers if lines[number].rstrip() in closing), None)
    inside = lines[1:end]
    if not is_toml and not _looks_like_keys(inside, closed=end is not None):
        return Top()  # a rule across the page, not the start of front matter
    if end is None:
        return Top(problems=(_never_closed(path, opening[1]),))
    written = "\n".join(inside)
    try:
        table, lines_of = _parse(written, path, is_toml=is_toml)
    except ReportError as problem:
        return Top(height=end + 1, problems=(problem,))
    height = end + 1
    if "imported" in table:
        # The front matter that an imported original brings along is no text either.
        height += read_top(lines[end + 1 :], path).height
    sound, problems = _checked(table, lines_of, path)
    return Top(table, sound, height, problems, written)


def _looks_like_keys(lines: Iterable[str], *, closed: bool) -> bool:
    """Whether the first line that is neither empty nor a comment begins with a key.

    Where there is no such line, an empty block was meant if it is `closed`.
    """
    content = (line for line in lines if line.strip() and not line.startswith("#"))
    first = next(content, None)
    if first is None:
        return closed
    return bool(_YAML_KEY.match(first)) or first.startswith("{")


def _never_closed(path: Path, fence: str) -> ReportError:
    return ReportError(
        "The front matter is never closed",
        location=Location(path, 1),
        seen=f"{fence} on the first line and no other",
        todo=f"Put a line {fence} after its last key.",
    )


def _parse(
    text: str, path: Path, *, is_toml: bool
) -> tuple[dict[str, Any], Callable[[], dict[str, int]]]:
    """The table, and what tells the lines of its keys; ReportError when the text is malformed."""
    if is_toml:
        table = parse_toml(text, path, first_line=2, error=ReportError)
        # Only problems have lines, and few reports have problems.
        return table, cache(lambda: toml_lines(text, first_line=2))
    value, lines = parse_yaml(text, path, first_line=2)
    if value is not None and not isinstance(value, dict):
        raise ReportError(
            "The front matter must be keys with values",
            location=Location(path, 2),
            seen=shown(value),
            todo="Write `title: ...` and so on, one key on a line.",
        )
    return value or {}, lambda: lines


def _checked(
    table: dict[str, Any], lines_of: Callable[[], dict[str, int]], path: Path
) -> tuple[dict[str, Any], tuple[ConfigurationError, ...]]:
    """The keys of ours whose values are as they should be, and every problem of all keys."""

    def line_of(key: str) -> int:
        return line_in(lines_of(), key)

    given = {key: value for key, value in table.items() if value is not None}
    sound = {key: value for key, value in given.items() if key in KEYS}
    problems: list[ConfigurationError] = [
        _misspelt(key, close, value, Location(path, line_of(key)))
        for key, value in given.items()
        if key not in _OF_OTHERS and (close := meant(key, KEYS))
    ]
    try:
        valid = FrontMatter.model_validate(sound)
        sound = {key: getattr(valid, key) for key in sound}
    except ValidationError as error:
        found = problems_of(error, FrontMatter, line_of, path, error=ReportError)
        wrong = {problem.key.partition(".")[0] for problem in found}
        valid = FrontMatter.model_validate(
            {key: value for key, value in sound.items() if key not in wrong}
        )
        sound = {key: getattr(valid, key) for key in sound if key not in wrong}
        problems += found
    return sound, tuple(problems)


def _misspelt(key: str, close: str, value: object, location: Location) -> ReportError:
    return ReportError(
        f"There is no key {key} in a report's front matter",
        location=location,
        key=key,
        seen=shown(value),
        todo=f"Did you mean {close}?",
    )
