"""`twiceshy log`."""

from __future__ import annotations

from typing import Annotated

import typer

from twiceshy.cli.options import examples

EPILOG = examples(
    'twiceshy log 2026-03-14-locks "Customers report time-outs"',
    'twiceshy log 2026-03-14-locks "First alert" --at 14:05',
    'twiceshy log 2026-03-14-locks "Rolled back" --at "2026-03-14 14:40 UTC"',
)


def log(
    context: typer.Context,
    report: Annotated[str, typer.Argument(metavar="REPORT", help="A report by id or file.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened.")],
    at: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="When it happened, instead of now: 14:05, or 2026-03-14 14:05, with UTC or an "
            "offset such as +02:00; without, in the zone of the timeline.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Add a line to a report's timeline while the incident goes on.

    It is written in the form that the timeline already has, at its place by time; nothing else
    in the file changes. A report without a timeline gets one, in its language.
    """
    from twiceshy.cli.consoles import out, say
    from twiceshy.cli.dashes import plain
    from twiceshy.cli.logged import append
    from twiceshy.cli.project import load

    say(out(), append(load(context.obj), report, plain(text), at))
