"""The archive's SQLite file: opened, brought up to date, moved aside when it is broken."""

from __future__ import annotations

import datetime
import sqlite3
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING

from twiceshy.errors import ArchiveUnusable

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

BUSY_SECONDS = 10.0
"""How long to wait for another process that is writing."""


def connect(file: Path) -> sqlite3.Connection:
    """A connection to an up-to-date archive in `file`, which is created when it is missing.

    Raises ArchiveUnusable, and sqlite3.DatabaseError when the file is no SQLite database.
    """
    try:
        _make_folder(file.parent)
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise unusable(file, error) from error
    try:
        _bring_up_to_date(connection, file)
    except BaseException:
        connection.close()
        raise
    return connection


def move_aside(file: Path) -> Path:
    """Rename a broken archive, with what SQLite keeps beside it; the new path of the file."""
    stamp = datetime.datetime.now(tz=datetime.UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = file.with_name(f"{file.name}.broken-{stamp}")
    try:
        file.rename(aside)
    except OSError as error:
        raise unusable(file, error) from error
    for companion in ("-wal", "-shm"):
        with suppress(OSError):
            file.with_name(file.name + companion).unlink()
    return aside


def query(name: str) -> str:
    """The text of a query of this package."""
    return (files("twiceshy.archive") / "queries" / f"{name}.sql").read_text("utf-8")


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the error means that the file is no (longer a) database."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def unusable(file: Path, error: Exception) -> ArchiveUnusable:
    """The error for a person: past runs are out of reach."""
    return ArchiveUnusable(
        "The archive of past runs cannot be used",
        where=str(file),
        seen=str(error),
        todo="Nothing for this run: its verdicts stand. Check the folder's permissions and space.",
    )


def _make_folder(folder: Path) -> None:
    """The folder ignores itself, so that no project needs to."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _bring_up_to_date(connection: sqlite3.Connection, file: Path) -> None:
    migrations = sorted(
        (files("twiceshy.archive") / "migrations").iterdir(), key=lambda script: script.name
    )
    if _version(connection) == len(migrations):
        return
    _write_ahead(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: while we waited for the lock, another process may have done it.
        version = _version(connection)
        _check_known(version, len(migrations), file)
        for script in migrations[version:]:
            _run(connection, script)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _check_known(version: int, known: int, file: Path) -> None:
    if version > known:
        raise ArchiveUnusable(
            "The archive of past runs was written by a newer twiceshy",
            where=str(file),
            seen=f"its format is {version}, this twiceshy knows up to {known}",
            todo="Update twiceshy, or move the file away to begin a new archive.",
        )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and a writer do not wait for each other. Kept by the file, so said once."""
    with suppress(sqlite3.OperationalError):
        # Another process may be doing the same, and some file systems cannot.
        connection.execute("PRAGMA journal_mode = WAL").fetchone()


def _run(connection: sqlite3.Connection, script: Traversable) -> None:
    statement = ""
    for line in script.read_text("utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
