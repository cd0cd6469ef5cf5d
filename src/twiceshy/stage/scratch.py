"""The scratch folder of one stage: where it lies, whose it is, and whether somebody still needs it.

A folder is named `twiceshy-<uid>-<random>`; that name is the stage's identity. `owner.json` in it
names the tool and the keeper (pid and start time). Both hold a shared lock on that file as long as
they live, so the kernel itself says when nobody needs the folder any more, also from another
container.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from twiceshy.errors import CannotTell

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER = "owner.json"
# Unix socket paths end at 107 bytes (Linux) or 103 (macOS): what a stage adds must still fit.
_LONGEST_PARENT = 40
# A folder without owner.json is one that is being made, unless it is older than this.
_BEING_MADE = 60.0
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(slots=True)
class Scratch:
    """A scratch folder that is in use by this process; `lock` is the open, locked owner.json."""

    path: Path
    lock: int

    @property
    def stage(self) -> str:
        """The identity that every process of the stage carries in its environment."""
        return self.path.name

    def name_keeper(self, pid: int) -> None:
        """Write down which process keeps this stage."""
        _write_owner(self.lock, os.getpid(), pid)

    def release(self) -> None:
        """Let go of the folder; whoever sweeps next may remove what is left of it."""
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1


def make_scratch() -> Scratch:
    """A new scratch folder with `home` and `tmp` in it, locked by this process."""
    name = "".join(secrets.choice(_LETTERS) for _ in range(8))
    path = _parent() / f"twiceshy-{os.getuid()}-{name}"
    try:
        return _made(path)
    except BaseException:
        # Without its owner.json nobody would know for a while whose it was.
        shutil.rmtree(path, ignore_errors=True)
        raise


def _made(path: Path) -> Scratch:
    path.mkdir(mode=0o711)
    path.chmod(0o711)
    for folder in ("home", "tmp", "output"):
        # Processes that step down to another account write here, too.
        (path / folder).mkdir()
        (path / folder).chmod(0o1777 if os.getuid() == 0 else 0o700)
    draft = path / f".{OWNER}"
    lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    _write_owner(lock, os.getpid(), None)
    draft.rename(path / OWNER)
    return Scratch(path, lock)


def abandoned() -> Iterator[Path]:
    """Scratch folders of this user whose tool and keeper are both gone.

    While the caller looks at one, it is locked, so that two sweeps do not meet in it.
    """
    for parent in sorted(set(_parents())):
        for path in sorted(parent.glob(f"twiceshy-{os.getuid()}-*")):
            try:
                lock = _lock_abandoned(path)
            except OSError:
                # Gone meanwhile: another sweep was here first.
                continue
            if lock is not None:
                try:
                    yield path
                finally:
                    os.close(lock)


def _lock_abandoned(path: Path) -> int | None:
    """The locked folder (as a file descriptor), when it is ours and nobody needs it any more."""
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
        return None
    if not (path / OWNER).exists():
        old = time.time() - facts.st_mtime > _BEING_MADE
        return os.open(path, os.O_RDONLY) if old else None
    lock = os.open(path / OWNER, os.O_RDWR)
    if _take(lock) and not _somebody_lives(path / OWNER):
        return lock
    os.close(lock)
    return None


def _parents() -> list[Path]:
    # Not by `tempfile`: it writes a file into the folder to try it, which Ctrl-C may leave there.
    named = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    usual = ("/tmp", "/var/tmp")  # noqa: S108 - see _parent
    return [Path(place).resolve() for place in (*named, *usual) if place]


def _parent() -> Path:
    """The first temporary folder with a short path that every account may pass through."""
    for place in _parents():
        if len(os.fsencode(place)) > _LONGEST_PARENT or not os.access(place, os.W_OK | os.X_OK):
            continue
        # Root steps down to another account, which must be able to reach its subfolder.
        if os.getuid() != 0 or all(
            step.stat().st_mode & stat.S_IXOTH for step in (place, *place.parents)
        ):
            return place
    tried = " and ".join(dict.fromkeys(map(str, _parents())))
    raise CannotTell(
        "There is no temporary folder for the scratch world",
        seen=f"{tried} are not writable, or their path is too long",
        todo="set TMPDIR to a folder with a path of at most 40 letters",
    )


def _write_owner(lock: int, tool: int, keeper: int | None) -> None:
    facts = {"tool": _identity(tool), "keeper": _identity(keeper)}
    text = json.dumps(facts).encode()
    os.ftruncate(lock, 0)
    os.pwrite(lock, text, 0)


def _identity(pid: int | None) -> dict[str, Any] | None:
    if pid is None:
        return None
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _somebody_lives(owner: Path) -> bool:
    try:
        facts = json.loads(owner.read_text(encoding="ascii"))
    except (OSError, ValueError):
        # Locks say that nobody is there, and what was being written was not finished.
        return False
    return any(_lives(facts.get(role)) for role in ("tool", "keeper"))


def _lives(who: dict[str, Any] | None) -> bool:
    if not who:
        return False
    try:
        process = psutil.Process(who["pid"])
        same = abs(process.create_time() - who["started"]) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
