"""Other versions of a project: a git worktree each, and set-up that runs once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from twiceshy.errors import ConfigurationError, ServiceFailed

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from twiceshy.config.project import Project
    from twiceshy.stage.processes import Keeper

_SET_UP_LIMIT = 1800.0
_KEPT_FOR = 30 * 86_400.0
_OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}


def own_folder(root: Path) -> Path:
    """The project's `.twiceshy` folder, which git ignores by itself."""
    folder = root / ".twiceshy"
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")
    return folder


def _versions(root: Path) -> Path:
    return own_folder(root) / "versions"


def checkout(root: Path, reference: str) -> Path:
    """A worktree of the commit that `reference` names; where the project stands inside of it.

    Kept under `.twiceshy/versions`, so that the set-up need not run again, until nobody has asked
    for it in a month.
    Raises ConfigurationError when git does not know the reference.
    """
    named = f"{reference}^{{commit}}"
    commit = _git(root, "rev-parse", "--verify", "--end-of-options", named, reference=reference)
    commit = commit.splitlines()[-1]
    top = _git(root, "rev-parse", "--show-prefix", reference=reference)
    tree = _versions(root) / commit[:16]
    if not tree.is_dir():
        # Under its name only when it is complete: whoever is interrupted leaves no half of it.
        draft = tree.with_name(f"{tree.name}-{os.getpid()}")
        _forget_old(root)
        _git(root, "worktree", "prune", reference=reference)
        _git(root, "worktree", "add", "--detach", str(draft), commit, reference=reference)
        if tree.is_dir():
            # Another run was faster.
            _git(root, "worktree", "remove", "--force", str(draft), reference=reference)
        else:
            _git(root, "worktree", "move", str(draft), str(tree), reference=reference)
    os.utime(tree)
    return tree / top


def root_of(project: Project, version: str) -> Path:
    """The folder that holds a version of the project: a worktree for one that names a commit.

    Raises ConfigurationError as `checkout` does.
    """
    chosen = project.versions.get(version)
    return checkout(project.root, chosen.git) if chosen and chosen.git else project.root


def _forget_old(root: Path) -> None:
    """Remove worktrees that nobody has asked for in a long while; each may hold a whole set-up."""
    for tree in _versions(root).glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - tree.stat().st_mtime > _KEPT_FOR:
                shutil.rmtree(tree, ignore_errors=True)


def git(root: Path, *arguments: str, within: float | None = None) -> CompletedProcess[str]:
    """What git says in the folder `root`, and how it ended; `within` is in seconds.

    It goes without the environment that git gives its hooks: they run for one repository, not for
    ours. Raises OSError where git cannot be run, subprocess.TimeoutExpired where it takes longer.
    """
    return subprocess.run(
        ["git", "-C", str(root), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name not in _OF_A_HOOK},
        timeout=within,
    )


def _git(root: Path, *arguments: str, reference: str) -> str:
    try:
        done = git(root, *arguments)
        failed, said = done.returncode != 0, done.stderr.strip()
    except OSError as error:
        failed, said = True, f"git cannot be run: {error.strerror}"
    if failed:
        raise ConfigurationError(
            f"The version {reference} cannot be checked out",
            key="git",
            seen=said,
            todo="name a commit, tag or branch that this repository has; a shallow clone has few "
            "of them until `git fetch` brings the others",
        )
    return done.stdout.strip()


def is_set_up(root: Path, cwd: Path, command: str) -> bool:
    """Whether a set-up command ran to its end in that folder before."""
    return _stamp(root, cwd, command).exists()


def _stamp(root: Path, cwd: Path, command: str) -> Path:
    name = hashlib.sha256(f"{cwd}\0{command}".encode()).hexdigest()[:16]
    place = root
    if cwd.is_relative_to(_versions(root)):
        # It goes with the worktree: one that is made anew is to be set up anew.
        place = _versions(root) / cwd.relative_to(_versions(root)).parts[0]
    return own_folder(place) / f"set-up-{name}"


def set_up_once(keeper: Keeper, root: Path, cwd: Path, command: str) -> None:
    """Run a set-up command, unless it ran to its end here before.

    Set-up is the user's own build step: it sees the caller's environment and the network.
    Raises ServiceFailed with its last output.
    """
    stamp = _stamp(root, cwd, command)
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
