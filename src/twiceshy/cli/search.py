"""`twiceshy reports search`."""

from __future__ import annotations

import datetime
from typing import Annotated

import typer

from twiceshy.cli.dashes import plain
from twiceshy.cli.options import Format, OutputFormat, examples
from twiceshy.cli.searching import Audience, Reader

EPILOG = examples(
    "twiceshy reports search deposits",
    'twiceshy reports search "too many connections" --since 2026-01-01',
    "twiceshy reports search lock --service payments --no-guard",
    "twiceshy reports search lock -orders",
    "twiceshy reports search --tag migration --facets",
)

Several = list[str] | None
_Day = datetime.datetime | None


def _filter(says: str) -> typer.models.OptionInfo:
    """A filter that may be given several times."""
    option: typer.models.OptionInfo = typer.Option(
        metavar="NAME", help=f"{says} May be given several times.", show_default=False
    )
    return option


def _day(says: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        formats=["%Y-%m-%d"], help=says, show_default=False
    )
    return option


def search(  # noqa: PLR0913, PLR0917 - as many filters as reports have sides
    context: typer.Context,
    query: Annotated[
        Several,
        typer.Argument(
            metavar="[WORD]...",
            help="Words that all have to occur, the last one also as a beginning; "
            '"in quotes" they follow each other, -word must not occur.',
            show_default=False,
        ),
    ] = None,
    kind: Annotated[Several, _filter("Kind of guard, or of failure.")] = None,
    service: Annotated[Several, _filter("Service that was hit.")] = None,
    tag: Annotated[Several, _filter("Tag.")] = None,
    severity: Annotated[Several, _filter("Severity.")] = None,
    status: Annotated[Several, _filter("Status of the report.")] = None,
    language: Annotated[Several, _filter("Language, as two letters.")] = None,
    author: Annotated[Several, _filter("Author.")] = None,
    since: Annotated[_Day, _day("Incidents from this day on.")] = None,
    until: Annotated[_Day, _day("Incidents up to this day.")] = None,
    guard: Annotated[
        bool | None,
        typer.Option("--guard/--no-guard", help="With a guard, or without.", show_default=False),
    ] = None,
    facets: Annotated[
        bool, typer.Option("--facets", help="Also count what was found by kind, service and so on.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Show so many.")] = 10,
    audience: Audience = Reader.RESTRICTED,
    form: OutputFormat = Format.TERMINAL,
) -> None:
    """Find reports by their words, in any language; case and accents do not matter.

    Without words, all reports that fit the filters, the newest first. Exits with 1 when nothing
    is found.
    """
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.outputs import print_json
    from twiceshy.cli.searching import library
    from twiceshy.library import Audience as Seen
    from twiceshy.library.search_records import Filters
    from twiceshy.library.telling.documents import hits_document
    from twiceshy.library.telling.findings import hits_lines

    filters = Filters(
        kinds=tuple(kind or ()),
        services=tuple(service or ()),
        tags=tuple(tag or ()),
        severities=tuple(severity or ()),
        statuses=tuple(status or ()),
        languages=tuple(language or ()),
        authors=tuple(author or ()),
        since=since.date() if since else None,
        until=until.date() if until else None,
        guarded=guard,
    )
    words = " ".join(_as_typed(plain(word)) for word in query or ())
    with library(context.obj) as opened:
        found = opened.search(words, filters, Seen(audience.value), limit=limit)
    if form is Format.JSON:
        print_json(hits_document(found, words))
    else:
        console = out()
        say(console, *hits_lines(found, words, page_of(console), facets=facets))
    raise typer.Exit(0 if found.total else 1)


def _as_typed(word: str) -> str:
    """A word of the shell that holds blanks was in quotes there, so it is in quotes here."""
    if " " not in word.strip() or '"' in word:
        return word
    return f'-"{word[1:]}"' if word.startswith("-") else f'"{word}"'
