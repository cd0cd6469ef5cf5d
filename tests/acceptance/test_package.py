"""The wheel that people install holds all that runs need, and nothing that runs leave behind."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names of all files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def tracked(folder: str) -> list[str]:
    """The files of a folder that are under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [path for path in listed.split("\0") if path and (ROOT / path).exists()]


def test_the_wheel_holds_every_file_of_the_package(wheel):
    """Modules, queries, stand-ins for extensions and the mark of types are in the wheel."""
    assert {path.removeprefix("src/") for path in tracked("src")} - wheel == set()
    assert "twiceshy/py.typed" in wheel


def test_the_wheel_holds_the_examples(wheel):
    """`twiceshy demo` works after `pip install`, so the examples travel along."""
    assert {f"twiceshy/{path}" for path in tracked("examples")} - wheel == set()


def test_the_wheel_holds_nothing_that_runs_leave_behind(wheel):
    """Caches, run archives and environments stay out."""
    left = ("__pycache__", ".twiceshy/", ".venv", ".pytest_cache", ".sqlite")
    assert [path for path in wheel if any(mark in path for mark in left)] == []
