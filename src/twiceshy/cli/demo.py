"""`twiceshy demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import Format, OutputFormat, Verbose, examples

EPILOG = examples(
    "twiceshy demo",
    "twiceshy demo deposits",
    "twiceshy demo --site pages",
    "twiceshy demo --format json",
)


def demo(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Examples by name; without any, all of them.",
            show_default=False,
        ),
    ] = None,
    form: OutputFormat = Format.TERMINAL,
    site: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep the pages of the examples' reports there.",
            show_default=False,
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """See it work: rehearse real incidents on a faulty and on a fixed version of small services.

    Then makes pages of their reports. Needs nothing but this installation, and writes only into
    temporary folders unless it is told where the pages go. Exits with 0 when
    every failure recurs on the faulty version and holds on the fixed one.
    """
    from twiceshy.cli.exit_codes import of_demo
    from twiceshy.cli.showing import show

    raise typer.Exit(of_demo(show(names or [], form, verbose=verbose, site=site)))
