"""What the archive knows of guards, without making an archive where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.archive.archive import FILE, FOLDER, Archive
from twiceshy.errors import ArchiveUnusable
from twiceshy.library.entry import GuardState

if TYPE_CHECKING:
    import datetime
    from pathlib import Path
    from typing import Any

    from twiceshy.model.verdict import Value


class Proofs:
    """The latest verdicts of all guards, read again when the archive changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: tuple[int, ...] | None = None
        self._verdicts: dict[tuple[str, str], dict[str, Value]] = {}
        self._times: dict[tuple[str, str], datetime.datetime] = {}

    def refresh(self) -> bool:
        """Whether there was anything new. An archive that cannot be used counts as empty."""
        seen = self._state()
        if seen == self._seen:
            return False
        self._seen = seen
        self._verdicts, self._times = {}, {}
        if seen:
            self._read()
        return True

    @property
    def known(self) -> bool:
        """Whether there is an archive with anything in it."""
        return bool(self._verdicts)

    def state(self, report_id: str, guard: list[Any]) -> GuardState:
        """A guard's state; `guard` is its kind, line and hash."""
        kind, line, guard_hash = guard
        key = report_id, guard_hash
        return GuardState(kind, line, self._verdicts.get(key, {}), self._times.get(key))

    def _read(self) -> None:
        try:
            with Archive.open(self._root) as archive:
                for one in archive.standing():
                    key = one.report_id, one.guard_hash
                    self._verdicts.setdefault(key, {})[one.version] = one.value
                    self._times[key] = max(one.at, self._times.get(key, one.at))
        except ArchiveUnusable:
            self._verdicts, self._times = {}, {}

    def _state(self) -> tuple[int, ...]:
        """Of the archive and the file in which SQLite keeps what is new; empty without archive."""
        found: list[int] = []
        for name in (FILE, f"{FILE}-wal"):
            try:
                state = (self._root / FOLDER / name).stat()
            except OSError:
                found += [0]
            else:
                found += [state.st_size, state.st_mtime_ns, state.st_ino]
        return () if found[0] == 0 else tuple(found)
