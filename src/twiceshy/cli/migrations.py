"""The gate before migrations: each that has not been seen to hold is rehearsed with the reports."""

from __future__ import annotations

import hashlib
from pathlib import Path

from twiceshy.archive.archive import Archive
from twiceshy.config.project import Project
from twiceshy.errors import ArchiveUnusable, ConfigurationError, Location
from twiceshy.model.report import GuardBlock, Report
from twiceshy.model.verdict import Value


def unrehearsed(project: Project) -> tuple[Report, ...]:
    """A report with one guard for each migration of which no rehearsal of this text holds.

    Each comes on top of those before it. Raises ConfigurationError when the folder is not there.
    """
    from twiceshy.rehearsal.scripts import sql_files

    if not project.database.migrations:
        return ()
    folder = project.root / project.database.migrations
    if not folder.is_dir():
        raise ConfigurationError(
            "The folder of migrations is not there",
            location=project.location("database.migrations"),
            key="database.migrations",
            seen=str(folder),
        )
    files = sql_files(folder)
    reports = [_report(project, files, place) for place in range(len(files))]
    held = _held(project.root, [report.id for report in reports])
    return tuple(report for report in reports if report.id not in held)


def _report(project: Project, files: list[Path], place: int) -> Report:
    file = files[place]
    name = file.relative_to(project.root).as_posix()
    text = hashlib.sha256(file.read_bytes()).hexdigest()
    table = {
        "kind": "locks",
        "script": name,
        "after": tuple(other.relative_to(project.root).as_posix() for other in files[:place]),
    }
    guard = GuardBlock("locks", table, Location(file, 1))
    return Report(file, f"{name}@{text[:16]}", f"migration {file.name}", guards=(guard,))


def _held(root: Path, ids: list[str]) -> frozenset[str]:
    """Those whose last rehearsal held; none, where nothing was kept."""
    try:
        with Archive.open(root) as archive:
            return frozenset(
                one
                for one in ids
                if any(past.verdict.value is Value.HOLDS for past in archive.last(one))
            )
    except ArchiveUnusable:
        return frozenset()
