from __future__ import annotations

import pytest

from twiceshy.cli import gallery as module
from twiceshy.cli.gallery import gallery
from twiceshy.config.load import load_project
from twiceshy.errors import UsageError
from twiceshy.model.events import GuardFinished
from twiceshy.model.verdict import Value, Verdict
from twiceshy.reports import read_reports

REPORT = "reports/2020-09-22-depositos-pendientes.html"


def _played(pages) -> None:
    """What the example comes to: it recurs where it was, and holds today."""
    [report] = read_reports(load_project(pages.root).root / "postmortems")
    for version, value in (("faulty", Value.RECURS), ("", Value.HOLDS)):
        event = GuardFinished(report, report.guards[0], Verdict(value), 1.0, version)
        for listener in pages.listeners:
            listener.hear(event)


def test_the_examples_reports_become_pages_with_their_verdicts(tmp_path):
    """What was just seen stands on them; nothing else stays of the demo."""
    with gallery(["deposits"], tmp_path / "pages") as pages:
        _played(pages)
        says = pages.pages()
    assert says == f"The reports as pages: {tmp_path / 'pages' / 'index.html'}"
    assert "Proved: it sees the failure" in (tmp_path / "pages" / REPORT).read_text("utf-8")
    assert not pages.root.exists()


def test_without_a_folder_the_pages_go_away(tmp_path):
    """It is said how to keep them."""
    with gallery(["deposits"], None) as pages:
        _played(pages)
        assert (pages.root / "postmortems" / "deposits").is_dir()
        assert "twiceshy demo --site FOLDER" in pages.pages()
        assert (pages.root / "site" / REPORT).is_file()
    assert not pages.root.exists()


def test_a_folder_with_other_files_is_refused_before_anything_is_played(tmp_path):
    """A demo takes a while."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"), gallery([], tmp_path):
        pass


def test_without_the_extra_a_demo_has_no_pages(monkeypatch, tmp_path):
    """Unless they are asked for, nobody misses them."""
    monkeypatch.setattr(module, "IMPORTS", ("no_such_package",))
    with gallery(["deposits"], None) as pages:
        assert pages.listeners == ()
        assert pages.pages() == ""
    monkeypatch.setattr("twiceshy.cli.pages.IMPORTS", ("no_such_package",))
    with pytest.raises(UsageError) as told, gallery(["deposits"], tmp_path / "x"):
        pass
    assert 'pip install "twiceshy[site]"' in told.value.todo
