"""`twiceshy site`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import examples

EPILOG = examples(
    "twiceshy site",
    "twiceshy site --audience internal --to /srv/postmortems",
    "twiceshy site --serve --audience restricted",
)


class Readers(StrEnum):
    """For whom the pages are."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


def site(
    context: typer.Context,
    to: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Where to write the pages; a folder of their own."),
    ] = Path("site"),
    audience: Annotated[
        Readers,
        typer.Option(help="For whom. What they may not see is nowhere in the pages."),
    ] = Readers.PUBLIC,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the pages live instead of writing them.")
    ] = False,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to serve; another needs a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", help="The port to serve on; 0 takes any that is free.")
    ] = 8765,
    token: Annotated[
        str,
        typer.Option(
            metavar="T",
            envvar="TWICESHY_SITE_TOKEN",
            show_envvar=False,
            help="Whoever reads the served pages must know this; also as TWICESHY_SITE_TOKEN.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Show all reports as pages: a folder for any host, or served live.

    Search, timelines, action items, statistics and a feed; nothing is asked of any other host.
    The pages leave out what the audience may not see. They protect no file: whoever can read the
    repository can read its reports.
    """
    from twiceshy.cli.pages import check_extra, serve_pages, write_pages
    from twiceshy.cli.project import load

    check_extra()
    project = load(context.obj)
    if serve:
        serve_pages(project, audience.value, host, port, token)
    else:
        write_pages(project, audience.value, to)
