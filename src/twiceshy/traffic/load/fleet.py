"""A run of load in processes of its own, so that nothing we do besides delays a request."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

from twiceshy.errors import CannotTell, UsageError
from twiceshy.traffic.load.ledger_format import SUFFIX
from twiceshy.traffic.load.progress import Progress, together
from twiceshy.traffic.load.requests import check
from twiceshy.traffic.load.worker import Order

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import IO, Self

    from twiceshy.model.load import LoadPlan

_LEAD = 50_000_000
"""Nanoseconds between the word to start and the beginning, so that all hear it before."""
_PATIENCE = 60.0
"""Seconds in which the processes must be ready, beside what a long schedule takes to draw."""
_EXCERPT = 500


class _Process:
    """One worker, and what it said last."""

    def __init__(self, order: bytes) -> None:
        self.progress = Progress()
        self.done = threading.Event()
        self.ready = threading.Event()
        self.finished = False
        self.error: Exception | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        self._process = subprocess.Popen(
            [sys.executable, "-m", "twiceshy.traffic.load.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._reader = threading.Thread(target=self._hear, daemon=True)
        self._reader.start()
        self._write(order)

    def say(self, line: str) -> None:
        self._write(line.encode() + b"\n")

    def _write(self, text: bytes) -> None:
        if self._process.stdin is None:
            return
        try:
            self._process.stdin.write(text)
            self._process.stdin.flush()
        except OSError:
            return  # it is gone, which the reader notices

    def _hear(self) -> None:
        for line in self._process.stdout or ():
            self._take(json.loads(line))
        code = self._process.wait()
        if not self.finished and self.error is None:
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip()
            self.error = CannotTell(
                f"A process that sends load ended with status {code}.",
                seen=said[-_EXCERPT:],
                todo="What it had sent is in the ledger. Run again.",
            )
        self.ready.set()
        self.done.set()

    def _take(self, told: dict[str, Any]) -> None:
        if "progress" in told or "done" in told:
            self.finished = "done" in told
            self.progress = Progress(**told.get("progress", told.get("done", {})))
        elif "error" in told:
            kind = CannotTell if told["unknown"] else UsageError
            happened = told["error"].pop("happened")
            self.error = kind(happened, **told["error"])
        self.ready.set()

    def end(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._errors.close()


class Fleet:
    """Sends `plan` from as many processes as it names; their ledgers come into `folder`.

    Used as a context manager, it leaves no process behind. Between `start` and `wait`, the caller
    is free to do what it likes to the service. UsageError when the plan cannot be sent.
    """

    def __init__(self, plan: LoadPlan, folder: Path) -> None:
        check(plan)
        self.folder = folder
        self.zero = 0
        self._plan = plan
        self._processes: list[_Process] = []

    def __enter__(self) -> Self:
        """Start the processes and wait until all are ready to send."""
        self.folder.mkdir(parents=True, exist_ok=True)
        orders = _orders(self._plan, self.folder)
        try:
            for order in orders:
                self._processes.append(_Process(order))
            self._ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End whatever still runs."""
        self.close()

    def start(self) -> None:
        """Let arrivals begin, in all processes at `zero` (a moment of `time.monotonic_ns`)."""
        self.zero = time.monotonic_ns() + _LEAD
        for process in self._processes:
            process.say(f"start {self.zero}")

    def stop(self) -> None:
        """Let nothing arrive any more; what is under way may end."""
        for process in self._processes:
            process.say("stop")

    @property
    def progress(self) -> Progress:
        """How far all are together, as told less than a second ago."""
        return together([process.progress for process in self._processes])

    @property
    def done(self) -> bool:
        """Whether all have come to their end."""
        return all(process.done.is_set() for process in self._processes)

    def wait(self) -> Progress:
        """Wait for the end. Raises what a process failed with."""
        for process in self._processes:
            process.done.wait()
        self._raise()
        return self.progress

    def close(self) -> None:
        """End every process, at once."""
        for process in self._processes:
            process.end()
        self._processes = []

    def _ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        for process in self._processes:
            if not process.ready.wait(max(deadline - time.monotonic(), 0)):
                raise CannotTell("A process that sends load was not ready in time.")
        self._raise()

    def _raise(self) -> None:
        for process in self._processes:
            if process.error is not None:
                raise process.error


def _orders(plan: LoadPlan, folder: Path) -> list[bytes]:
    """What each process is told; UsageError when the plan cannot leave this process."""
    step = plan.processes
    try:
        return [
            pickle.dumps(Order(plan, folder / f"{first}{SUFFIX}", first, step))
            for first in range(step)
        ]
    except (pickle.PicklingError, AttributeError, TypeError):
        raise UsageError(
            "Another process cannot be told what an accepted answer is.",
            where=str(plan.request),
            todo="Let it be a function of a module, not one inside of another function.",
        ) from None
