"""What `twiceshy run` rehearses: reports, migrations, and what changed since a commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from twiceshy.cli.migrations import unrehearsed
from twiceshy.cli.project import all_reports, reports_of
from twiceshy.config.project import Project
from twiceshy.errors import UsageError
from twiceshy.model.events import Event
from twiceshy.model.report import Report

if TYPE_CHECKING:
    from twiceshy.rehearsal.branch import Branch


@dataclass(frozen=True, slots=True)
class Chosen:
    """The reports to rehearse. `implied` stands in no file: it compares with `branch`.

    `named` are all reports of the project, whose guards cover what they name.
    """

    reports: tuple[Report, ...]
    branch: Branch | None = None
    implied: Report | None = None
    named: tuple[Report, ...] = ()


def chosen_reports(
    project: Project, wanted: Sequence[str], keyword: str, version: str, since: str
) -> Chosen:
    """What is meant by the command line. Raises UsageError when there is nothing to rehearse.

    Ends the command with 0 where every migration holds, and there is nothing else.
    """
    branch = implied = None
    named: tuple[Report, ...] = ()
    if since:
        from twiceshy.rehearsal.branch import branch_since
        from twiceshy.rehearsal.since import implied as implied_report

        named = _reports_if_any(project)
        branch = branch_since(project.root, since)
        if branch.is_new:
            implied = implied_report(project, branch, named)
        else:
            says = f"Nothing has changed since {since}: there is nothing to compare with it."
            typer.echo(says, err=True)
    everything = not (wanted or keyword or version)
    migrations = unrehearsed(project) if everything else ()
    try:
        chosen = reports_of(project, wanted, keyword)
    except UsageError:
        if not everything or not (implied or since or project.database.migrations):
            raise
        if not (migrations or implied):
            if not since:
                says = "Every migration has been seen to hold, and there is no other guard."
                typer.echo(says, err=True)
            raise typer.Exit from None
        chosen = ()
    return Chosen((*chosen, *migrations, *((implied,) if implied else ())), branch, implied, named)


def _reports_if_any(project: Project) -> tuple[Report, ...]:
    try:
        return all_reports(project)
    except UsageError:
        return ()


def events_of(project: Project, chosen: Chosen, version: str) -> Iterator[Event]:
    """The run, told as it happens."""
    from twiceshy.rehearsal import conduct

    events = conduct.run(project, chosen.reports, version=version)
    if chosen.implied is None or chosen.branch is None:
        return events
    from twiceshy.rehearsal.since import compared

    return compared(events, chosen.implied, chosen.branch, chosen.named)
