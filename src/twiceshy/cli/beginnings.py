"""Writes a project's first configuration and tries it."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from twiceshy.cli.consoles import out, say
from twiceshy.cli.examination import examined
from twiceshy.config.load import FILE_NAME, find_file, load_project
from twiceshy.errors import ConfigurationError, Location, UsageError


def begin(*, only_print: bool) -> bool:
    """Whether what was written is enough for a run. Raises UsageError rather than overwrite."""
    from twiceshy.config import discovery

    here = Path.cwd()
    text = discovery.write(discovery.discover(here))
    console = out()
    if only_print:
        say(console, text.rstrip("\n"))
        return True
    _write(here, text)
    say(console, text.rstrip("\n"), "", Text(f"Written to {FILE_NAME}. Trying it:", style="bold"))
    well = examined(load_project(here))
    if well:
        says = 'It works. Next: `twiceshy new "What happened"` begins the first report.'
    else:
        says = f"Complete {FILE_NAME} as told above, then try again with `twiceshy doctor`."
    say(console, "", says)
    return well


def _write(folder: Path, text: str) -> None:
    try:
        there = find_file(folder)
    except ConfigurationError:
        there = None
    # One in a folder above is another project's, or that of a larger one; this may have its own.
    if there is not None and there.parent == folder:
        raise UsageError(
            "This folder is configured already",
            where=str(Location(there)),
            todo="Try it with `twiceshy doctor`; `twiceshy init --print` shows a fresh draft.",
        )
    with (folder / FILE_NAME).open("x", encoding="utf-8") as file:
        file.write(text)
