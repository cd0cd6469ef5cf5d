"""Asks the database now and then, on a connection of its own, how much is recorded and waits."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import psycopg

from twiceshy.errors import TwiceshyError
from twiceshy.model.strain import Sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from twiceshy.postgres.connect import Connection
    from twiceshy.rehearsal.questions import Question

WATCHING = "twiceshy watching"
"""The name of its session: one that waits for a lock like others, and is no sign of a fault."""
_SETTINGS = f"""
SET application_name = '{WATCHING}';
SET default_transaction_read_only = on;
SET statement_timeout = '10s';
SET lock_timeout = '2s'
"""
_CALM, _EAGER = 0.5, 0.1
_REST = 9
"""Times as long as it has asked does it leave the database in peace, while load is on it."""


class Sampler:
    """Takes samples in a thread while entered; `clock` tells the seconds of the run.

    `trouble` says what was wrong with the last sample, "" when it was taken. A server that is away
    is asked again until it is back.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        recorded: Question,
        drained: Question | None,
        clock: Callable[[], float],
        *,
        before: int = 0,
    ) -> None:
        self.samples: list[Sample] = []
        self.trouble: str = ""
        self._connect = connect
        self._recorded, self._drained = recorded, drained
        self._clock = clock
        self._before = before
        self._pause = _CALM
        self._conn: Connection | None = None
        self._over = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End; what is being asked is broken off."""
        self._over.set()
        self._hurry.set()
        conn = self._conn
        if conn is not None:
            with suppress(psycopg.Error):
                conn.cancel_safe(timeout=1.0)
        self._thread.join()

    def hurry(self) -> None:
        """From now on nothing else is under way: ask often."""
        self._pause = _EAGER
        self._hurry.set()

    def quiet(self, since: float) -> tuple[float, float]:
        """Since when nothing waits and nothing changes, and how long that was seen, in seconds.

        Only what was seen from `since` on counts.
        """
        seen = [sample for sample in list(self.samples) if sample.at >= since]
        if not seen or self.trouble or seen[-1].waiting:
            return since, 0.0
        first = last = seen[-1]
        for sample in reversed(seen):
            if sample.waiting or sample.recorded != last.recorded:
                break
            first = sample
        return first.at, last.at - first.at

    # -- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            self._ask()
            took = time.monotonic() - began
            pause = max(self._pause, took * (_REST if self._pause == _CALM else 1))
            self._hurry.wait(pause)
            if not self._over.is_set():
                self._hurry.clear()
        self._close()

    def _ask(self) -> None:
        try:
            conn = self._connection()
            waiting = self._drained.number(conn) if self._drained else None
            recorded = self._recorded.count(conn) - self._before
        except TwiceshyError as error:
            self.trouble = str(error)
        except (psycopg.Error, OSError) as error:
            self.trouble = str(error).strip() or type(error).__name__
            if self._conn is not None and self._conn.closed:
                self._close()
        else:
            self.samples.append(Sample(self._clock(), recorded, waiting))
            self.trouble = ""

    def _connection(self) -> Connection:
        if self._conn is None:
            self._conn = self._connect()
            self._conn.execute(_SETTINGS)
        return self._conn

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None
