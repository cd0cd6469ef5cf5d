"""Who descends from whom among the processes of this machine. Standard library only (keeper)."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HAS_PROC = os.path.isdir("/proc/self")  # noqa: PTH112 - pathlib would double the keeper's start


class Seen:
    """One process as it was seen: zombies are told apart, they need no killing."""

    __slots__ = ("parent", "pid", "session", "zombie")

    def __init__(self, pid: int, parent: int, session: int, *, zombie: bool) -> None:
        self.pid = pid
        self.parent = parent
        self.session = session
        self.zombie = zombie


def everybody() -> dict[int, Seen]:
    """All processes that can be seen, by pid."""
    if not _HAS_PROC:
        return _from_ps()
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - as above
        if name.isdigit():
            seen = _from_proc(int(name))
            if seen:
                found[seen.pid] = seen
    return found


def below(roots: Iterable[int], all_seen: Mapping[int, Seen]) -> set[int]:
    """The pids of all descendants of `roots`, without the roots themselves."""
    children: dict[int, list[int]] = {}
    for seen in all_seen.values():
        children.setdefault(seen.parent, []).append(seen.pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        for pid in children.get(waiting.pop(), ()):
            if pid not in found:
                found.add(pid)
                waiting.append(pid)
    return found


def carries(pid: int, mark: bytes) -> bool:
    """Whether `mark` (NAME=value) stands in the environment that a process was started with."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 - as above
            return mark in file.read().split(b"\0")
    except OSError:
        return False


def _from_proc(pid: int) -> Seen | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - as above
            text = file.read()
    except OSError:
        return None
    # The name in parentheses may itself hold spaces and parentheses.
    state, parent, _, session = text[text.rindex(b")") + 2 :].split(None, 4)[:4]
    return Seen(pid, int(parent), int(session), zombie=state in b"ZXx")


def _from_ps() -> dict[int, Seen]:
    found = {}
    with os.popen("/bin/ps -axo pid=,ppid=,pgid=,state=") as answer:  # noqa: S605 - fixed text
        for line in answer:
            pid, parent, group, state = line.split()
            seen = Seen(int(pid), int(parent), int(group), zombie=state.startswith("Z"))
            found[seen.pid] = seen
    return found
