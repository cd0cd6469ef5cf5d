"""Scripts as files: which there are, in which order they come, and how large production is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from twiceshy.model.scripts import Script

_NUMBER = re.compile(r"(\d+)")
# Scripts that take back what another has done are no step forward.
_BACKWARDS = re.compile(r"(\.down|\.undo|[._-]rollback)\.sql$|^U\d[\w.]*__", re.IGNORECASE)


def read_scripts(named: Iterable[Script], root: Path) -> tuple[Script, ...]:
    """Each script with its text; a folder stands for its files, each after those before it.

    Paths are seen from `root`. Raises UsageError for what is not there or cannot be read.
    """
    return tuple(script for one in named for script in _read(one, root))


def _read(script: Script, root: Path) -> Iterator[Script]:
    earlier = tuple(replace(one, sql=_text(root / one.name)) for one in script.earlier)
    script = replace(script, earlier=earlier)
    if script.command:
        yield script
        return
    path = root / script.name
    if not path.is_dir():
        yield script if script.sql else replace(script, sql=_text(path))
        return
    files = sql_files(path)
    if not files:
        raise UsageError("There is no SQL file in this folder", where=str(path))
    for file in files:
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
        one = replace(script, name=name, sql=_text(file), earlier=earlier)
        yield one
        # Each without those before it: nested, they would double with each step.
        earlier = (*earlier, replace(one, earlier=()))


def sql_files(folder: Path) -> list[Path]:
    """The SQL files of a folder and below, as migration tools order them: numbers by their value.

    Files that undo a step are left out.
    """
    found = [path for path in folder.rglob("*.sql") if not _BACKWARDS.search(path.name)]
    return sorted(found, key=lambda path: natural(path.relative_to(folder).as_posix()))


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """A key by which `10_b.sql` comes after `9_a.sql`."""
    parts = (part for part in _NUMBER.split(text) if part)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            "The script cannot be read",
            where=str(path),
            seen=(error.strerror or str(error)).lower(),
            todo="name a file of SQL, or a folder of such files",
        ) from None


def read_production(file: str, root: Path) -> Mapping[str, int]:
    """Rows by relation, from the file that `twiceshy catalogue export` wrote; {} for no file.

    Raises UsageError when it is no such file.
    """
    if not file:
        return {}
    path = root / file
    try:
        relations = json.loads(_text(path))["relations"]
        return {str(one["name"]): int(one["rows"]) for one in relations}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            "This is no file of `twiceshy catalogue export`",
            where=str(path),
            seen=str(error),
            todo="write it anew, or name the rows in the guard: rows = { orders = 40000000 }",
        ) from None
