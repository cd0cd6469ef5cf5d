from __future__ import annotations

import os

import pytest

from twiceshy.errors import ConfigurationError
from twiceshy.reports.read import read_report, read_reports


def test_markdown_files_are_read_from_all_folders_in_order(tmp_path):
    """Both suffixes count, whatever their case; hidden and other files do not."""
    for name in ["b.md", "a/z.markdown", "a/b/c.MD", ".git/x.md", "notes.txt", ".hidden.md"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    reports = read_reports(tmp_path)
    assert [report.title for report in reports] == ["a/b/c.MD", "a/z.markdown", "b.md"]
    assert all(report.problems == () for report in reports)


def test_a_single_file_may_be_named(tmp_path):
    """Where a folder is expected, one report does as well."""
    (tmp_path / "README.md").write_text("This is an incident report.\n")
    (report,) = read_reports(tmp_path / "README.md")
    assert (report.id, report.problems) == ("README", ())


def test_the_second_report_with_an_id_has_a_problem(tmp_path):
    """Two reports must not answer to one name; the first keeps it."""
    (tmp_path / "a.md").write_text('+++\nid = "b"\n+++\n')
    (tmp_path / "b.md").write_text("text\n")
    first, second = read_reports(tmp_path)
    assert first.problems == ()
    assert second.problems[0].key == "id"
    assert str(tmp_path / "a.md") in second.problems[0].seen


def test_a_missing_folder_is_an_error(tmp_path):
    """No reports at all must not look like reports that all hold."""
    with pytest.raises(ConfigurationError) as caught:
        read_reports(tmp_path / "postmortems")
    assert "twiceshy new" in caught.value.todo


def test_bytes_that_are_no_utf_8_are_a_problem_with_a_line(tmp_path):
    """The rest of the report is read all the same."""
    path = tmp_path / "latin.md"
    path.write_bytes(b"# Caf\xc3\xa9\n\nCaf\xe9\n")
    report = read_report(path)
    assert report.title == "Café"
    assert str(report.problems[0].location) == f"{path}:3"
    assert report.problems[0].seen == "byte 0xe9"


def test_a_byte_order_mark_does_not_hide_the_front_matter(tmp_path):
    """Some editors begin every file with one."""
    path = tmp_path / "x.md"
    path.write_bytes(b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\n")
    assert read_report(path).title == "T"


def test_a_file_that_cannot_be_read_is_a_report_with_a_problem(tmp_path):
    """A link that leads nowhere does not stop the others."""
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "here.md").write_text("# Here\n")
    gone, here = read_reports(tmp_path)
    assert gone.problems[0].seen == "no such file or directory"
    assert here.title == "Here"


def test_an_empty_file_is_a_report(tmp_path):
    """Nothing is required of a report."""
    (tmp_path / "x.md").write_text("")
    report = read_report(tmp_path / "x.md")
    assert (report.title, report.sections, report.guards, report.problems) == ("x", (), (), ())
