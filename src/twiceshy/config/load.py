"""Finds, reads and checks the project's configuration file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from twiceshy.config.checks import further_problems
from twiceshy.config.problems import problems_of
from twiceshy.config.project import Project, Settings
from twiceshy.config.toml_text import line_in, parse_toml, toml_lines
from twiceshy.errors import ConfigurationError, Location, SeveralProblems

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "twiceshy.toml"
PYPROJECT = "pyproject.toml"
_TABLE = "tool.twiceshy"


@dataclass(frozen=True, slots=True)
class _Written:
    """What the user wrote: the table, and the lines of its keys."""

    table: dict[str, Any]
    lines: dict[str, int]


def load_project(start: Path, file: Path | None = None) -> Project:
    """The project around `start`, or the one that `file` configures.

    The file is `twiceshy.toml`, or `pyproject.toml` with a table [tool.twiceshy], in `start` or
    the nearest folder above it. Raises ConfigurationError: for one problem that problem, for more
    a SeveralProblems with all of them.
    """
    file = (file or find_file(start)).absolute()
    written = _read(file)
    problems = further_problems(written.table, written.lines, file)
    try:
        # By alias only: the file's keys are those that are documented.
        settings = Settings.model_validate(written.table, by_alias=True, by_name=False)
    except ValidationError as error:

        def line_of(key: str) -> int:
            return line_in(written.lines, key)

        problems = [*problems_of(error, Settings, line_of, file), *problems]
    else:
        if not problems:
            parts = {name: getattr(settings, name) for name in Settings.model_fields}
            return Project(root=file.parent, file=file, origin=written.lines, **parts)
    problems.sort(key=lambda problem: problem.location.line if problem.location else 0)
    raise problems[0] if len(problems) == 1 else SeveralProblems(problems)


def find_file(start: Path) -> Path:
    """The configuration file of the nearest folder, from `start` upwards, that has one."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if (folder / PYPROJECT).is_file() and _mentions_us(folder / PYPROJECT):
            return folder / PYPROJECT
    raise ConfigurationError(
        f"There is no {FILE_NAME} here",
        location=Location(start),
        seen=f"neither here nor above: {FILE_NAME}, or {PYPROJECT} with a table [{_TABLE}]",
        todo="Go to the project's folder, or write a first one with `twiceshy init`.",
    )


def _mentions_us(pyproject: Path) -> bool:
    """Whether that file has our table; other tools' files may be as broken as they like."""
    try:
        text = _text(pyproject)
        return "twiceshy" in text and _own_table(parse_toml(text, pyproject)) is not None
    except ConfigurationError:
        return b"[tool.twiceshy" in pyproject.read_bytes()


def _own_table(document: dict[str, Any]) -> Any:
    tool = document.get("tool")
    return tool.get("twiceshy") if isinstance(tool, dict) else None


def _read(file: Path) -> _Written:
    """The table of settings in `file`."""
    text = _text(file)
    document = parse_toml(text, file)
    lines = toml_lines(text)
    table = _own_table(document)
    if table is None and file.name != PYPROJECT:
        return _Written(document, lines)
    if not isinstance(table, dict):
        raise ConfigurationError(
            f"There is no table [{_TABLE}] in this file",
            location=Location(file, lines.get(_TABLE, 0)),
            todo=f"Add it, or write the settings into a {FILE_NAME}.",
        )
    inside = f"{_TABLE}."
    own = {key.removeprefix(inside): line for key, line in lines.items() if key.startswith(inside)}
    return _Written(table, own)


def _text(file: Path) -> str:
    """The file's text; ConfigurationError when it cannot be read."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "The configuration file cannot be read",
            location=Location(file),
            seen=(error.strerror or str(error)).lower(),
            todo="Check the path and its permissions.",
        ) from error
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "The configuration file is not UTF-8 text",
            location=Location(file, content.count(b"\n", 0, error.start) + 1),
            seen=f"byte {content[error.start]:#04x}",
            todo="Save it as UTF-8.",
        ) from error
