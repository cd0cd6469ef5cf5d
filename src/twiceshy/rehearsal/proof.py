"""A proof: each guard seen to say `recurs` on the version that failed and `holds` on today's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError
from twiceshy.model.events import ReportBroken, RunFinished, RunStarted
from twiceshy.rehearsal.conduct import Rehearsals, broken_reports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.config.project import Project
    from twiceshy.model.events import Event
    from twiceshy.model.report import GuardBlock, Report

USUAL = "faulty"
TODAY = ""


def prove(project: Project, reports: Sequence[Report]) -> Iterator[Event]:
    """Rehearse every guard on the version that failed, then on the working tree.

    Raises ConfigurationError when a guard names no version that failed and none can be guessed:
    the only one of the configuration, or the one called `faulty`.
    """
    started = time.monotonic()
    guards = [(report, guard) for report in reports for guard in report.guards]
    by_version: dict[str, list[tuple[Report, GuardBlock]]] = {}
    for report, guard in guards:
        by_version.setdefault(failed_version(project, guard), []).append((report, guard))
    yield RunStarted(len(reports), 2 * len(guards))
    yield from broken_reports(reports)
    broken: list[GuardBlock] = []
    for version, members in (*by_version.items(), (TODAY, guards)):
        with Rehearsals(project, version) as rehearsals:
            for report, guard in members:
                if guard in broken:
                    continue
                for event in rehearsals.rehearse(report, guard):
                    yield event
                    if isinstance(event, ReportBroken):
                        broken.append(guard)
    yield RunFinished(time.monotonic() - started)


def failed_version(project: Project, guard: GuardBlock) -> str:
    """The version on which a guard must say `recurs`."""
    written = guard.table.get("version")
    if isinstance(written, str) and written:
        return written
    if USUAL in project.versions:
        return USUAL
    if len(project.versions) == 1:
        return next(iter(project.versions))
    raise ConfigurationError(
        "It is not clear which version failed, so nothing can be proved",
        location=guard.location,
        key="version",
        seen=f"versions in {project.file.name}: {', '.join(project.versions) or 'none'}",
        todo=f'write version = "NAME" in the guard, or call the version {USUAL}: '
        f'[versions.{USUAL}] with git = "the commit that failed"',
    )
