"""`twiceshy catalogue`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import examples

EPILOG = examples(
    "twiceshy catalogue export postgresql://reader@db.example.com/shop -o production.json",
    "twiceshy rehearse migrations/ --rows production.json",
)


def export(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="The database: postgresql://user@host/name; PG* variables count."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write here, not to standard output.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write down how large the tables of a database are, for the range that `rehearse` gives.

    Reads system catalogues only: names, estimated rows, sizes, indexes and constraints. No table
    of yours is read, and the session gives up rather than wait for anybody.
    """
    from twiceshy.cli.outputs import print_json
    from twiceshy.errors import UsageError
    from twiceshy.postgres.export import export as read
    from twiceshy.render.machine import as_json

    document = read(url)
    if output is None:
        print_json(document)
        return
    try:
        output.write_text(as_json(document) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            "The file cannot be written", where=str(output), seen=(error.strerror or "").lower()
        ) from None
    typer.echo(f"{len(document['relations'])} tables written to {output}")
