"""Clear away what a stage left when both its tool and its keeper were killed.

Only what is provably ours is killed: processes that carry the stage's mark in their environment,
processes whose output goes to a file of the scratch folder (only a keeper opens those for
appending), and a database server whose lock file lies in the folder and whose own command line or
working folder says so. A shell that somebody left standing in the folder is none of these.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from twiceshy.stage.remains import remove
from twiceshy.stage.scratch import abandoned

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = "TWICESHY_STAGE"
_GIVE_UP_AFTER = 5.0
_DATABASE_GRACE = 1.0


def sweep() -> int:
    """Kill what abandoned stages of this user left, remove their folders; how many there were."""
    count = 0
    for scratch in abandoned():
        clear(scratch)
        count += 1
    return count


def clear(scratch: Path) -> None:
    """Kill the processes that provably belong to this scratch folder, and remove it."""
    started = time.monotonic()
    if scratch.exists():
        for server in _database_servers(scratch):
            # A server that may end by itself takes its workers and shared memory along.
            _send(server, signal.SIGQUIT)
            _send(server, signal.SIGCONT)
            with suppress(psutil.TimeoutExpired):
                server.wait(_DATABASE_GRACE)
    while time.monotonic() < started + _GIVE_UP_AFTER:
        left = list(_left_of(scratch))
        if not left:
            break
        for process in left:
            _send(process, signal.SIGKILL)
        psutil.wait_procs(left, timeout=0.2)
    remove(str(scratch))


def _left_of(scratch: Path) -> Iterator[psutil.Process]:
    servers = {process.pid for process in _database_servers(scratch)}
    spared = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    for process in psutil.process_iter():
        if process.pid in spared:
            continue
        with suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            if (
                process.pid in servers
                or _carries_mark(process, scratch)
                or _writes(process, scratch)
            ):
                yield process


def _carries_mark(process: psutil.Process, scratch: Path) -> bool:
    try:
        return process.environ().get(_MARK) == scratch.name
    except psutil.AccessDenied:
        return False


def _writes(process: psutil.Process, scratch: Path) -> bool:
    """Whether standard output or error is appended to a file in the scratch folder (Linux)."""
    for number in (1, 2):
        try:
            target = str(Path(f"/proc/{process.pid}/fd/{number}").readlink())
            facts = Path(f"/proc/{process.pid}/fdinfo/{number}").read_text(encoding="ascii")
        except OSError:
            continue
        flags = next(int(line.split()[1], 8) for line in facts.splitlines() if "flags" in line)
        if target.startswith(f"{scratch}/") and flags & os.O_APPEND:
            return True
    return False


def _database_servers(scratch: Path) -> Iterator[psutil.Process]:
    """Running servers whose lock file lies in the folder, when they are what it says."""
    for lock in (*scratch.glob("*/postmaster.pid"), *scratch.glob("*/*/postmaster.pid")):
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int(lock.read_text().splitlines()[0]))
            inside = process.cwd() == str(lock.parent) or str(lock.parent) in process.cmdline()
            if inside and "postgres" in process.name():
                yield process


def _send(process: psutil.Process, number: int) -> None:
    # psutil looks at the start time first, so a number that was used again is not hit.
    with suppress(psutil.Error, OSError):
        process.send_signal(number)
