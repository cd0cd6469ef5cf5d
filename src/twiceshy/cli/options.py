"""Arguments and options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How a run is told."""

    TERMINAL = "terminal"
    JSON = "json"


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration file, instead of the twiceshy.toml found from here upwards.",
        exists=True,
        dir_okay=False,
    ),
]
Reports = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="REPORT",
        help="Reports by id or file, or folders of them; without any, all of the project.",
        show_default=False,
    ),
]
OutputFormat = Annotated[
    Format, typer.Option("--format", help="For people, or one JSON document for programs.")
]
Keyword = Annotated[
    str,
    typer.Option(
        "-k",
        metavar="TEXT",
        help="Only guards whose report (id, title, file name) or kind contains this text.",
        show_default=False,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Cut nothing, and list all that was and was not tried."),
]


# Until 0.28, typer read one line break as a space and two as one.
_BREAK = "\n" if tuple(map(int, typer.__version__.split(".")[:2])) >= (0, 28) else "\n\n"


def examples(*lines: str, then: str = "") -> str:
    """The end of a help page: commands to try, and a last word."""
    shown = ["[bold]Examples[/bold]", *(f"[cyan]{line}[/cyan]" for line in lines)]
    return _BREAK.join([*shown, then] if then else shown)


def help_of(command: Callable[..., object]) -> str:
    """The command's docstring as help: the source's line breaks are not those of the page."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
