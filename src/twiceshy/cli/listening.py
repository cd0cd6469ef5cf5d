"""Lets every output hear a run, and remembers what its exit code depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol, cast

from twiceshy.model.events import Event, GuardFinished, ReportBroken
from twiceshy.model.verdict import Value


class Listener(Protocol):
    """Anything that hears events."""

    def hear(self, event: Event) -> None:
        """Take note of one event."""


class Closable(Protocol):
    """A generator: closing it takes down the stage that it has put up."""

    def close(self) -> None:
        """End early."""


@dataclass
class Outcome:
    """What was heard, for the exit code."""

    finished: list[GuardFinished] = field(default_factory=list)
    problems: bool = False

    def hear(self, event: Event) -> None:
        """Remember verdicts and problems."""
        if isinstance(event, GuardFinished):
            self.finished.append(event)
        elif isinstance(event, ReportBroken):
            self.problems = True

    @property
    def values(self) -> list[Value]:
        """All verdicts."""
        return [one.verdict.value for one in self.finished]


def listen(events: Iterator[Event], listeners: Sequence[Listener]) -> Outcome:
    """Play the run to its end; whatever happens, the stage goes down with it."""
    outcome = Outcome()
    with closing(cast("Closable", events)):
        for event in events:
            for listener in (outcome, *listeners):
                listener.hear(event)
    return outcome
