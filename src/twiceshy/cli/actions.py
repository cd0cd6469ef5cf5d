"""`twiceshy actions`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from twiceshy.cli.options import examples
from twiceshy.cli.searching import Audience, Reader

EPILOG = examples(
    "twiceshy actions",
    "twiceshy actions --owner ana --overdue",
    "twiceshy actions --format csv > actions.csv",
)


class Form(StrEnum):
    """How the list is told."""

    TERMINAL = "terminal"
    JSON = "json"
    CSV = "csv"


def actions(
    context: typer.Context,
    owner: Annotated[
        str, typer.Option(metavar="NAME", help="Only those of this owner.", show_default=False)
    ] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are late.")] = False,
    audience: Audience = Reader.RESTRICTED,
    form: Annotated[
        Form, typer.Option("--format", help="For people, for programs, or for a spreadsheet.")
    ] = Form.TERMINAL,
) -> None:
    """List the action items of all reports: what is overdue first, then what is open.

    Exits with 1 when something is overdue and the configuration sets
    [bold]actions.fail_overdue[/bold].
    """
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.outputs import print_json, print_text
    from twiceshy.cli.project import load
    from twiceshy.cli.searching import today
    from twiceshy.library import Audience as Seen
    from twiceshy.library import Library
    from twiceshy.library.telling.boards import actions_lines
    from twiceshy.library.telling.documents import actions_csv, actions_document

    project, now, seen = load(context.obj), today(), Seen(audience.value)
    with Library.open(project) as opened:
        entries = {entry.id: entry for entry in opened.entries(seen)}
        found = opened.actions(seen, now, owner=owner, overdue=overdue)
        owners = opened.owners(seen, now)
    if form is Form.JSON:
        print_json(actions_document(found, owners, entries, now))
    elif form is Form.CSV:
        print_text(actions_csv(found, entries, now))
    else:
        console = out()
        shown = () if owner or overdue else owners
        say(console, *actions_lines(found, shown, entries, now, page_of(console)))
    late = any(action.overdue(now) for action in found)
    raise typer.Exit(1 if late and project.actions.fail_overdue else 0)
