"""Writes a ledger. What is in it when a call returns is still in it when we are killed."""

from __future__ import annotations

import json
import mmap
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell, UsageError
from twiceshy.traffic.load.ledger_format import (
    ATTEMPT,
    ATTEMPTS,
    CLOSED,
    END,
    HEAD,
    INTENT,
    INTENTS,
    LONGEST,
    LONGEST_KEY,
    MAGIC,
    NOT_SENT,
    RETRIED,
    RETRY,
    START,
    UNSENT,
    VERSION,
    frame,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Any, Self

    from twiceshy.model.ledger import Retried, Unsent

_WINDOW = 1024 * 1024
"""Bytes that are mapped at a time: memory stays small, whatever the length of the file."""
_POPULATE_WRITE = 23
"""MADV_POPULATE_WRITE (Linux 5.14): pages are made ready at once, not each when it is met."""
_PER_FRAME = LONGEST // max(ATTEMPT.size, NOT_SENT.size, INTENT.size + LONGEST_KEY)


class LedgerWriter:
    """Appends to a new file at `path`; `head` is kept in it as JSON.

    UsageError when the file exists, for an account is never written over. CannotTell when there is
    no room left: then nothing may be sent.
    """

    def __init__(self, path: Path, head: Mapping[str, Any] | None = None) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            raise UsageError(
                "There is a ledger already.",
                where=str(path),
                todo="Name another file; an account is never written over.",
            ) from None
        except OSError as error:
            raise _no_room(path, error) from None
        self._start = 0  # where the window begins in the file
        self._place = 0  # where the next byte goes in the window
        self._size = 0
        self._window: mmap.mmap | None = None
        try:
            self._append(START.pack(MAGIC, VERSION))
            self.describe(head or {})
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """The writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    @property
    def written(self) -> int:
        """Bytes in the file so far."""
        return self._start + self._place

    def describe(self, head: Mapping[str, Any]) -> None:
        """Keep more of what there is to know of the run, before its first intent."""
        self._append(frame(HEAD, json.dumps(dict(head)).encode()))

    def intend(self, parts: Sequence[bytes]) -> None:
        """Keep what will be sent: each intent packed as INTENT, its key behind it.

        Call it before the first byte.
        """
        self._in_frames(INTENTS, parts)

    def retry(self, retried: Retried) -> None:
        """Keep that a further attempt will be made. Call it before its first byte."""
        self._append(frame(RETRIED, RETRY.pack(*retried)))

    def conclude(self, parts: Sequence[bytes]) -> None:
        """Keep what became of attempts, each packed as ATTEMPT."""
        self._in_frames(ATTEMPTS, parts)

    def leave(self, unsent: Iterable[Unsent]) -> None:
        """Keep which arrivals were not sent, because no connection was free."""
        self._in_frames(UNSENT, [NOT_SENT.pack(*one) for one in unsent])

    def finish(self, planned: int, cancelled: int) -> None:
        """Keep that the run came to its end, and that the file is on the disk."""
        self._append(frame(CLOSED, END.pack(planned, cancelled)))
        os.fsync(self._file)

    def close(self) -> None:
        """Give back the room that was not needed. Nothing can be written afterwards."""
        if self._file < 0:
            return
        length = self.written
        if self._window is not None:
            self._window.close()
            self._window = None
        os.ftruncate(self._file, length)
        os.close(self._file)
        self._file = -1

    def _in_frames(self, kind: int, parts: Sequence[bytes]) -> None:
        for first in range(0, len(parts), _PER_FRAME):
            self._append(frame(kind, b"".join(parts[first : first + _PER_FRAME])))

    def _append(self, whole: bytes) -> None:
        end = self._place + len(whole)
        window = self._window
        if window is None or end > len(window):
            window = self._move_on()
            end = self._place + len(whole)
        window[self._place : end] = whole
        self._place = end

    def _move_on(self) -> mmap.mmap:
        """Map the next part of the file, with room that the disk has promised.

        A page that the disk has no room for would kill us when we write to it.
        """
        written = self.written
        start = written - written % mmap.ALLOCATIONGRANULARITY
        try:
            _reserve(self._file, self._size, start + _WINDOW)
            window = mmap.mmap(self._file, _WINDOW, offset=start)
            _prepare(window)
        except (OSError, ValueError) as error:
            raise _no_room(self.path, error) from None
        self._size = start + _WINDOW
        if self._window is not None:
            self._window.close()
        self._window, self._start, self._place = window, start, written - start
        return window


def _prepare(window: mmap.mmap) -> None:
    """Make the pages ready, where the system can: a request need not wait for the disk then."""
    if hasattr(window, "madvise"):
        with suppress(OSError):
            window.madvise(_POPULATE_WRITE)


def _reserve(file: int, size: int, wanted: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, size, wanted - size)
        return
    zeros = bytes(1024 * 1024)
    for place in range(size, wanted, len(zeros)):
        os.pwrite(file, zeros[: wanted - place], place)


def _no_room(path: Path, error: Exception) -> CannotTell:
    says = error.strerror if isinstance(error, OSError) else str(error)
    return CannotTell(
        "The ledger cannot be written, so nothing more may be sent.",
        where=str(path),
        seen=says or "the system does not say why",
        todo="Make room, or name a file in a folder where you may write.",
    )
