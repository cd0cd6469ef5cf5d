"""The index's SQLite file. It is a cache: whatever is wrong with it, it is made anew."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import twiceshy

FOLDER = ".twiceshy"
FILE = "library.sqlite3"
BUSY_SECONDS = 30.0
"""How long to wait for another process that is writing."""

_SOURCES = ("library", "model", "reports")


@cache
def query(name: str) -> str:
    """The text of a query of this package."""
    return (files("twiceshy.library") / "queries" / f"{name}.sql").read_text("utf-8")


def connect(root: Path) -> sqlite3.Connection:
    """A connection to an index that fits this program; an empty one where there was none.

    Where the project's folder cannot be written to, the index lives in memory.
    """
    file = root / FOLDER / FILE
    try:
        _make_folder(file.parent)
    except OSError:
        return _made(":memory:")
    for attempt in range(2):
        try:
            return _made(file)
        except sqlite3.DatabaseError as error:
            if attempt or not is_broken(error):
                # Not broken but out of reach: full, locked for long, or not ours.
                break
            discard(root)
    return _made(":memory:")


def discard(root: Path) -> None:
    """Remove the index. Who has it open goes on with the removed file."""
    for companion in ("", "-wal", "-shm"):
        with suppress(OSError):
            (root / FOLDER / (FILE + companion)).unlink()


def state_of(root: Path) -> tuple[int, int]:
    """Tells whether the index is still the same file; (0, 0) while there is none."""
    try:
        state = (root / FOLDER / FILE).stat()
    except OSError:
        return 0, 0
    return state.st_dev, state.st_ino


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file is no (longer a) sound index."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return False
    broken = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
    return code & 0xFF in (*broken, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def _made(file: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        # A cache that a power loss takes is made anew.
        connection.execute("PRAGMA synchronous = OFF")
        if _fingerprint_in(connection) != fingerprint():
            _begin_anew(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _begin_anew(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: while we waited for the lock, another process may have done it.
        if _fingerprint_in(connection) != fingerprint():
            for table in ("word", "edition", "file", "about"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _statements((files("twiceshy.library") / "schema.sql").read_text()):
                connection.execute(statement)
            connection.execute("INSERT INTO about VALUES (?)", [fingerprint()])
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    found = [""]
    for line in script.splitlines(keepends=True):
        found[-1] += line
        if sqlite3.complete_statement(found[-1]):
            found.append("")
    return [statement for statement in found if statement.strip()]


def _fingerprint_in(connection: sqlite3.Connection) -> str:
    try:
        row = connection.execute("SELECT fingerprint FROM about").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return ""
    return str(row[0]) if row else ""


@cache
def fingerprint() -> str:
    """Changes whenever the code changes that reads reports: what it read before may be wrong."""
    package = Path(twiceshy.__file__).parent
    seen = hashlib.sha256(twiceshy.__version__.encode())
    for name in _SOURCES:
        for path in sorted((package / name).rglob("*")):
            if path.suffix in {".py", ".sql"}:
                state = path.stat()
                seen.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _make_folder(folder: Path) -> None:
    """The folder ignores itself, so that no project needs to."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    if not os.access(folder, os.W_OK):
        raise PermissionError(folder)
