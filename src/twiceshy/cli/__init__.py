"""The `twiceshy` command: one file a command, no logic."""

from __future__ import annotations


def main() -> None:
    """The program. Ends the process with one of the exit codes of `cli.exit_codes`."""
    from twiceshy.cli.app import app
    from twiceshy.cli.endings import prepare

    prepare()
    app(prog_name="twiceshy")
