"""From what `twiceshy rehearse` is given to a project and guards."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from twiceshy.config.load import find_file, load_project
from twiceshy.config.project import Database, Project
from twiceshy.errors import ConfigurationError, Location, UsageError
from twiceshy.model.report import GuardBlock, Report
from twiceshy.rehearsal.scripts import sql_files

_SETTING = re.compile(r"([A-Za-z_][\w.]*)=(.*)", re.DOTALL)
_ROWS = re.compile(r"([^=]+)=([\d_]+)")
_GIT_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line."""

    scripts: tuple[Path, ...]
    schema: tuple[Path, ...]
    settings: tuple[str, ...]
    single_transaction: bool
    since: str
    command: str
    rows: tuple[str, ...]
    server: str


def prepared(wanted: Wanted, config: Path | None) -> tuple[Project, Report]:
    """The project, the configured one or one made up, and a report with a guard a script.

    Raises UsageError for an option that cannot be read.
    """
    settings = dict(_pair(text) for text in wanted.settings)
    project = _project(wanted, config, settings)
    files, earlier = _files(wanted)
    table: dict[str, Any] = {"settings": settings, "single_transaction": wanted.single_transaction}
    table["rows"] = _rows(wanted.rows)
    if wanted.command:
        guards = [_guard({**table, "command": wanted.command}, Path.cwd())]
    else:
        guards = [
            _guard(
                {
                    **table,
                    "script": str(file),
                    "after": tuple(str(other) for other in (*earlier, *files[:place])),
                },
                file,
            )
            for place, file in enumerate(files)
        ]
    return project, Report(Path.cwd(), "", "scripts", guards=tuple(guards))


def _guard(table: Mapping[str, Any], file: Path) -> GuardBlock:
    return GuardBlock("locks", {"kind": "locks", **table}, Location(file, 1))


def _pair(text: str) -> tuple[str, str]:
    found = _SETTING.fullmatch(text)
    if found is None:
        raise UsageError(
            "A setting is written NAME=VALUE", seen=text, todo="--setting lock_timeout=300ms"
        )
    return found[1], found[2]


def _rows(texts: tuple[str, ...]) -> dict[str, int] | str:
    found = [_ROWS.fullmatch(text) for text in texts]
    if len(texts) == 1 and found[0] is None:
        return str(Path(texts[0]).absolute())
    if not all(found):
        raise UsageError(
            "Rows are written TABLE=COUNT, or as one file of `catalogue export`",
            seen=" ".join(texts),
            todo="--rows orders=40000000",
        )
    return {pair[1]: int(pair[2]) for pair in found if pair}


def _project(wanted: Wanted, config: Path | None, settings: Mapping[str, str]) -> Project:
    """The project around this folder, or none; the command line comes before its file."""
    try:
        project = load_project(Path.cwd(), config or find_file(Path.cwd()))
    except ConfigurationError:
        if config is not None or _configured():
            raise
        project = Project(root=Path.cwd(), file=Path.cwd() / "twiceshy.toml")
    changes: dict[str, Any] = {"settings": {**project.database.settings, **settings}}
    if wanted.schema:
        changes |= {"schema_files": tuple(str(p.absolute()) for p in wanted.schema)}
        changes |= {"migrate": None, "seed": ()}
    if wanted.server:
        changes["server"] = cast("Literal['embedded', 'system']", wanted.server)
    database: Database = project.database.model_copy(update=changes)
    return project.model_copy(update={"database": database})


def _configured() -> bool:
    try:
        find_file(Path.cwd())
    except ConfigurationError:
        return False
    return True


def _files(wanted: Wanted) -> tuple[list[Path], list[Path]]:
    """The scripts to rehearse, and those that come before them."""
    if bool(wanted.command) == bool(wanted.scripts):
        raise UsageError(
            "There is nothing to rehearse"
            if not wanted.command
            else "A command takes the place of scripts",
            todo="name SQL files or a folder of them, or a --command",
        )
    found: list[Path] = []
    for path in wanted.scripts:
        if not path.exists():
            raise UsageError("There is no such script", where=str(path))
        files = sql_files(path) if path.is_dir() else [path]
        if not files:
            raise UsageError("There is no SQL file in this folder", where=str(path))
        found += [file.absolute() for file in files]
    if not wanted.since:
        return found, []
    new = _changed(wanted.since)
    fresh = [file for file in found if file.resolve() in new]
    if not fresh:
        raise UsageError(
            f"No script is new since {wanted.since}", seen=f"{len(found)} files were looked at"
        )
    return fresh, [file for file in found if file not in fresh]


def _changed(since: str) -> frozenset[Path]:
    """Files that git tells to be new or changed since a commit, untracked ones included."""
    root = Path(_git("rev-parse", "--show-toplevel")[0])
    names = _git("diff", "--name-only", "--diff-filter=d", "-z", since, "--")
    names += _git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", str(root))
    return frozenset((root / name).resolve() for name in names)


def _git(*arguments: str) -> list[str]:
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, check=True, timeout=_GIT_WITHIN
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise UsageError(
            "git cannot tell what is new",
            where="git " + " ".join(arguments),
            seen=said.strip(),
            todo="name a commit that exists here, or leave --since out",
        ) from None
    return [part for part in done.stdout.replace("\n", "\0").split("\0") if part]
