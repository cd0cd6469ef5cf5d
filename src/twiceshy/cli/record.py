"""`twiceshy record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import Keyword, Reports, Verbose, examples

EPILOG = examples(
    "twiceshy record",
    "twiceshy record 2024-04-12-preferences",
    "twiceshy record --proxy http://127.0.0.1:8000 --out requests.har",
)


def record(
    context: typer.Context,
    reports: Reports = None,
    proxy: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Pass requests on to the service that runs there, and record them.",
            show_default=False,
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write recorded requests: a new HAR file.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(metavar="N", help="The proxy's port; 0 takes any that is free."),
    ] = 0,
    keyword: Keyword = "",
    verbose: Verbose = False,
) -> None:
    """Record what is right today: the shape of answers, or the requests that clients send.

    Without --proxy: rehearses each guard of kind contract whose baseline is a file, writes the
    shapes of the answers into it, and tells what changed in it. Read the change as you read code
    before you commit it. Where a request is refused or fails, the file stays as it is.

    With --proxy: listens on this machine only and notes every request that passes, until Ctrl-C;
    then writes them for a guard to name: requests = "requests.har". Passwords, tokens and cookies
    are replaced, and bodies of answers are not kept.
    """
    from twiceshy.cli.project import load, reports_of
    from twiceshy.errors import UsageError

    if bool(proxy) != (output is not None):
        raise UsageError(
            "Recording requests takes both --proxy and --out",
            todo="twiceshy record --proxy http://127.0.0.1:8000 --out requests.har",
        )
    if output is not None:
        from twiceshy.cli.proxied import record_requests

        record_requests(proxy, output, port, verbose=verbose)
        return
    from twiceshy.cli.snapshots import record_answers

    project = load(context.obj)
    chosen = reports_of(project, reports or [], keyword)
    raise typer.Exit(record_answers(project, chosen, verbose=verbose))
