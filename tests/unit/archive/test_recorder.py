from __future__ import annotations

from twiceshy.archive.archive import Archive
from twiceshy.archive.recorder import Recorder
from unit.render import story


def test_it_keeps_every_verdict_of_a_run(tmp_path):
    """All under one name; other events are none of its business."""
    with Recorder(tmp_path) as recorder:
        for event in story.events():
            recorder.hear(event)
    assert recorder.problem is None
    with Archive.open(tmp_path) as archive:
        (run,) = archive.runs()
    assert run.guards == 3


def test_nothing_is_made_without_a_verdict(tmp_path):
    """A run that fails before its first verdict leaves no file."""
    with Recorder(tmp_path) as recorder:
        recorder.hear(story.BROKEN)
    assert list(tmp_path.iterdir()) == []


def test_it_never_stands_in_the_way(tmp_path):
    """A folder that cannot be written is told afterwards, and the run goes on."""
    (tmp_path / ".twiceshy").write_text("in the way")
    with Recorder(tmp_path) as recorder:
        recorder.hear(story.HOLDS)
        recorder.hear(story.RECURS)
    assert "cannot be used" in recorder.problem.happened


def test_a_broken_archive_is_told_and_replaced(tmp_path):
    """The verdicts of this run are kept in the new one."""
    (tmp_path / ".twiceshy").mkdir()
    (tmp_path / ".twiceshy" / "archive.sqlite3").write_bytes(b"junk" * 1000)
    with Recorder(tmp_path) as recorder:
        recorder.hear(story.HOLDS)
        recorder.hear(story.RECURS)
    assert "was broken" in recorder.problem.happened
    with Archive.open(tmp_path) as archive:
        assert archive.runs()[0].guards == 2


def test_processes_can_share_a_run(tmp_path):
    """Two recorders with one name keep one run."""
    for event in (story.HOLDS, story.RECURS):
        with Recorder(tmp_path, "shared") as recorder:
            recorder.hear(event)
    with Archive.open(tmp_path) as archive:
        assert [(run.run, run.guards) for run in archive.runs()] == [("shared", 2)]
