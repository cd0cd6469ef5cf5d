"""Past runs: recorded as they happen, read back for `log` and for pages."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import secrets
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from twiceshy.archive.database import connect, is_broken, move_aside, query, unusable
from twiceshy.archive.records import PastRehearsal, PastRun, Standing
from twiceshy.errors import ArchiveUnusable
from twiceshy.model.plain import verdict_from_plain, verdict_to_plain
from twiceshy.model.verdict import Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from twiceshy.model.events import GuardFinished
    from twiceshy.model.report import GuardBlock
    from twiceshy.model.verdict import Verdict

FOLDER = ".twiceshy"
FILE = "archive.sqlite3"


class Archive:
    """The archive of one project. Several processes may have it open at once.

    `notice` tells, if so, that the old file was broken and has been moved aside.
    """

    def __init__(
        self, root: Path, connection: sqlite3.Connection, notice: ArchiveUnusable | None = None
    ) -> None:
        self._root = root
        self._connection = connection
        self.notice = notice

    @classmethod
    def open(cls, root: Path) -> Self:
        """The archive of the project in `root`. Raises ArchiveUnusable."""
        file = root / FOLDER / FILE
        for _ in range(2):
            # Twice: another process may just have moved a broken file aside.
            try:
                return cls(root, connect(file))
            except sqlite3.Error as error:
                if not is_broken(error):
                    raise unusable(file, error) from error
                seen = error
        notice = _moved_aside(file, seen)
        try:
            return cls(root, connect(file), notice)
        except sqlite3.Error as error:
            raise unusable(file, error) from error

    def __enter__(self) -> Self:
        """The archive itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; what was recorded is already kept."""
        self._connection.close()

    def record(self, run: str, finished: GuardFinished) -> None:
        """Keep one verdict of the run `run`. Raises ArchiveUnusable."""
        now = datetime.datetime.now(tz=datetime.UTC)
        self._execute(
            "record",
            run=run,
            at=now.isoformat(timespec="milliseconds"),
            report_id=_storable(finished.report.id),
            report_path=_storable(self._relative(finished.report.path)),
            line=finished.guard.location.line,
            kind=_storable(finished.guard.kind),
            guard_hash=guard_hash(finished.guard),
            version=_storable(finished.version),
            verdict=finished.verdict.value.value,
            seconds=finished.seconds if math.isfinite(finished.seconds) else 0.0,
            server=_storable(finished.verdict.scope.server),
            detail=json.dumps(verdict_to_plain(finished.verdict), sort_keys=True),
        )

    def runs(self, limit: int = 20) -> tuple[PastRun, ...]:
        """The latest runs, the latest first. Raises ArchiveUnusable."""
        return tuple(
            PastRun(run, _time(at), guards, recurs, unknown, seconds)
            for run, at, guards, recurs, unknown, seconds in self._execute("runs", limit=limit)
        )

    def last(self, report_id: str) -> tuple[PastRehearsal, ...]:
        """What the latest run that knew this report said about its guards; empty when none did."""
        return tuple(
            PastRehearsal(
                run=row[0],
                at=_time(row[1]),
                report_id=row[2],
                report_path=row[3],
                line=row[4],
                kind=row[5],
                guard_hash=row[6],
                version=row[7],
                seconds=row[9],
                server=row[10],
                verdict=verdict_from_plain(json.loads(row[11])),
            )
            for row in self._execute("last", report_id=_storable(report_id))
        )

    def standing(self) -> tuple[Standing, ...]:
        """The latest verdict of every guard on every version, the oldest first."""
        return tuple(
            Standing(report_id, guard, version, Value(value), _time(at), bool(drawn))
            for report_id, guard, version, value, at, drawn in self._execute("standing")
        )

    def shown(self, report_id: str) -> tuple[tuple[str, str, Verdict], ...]:
        """The latest verdict of every guard of a report on every version: hash, version, verdict.

        One that a later edition of this tool wrote, and that cannot be read, is left out.
        """
        found = []
        for guard, version, detail in self._execute("shown", report_id=_storable(report_id)):
            with suppress(KeyError, TypeError, ValueError):
                found.append((guard, version, verdict_from_plain(json.loads(detail))))
        return tuple(found)

    def _execute(self, name: str, **values: str | float) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query(name), values).fetchall()
        except sqlite3.Error as error:
            file = self._root / FOLDER / FILE
            if is_broken(error):
                self.close()
                raise _moved_aside(file, error) from error
            raise unusable(file, error) from error

    def _relative(self, path: Path) -> str:
        inside = path.is_relative_to(self._root)
        return (path.relative_to(self._root) if inside else path).as_posix()


def _moved_aside(file: Path, error: sqlite3.Error) -> ArchiveUnusable:
    aside = move_aside(file)
    return ArchiveUnusable(
        "The archive of past runs was broken; a new one is begun",
        where=str(file),
        seen=str(error),
        todo=f"The old file is kept as {aside.name}; delete it when it is of no use.",
    )


def new_run() -> str:
    """A name for a run that no other run has; later ones sort after earlier ones."""
    now = datetime.datetime.now(tz=datetime.UTC)
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def guard_hash(guard: GuardBlock) -> str:
    """A hash of what the guard says, whatever its place in the file and the order of its keys."""
    said = json.dumps([guard.kind, _sortable(guard.table)], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _sortable(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): item for key, item in value.items()}


def _storable(text: str) -> str:
    """SQLite keeps UTF-8 only, and a file's name may be none."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)
