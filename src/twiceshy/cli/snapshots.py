"""Records answers, and tells what changed in their files."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.text import Text

from twiceshy.cli.consoles import out, say, tell
from twiceshy.cli.exit_codes import ExitCode
from twiceshy.cli.listening import Closable
from twiceshy.cli.outputs import progress
from twiceshy.config.project import Project
from twiceshy.errors import CannotTell, UsageError
from twiceshy.library.writing import put_file
from twiceshy.model.events import ReportBroken
from twiceshy.model.report import Report
from twiceshy.render.legible import legible

if TYPE_CHECKING:
    from twiceshy.rehearsal.recording import Recorded

_MOST_LINES = 40
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def record_answers(project: Project, reports: Sequence[Report], *, verbose: bool) -> ExitCode:
    """Write the recorded answers of each guard that has a file of them; the exit code.

    Where nothing can be recorded the file stays as it is, and the command exits with 3.
    """
    from twiceshy.rehearsal import recording

    chosen = recording.recordable(project, reports)
    code = ExitCode.HOLDS
    events = recording.record(project, chosen)
    with ExitStack() as stack:
        stack.enter_context(closing(cast("Closable", events)))
        pictures = progress(stack)
        for event in events:
            if isinstance(event, recording.Recorded):
                code = max(code, _written(project, event, verbose=verbose))
                continue
            if isinstance(event, ReportBroken):
                tell(event.problem)
                code = max(code, ExitCode.USAGE)
            for picture in pictures:
                picture.hear(event)
    return code


def _written(project: Project, recorded: Recorded, *, verbose: bool) -> ExitCode:
    """Write one file, and tell what changed in it."""
    shown = _shown(recorded.file)
    if not recorded.file.resolve().is_relative_to(project.root.resolve()):
        raise UsageError(
            "Recorded answers are only written inside of the project",
            where=str(recorded.guard.location),
            seen=str(recorded.file),
        )
    if recorded.problem:
        stays = "is not written" if recorded.before is None else "stays as it is"
        tell(CannotTell(f"{shown} {stays}: no answers to record", seen=recorded.problem))
        return ExitCode.CANNOT_TELL
    if recorded.text == recorded.before:
        say(out(), f"{shown}: unchanged")
        return ExitCode.HOLDS
    put_file(recorded.file, recorded.text.encode())
    if recorded.before is None:
        say(out(), f"{shown}: new, {len(recorded.text.splitlines())} lines")
    else:
        say(out(), *_changes(shown, recorded.before, recorded.text, verbose=verbose))
    return ExitCode.HOLDS


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _changes(shown: str, before: str, text: str, *, verbose: bool) -> Iterator[Text]:
    """How many lines came and went, and which."""
    lines = list(difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=2))[2:]
    came = sum(line.startswith("+") for line in lines)
    went = sum(line.startswith("-") for line in lines)
    yield Text(f"{shown}: {came} lines came, {went} went")
    told = lines if verbose else lines[:_MOST_LINES]
    for line in told:
        # The places that a diff counts mean nothing here.
        text_line = "  ..." if line.startswith("@") else f"  {legible(line)}"
        yield Text(text_line, style=_STYLES.get(line[:1], ""))
    if len(told) < len(lines):
        yield Text(f"  {len(lines) - len(told)} more lines (--verbose shows all)", style="dim")
