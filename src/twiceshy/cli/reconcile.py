"""`twiceshy reconcile`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import Format, OutputFormat, examples

EPILOG = examples(
    "twiceshy reconcile .twiceshy/ledgers/2026-03-14T09-26-53-589-kill-service",
    "twiceshy reconcile LEDGER --recorded receipts.csv",
    'twiceshy reconcile LEDGER --database postgresql://reader@localhost/tax --query "SELECT key, '
    'amount FROM receipts"',
    then="Exit codes: 0 balanced, 1 not balanced, 2 usage, 3 nothing to hold the ledger against.",
)


def reconcile(
    ledger: Annotated[
        Path,
        typer.Argument(metavar="LEDGER", help="The folder of a run of load, or one file of it."),
    ],
    recorded: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the system recorded: lines of key,amount (CSV); the amount may be missing.",
            show_default=False,
        ),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Ask this database instead: postgresql://user@host/name. It is only read.",
            show_default=False,
        ),
    ] = "",
    query: Annotated[
        str,
        typer.Option(
            metavar="SQL",
            help="What lists key and amount there; without, the query kept with the ledger.",
            show_default=False,
        ),
    ] = "",
    form: OutputFormat = Format.TERMINAL,
) -> None:
    """Make up the account of a run of load again: what was acknowledged, against what is recorded.

    A guard of the kind [bold]conservation[/bold] keeps a ledger of each run under
    [bold].twiceshy/ledgers[/bold], and with it the rows that were recorded. A ledger is whole at
    any moment, also that of a run that was killed.
    """
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.exit_codes import of_account
    from twiceshy.cli.outputs import print_json
    from twiceshy.render.reckoned import reckoned_document, reckoned_lines
    from twiceshy.traffic.load.extra import installed

    with installed():
        from twiceshy.rehearsal.reckoning import reckon
    found = reckon(ledger, recorded=recorded, database=database, query=query)
    if form is Format.JSON:
        print_json(reckoned_document(found))
    else:
        console = out()
        say(console, *reckoned_lines(found, page_of(console)))
    raise typer.Exit(of_account(found))
