"""`twiceshy schema`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from twiceshy.cli.options import examples

EPILOG = examples(
    "twiceshy schema config > twiceshy.schema.json",
    "twiceshy schema guard",
    "twiceshy schema run",
)


class Subject(StrEnum):
    """What a schema is about."""

    CONFIG = "config"
    GUARD = "guard"
    RUN = "run"
    REPORT = "report"


def schema(
    subject: Annotated[
        Subject,
        typer.Argument(
            help="config: twiceshy.toml. guard: the blocks in reports. run: what --format json "
            "prints. report: reports/ID.json of the site.",
            show_default=False,
        ),
    ],
) -> None:
    """Print the JSON Schema of a file that you write or read, for editors and programs."""
    from twiceshy.cli import schemas
    from twiceshy.cli.outputs import print_json

    print_json(schemas.BY_NAME[subject.value]())
