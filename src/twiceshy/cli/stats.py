"""`twiceshy reports stats`."""

from __future__ import annotations

import typer

from twiceshy.cli.options import Format, OutputFormat, examples
from twiceshy.cli.searching import Audience, Reader

EPILOG = examples("twiceshy reports stats", "twiceshy reports stats --format json")


def stats(
    context: typer.Context,
    audience: Audience = Reader.RESTRICTED,
    form: OutputFormat = Format.TERMINAL,
) -> None:
    """Tell what all reports come to together.

    Times to detect and to resolve, how many carry a guard and how many of those are proved, what
    came back in the same way, and counts by month, severity, service and kind.
    """
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.outputs import print_json
    from twiceshy.cli.searching import library, today
    from twiceshy.library import Audience as Seen
    from twiceshy.library.telling.boards import statistics_lines
    from twiceshy.library.telling.documents import statistics_document

    with library(context.obj) as opened:
        found = opened.stats(Seen(audience.value), today())
    if form is Format.JSON:
        print_json(statistics_document(found))
        return
    console = out()
    say(console, *statistics_lines(found, page_of(console)))
