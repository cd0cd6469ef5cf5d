"""Listens to a run and tells it on a terminal: progress, a line a guard, then what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from twiceshy.errors import Location
from twiceshy.model.events import (
    GuardFinished,
    GuardStarted,
    ReportBroken,
    RunFinished,
    RunStarted,
    StageProgress,
    Uncovered,
)
from twiceshy.model.verdict import Value
from twiceshy.render.details import details, place_of
from twiceshy.render.marks import LABEL, Page, marks_for
from twiceshy.render.paragraph import wrap
from twiceshy.render.problem import problem
from twiceshy.render.progress import Progress, stage_line, started_line
from twiceshy.render.scope import counts, uncovered
from twiceshy.render.summary import broken_line, closing, guard_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from twiceshy.model.events import Event

WIDEST = 110
"""Prose wider than this is hard to read; a wide terminal keeps a margin."""


class Terminal:
    """A listener. Used as a context manager, so that the live picture always ends.

    `live` draws a moving picture; without it every step is a plain line. `base` is the folder
    that paths are told from. `brief` tells one finding of a guard, and no sum at the end.
    """

    def __init__(
        self,
        console: Console,
        *,
        base: Path | None = None,
        live: bool = False,
        verbose: bool = False,
        brief: bool = False,
    ) -> None:
        self._console = console
        self._base = base
        self._page = Page(min(console.width, WIDEST), marks_for(console), verbose)
        if brief:
            self._page = replace(self._page, findings=1, lines=12)
        self._brief = brief
        self._progress = Progress(self._page.marks, self._page.width)
        self._live = (
            Live(self._progress, console=console, transient=True, refresh_per_second=10)
            if live
            else None
        )
        self._finished: list[GuardFinished] = []
        self._broken: list[ReportBroken] = []
        self._uncovered: list[tuple[str, str]] = []
        self._detailed = False

    def __enter__(self) -> Self:
        """Begin the live picture."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it; what was found before an interruption is told all the same."""
        if self._live:
            self._live.stop()
        if error is not None:
            self._tell_details()

    def hear(self, event: Event) -> None:
        """Tell one event."""
        self._progress.hear(event)
        if isinstance(event, GuardFinished):
            self._finished.append(event)
            self._print([guard_line(event, self._page)])
        elif isinstance(event, ReportBroken):
            self._broken.append(event)
            location = getattr(event.problem, "location", None) or Location(event.report.path)
            place = f"{place_of(location, self._base)}: {event.problem.happened}"
            self._print([broken_line(place, self._page)])
        elif isinstance(event, Uncovered):
            self._uncovered += event.requests
        elif isinstance(event, RunFinished):
            if self._live:
                self._live.stop()
            self._tell_details()
            if not self._brief:
                self._tell_end(event)
        elif not self._live:
            self._tell_step(event)

    def _tell_step(self, event: Event) -> None:
        marks = self._page.marks
        if isinstance(event, RunStarted):
            guards = f"{event.guards} guard{'' if event.guards == 1 else 's'}"
            reports = f"{event.reports} report{'' if event.reports == 1 else 's'}"
            self._print([Text(f"{guards} in {reports}", style="bold")])
        elif isinstance(event, StageProgress):
            self._print([Text.assemble((f"{marks.dot} ", LABEL), stage_line(event, marks))])
        elif isinstance(event, GuardStarted):
            started = started_line(event, marks, self._page.width - 2)
            self._print([Text.assemble((f"{marks.dot} ", LABEL), started)])

    def _tell_details(self) -> None:
        if self._detailed:
            return
        self._detailed = True
        for broken in self._broken:
            self._print([Text(), *problem(broken.problem, self._page, self._base)])
        for finished in self._finished:
            if self._page.verbose or finished.verdict.value is not Value.HOLDS:
                self._print([Text(), *details(finished, self._page, self._base)])
        if self._uncovered:
            self._print([Text(), *uncovered(self._uncovered, self._page)])

    def _tell_end(self, event: RunFinished) -> None:
        page = self._page
        self._print([Text(), Text(page.marks.line * page.width, style=LABEL)])
        self._print(closing(self._finished, self._broken, event.seconds, page))
        held = [one for one in self._finished if one.verdict.value is Value.HOLDS]
        covered = counts((one.verdict.scope for one in held), page)
        if covered and not page.verbose:
            says = f"what holds covers: {covered} (--verbose lists them)"
            self._print(wrap(Text(says, style=LABEL), page.width))

    def _print(self, lines: Iterable[Text]) -> None:
        for line in lines:
            self._console.print(line, soft_wrap=True, highlight=False)
