"""The command's menu."""

from __future__ import annotations

from typing import Annotated

import typer

from twiceshy.cli import (
    actions,
    catalogue,
    demo,
    doctor,
    import_,
    init,
    lint,
    log,
    new,
    prove,
    reconcile,
    record,
    rehearse,
    run,
    schema,
    search,
    similar,
    site,
    stats,
)
from twiceshy.cli.dashes import TakesDashes
from twiceshy.cli.endings import ends_well
from twiceshy.cli.options import Config, examples, help_of

EVERYDAY = "Everyday"
MORE = "More"

app = typer.Typer(
    name="twiceshy",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "twiceshy demo",
        "twiceshy init",
        "twiceshy run",
        then="Exit codes: 0 all hold, 1 something recurs, 2 usage or configuration, "
        "3 could not tell.",
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from twiceshy import __version__

        typer.echo(f"twiceshy {__version__}")
        raise typer.Exit


@app.callback()
def twiceshy(
    context: typer.Context,
    config: Config = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Postmortems that run: every report carries a guard that rehearses its failure."""
    context.obj = config


# The one list of commands, in the order of the menu.
COMMANDS = (
    (EVERYDAY, init.init, init.EPILOG),
    (EVERYDAY, run.run, run.EPILOG),
    (EVERYDAY, prove.prove, prove.EPILOG),
    (EVERYDAY, rehearse.rehearse, rehearse.EPILOG),
    (EVERYDAY, actions.actions, actions.EPILOG),
    (EVERYDAY, log.log, log.EPILOG),
    (EVERYDAY, site.site, site.EPILOG),
    (EVERYDAY, demo.demo, demo.EPILOG),
    (EVERYDAY, new.new, new.EPILOG),
    (EVERYDAY, import_.import_, import_.EPILOG),
    (MORE, reconcile.reconcile, reconcile.EPILOG),
    (MORE, record.record, record.EPILOG),
    (MORE, doctor.doctor, doctor.EPILOG),
    (MORE, schema.schema, schema.EPILOG),
)
# What people write there may begin with a dash.
WITH_DASHES = (log.log, search.search)
for _panel, _command, _epilog in COMMANDS:
    _register = app.command(
        _command.__name__.removesuffix("_"),
        cls=TakesDashes if _command in WITH_DASHES else None,
        rich_help_panel=_panel,
        epilog=_epilog,
        help=help_of(_command),
    )
    _register(ends_well(_command))


of_catalogue = typer.Typer(
    name="catalogue", no_args_is_help=True, rich_markup_mode="rich", epilog=catalogue.EPILOG
)
app.add_typer(of_catalogue, help="Read the catalogue of a database.", rich_help_panel=MORE)
of_catalogue.command(epilog=catalogue.EPILOG, help=help_of(catalogue.export))(
    ends_well(catalogue.export)
)


reports = typer.Typer(
    name="reports",
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=examples(
        "twiceshy reports search deposits",
        "twiceshy reports lint",
        "twiceshy reports similar 2020-09-22-deposits",
    ),
)
app.add_typer(
    reports, help="Begin, check, find, compare and count reports.", rich_help_panel=EVERYDAY
)
OF_REPORTS = (
    (new.new, new.EPILOG),
    (lint.lint, lint.EPILOG),
    (search.search, search.EPILOG),
    (similar.similar, similar.EPILOG),
    (stats.stats, stats.EPILOG),
)
for _of_reports, _epilog in OF_REPORTS:
    _register = reports.command(
        cls=TakesDashes if _of_reports in WITH_DASHES else None,
        epilog=_epilog,
        help=help_of(_of_reports),
    )
    _register(ends_well(_of_reports))
