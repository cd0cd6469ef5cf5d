"""`twiceshy init`."""

from __future__ import annotations

from typing import Annotated

import typer

from twiceshy.cli.options import examples

EPILOG = examples("twiceshy init", "twiceshy init --print")


def init(
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the file instead of writing and trying it.")
    ] = False,
) -> None:
    """Write a first twiceshy.toml by looking at this folder, then try it.

    Looks for the service, its database schema, migrations, processes and OpenAPI description, and
    tells what it found where. What is still missing afterwards is what
    [bold]twiceshy doctor[/bold] tells. Never overwrites a file.
    """
    from twiceshy.cli.beginnings import begin
    from twiceshy.cli.exit_codes import ExitCode

    well = begin(only_print=only_print)
    raise typer.Exit(ExitCode.HOLDS if well else ExitCode.CANNOT_TELL)
