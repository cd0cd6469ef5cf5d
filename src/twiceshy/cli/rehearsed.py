"""What `twiceshy rehearse` shows: for people, for programs, for a pull request, as a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.text import Text

from twiceshy.cli.consoles import err, is_live, out, page_of, say
from twiceshy.cli.listening import Listener, Outcome, listen
from twiceshy.cli.outputs import print_json, print_text, progress
from twiceshy.cli.rehearsed_format import RehearsalFormat
from twiceshy.errors import SeveralProblems
from twiceshy.model.events import Event, ReportBroken, RunFinished, ScriptConcluded, StageProgress
from twiceshy.model.locking import Conclusion
from twiceshy.render.marks import LABEL
from twiceshy.render.problem import problem
from twiceshy.render.rehearsed import document
from twiceshy.render.rehearsed_markdown import rehearsed_markdown
from twiceshy.render.rehearsed_page import rehearsed_page
from twiceshy.render.rehearsed_text import rehearsed_lines


class _Kept:
    """A listener that keeps what the scripts came to, and says what cannot wait."""

    def __init__(self, *, live: bool) -> None:
        self.conclusions: list[Conclusion] = []
        self.seconds = 0.0
        self._live = live

    def hear(self, event: Event) -> None:
        """Keep it."""
        if isinstance(event, ScriptConcluded):
            conclusion = event.conclusion
            self.conclusions.append(replace(conclusion, script=_near(conclusion.script)))
        elif isinstance(event, RunFinished):
            self.seconds = event.seconds
        elif isinstance(event, ReportBroken):
            _tell(event)
        elif isinstance(event, StageProgress) and not self._live:
            say(err(), Text(f"{page_of(err()).marks.dot} {event.says}", style=LABEL))


def play(events: Iterator[Event], form: RehearsalFormat, *, verbose: bool) -> Outcome:
    """Rehearse, tell on standard error what is being done, and print the outcome."""
    kept = _Kept(live=is_live(err()))
    with ExitStack() as stack:
        listeners: list[Listener] = [kept, *progress(stack)]
        outcome = listen(events, listeners)
    verdicts = [one.verdict for one in outcome.finished]
    _print(document(kept.conclusions, verdicts, kept.seconds), form, verbose=verbose)
    return outcome


def _print(told: dict[str, Any], form: RehearsalFormat, *, verbose: bool) -> None:
    if form is RehearsalFormat.JSON:
        print_json(told)
    elif form is RehearsalFormat.MARKDOWN:
        print_text(rehearsed_markdown(told))
    elif form is RehearsalFormat.HTML:
        print_text(rehearsed_page(told))
    else:
        console = out()
        say(console, *rehearsed_lines(told, replace(page_of(console), verbose=verbose)))


def _tell(event: ReportBroken) -> None:
    several = event.problem
    each = several.problems if isinstance(several, SeveralProblems) else (several,)
    for one in each:
        say(err(), *problem(one, page_of(err()), Path.cwd()))


def _near(name: str) -> str:
    """A path from here, where it lies below."""
    path = Path(name)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd()).as_posix()
    return name
