from __future__ import annotations

import pytest

from twiceshy.cli.run_files import NO_FILES, RunFiles
from twiceshy.errors import UsageError
from twiceshy.render.machine import Machine


def test_each_form_is_written_whole(tmp_path):
    """In place of what was there."""
    files = RunFiles(tmp_path / "j.xml", tmp_path / "m.md", tmp_path / "p.html")
    (tmp_path / "m.md").write_text("old " * 1000)
    files.check()
    files.write(Machine().document())
    assert (tmp_path / "j.xml").read_text().startswith("<?xml")
    assert (tmp_path / "m.md").read_text().startswith("### ❔")
    assert (tmp_path / "p.html").read_text().startswith("<!doctype html>")
    assert len(list(tmp_path.iterdir())) == 3


def test_without_an_option_nothing_is_written(tmp_path, monkeypatch):
    """No file appears."""
    monkeypatch.chdir(tmp_path)
    NO_FILES.check()
    NO_FILES.write(Machine().document())
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written_is_told_first(tmp_path):
    """Before the run: no folder, a folder, no file, one file for two."""
    for path in (tmp_path / "no" / "j.xml", tmp_path, "/dev/null"):
        with pytest.raises(UsageError, match="--junit"):
            RunFiles(junit=tmp_path / path).check()
    with pytest.raises(UsageError, match="Two outputs"):
        RunFiles(junit=tmp_path / "a", html=tmp_path / "b" / ".." / "a").check()
