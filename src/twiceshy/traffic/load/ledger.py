"""Reads a ledger, entry by entry, however it came to its end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from twiceshy.errors import UsageError
from twiceshy.model.ledger import Attempt, Closed, Intent, Retried, Unsent
from twiceshy.traffic.load.ledger_format import (
    ATTEMPT,
    ATTEMPTS,
    CLOSED,
    CRC,
    DETAILS,
    END,
    FRAME,
    HEAD,
    INTENT,
    INTENTS,
    MAGIC,
    MARK,
    NOT_SENT,
    OUTCOMES,
    RETRIED,
    RETRY,
    START,
    SUFFIX,
    UNSENT,
    VERSION,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from twiceshy.model.ledger import Entry

_BUFFER = 1024 * 1024
_new = tuple.__new__  # a third faster than calling the class, and there are millions


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """How a file of a ledger ends: `closed` by its run, or not; with so many bytes ignored."""

    path: Path
    closed: bool
    whole: int
    ignored: int

    def __str__(self) -> str:
        """One sentence, for a report."""
        if self.ignored:
            tail = f"the last {self.ignored} bytes hold no whole entry and were ignored"
            return f"{self.path.name}: {tail}"
        return f"{self.path.name}: " + (
            "the run came to its end" if self.closed else "the run was stopped in the middle"
        )


class Ledger:
    """The entries of a ledger, which can be read again and again.

    `path` is a file, or a folder with the files of several processes. Each file's entries come in
    the order in which they were written. UsageError when there is no ledger.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.paths = tuple(sorted(path.glob(f"*{SUFFIX}"))) if path.is_dir() else (path,)
        if not self.paths:
            raise UsageError("There is no ledger in this folder.", where=str(path))
        self._ends: dict[Path, LedgerEnd] = {}

    def __iter__(self) -> Iterator[Entry]:
        """Every entry up to the first that is not whole, file by file."""
        for path in self.paths:
            for kind, payload in self._frames(path):
                if kind != HEAD:
                    yield from _entries(kind, payload)

    @property
    def heads(self) -> tuple[dict[str, Any], ...]:
        """What each file says of its run; empty where not even that was written.

        `zero` is the moment of the beginning on the monotonic clock, `began` its date.
        """
        return tuple(self._head(path) for path in self.paths)

    def _head(self, path: Path) -> dict[str, Any]:
        """What the frames before the first entry say."""
        head: dict[str, Any] = {}
        for kind, payload in self._frames(path):
            if kind != HEAD:
                break
            head |= json.loads(payload)
        return head

    @property
    def ends(self) -> tuple[LedgerEnd, ...]:
        """How each file ends."""
        for path in self.paths:
            if path not in self._ends:
                for _ in self._frames(path):
                    pass
        return tuple(self._ends[path] for path in self.paths)

    def _frames(self, path: Path) -> Iterator[tuple[int, bytes]]:
        try:
            file = path.open("rb", buffering=_BUFFER)
        except OSError as error:
            raise UsageError(
                "The ledger cannot be read.", where=str(path), seen=error.strerror or ""
            ) from None
        with file:
            whole = _check_start(file, path)
            closed = False
            while found := _frame(file):
                kind, payload = found
                whole += FRAME.size + len(payload) + CRC.size
                closed = kind == CLOSED
                yield kind, payload
            file.seek(whole)
            ignored = _not_empty(file)
        self._ends[path] = LedgerEnd(path, closed and not ignored, whole, ignored)


def _check_start(file: BinaryIO, path: Path) -> int:
    """The length of what stands before the frames; a file that ends inside of it is empty."""
    start = file.read(START.size)
    magic, version = START.unpack(start) if len(start) == START.size else (b"", 0)
    if magic == MAGIC and version > VERSION:
        raise UsageError(
            f"This ledger is of format {version}; this version of twiceshy reads {VERSION}.",
            where=str(path),
            todo="Install a newer twiceshy.",
        )
    if magic != MAGIC and not START.pack(MAGIC, VERSION).startswith(start.rstrip(b"\0")):
        raise UsageError(
            "This file is no ledger.", where=str(path), todo="Name the ledger of a run of load."
        )
    return len(start) if version else 0


def _frame(file: BinaryIO) -> tuple[int, bytes] | None:
    """The next frame, None when it is not whole."""
    head = file.read(FRAME.size)
    if len(head) < FRAME.size:
        return None
    length, kind, mark = FRAME.unpack(head)
    if mark != MARK or not HEAD <= kind <= CLOSED:
        return None
    rest = file.read(length + CRC.size)
    if len(rest) < length + CRC.size:
        return None
    payload = rest[:length]
    return (
        (kind, payload) if crc32(payload, crc32(head)) == CRC.unpack_from(rest, length)[0] else None
    )


def _not_empty(file: BinaryIO) -> int:
    """How many bytes follow, room to grow aside."""
    count, last = 0, 0
    while part := file.read(_BUFFER):
        used = len(part.rstrip(b"\0"))
        last = count + used if used else last
        count += len(part)
    return last


def _entries(kind: int, payload: bytes) -> Iterator[Entry]:
    if kind == INTENTS:
        yield from _intents(payload)
    elif kind == ATTEMPTS:
        for number, attempt, outcome, detail, status, began, ended in ATTEMPT.iter_unpack(payload):
            fields = (number, attempt, OUTCOMES[outcome], DETAILS[detail], status, began, ended)
            yield _new(Attempt, fields)
    elif kind == RETRIED:
        yield Retried(*RETRY.unpack(payload))
    elif kind == UNSENT:
        for number, planned in NOT_SENT.iter_unpack(payload):
            yield Unsent(number, planned)
    else:
        yield Closed(*END.unpack(payload))


def _intents(payload: bytes) -> Iterator[Intent]:
    place, size = 0, INTENT.size
    while place < len(payload):
        number, amount, planned, length = INTENT.unpack_from(payload, place)
        place += size
        key = payload[place : place + length].decode()
        place += length
        yield _new(Intent, (number, key, amount, planned))
