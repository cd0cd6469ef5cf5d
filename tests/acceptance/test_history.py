"""`twiceshy run --since` on a history of the example `preferences`, commit by commit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mutations.preferences import EXAMPLE, harmless

TWICESHY = str(Path(sys.executable).with_name("twiceshy"))
INNOCUOUS = ("through-a-cte", "other-order")
# It writes settings as a text. It also shows what a row without settings holds, which is where
# the reading operations differ, and only there.
WRITING = {"PUT /preferences/{provider}", "PATCH /preferences/{provider}"}
READING = {
    "GET /preferences",
    "GET /preferences/{provider}",
    "GET /preferences/{provider}/download",
    "GET /budget",
}
GUILTY = {(each, False) for each in WRITING} | {(each, True) for each in READING}
# On the way back nobody is hurt where null or a crash became `{}`. In the list, though, each
# document that was shown had its keys; one that is empty stands beside them now.
MENDED = {(each, False) for each in WRITING} | {("GET /preferences", True)}


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A repository: the service as it is, two innocuous commits, the guilty one, and its revert."""
    root = tmp_path_factory.mktemp("history") / "preferences"
    ignored = shutil.ignore_patterns("__pycache__", ".twiceshy", "postmortems", "before")
    shutil.copytree(EXAMPLE, root, ignore=ignored)
    toml = (root / "twiceshy.toml").read_text()
    (root / "twiceshy.toml").write_text(toml.partition("# The service of the day before")[0])
    git(root, "init", "-q")
    commit(root, "start")
    changes = {mutation.id: mutation for mutation in harmless()}
    for name in INNOCUOUS:
        changes[name].apply(root)
        commit(root, name)
    documents = root / "preferences" / "documents.py"
    kept = documents.read_text()
    documents.write_text((root / "faulty" / "documents.py").read_text())
    commit(root, "guilty")
    documents.write_text(kept)
    commit(root, "mended")
    return root


def git(root, *words):
    """A command of git's, by somebody."""
    somebody = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", "-C", str(root), *somebody, *words], check=True, capture_output=True)


def commit(root, tag):
    """Everything as it is now."""
    git(root, "add", ".")
    git(root, "commit", "-qm", tag)
    git(root, "tag", tag)


def changed(root, tag, since):
    """The exit code, and the operations that are told to answer otherwise at `tag`.

    Beside each stands whether that was seen where values are NULL.
    """
    git(root, "checkout", "-q", tag)
    command = [TWICESHY, "run", "--since", since, "--format", "json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    found = {
        (" ".join(finding["title"].split()[:2]), "NULL" in finding["state"])
        for report in told["reports"]
        for guard in report["guards"]
        for finding in guard["findings"]
    }
    return done.returncode, found, told["uncovered"]


def test_the_guilty_commit(history):
    """Those are told that write settings, and those that read a NULL there; all were compared."""
    assert changed(history, "guilty", since="start") == (1, GUILTY, [])


@pytest.mark.soak
@pytest.mark.parametrize(
    ("tag", "since", "code", "found"),
    [
        ("through-a-cte", "start", 0, set()),
        ("other-order", "through-a-cte", 0, set()),
        ("guilty", "other-order", 1, GUILTY),
        ("mended", "guilty", 1, MENDED),
        ("mended", "start", 0, set()),
    ],
)
def test_each_commit_by_itself(history, tag, since, code, found):
    """Whoever compares commit by commit finds the one that did it, and the one that mended it."""
    assert changed(history, tag, since) == (code, found, [])
