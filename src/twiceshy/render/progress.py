"""What is going on right now, for as long as it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.spinner import Spinner
from rich.text import Text

from twiceshy.model.events import (
    GuardFinished,
    GuardStarted,
    RunStarted,
    ScenarioPlayed,
    StageProgress,
)
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL, Marks
from twiceshy.render.summary import title_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from twiceshy.model.events import Event

BAR = 24


@dataclass
class Progress:
    """A picture of the present moment; `hear` brings it up to date."""

    marks: Marks
    width: int

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self._spinner = Spinner("dots" if self.marks.more == "…" else "line", style="cyan")
        self._doing = self._guard = Text("starting")
        self._played: ScenarioPlayed | None = None
        self._guards = 0
        self._finished = 0

    def hear(self, event: Event) -> None:
        """Remember what is now going on."""
        if isinstance(event, RunStarted):
            self._guards = event.guards
        elif isinstance(event, StageProgress):
            self._doing = stage_line(event, self.marks)
        elif isinstance(event, GuardStarted):
            self._guard = started_line(event, self.marks, self.width - 2)
            self._doing = self._guard
            self._played = None
        elif isinstance(event, ScenarioPlayed):
            # The stage may have been renewed in between; that is over now.
            self._doing = self._guard
            self._played = event
        elif isinstance(event, GuardFinished):
            self._finished += 1
            self._played = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A spinner with what is being done, and a bar of scenarios below."""
        self._spinner.update(text=_fit(self._doing, options.max_width - 2))
        yield self._spinner
        if self._played:
            yield _fit(self._scenarios(self._played), options.max_width)

    def _scenarios(self, played: ScenarioPlayed) -> Text:
        done = round(BAR * min(1.0, played.played / max(1, played.planned)))
        full, empty = ("━", "─") if self.marks.more == "…" else ("#", "-")
        return Text.assemble(
            "  ",
            (full * done, "cyan"),
            (empty * (BAR - done), LABEL),
            f" {played.played} of {played.planned} scenarios",
            (f"  {one_line(played.scenario.state.says)}", LABEL),
        )


def stage_line(event: StageProgress, marks: Marks) -> Text:
    """What the stage is doing, and for which version."""
    return _with_version(Text(one_line(event.says)), event.version, marks)


def started_line(event: GuardStarted, marks: Marks, width: int) -> Text:
    """Which guard is being rehearsed; a long title is cut, so that the line fits."""
    title = Text(title_of(event.report), style="bold")
    kind = f" {marks.dot} {one_line(event.guard.kind)}"
    tail = _with_version(Text(kind, style=LABEL), event.version, marks)
    title.truncate(max(8, width - len("rehearsing ") - tail.cell_len), overflow="ellipsis")
    return Text.assemble("rehearsing ", title, tail)


def _with_version(line: Text, version: str, marks: Marks) -> Text:
    return line.append(f" {marks.dot} {one_line(version)}", style=LABEL) if version else line


def _fit(text: Text, width: int) -> Text:
    """A copy on one line: a live picture whose lines wrap flickers."""
    fitted = text.copy()
    fitted.truncate(max(10, width), overflow="ellipsis")
    return fitted
