"""Remove what processes leave outside their memory. Standard library only (keeper)."""

from __future__ import annotations

import ctypes
import os
import shutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_IPC_RMID = 0
_DEEP = 3


def remove(scratch: str) -> None:
    """Remove a scratch folder, and the shared memory of database servers in it that were killed."""
    for segment in _segments(scratch):
        # A server that is killed cannot remove its System V segment; marking it for removal
        # harms nobody who is still attached.
        ctypes.CDLL(None).shmctl(segment, _IPC_RMID, None)
    shutil.rmtree(scratch, ignore_errors=True)
    if os.path.lexists(scratch):
        _open_up(scratch)
        shutil.rmtree(scratch, ignore_errors=True)


def _open_up(scratch: str) -> None:
    for folder, names, _ in os.walk(scratch):
        for name in names:
            path = f"{folder}/{name}"
            if not os.path.islink(path):  # noqa: PTH114 - pathlib would slow the keeper down
                try:
                    os.chmod(path, 0o700)  # noqa: PTH101 - as above
                except OSError:
                    continue


def _segments(scratch: str) -> Iterator[int]:
    for folder, names, files in os.walk(scratch):
        if folder.count("/") - scratch.count("/") >= _DEEP:
            names.clear()
        if "postmaster.pid" in files:
            names.clear()
            try:
                with open(f"{folder}/postmaster.pid", encoding="ascii") as file:  # noqa: PTH123 - as in os.walk
                    # Line 7 of PostgreSQL's lock file: key and identifier of the segment.
                    yield int(file.read().splitlines()[6].split()[1])
            except (OSError, ValueError, IndexError):
                continue
