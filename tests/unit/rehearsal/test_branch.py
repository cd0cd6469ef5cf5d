"""Where a branch left another, in repositories good and bad."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from twiceshy.errors import UsageError
from twiceshy.rehearsal.branch import branch_since

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The machine's own settings of git, and a repository around the tests, do not matter."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


def git(root: Path, *arguments: str) -> str:
    """Run git there as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(root), *who, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(root: Path, name: str, text: str = "x") -> str:
    """One more commit, called after the file that it writes; its hash."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    git(root, "add", "--", name)
    git(root, "commit", "-q", "-m", f"Write {name}")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose branch `work` left `main` after one commit; main went on."""
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, "first")
    git(root, "branch", "work")
    commit(root, "on-main")
    git(root, "checkout", "-q", "work")
    return root


def test_a_branch(root: Path) -> None:
    """What main did meanwhile is not ours."""
    base = git(root, "rev-parse", "main~1")
    commit(root, "second")
    commit(root, "third")
    branch = branch_since(root, "main")
    assert (branch.base, branch.uncommitted, branch.is_new) == (base, (), True)
    assert [line.partition(" ")[2] for line in branch.commits] == ["Write third", "Write second"]
    assert base.startswith(branch.short)


def test_nothing_new(root: Path) -> None:
    """A branch without commits of its own has nothing to compare."""
    assert not branch_since(root, "main").is_new
    assert not branch_since(root, "HEAD").is_new


def test_what_is_not_committed_counts(root: Path) -> None:
    """The working tree is what is rehearsed."""
    (root / "second").write_text("new", encoding="utf-8")
    branch = branch_since(root, "main")
    assert (branch.uncommitted, branch.is_new, branch.commits) == (("second",), True, ())


def test_a_project_in_a_folder_of_its_repository(root: Path) -> None:
    """What happens elsewhere in the repository is not its business."""
    commit(root, "shop/app.py")
    git(root, "branch", "-f", "then")
    commit(root, "elsewhere/app.py")
    (root / "elsewhere" / "new").write_text("", encoding="utf-8")
    assert not branch_since(root / "shop", "then").is_new
    commit(root, "shop/app.py", "y")
    assert len(branch_since(root / "shop", "then").commits) == 1
    with pytest.raises(UsageError, match="was not there yet where this branch left main"):
        branch_since(root / "shop", "main")


def test_many_commits(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last ones are told, the others counted."""
    monkeypatch.setattr("twiceshy.rehearsal.branch._MOST_COMMITS", 2)
    for name in ("a", "b", "c"):
        commit(root, name)
    branch = branch_since(root, "main")
    assert [line.partition(" ")[2] for line in branch.commits] == ["Write c", "Write b"]
    assert branch.more == 1


@pytest.mark.parametrize(
    ("reference", "todo"),
    [
        ("mian", "did you mean main?"),
        ("v1.4", "fetch it first: git fetch origin v1.4"),
        ("origin/main", "did you mean main?"),
        ("--all", "fetch it first"),
        ("", "fetch it first"),
    ],
)
def test_a_reference_that_is_none(root: Path, reference: str, todo: str) -> None:
    """The nearest name, or how to get it; a name is never taken for an option."""
    with pytest.raises(UsageError, match="git knows no commit") as error:
        branch_since(root, reference)
    assert todo in error.value.todo
    assert error.value.seen == "branches and tags here: main, work"


def test_no_repository(tmp_path: Path) -> None:
    """The folder is named."""
    with pytest.raises(UsageError, match="in no git repository") as error:
        branch_since(tmp_path, "main")
    assert str(tmp_path) in error.value.where


def test_a_repository_without_commits(tmp_path: Path) -> None:
    """There is nothing yet."""
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match="no commit yet"):
        branch_since(tmp_path, "main")


def test_histories_without_a_common_commit(root: Path) -> None:
    """Such as a branch of generated pages."""
    git(root, "checkout", "-q", "--orphan", "pages")
    commit(root, "index.html")
    with pytest.raises(UsageError, match="no commit in common") as error:
        branch_since(root, "main")
    assert error.value.seen == ""


def test_a_shallow_clone(root: Path, tmp_path: Path) -> None:
    """Machines that build fetch only the last commit; the error says how to get the others."""
    commit(root, "second")
    clone = tmp_path / "clone"
    source = f"file://{root}"
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "work", source, str(clone))
    with pytest.raises(UsageError, match="git knows no commit") as error:
        branch_since(clone, "v9")
    assert "fetch-depth: 0" in error.value.todo
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main:main")
    with pytest.raises(UsageError, match="no commit in common") as error:
        branch_since(clone, "main")
    assert "shallow" in error.value.seen
    assert "git fetch --unshallow" in error.value.todo


def test_no_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git is told so."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="git cannot be asked"):
        branch_since(root, "main")
