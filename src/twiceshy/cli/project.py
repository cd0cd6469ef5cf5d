"""The project around the current folder, and its reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twiceshy.config.project import Project
from twiceshy.errors import UsageError
from twiceshy.model.report import Report


def load(config: Path | None) -> Project:
    """The project, found from here or through the file that was named."""
    from twiceshy.config.load import load_project

    return load_project(Path.cwd(), config)


def all_reports(project: Project) -> tuple[Report, ...]:
    """Every report of the project. Raises UsageError when there is none."""
    from twiceshy.reports import read_reports

    folder = project.root / project.reports
    reports = read_reports(folder) if folder.is_dir() else ()
    if not reports:
        raise UsageError(
            "There are no reports yet",
            where=str(folder),
            todo='Write the first one with `twiceshy new "What happened"`.',
        )
    return reports


def reports_of(project: Project, wanted: Sequence[str], text: str = "") -> tuple[Report, ...]:
    """The reports that are meant. Raises UsageError when there is nothing to rehearse."""
    from twiceshy.cli.selection import choose

    chosen = choose(all_reports(project), wanted, text, Path.cwd())
    if not any(report.guards or report.problems for report in chosen):
        raise _no_guard(chosen, text)
    return chosen


def _no_guard(reports: Sequence[Report], text: str) -> UsageError:
    if text:
        return UsageError(
            f"No guard matches {text}",
            seen=f"{len(reports)} reports, by id, title, file name and kind of guard",
            todo="Try a shorter text, or leave -k out.",
        )
    count = "the report carries" if len(reports) == 1 else f"none of {len(reports)} reports carries"
    return UsageError(
        f"There is nothing to rehearse: {count} {'no' if len(reports) == 1 else 'a'} guard",
        todo="A guard is a fenced block that begins with ```toml guard; "
        "`twiceshy new TITLE --kind isolation` shows one.",
    )
