"""`twiceshy new`."""

from __future__ import annotations

import datetime
from typing import Annotated

import typer

from twiceshy.cli.options import examples

EPILOG = examples(
    'twiceshy new "Deposits of others on the dashboard"',
    'twiceshy new "Sign-ups refused" --kind command --date 2026-03-14',
)


def new(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="What happened, in a few words.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="The kind of its guard.")] = "isolation",
    date: Annotated[
        datetime.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day of the incident; today.", show_default=False
        ),
    ] = None,
) -> None:
    """Begin a report: a Markdown file with the usual sections and a first guard.

    Prints the path of the new file. Never overwrites one.
    """
    from twiceshy.cli.consoles import out, say
    from twiceshy.cli.drafts import write_draft
    from twiceshy.cli.project import load

    # The calendar day where the person sits, not that of UTC.
    day = (date or datetime.datetime.now().astimezone()).date()
    say(out(), str(write_draft(load(context.obj), title, kind, day)))
