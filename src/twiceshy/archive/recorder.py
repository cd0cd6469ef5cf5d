"""A listener that keeps every verdict, and never stands in the way of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.archive.archive import Archive, new_run
from twiceshy.errors import ArchiveUnusable
from twiceshy.model.events import GuardFinished

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from twiceshy.model.events import Event


class Recorder:
    """Records one run. `problem` tells what went wrong with the archive, if anything did.

    Recorders of several processes that are given the same `run` keep one run together.
    """

    def __init__(self, root: Path, run: str = "") -> None:
        self._root = root
        self._run = run or new_run()
        self._archive: Archive | None = None
        self.problem: ArchiveUnusable | None = None

    def __enter__(self) -> Self:
        """Nothing is opened before there is something to keep."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the archive."""
        if self._archive:
            self._archive.close()

    def hear(self, event: Event) -> None:
        """Keep a verdict; after a failure, nothing more is tried."""
        if not isinstance(event, GuardFinished) or (self.problem and not self._archive):
            return
        try:
            if self._archive is None:
                self._archive = Archive.open(self._root)
                self.problem = self._archive.notice
            self._archive.record(self._run, event)
        except ArchiveUnusable as problem:
            self.problem = problem
            if self._archive:
                self._archive.close()
            self._archive = None
