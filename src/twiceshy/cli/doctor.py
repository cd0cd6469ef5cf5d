"""`twiceshy doctor`."""

from __future__ import annotations

import typer

from twiceshy.cli.options import examples

EPILOG = examples("twiceshy doctor")


def doctor(context: typer.Context) -> None:
    """Try everything that a run needs, and tell plainly what is missing.

    Exits with 0 when a run can start, 3 when something is missing.
    """
    from twiceshy.cli.examination import examined
    from twiceshy.cli.exit_codes import ExitCode
    from twiceshy.cli.project import load

    well = examined(load(context.obj))
    raise typer.Exit(ExitCode.HOLDS if well else ExitCode.CANNOT_TELL)
