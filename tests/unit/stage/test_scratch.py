from __future__ import annotations

import json
import os
import stat

import pytest

from twiceshy.errors import CannotTell
from twiceshy.stage import scratch as module
from twiceshy.stage.remains import remove
from twiceshy.stage.scratch import make_scratch


@pytest.fixture
def made():
    """A scratch folder, removed after the test."""
    scratch = make_scratch()
    yield scratch
    scratch.release()
    remove(str(scratch.path))


def test_a_scratch_folder_says_whose_it_is(made):
    """The name holds our user, owner.json the processes; others may pass through, not look."""
    owner = json.loads((made.path / "owner.json").read_text())

    assert made.stage.startswith(f"twiceshy-{os.getuid()}-")
    assert owner["tool"]["pid"] == os.getpid()
    assert owner["keeper"] is None
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o711

    made.name_keeper(os.getppid())
    assert json.loads((made.path / "owner.json").read_text())["keeper"]["pid"] == os.getppid()


def test_a_temporary_folder_with_a_long_path_is_passed_over(monkeypatch, tmp_path):
    """Unix sockets in the scratch folder need short paths."""
    deep = tmp_path / ("x" * 60)
    deep.mkdir()
    monkeypatch.setenv("TMPDIR", str(deep))

    scratch = make_scratch()

    assert len(str(scratch.path)) < 70
    scratch.release()
    remove(str(scratch.path))


def test_looking_for_a_place_writes_nothing(monkeypatch, tmp_path):
    """What is written to try a folder would stay there when a command is interrupted."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = tmp_path.stat().st_mtime_ns

    assert not list(module.abandoned())
    assert module._parents()[0] == tmp_path.resolve()
    assert tmp_path.stat().st_mtime_ns == before


def test_without_any_temporary_folder_the_message_says_what_to_do(monkeypatch, tmp_path):
    """Nothing short and writable: TMPDIR is the way out."""
    monkeypatch.setattr(module, "_parents", lambda: [tmp_path / "nowhere" / ("x" * 60)])

    with pytest.raises(CannotTell, match="no temporary folder") as caught:
        make_scratch()

    assert "TMPDIR" in caught.value.todo
