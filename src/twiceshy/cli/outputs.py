"""The outputs of one run: terminal or JSON, files, and the archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.live import Live

from twiceshy.archive.recorder import Recorder
from twiceshy.cli.consoles import err, is_live, out, page_of, tell
from twiceshy.cli.listening import Listener, Outcome, listen
from twiceshy.cli.options import Format
from twiceshy.cli.run_files import NO_FILES, RunFiles
from twiceshy.model.events import Event
from twiceshy.render.machine import Machine, as_json
from twiceshy.render.progress import Progress
from twiceshy.render.terminal import Terminal


def play(
    events: Iterator[Event],
    root: Path,
    form: Format,
    *,
    verbose: bool,
    files: RunFiles = NO_FILES,
) -> Outcome:
    """Play a run, telling it as asked and keeping its verdicts in the archive of `root`.

    `files` are written when it has ended; a run that was broken off leaves none.
    """
    machine = Machine(root)
    recorder = Recorder(root)
    with ExitStack() as stack:
        stack.enter_context(recorder)
        if form is Format.JSON:
            listeners = progress(stack)
        else:
            console = out()
            terminal = Terminal(console, base=Path.cwd(), live=is_live(console), verbose=verbose)
            listeners = [stack.enter_context(terminal)]
        outcome = listen(events, [machine, *listeners, recorder])
    if form is Format.JSON:
        print_json(machine.document())
    files.write(machine.document())
    if recorder.problem:
        tell(recorder.problem)
    return outcome


def progress(stack: ExitStack) -> list[Listener]:
    """A moving picture on standard error while a document for programs is gathered."""
    console = err()
    if not is_live(console):
        return []
    page = page_of(console)
    picture = Progress(page.marks, page.width)
    stack.enter_context(Live(picture, console=console, transient=True))
    return [picture]


def print_json(document: Any) -> None:
    """A document on standard output."""
    print_text(as_json(document) + "\n")


def print_text(text: str) -> None:
    """A text for programs on standard output, as UTF-8 whatever the terminal's encoding."""
    import sys

    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
