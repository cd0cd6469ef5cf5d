from __future__ import annotations

import pytest

from twiceshy.config.project import Project
from twiceshy.errors import ConfigurationError
from twiceshy.rehearsal.recorded import recorded_file, recorded_text


@pytest.fixture
def project(tmp_path):
    """A project with a folder of reports."""
    (tmp_path / "postmortems").mkdir()
    return Project(root=tmp_path, file=tmp_path / "twiceshy.toml")


def test_it_lies_beside_the_report(project):
    """Also before there is one; a file of that name seen from the project is taken, too."""
    folder = project.root / "postmortems"
    assert recorded_file(project, folder, "a.contract") == folder / "a.contract"
    (project.root / "a.contract").write_text("from the project")
    assert recorded_text(project, folder, "a.contract") == "from the project"
    (folder / "a.contract").write_text("beside")
    assert recorded_text(project, folder, "a.contract") == "beside"
    assert recorded_text(project, None, "a.contract") == "from the project"


def test_nothing_was_recorded_yet(project):
    """Which is no error."""
    assert recorded_text(project, None, "") is None
    assert recorded_text(project, None, "a.contract") is None


def test_what_cannot_be_read_is_an_error(project):
    """A folder of that name, for instance."""
    with pytest.raises(ConfigurationError) as error:
        recorded_text(project, None, "postmortems")
    assert error.value.seen == "is a directory"
