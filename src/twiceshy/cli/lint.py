"""`twiceshy reports lint`."""

from __future__ import annotations

from typing import Annotated

import typer

from twiceshy.cli.options import Format, OutputFormat, Reports, examples

EPILOG = examples(
    "twiceshy reports lint",
    "twiceshy reports lint postmortems/2026-03-14-locks.md --strict",
    "twiceshy reports lint --fix",
    "twiceshy reports lint --rules",
)


def lint(
    context: typer.Context,
    reports: Reports = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Mend what cannot change a report's meaning; no other byte is touched."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no notes.")] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List every rule with its reason, and check nothing.")
    ] = False,
    form: OutputFormat = Format.TERMINAL,
) -> None:
    """Check reports: contradictions, what is missing, tasks of nobody, blame, unproved guards.

    A rule is ignored with a reason: in the front matter under [bold]lint[/bold] as
    [bold]ignore = {"rule" = "why"}[/bold], or for one line by a comment
    [bold]lint-ignore rule: why[/bold]. Exits with 1 when there is an error, with
    [bold]--strict[/bold] also when there is a warning.
    """
    from pathlib import Path

    from twiceshy.cli.checked import checked, failed
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.outputs import print_json
    from twiceshy.cli.project import load
    from twiceshy.library.telling.remarks import (
        remarks_document,
        remarks_lines,
        rules_lines,
        sum_line,
    )

    console = out()
    page = page_of(console)
    if rules:
        say(console, *rules_lines(page))
        return
    project = load(context.obj)
    found, fixed = checked(project, reports or [], fix=fix)
    if form is Format.JSON:
        print_json(remarks_document(found, project.root))
    else:
        say(console, *remarks_lines(found, page, Path.cwd(), quiet=quiet))
        say(console, *sum_line(found, fixed, page))
    raise typer.Exit(1 if failed(found, strict=strict) else 0)
