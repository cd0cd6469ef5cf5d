"""The index: keeps what was read of each file, and brings it up to date."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING, Any

from twiceshy.library.database import connect, discard, is_broken, query, state_of
from twiceshy.library.shelf import stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from twiceshy.library.facts import Kept

MANY = 300
"""From so many files on, a second process that reads is worth its start."""
_READERS = 2
_AT_ONCE = 40
_STALE = 4
"""The index is made anew when so many times as many editions are gone as are left."""

Row = tuple[Any, ...]


class Index:
    """The index of one project. Several threads may use it, and several processes the file."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._lock = RLock()
        self._connect()

    def _connect(self) -> None:
        self._connection = connect(self._root)
        self._file = state_of(self._root)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def refresh(self) -> bool:
        """Read what changed since any process looked; whether this one found anything."""
        with self._lock:
            try:
                if self._file != state_of(self._root):
                    # Another process made it anew.
                    self._connection.close()
                    self._connect()
                    self._refresh()
                    return True
                return self._refresh()
            except sqlite3.Error as error:
                if not is_broken(error):
                    raise
                self._begin_anew()
                self._refresh()
                return True

    def version(self) -> int:
        """Another number whenever another process may have changed the index."""
        with self._lock:
            return int(self.ask_raw("PRAGMA data_version")[0][0])

    def ask(self, name: str, **values: object) -> list[Row]:
        """All rows of a query."""
        return self.ask_raw(query(name), values)

    def ask_raw(self, statement: str, values: Any = ()) -> list[Row]:
        """All rows of a statement; a broken index is made anew first."""
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                if not is_broken(error) or "fts5" in str(error):
                    raise
                self._begin_anew()
                self._refresh()
                return self._connection.execute(statement, values).fetchall()

    def _begin_anew(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
        discard(self._root)
        self._connect()

    def _refresh(self) -> bool:
        there = stamps(self._root, self._folder)
        known = {path: stamp for _, path, stamp in self._connection.execute(query("files"))}
        gone = [path for path in known if path not in there]
        changed = [path for path, stamp in there.items() if known.get(path) != stamp]
        if self._is_stale(len(changed)):
            self._begin_anew()
            changed, gone = list(there), []
        if not (changed or gone):
            return False
        with self._writing() as connection:
            connection.executemany(query("drop_file"), [{"path": path} for path in gone])
        for batch in _batches(_read(self._root, sorted(changed)), _AT_ONCE * 5):
            with self._writing() as connection:
                for path, kept in batch:
                    _keep(connection, path, there[path], kept)
        return True

    def _is_stale(self, changed: int) -> bool:
        (left, ever) = self._connection.execute(query("leftovers")).fetchone()
        return int(ever) > _STALE * (int(left) + changed) + 1000

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise


def _keep(connection: sqlite3.Connection, path: bytes, stamp: str, kept: Sequence[Kept]) -> None:
    """Replace what is known of one file."""
    values = {"path": path, "stamp": stamp}
    if connection.execute(query("is_known"), values).fetchone():
        return  # another process has read the same meanwhile, and its numbers are in use
    (file,) = connection.execute(query("add_file"), values).fetchone()
    connection.execute(query("drop_editions"), {"file": file})
    for one in kept:
        row = {
            "file": file,
            "low": one.low,
            "high": one.high,
            "facets": one.facets,
            "facts": one.facts,
            "likeness": one.likeness,
            "text": one.text,
        }
        (number,) = connection.execute(query("add_edition"), row).fetchone()
        words = {"id": number, "title": one.title, "names": one.names, "body": one.body}
        connection.execute(query("add_words"), words)


def _read(root: Path, paths: Sequence[bytes]) -> Iterator[tuple[bytes, list[Kept]]]:
    """What each file holds, read by several processes where there are many."""
    base = os.fsencode(root)
    if len(paths) < MANY or (os.cpu_count() or 1) < 2:
        for path in paths:
            yield from _read_files(base, [path])
        return
    chunks = [paths[at : at + _AT_ONCE] for at in range(0, len(paths), _AT_ONCE)]
    done = 0
    try:
        # Not forked: whoever uses the library may have threads, and a fork would copy their locks.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(_READERS, mp_context=context) as pool:
            for found in pool.map(_read_files, [base] * len(chunks), chunks):
                done += 1
                yield from found
    except BrokenProcessPool:
        # Some programs cannot be started a second time, such as one read from standard input.
        for chunk in chunks[done:]:
            yield from _read_files(base, chunk)


def _read_files(root: bytes, paths: Sequence[bytes]) -> list[tuple[bytes, list[Kept]]]:
    # Reading knows seven languages: who finds nothing changed, or lets other processes read, need
    # not wait for them.
    from twiceshy.library.reading import read_files  # noqa: PLC0415 - see above

    return read_files(root, paths)


def _batches(
    items: Iterable[tuple[bytes, list[Kept]]], size: int
) -> Iterator[list[tuple[bytes, list[Kept]]]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
