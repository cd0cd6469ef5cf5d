"""Options of the commands that read the library, and the project's library itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from twiceshy.library import Entry, Library


class Reader(StrEnum):
    """For whom reports are told."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


Audience = Annotated[
    Reader,
    typer.Option(
        "--audience",
        help="As this audience would see it; whoever has the files has all of them anyway.",
    ),
]


def today() -> datetime.date:
    """The calendar day where the person sits, not that of UTC."""
    return datetime.datetime.now().astimezone().date()


@contextmanager
def library(config: Path | None) -> Iterator[Library]:
    """The library of the project around the current folder."""
    from twiceshy.cli.project import load
    from twiceshy.library import Library

    with Library.open(load(config)) as opened:
        yield opened


def chosen(opened: Library, name: str, reader: Reader) -> Entry:
    """The report of that id, file or file's name. Raises UsageError when there is none."""
    from twiceshy.errors import UsageError, nearest
    from twiceshy.library import Audience

    entries = opened.entries(Audience(reader.value))
    here = Path.cwd()
    for entry in entries:
        names = (entry.id, entry.path.name, entry.path.stem, str(entry.path))
        if name in names or (here / name).absolute() == opened.root / entry.path:
            return entry
    like = nearest(name, [entry.id for entry in entries])
    raise UsageError(
        f"There is no report {name}",
        seen=f"{len(entries)} reports here",
        todo=f"Did you mean {like}?" if like else "`twiceshy reports search` lists them.",
    )
