"""A process of its own for a share of a run. It hears from its parent and dies with it.

Its standard input brings the order, pickled, then lines: `start` with the moment of the beginning,
and `stop`. The end of the input is the end of the parent, and ends us. Its standard output says
`ready`, then how far it is, then the end or the error; each a line of JSON.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from twiceshy.errors import CannotTell, TwiceshyError
from twiceshy.traffic.load.run import run_share, share_of, without_collector

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from twiceshy.model.load import LoadPlan
    from twiceshy.traffic.load.progress import Progress
    from twiceshy.traffic.load.runner import Runner

_EVERY = 0.2
"""Seconds between two reports."""
_ORPHANED = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do: share `first` of `step`, into the file `ledger`."""

    plan: LoadPlan
    ledger: Path
    first: int
    step: int


class _Worker:
    def __init__(self) -> None:
        self._told = 0.0
        self._zero = 0
        self._begun = threading.Event()
        self._stop: Any = None

    def work(self) -> None:
        order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
        share = share_of(order.plan, order.first, order.step)
        with without_collector():
            done = run_share(
                order.plan,
                share,
                order.ledger,
                zero=self._wait,
                report=self._report,
                started=self._started,
            )
        _say({"done": asdict(done)})

    def _started(self, runner: Runner, loop: asyncio.AbstractEventLoop) -> None:
        self._stop = lambda: loop.call_soon_threadsafe(runner.stop)

    def _wait(self) -> int:
        """Everything is ready: hear when it begins."""
        threading.Thread(target=self._listen, daemon=True).start()
        _say({"ready": True})
        self._begun.wait()
        return self._zero

    def _listen(self) -> None:
        for line in sys.stdin.buffer:
            word, _, value = line.decode().strip().partition(" ")
            if word == "start":
                self._zero = int(value)
                self._begun.set()
            elif word == "stop":
                try:
                    self._stop()
                except RuntimeError:
                    return  # it is over already
        os._exit(_ORPHANED)  # the ledger is whole at any moment

    def _report(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told >= _EVERY:
            self._told = now
            _say({"progress": asdict(progress)})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Work; an error goes to the parent, who tells it."""
    try:
        _Worker().work()
    except TwiceshyError as error:
        told = {name: getattr(error, name) for name in ("happened", "where", "seen", "todo")}
        _say({"error": told, "unknown": isinstance(error, CannotTell)})
        os._exit(1)
    # On its way out Python would wait a second for the thread that reads our input.
    os._exit(0)


if __name__ == "__main__":
    main()
