"""Plays an example in a thread of its own, and tells it when its turn comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from twiceshy.model.events import Event


class Ahead:
    """What `play` gives, played from the moment this is entered on, and kept until it is asked for.

    What it fails with is raised where its events are told. Left early, it ends after its next
    event, and takes down what it has put up.
    """

    def __init__(self, play: Callable[[], AbstractContextManager[Iterator[Event]]]) -> None:
        self._play = play
        self._kept: SimpleQueue[Event | BaseException | None] = SimpleQueue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ahead")

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
        """End it, and wait until nothing of it is left."""
        self._over.set()
        self._thread.join()

    def events(self) -> Iterator[Event]:
        """Everything so far, then whatever happens, to the end."""
        while (kept := self._kept.get()) is not None:
            if isinstance(kept, BaseException):
                raise kept
            yield kept

    def _run(self) -> None:
        try:
            with self._play() as events:
                for event in events:
                    self._kept.put(event)
                    if self._over.is_set():
                        break
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that tells it
            self._kept.put(error)
        else:
            self._kept.put(None)
