"""`twiceshy import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twiceshy.cli.options import Format, OutputFormat, examples

EPILOG = examples(
    "twiceshy import ~/incidents/2024-03-outage.md",
    "twiceshy import wiki-export/ --to postmortems",
    "twiceshy import outage.html --dry-run",
    "pbpaste | twiceshy import -",
    "twiceshy import outage.md --format json > outage.json",
    "twiceshy import --original postmortems/2024-03-02-outage.md > outage.md",
    then="Exit codes: 0 all that was named is imported, 1 something was refused, 2 usage.",
)


def import_(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders: Markdown, MDX, text, HTML, reStructuredText; "
            "- is standard input.",
            show_default=False,
        ),
    ] = None,
    form: OutputFormat = Format.TERMINAL,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FOLDER",
            help="Where the reports go; the project's folder of reports, or else postmortems.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what was found, and write nothing.")
    ] = False,
    original: Annotated[
        Path | None,
        typer.Option(
            "--original",
            metavar="REPORT",
            help="Print the original of an imported report, byte for byte.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make reports of postmortems that exist already, whatever their format and language.

    Each becomes a file that keeps the original to the letter below a front matter with what was
    found in it; the terminal tells where each field stands, what contradicts what, and what is
    uncertain. A guard is only suggested: it runs once you have written it into the report. What
    is no postmortem (a template, a guide, an index) is refused with the reason; of files that a
    folder holds this is told and is no failure. Two incidents in one file become two reports. An
    existing file is never overwritten. With [bold]--format json[/bold] nothing is written unless
    there is [bold]--to[/bold].
    """
    from twiceshy.cli.importing import import_all, print_original

    if original is not None:
        print_original(original)
        return
    code = import_all(context.obj, paths or [], form, to, dry_run=dry_run)
    raise typer.Exit(code)
