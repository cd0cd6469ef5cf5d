"""`twiceshy run`."""

from __future__ import annotations

from typing import Annotated

import typer

from twiceshy.cli.options import Format, Keyword, OutputFormat, Reports, Verbose, examples

EPILOG = examples(
    "twiceshy run",
    "twiceshy run 2020-09-22-deposits -v",
    "twiceshy run postmortems/payments -k isolation",
    "twiceshy run --version faulty",
    "twiceshy run --format json > run.json",
)


def run(
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
    form: OutputFormat = Format.TERMINAL,
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
    """
    from twiceshy.cli.exit_codes import of_run
    from twiceshy.cli.migrations import unrehearsed
    from twiceshy.cli.outputs import play
    from twiceshy.cli.project import load, reports_of
    from twiceshy.config.versions import check_version
    from twiceshy.errors import UsageError

    project = load(context.obj)
    check_version(project, version)
    everything = not (reports or keyword or version)
    migrations = unrehearsed(project) if everything else ()
    try:
        chosen = reports_of(project, reports or [], keyword)
    except UsageError:
        if not (everything and project.database.migrations):
            raise
        if not migrations:
            typer.echo(
                "Every migration has been seen to hold, and there is no other guard.", err=True
            )
            raise typer.Exit from None
        chosen = ()

    from twiceshy.rehearsal import conduct

    events = conduct.run(project, (*chosen, *migrations), version=version)
    outcome = play(events, project.root, form, verbose=verbose)
    code = of_run(outcome.values, problems=outcome.problems, allow_unknown=allow_unknown)
    raise typer.Exit(code)
