"""Where a branch left another: the commit to compare with, asked of git."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.errors import UsageError, nearest
from twiceshy.stage.checkout import git

if TYPE_CHECKING:
    from pathlib import Path

_WITHIN = 30.0
_MOST_COMMITS = 20
_SHORT = 12
_DEEPEN = (
    "get the whole history first: git fetch --unshallow (with actions/checkout: fetch-depth: 0)"
)


@dataclass(frozen=True, slots=True)
class Branch:
    """What lies between the commit where this branch left `reference`, and the working tree.

    `base` is that commit in full. `commits` are those since, the newest first, each with its
    subject; `more` counts further ones. `uncommitted` are files with changes that no commit has.
    """

    reference: str
    base: str
    commits: tuple[str, ...] = ()
    more: int = 0
    uncommitted: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The commit as people write it, and as git still finds it."""
        return self.base[:_SHORT]

    @property
    def is_new(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.commits or self.uncommitted)


def branch_since(root: Path, reference: str) -> Branch:
    """The branch of the repository around the folder `root`, seen from where it left `reference`.

    Raises UsageError, with what to do, where git cannot tell: no repository, no such commit, a
    history that is cut off or unrelated, a project that was not there yet.
    """
    prefix = _prefix(root)
    if not _says(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
        raise UsageError(
            "There is no commit yet that this branch could be compared with",
            where=str(root),
            todo="commit something first, or leave --since out",
        )
    commit = _says(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{commit}"
    )
    if not commit:
        raise _unknown(root, reference)
    base = _says(root, "merge-base", commit, "HEAD")
    if not base:
        raise _unrelated(root, reference)
    if prefix and not _says(root, "rev-parse", "--verify", "--quiet", f"{base}:{prefix}"):
        raise UsageError(
            f"The project was not there yet where this branch left {reference}",
            where=f"commit {base[:_SHORT]}, folder {prefix}",
            todo="name a later commit, or leave --since out",
        )
    log = _says(root, "log", "--format=%h %s", f"{base}..HEAD", "--", ".").splitlines()
    more = max(0, len(log) - _MOST_COMMITS)
    return Branch(reference, base, tuple(log[:_MOST_COMMITS]), more, uncommitted(root))


def uncommitted(root: Path) -> tuple[str, ...]:
    """The files of the project that differ from the last commit, new ones included."""
    told = _git(root, "status", "--porcelain", "-z", "--no-renames", "--", ".").stdout
    return tuple(entry[3:] for entry in told.split("\0") if entry)


def _prefix(root: Path) -> str:
    """The folder seen from the top of its repository."""
    done = _git(root, "rev-parse", "--show-prefix")
    if done.returncode:
        said = done.stderr.strip().removeprefix("fatal: ")
        owned = "dubious ownership" in said
        raise UsageError(
            "git does not trust this repository" if owned else "This is in no git repository",
            where=str(root),
            seen=said.partition("\n")[0],
            todo="allow it as git says: git config --global --add safe.directory FOLDER"
            if owned
            else "run it in a clone of the repository, or leave --since out",
        )
    return done.stdout.strip().rstrip("/")


def _unknown(root: Path, reference: str) -> UsageError:
    names = _says(root, "for-each-ref", "--format=%(refname:short)").split()
    like = nearest(reference, names)
    if like is None:
        last = reference.rpartition("/")[2]
        like = next((name for name in names if last and name.rpartition("/")[2] == last), None)
    if like:
        todo = f"did you mean {like}?"
    elif _is_shallow(root):
        todo = _DEEPEN
    else:
        todo = f"fetch it first: git fetch origin {reference.removeprefix('origin/')}"
    shown = ", ".join(names[:10]) or "none"
    return UsageError(
        f"git knows no commit, branch or tag {reference}",
        where=str(root),
        seen=f"branches and tags here: {shown}",
        todo=todo,
    )


def _unrelated(root: Path, reference: str) -> UsageError:
    shallow = _is_shallow(root)
    return UsageError(
        f"This branch and {reference} have no commit in common",
        where=str(root),
        seen="the clone is shallow: its history is cut off" if shallow else "",
        todo=_DEEPEN if shallow else "name a branch that this one comes from",
    )


def _is_shallow(root: Path) -> bool:
    return _says(root, "rev-parse", "--is-shallow-repository") == "true"


def _says(root: Path, *arguments: str) -> str:
    """What git prints; "" when it fails."""
    done = _git(root, *arguments)
    return done.stdout.strip() if done.returncode == 0 else ""


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return git(root, *arguments, within=_WITHIN)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            "git cannot be asked",
            where=str(root),
            seen=getattr(error, "strerror", None) or str(error),
            todo="install git, or leave --since out",
        ) from None
