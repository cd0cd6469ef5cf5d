"""`twiceshy reports similar`."""

from __future__ import annotations

from typing import Annotated

import typer

from twiceshy.cli.options import Format, OutputFormat, examples
from twiceshy.cli.searching import Audience, Reader

EPILOG = examples(
    "twiceshy reports similar 2020-09-22-deposits",
    "twiceshy reports similar postmortems/2026-03-14-locks.md --format json",
)


def similar(
    context: typer.Context,
    report: Annotated[str, typer.Argument(metavar="REPORT", help="A report by id or file.")],
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Show so many.")] = 5,
    audience: Audience = Reader.RESTRICTED,
    form: OutputFormat = Format.TERMINAL,
) -> None:
    """Find past reports that are like one, and say why.

    Compared are how the system failed, the kind of guard, tables, requests and services, and the
    telling words that they share.
    """
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.outputs import print_json
    from twiceshy.cli.searching import chosen, library
    from twiceshy.library import Audience as Seen
    from twiceshy.library.telling.documents import similar_document
    from twiceshy.library.telling.findings import similar_lines

    with library(context.obj) as opened:
        entry = chosen(opened, report, audience)
        found = opened.similar(entry.id, Seen(audience.value), limit)
    if form is Format.JSON:
        print_json(similar_document(entry, found))
        return
    console = out()
    say(console, *similar_lines(entry, found, page_of(console)))
