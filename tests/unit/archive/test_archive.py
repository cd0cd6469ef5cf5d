from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from twiceshy.archive.archive import Archive, guard_hash, new_run
from twiceshy.errors import ArchiveUnusable
from twiceshy.model.exhibits import Lanes
from twiceshy.model.verdict import Value, Verdict
from unit.render import story


@pytest.fixture
def root(tmp_path):
    """The folder of a project."""
    return tmp_path


def file_of(root):
    """Where the archive is."""
    return root / ".twiceshy" / "archive.sqlite3"


def test_a_verdict_comes_back_as_it_went_in(root):
    """Findings, exhibits and scope included."""
    with Archive.open(root) as archive:
        archive.record("r1", story.RECURS)
        (last,) = archive.last("2020-09-22")
    assert last.verdict == story.RECURS.verdict
    assert (last.run, last.line, last.kind, last.version) == ("r1", 42, "isolation", "faulty")
    assert last.server == "PostgreSQL 18.1 (embedded)"
    assert last.at.utcoffset().total_seconds() == 0


def test_the_last_run_of_a_report(root):
    """Only the rehearsals of the latest run that knew the report."""
    with Archive.open(root) as archive:
        archive.record("r1", story.RECURS)
        archive.record("r2", story.HOLDS)
        archive.record("r2", replace(story.RECURS, version="faulty"))
        archive.record("r3", story.UNKNOWN)
        assert [one.run for one in archive.last("2020-09-22")] == ["r2", "r2"]
        assert [one.version for one in archive.last("2020-09-22")] == ["", "faulty"]
        assert archive.last("nobody") == ()


def test_runs_are_counted(root):
    """The latest first, each with its worst verdict."""
    with Archive.open(root) as archive:
        for run, finished in [("r1", story.HOLDS), ("r2", story.RECURS), ("r2", story.UNKNOWN)]:
            archive.record(run, finished)
        archive.record("r3", story.UNKNOWN)
        runs = archive.runs()
        assert [(one.run, one.guards, one.value) for one in runs] == [
            ("r3", 1, Value.UNKNOWN),
            ("r2", 2, Value.RECURS),
            ("r1", 1, Value.HOLDS),
        ]
        assert len(archive.runs(limit=2)) == 2


def test_the_folder_ignores_itself(root):
    """No project has to ignore it."""
    Archive.open(root).close()
    assert (root / ".twiceshy" / ".gitignore").read_text() == "*\n"


def test_paths_are_told_from_the_project(tmp_path):
    """An archive says the same in every checkout."""
    report = replace(story.REPORT, path=tmp_path / "postmortems" / "a.md")
    with Archive.open(tmp_path) as archive:
        archive.record("r1", replace(story.HOLDS, report=report))
        assert archive.last(report.id)[0].report_path == "postmortems/a.md"


def test_readers_do_not_wait_for_a_writer(root):
    """Write-ahead logging is on."""
    Archive.open(root).close()
    connection = sqlite3.connect(file_of(root))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("junk", [b"this is no database at all" * 100, b"SQLite format 3\0junk"])
def test_a_broken_file_is_moved_aside(root, junk):
    """A new archive is begun, the old one is kept, and it is said."""
    Archive.open(root).close()
    file_of(root).write_bytes(junk)
    with Archive.open(root) as archive:
        assert archive.notice is not None
        assert "a new one is begun" in archive.notice.happened
        archive.record("r1", story.HOLDS)
        assert len(archive.runs()) == 1
    (aside,) = file_of(root).parent.glob("*.broken-*")
    assert aside.read_bytes() == junk


def test_a_file_that_breaks_in_the_middle(root):
    """The verdict is lost, the next run has a new archive."""
    with Archive.open(root) as archive:
        for number in range(200):
            archive.record(f"r{number}", story.RECURS)
    content = file_of(root).read_bytes()
    half = len(content) // 2
    file_of(root).write_bytes(content[:4096] + b"\xff" * (half - 4096) + content[half:])
    with pytest.raises(ArchiveUnusable, match="new one is begun"), Archive.open(root) as archive:
        archive.runs()
    with Archive.open(root) as archive:
        assert archive.runs() == ()


def test_an_archive_of_the_future_is_left_alone(root):
    """It is neither read nor moved."""
    Archive.open(root).close()
    connection = sqlite3.connect(file_of(root))
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(ArchiveUnusable, match="newer twiceshy"):
        Archive.open(root)
    assert not list(file_of(root).parent.glob("*.broken-*"))


def test_a_folder_that_cannot_be_made(tmp_path):
    """A file in its place is a plain error."""
    (tmp_path / ".twiceshy").write_text("in the way")
    with pytest.raises(ArchiveUnusable, match="cannot be used"):
        Archive.open(tmp_path)


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from unit.render import story
from twiceshy.archive.archive import Archive
for number in range(25):
    with Archive.open(Path(sys.argv[1])) as archive:
        archive.record(sys.argv[3], story.RECURS)
"""


def test_several_processes_at_once(root, request):
    """Four processes create, open and write at the same time; nothing gets lost."""
    tests = str(request.config.rootpath / "tests")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(root), tests, f"r{number}"])
        for number in range(4)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 4
    with Archive.open(root) as archive:
        assert sorted((one.run, one.guards) for one in archive.runs()) == [
            (f"r{number}", 25) for number in range(4)
        ]


def test_the_hash_is_that_of_what_a_guard_says():
    """Neither its place nor the order of its keys matters; its values do."""
    moved = replace(story.GUARD, location=replace(story.GUARD.location, line=1))
    turned = replace(story.GUARD, table=dict(reversed(story.GUARD.table.items())))
    other = replace(story.GUARD, table={**story.GUARD.table, "as": "ben"})
    assert guard_hash(moved) == guard_hash(turned) == guard_hash(story.GUARD)
    assert guard_hash(other) != guard_hash(story.GUARD)


def test_names_of_runs_sort_by_time():
    """And no two are the same."""
    assert len({new_run() for _ in range(100)}) == 100


def test_text_that_sqlite_cannot_store(root):
    """A file's name that is no UTF-8, a number that is none."""
    report = replace(story.REPORT, id="a\udcff")
    with Archive.open(root) as archive:
        archive.record("r1", replace(story.HOLDS, report=report, seconds=float("nan")))
        (last,) = archive.last("a\udcff")
    assert last.seconds == 0


def test_the_standing_of_guards(root):
    """The latest verdict of each guard on each version, whatever the run."""
    with Archive.open(root) as archive:
        archive.record("r1", replace(story.RECURS, version="faulty"))
        archive.record("r1", replace(story.UNKNOWN, version=""))
        archive.record("r2", replace(story.HOLDS, version=""))
        found = {(one.version, one.value) for one in archive.standing()}
    assert {("faulty", Value.RECURS), ("", Value.HOLDS)} <= found


def test_what_can_be_drawn(root):
    """Is known without reading verdicts; words about a form are no drawing."""
    lanes = Verdict(Value.HOLDS, exhibits=(Lanes("queries", 1.0, ()),))
    words = Verdict(Value.HOLDS, reasons=('"form": "lanes"',))
    with Archive.open(root) as archive:
        archive.record("r1", replace(story.HOLDS, verdict=lanes, version="faulty"))
        archive.record("r1", replace(story.HOLDS, verdict=words))
        assert {one.version: one.drawn for one in archive.standing()} == {"faulty": True, "": False}


def test_what_a_report_was_last_seen_to_show(root):
    """The latest verdict of each version, without those that a later edition of the tool wrote."""
    with Archive.open(root) as archive:
        archive.record("r1", replace(story.RECURS, version=""))
        archive.record("r2", replace(story.HOLDS, version=""))
        archive.record("r2", replace(story.RECURS, version="old"))
        archive.record("r2", replace(story.RECURS, version="new"))
    with sqlite3.connect(file_of(root)) as connection:
        connection.execute("UPDATE rehearsal SET detail = '{}' WHERE version = 'new'")
    with Archive.open(root) as archive:
        shown = {version: verdict for _, version, verdict in archive.shown("2020-09-22")}
        assert shown == {"": story.HOLDS.verdict, "old": story.RECURS.verdict}
        assert archive.shown("nobody") == ()
