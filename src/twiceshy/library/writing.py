"""Writes a file at once or not at all."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in place of what the file holds. Whoever reads sees the old or the new whole.

    A link stays a link, and the file's permissions stay. Raises UsageError where it cannot be
    written, or is not there.
    """
    try:
        target = Path(os.path.realpath(path))
        _replace(target, content, target.stat().st_mode)
    except OSError as error:
        raise _unwritable(path, error) from error


def put_file(path: Path, content: bytes) -> None:
    """As `replace_file`, or a new file where there is none."""
    target = Path(os.path.realpath(path))
    try:
        if target.exists():
            mode = target.stat().st_mode
        else:
            umask = os.umask(0)
            os.umask(umask)
            mode = 0o666 & ~umask
        _replace(target, content, mode)
    except OSError as error:
        raise _unwritable(path, error, "file") from error


def _replace(target: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def leads_out(path: Path, root: Path) -> bool:
    """Whether a file is a link to something outside of the project's folder `root`."""
    return path.is_symlink() and not path.resolve().is_relative_to(root.resolve())


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Nobody else who uses this changes the file meanwhile: its folder is locked.

    Raises UsageError where there is no such folder.
    """
    try:
        folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _unwritable(path: Path, error: OSError, what: str = "report") -> UsageError:
    return UsageError(
        f"The {what} cannot be written",
        where=str(path),
        seen=(error.strerror or str(error)).lower(),
        todo="Check the permissions of the file and its folder, and the space.",
    )
