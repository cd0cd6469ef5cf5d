"""Versions that are commits: checked out beside the project, whatever git is told meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from twiceshy.errors import ConfigurationError
from twiceshy.stage.checkout import checkout, set_up_once
from twiceshy.stage.processes import Keeper


def git(folder, *arguments):
    """Run git as somebody."""
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path):
    """A project in a subfolder of a repository, with two commits."""
    folder = tmp_path / "repository" / "shop"
    folder.mkdir(parents=True)
    git(folder.parent, "init", "-q")
    for text in ("old", "new"):
        (folder / "answer.txt").write_text(text)
        git(folder, "add", ".")
        git(folder, "commit", "-qm", text)
    return folder


def test_a_commit_has_a_folder_of_its_own(repository):
    """The same one each time, where the project stands inside of it; the project is untouched."""
    (repository / "answer.txt").write_text("not committed")
    found = checkout(repository, "HEAD~1")
    assert (found.name, (found / "answer.txt").read_text()) == ("shop", "old")
    (found / "built").write_text("by set-up")
    assert checkout(repository, git(repository, "rev-parse", "HEAD~1")) == found
    assert (found / "built").exists()
    assert (repository / "answer.txt").read_text() == "not committed"
    assert git(repository, "status", "--porcelain") == "M shop/answer.txt"


def test_a_folder_that_was_removed_is_made_and_set_up_anew(repository):
    """Whoever needs the room may remove `.twiceshy/versions`, or one of them."""
    with Keeper() as keeper:
        for _ in range(2):
            found = checkout(repository, "HEAD~1")
            for _ in range(2):
                set_up_once(keeper, repository, found, "sh -c 'echo x >> built'")
            assert (found / "built").read_text() == "x\n"
            shutil.rmtree(found.parent)


def test_what_nobody_asked_for_in_a_month_makes_room(repository):
    """When there is something new to check out; what was asked for stays."""
    old = checkout(repository, "HEAD~1").parent
    os.utime(old, (0, 0))
    new = checkout(repository, "HEAD")
    assert (old.exists(), new.exists()) == (False, True)
    assert (checkout(repository, "HEAD~1") / "answer.txt").read_text() == "old"
    assert new.exists()


def test_inside_of_a_hook(repository, monkeypatch):
    """There git says by variables which repository and index it means: those of the hook."""
    elsewhere = repository.parent.parent / "elsewhere"
    elsewhere.mkdir()
    git(elsewhere, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(elsewhere / "index"))
    assert (checkout(repository, "HEAD~1") / "answer.txt").read_text() == "old"
    assert not (elsewhere / "index").exists()


@pytest.mark.parametrize("reference", ["nowhere", "--help", "HEAD~7", ""])
def test_a_reference_that_is_none(repository, reference):
    """Git's own words, and what to name instead."""
    with pytest.raises(ConfigurationError) as error:
        checkout(repository, reference)
    assert error.value.happened == f"The version {reference} cannot be checked out"
    assert error.value.seen.startswith("fatal: ")
    assert "git fetch" in error.value.todo


def test_no_repository_and_no_git(tmp_path, monkeypatch):
    """Both are said in words."""
    with pytest.raises(ConfigurationError) as error:
        checkout(tmp_path, "HEAD")
    assert "not a git repository" in error.value.seen
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigurationError) as error:
        checkout(tmp_path, "HEAD")
    assert error.value.seen == "git cannot be run: No such file or directory"
