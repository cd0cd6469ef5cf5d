from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.cli.drafts import slug, write_draft
from twiceshy.config.load import load_project
from twiceshy.errors import UsageError
from twiceshy.reports import read_report

DAY = datetime.date(2026, 3, 14)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project, and we are in its folder."""
    (tmp_path / "twiceshy.toml").write_text('reports = "postmortems"\n')
    monkeypatch.chdir(tmp_path)
    return load_project(tmp_path)


def test_a_draft_is_a_report(project, tmp_path):
    """It reads without a problem and carries a guard of the wanted kind."""
    path = write_draft(project, "Depósitos ajenos: ¡a la vista!", "isolation", DAY)
    assert str(path) == "postmortems/2026-03-14-depositos-ajenos-a-la-vista.md"
    report = read_report(tmp_path / path)
    assert report.problems == ()
    assert report.title == "Depósitos ajenos: ¡a la vista!"
    assert [guard.kind for guard in report.guards] == ["isolation"]


def test_nothing_is_overwritten(project, tmp_path):
    """A second report of that day and title is refused, and the first one is left as it is."""
    path = write_draft(project, "Same", "command", DAY)
    (tmp_path / path).write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        write_draft(project, "Same", "command", DAY)
    assert (tmp_path / path).read_text() == "mine"


def test_an_unknown_kind(project):
    """The nearest one is named, and no file is made."""
    with pytest.raises(UsageError) as error:
        write_draft(project, "Title", "isolatoin", DAY)
    assert "Did you mean isolation?" in str(error.value)


def test_an_empty_title(project):
    """A report needs a name."""
    with pytest.raises(UsageError, match="needs a title"):
        write_draft(project, "  ", "command", DAY)


@given(st.text())
def test_any_title_makes_a_file_name(title):
    """Plain letters, digits and hyphens, short, never empty."""
    made = slug(title)
    assert 0 < len(made) <= 60
    assert made.replace("-", "").isalnum()
    assert made.isascii()
    assert not made.startswith("-")
    assert not made.endswith("-")
