"""What the archive knows of guards, without making an archive where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.archive.archive import FILE, FOLDER, Archive
from twiceshy.errors import ArchiveUnusable
from twiceshy.library.entry import Drawn, GuardState
from twiceshy.model.exhibits import Lanes, Series

if TYPE_CHECKING:
    import datetime
    from pathlib import Path
    from typing import Any

    from twiceshy.model.exhibits import Exhibit
    from twiceshy.model.verdict import Value


class Proofs:
    """The latest verdicts of all guards, read again when the archive changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: tuple[int, ...] | None = None
        self._verdicts: dict[tuple[str, str], dict[str, Value]] = {}
        self._times: dict[tuple[str, str], datetime.datetime] = {}
        self._drawn: set[str] = set()

    def refresh(self) -> bool:
        """Whether there was anything new. An archive that cannot be used counts as empty."""
        seen = self._state()
        if seen == self._seen:
            return False
        self._seen = seen
        self._verdicts, self._times, self._drawn = {}, {}, set()
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

    def drawn(self, report_id: str, guard: list[Any]) -> GuardState:
        """As `state`, with what its last rehearsals looked like."""
        state = self.state(report_id, guard)
        if report_id not in self._drawn:
            return state
        try:
            with Archive.open(self._root) as archive:
                found = archive.shown(report_id)
        except ArchiveUnusable:
            return state
        drawings = tuple(
            Drawn(version, verdict.value, exhibits)
            for of, version, verdict in found
            if of == guard[2]
            and (exhibits := _drawings(verdict.exhibits, *(f.exhibits for f in verdict.findings)))
        )
        return replace(state, drawings=drawings)

    def _read(self) -> None:
        try:
            with Archive.open(self._root) as archive:
                for one in archive.standing():
                    key = one.report_id, one.guard_hash
                    self._verdicts.setdefault(key, {})[one.version] = one.value
                    self._times[key] = max(one.at, self._times.get(key, one.at))
                    if one.drawn:
                        self._drawn.add(one.report_id)
        except ArchiveUnusable:
            self._verdicts, self._times, self._drawn = {}, {}, set()

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


def _drawings(*several: tuple[Exhibit, ...]) -> tuple[Series | Lanes, ...]:
    """Those exhibits that are drawn; two findings may show the same."""
    found = [one for exhibits in several for one in exhibits if isinstance(one, (Series, Lanes))]
    return tuple(dict.fromkeys(found))
