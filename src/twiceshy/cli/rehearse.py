"""`twiceshy rehearse`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import Verbose, examples
from twiceshy.cli.rehearsed_format import RehearsalFormat

EPILOG = examples(
    "twiceshy rehearse migrations/ --schema schema.sql",
    "twiceshy rehearse migrations/ --since origin/main",
    "twiceshy rehearse 0042_index.sql --setting lock_timeout=300ms",
    'twiceshy rehearse --command "alembic upgrade head"',
)


class ServerChoice(StrEnum):
    """Which PostgreSQL to start."""

    EMBEDDED = "embedded"
    SYSTEM = "system"


def rehearse(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    scripts: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SCRIPT",
            help="SQL files, or folders of them; each comes on top of those before it.",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        list[Path] | None,
        typer.Option(
            "--schema",
            metavar="FILE",
            help="SQL that makes the tables and their rows, in place of the configuration's.",
            show_default=False,
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--setting",
            metavar="NAME=VALUE",
            help="A setting of the sessions that load the schema and run the scripts.",
            show_default=False,
        ),
    ] = None,
    single_transaction: Annotated[
        bool,
        typer.Option("--single-transaction", help="Run each script in one transaction."),
    ] = False,
    since: Annotated[
        str,
        typer.Option(
            metavar="GITREF",
            help="Only files that are new or changed since this commit; the others come first.",
            show_default=False,
        ),
    ] = "",
    command: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Rehearse a command that connects to {database_url}, instead of files.",
            show_default=False,
        ),
    ] = "",
    rows: Annotated[
        list[str] | None,
        typer.Option(
            "--rows",
            metavar="TABLE=COUNT",
            help="Rows in production; or the file that `catalogue export` wrote. Else six times "
            "those of the stage.",
            show_default=False,
        ),
    ] = None,
    server: Annotated[
        ServerChoice | None,
        typer.Option(help="Which PostgreSQL to start.", show_default=False),
    ] = None,
    form: Annotated[
        RehearsalFormat,
        typer.Option(
            "--format",
            help="For people, one JSON document for programs, Markdown for a pull request, or a "
            "page to open in a browser.",
        ),
    ] = RehearsalFormat.TERMINAL,
    verbose: Verbose = False,
) -> None:
    """Rehearse database scripts beside traffic, before they reach production.

    Runs each script on a scratch PostgreSQL: alone, to see every lock that it takes; beside
    readers and writers of every table that it touches; behind a long transaction; and tries the
    application's queries again afterwards. Needs neither report nor service nor configuration.
    """
    from twiceshy.cli.exit_codes import of_run
    from twiceshy.cli.rehearsed import play
    from twiceshy.cli.rehearsing import Wanted, prepared
    from twiceshy.rehearsal import conduct

    wanted = Wanted(
        scripts=tuple(scripts or ()),
        schema=tuple(schema or ()),
        settings=tuple(setting or ()),
        single_transaction=single_transaction,
        since=since,
        command=command,
        rows=tuple(rows or ()),
        server=server.value if server else "",
    )
    project, report = prepared(wanted, context.obj)
    outcome = play(conduct.run(project, (report,)), form, verbose=verbose)
    raise typer.Exit(of_run(outcome.values, problems=outcome.problems, allow_unknown=False))
