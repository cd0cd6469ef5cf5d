"""Other versions of a project: a git worktree each, and set-up that runs once."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError, ServiceFailed

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.stage.processes import Keeper

_SET_UP_LIMIT = 1800.0


def own_folder(root: Path) -> Path:
    """The project's `.twiceshy` folder, which git ignores by itself."""
    folder = root / ".twiceshy"
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")
    return folder


def checkout(root: Path, reference: str) -> Path:
    """A worktree of the commit that `reference` names; where the project stands inside of it.

    Kept under `.twiceshy/versions`, so that the set-up need not run again.
    Raises ConfigurationError when git does not know the reference.
    """
    commit = _git(root, "rev-parse", "--verify", f"{reference}^{{commit}}", reference=reference)
    top = _git(root, "rev-parse", "--show-prefix", reference=reference)
    tree = own_folder(root) / "versions" / commit[:16]
    if not tree.is_dir():
        _git(root, "worktree", "prune", reference=reference)
        _git(root, "worktree", "add", "--detach", str(tree), commit, reference=reference)
    return tree / top


def _git(root: Path, *arguments: str, reference: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise ConfigurationError(
            f"The version {reference} cannot be checked out",
            key="git",
            seen=done.stderr.strip(),
            todo="name a commit, tag or branch that this repository has",
        )
    return done.stdout.strip()


def set_up_once(keeper: Keeper, root: Path, cwd: Path, command: str) -> None:
    """Run a set-up command, unless it ran to its end here before.

    Set-up is the user's own build step: it sees the caller's environment and the network.
    Raises ServiceFailed with its last output.
    """
    stamp_name = hashlib.sha256(f"{cwd}\0{command}".encode()).hexdigest()[:16]
    stamp = own_folder(root) / f"set-up-{stamp_name}"
    if stamp.exists():
        return
    code, output = keeper.run(
        "setup", command, env=dict(os.environ), cwd=cwd, timeout=_SET_UP_LIMIT
    )
    if code != 0:
        raise ServiceFailed(
            f"The set-up ended with exit status {code}",
            where=f"{cwd}: {command}",
            seen=output[-2000:],
            todo="run the same command by hand in that folder",
        )
    stamp.write_text(command + "\n", encoding="utf-8")
