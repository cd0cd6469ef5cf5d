"""`twiceshy prove`."""

from __future__ import annotations

import typer

from twiceshy.cli.options import Format, Keyword, OutputFormat, Reports, Verbose, examples

EPILOG = examples("twiceshy prove", "twiceshy prove 2020-09-22-deposits")


def prove(
    context: typer.Context,
    reports: Reports = None,
    form: OutputFormat = Format.TERMINAL,
    keyword: Keyword = "",
    verbose: Verbose = False,
) -> None:
    """Show that guards see what they are for: on the version that failed, and on today's.

    A guard is proven when it says [bold]recurs[/bold] on the failed versions that the
    configuration names, and [bold]holds[/bold] on the working tree. Exits with 0 when all are
    proven, 1 when a failure recurs today, 2 when a file is wrong, 3 otherwise.
    """
    from twiceshy.cli.consoles import out, page_of, say
    from twiceshy.cli.exit_codes import of_proof
    from twiceshy.cli.outputs import play
    from twiceshy.cli.project import load, reports_of
    from twiceshy.render.proof import proof_lines, proofs

    project = load(context.obj)
    chosen = reports_of(project, reports or [], keyword)

    from twiceshy.rehearsal import proof

    outcome = play(proof.prove(project, chosen), project.root, form, verbose=verbose)
    found = proofs(outcome.finished)
    if form is Format.TERMINAL:
        console = out()
        say(console, *proof_lines(found, page_of(console)))
    raise typer.Exit(of_proof(found, problems=outcome.problems))
