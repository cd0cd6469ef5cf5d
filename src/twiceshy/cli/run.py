"""`twiceshy run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import Format, Keyword, OutputFormat, Reports, Verbose, examples

EPILOG = examples(
    "twiceshy run",
    "twiceshy run 2020-09-22-deposits -v",
    "twiceshy run postmortems/payments -k isolation",
    "twiceshy run --version faulty",
    "twiceshy run --since origin/main",
    "twiceshy run --format json > run.json",
    "twiceshy run --junit junit.xml --markdown comment.md",
)


def run(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    reports: Reports = None,
    version: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Rehearse this version of the configuration, not the working tree.",
            show_default=False,
        ),
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            metavar="GITREF",
            help="Compare every operation too with the commit where this branch left that one.",
            show_default=False,
        ),
    ] = "",
    form: OutputFormat = Format.TERMINAL,
    junit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write JUnit XML, which continuous integration shows.",
            show_default=False,
        ),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write Markdown for a pull request.",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write a page to open in a browser, with drawings.",
            show_default=False,
        ),
    ] = None,
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Do not fail where no verdict was reached.")
    ] = False,
    keyword: Keyword = "",
    verbose: Verbose = False,
) -> None:
    """Rehearse the guards of all reports, and tell which failures would come back.

    Starts a scratch PostgreSQL and your service on it, plays each guard's scenarios and tells for
    each whether its failure [bold]holds[/bold] off, [bold]recurs[/bold] or is
    [bold]unknown[/bold]. With a folder of migrations configured, each of them that has not been
    seen to hold is rehearsed as well. Exits with 0 when all hold, 1 when something recurs, 2 when
    a file is wrong, 3 when no verdict was reached.

    With --since, every operation that the service offers is compared with the same operation of
    the commit where this branch left another. A response that changed, and that no guard allows,
    recurs; what could not be compared and no guard names is listed.
    """
    from twiceshy.cli.exit_codes import of_run
    from twiceshy.cli.outputs import play
    from twiceshy.cli.project import load
    from twiceshy.cli.run_files import RunFiles
    from twiceshy.cli.running import chosen_reports, events_of
    from twiceshy.config.versions import check_version

    files = RunFiles(junit, markdown, html, allow_unknown)
    files.check()
    project = load(context.obj)
    check_version(project, version)
    chosen = chosen_reports(project, reports or [], keyword, version, since)
    events = events_of(project, chosen, version)
    outcome = play(events, project.root, form, verbose=verbose, files=files)
    code = of_run(outcome.values, problems=outcome.problems, allow_unknown=allow_unknown)
    raise typer.Exit(code)
