from __future__ import annotations

import pytest

from twiceshy.errors import UsageError
from twiceshy.library.writing import alone_with, leads_out, replace_file


def test_a_link_stays_a_link(tmp_path):
    """What it leads to is replaced, and keeps its permissions."""
    file, link = tmp_path / "a.md", tmp_path / "b.md"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "b.md"]


def test_what_cannot_be_written_is_told(tmp_path):
    """With the file and the reason, not as a fault of ours."""
    gone = tmp_path / "nowhere" / "a.md"
    with pytest.raises(UsageError, match="cannot be written"):
        replace_file(gone, b"new")
    with pytest.raises(UsageError, match="cannot be written"), alone_with(gone):
        pass


def test_a_link_out_of_the_project(tmp_path):
    """Is told from one within it, and from a file."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "out.md").write_text("out")
    (project / "in.md").write_text("in")
    (project / "far.md").symlink_to(tmp_path / "out.md")
    (project / "near.md").symlink_to("in.md")
    found = {path.name for path in project.iterdir() if leads_out(path, project)}
    assert found == {"far.md"}
