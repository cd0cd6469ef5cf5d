from __future__ import annotations

import datetime
import os
import sqlite3
import threading

import pytest

from twiceshy.archive.archive import Archive
from twiceshy.library import Audience
from twiceshy.library.search_records import Filters
from twiceshy.model.exhibits import Lanes, Table
from twiceshy.model.verdict import Finding, Value, Verdict
from unit.library.conftest import TODAY, written

INTERNAL = Audience.INTERNAL


def test_an_empty_project(shelf):
    """Has an empty library, not an error."""
    with shelf.open() as library:
        assert library.entries(INTERNAL) == ()
        assert library.search("x", Filters(), INTERNAL).total == 0
        assert library.stats(INTERNAL, TODAY).reports == 0
        assert library.actions(INTERNAL, TODAY) == ()
        assert library.similar("nobody", INTERNAL) == ()
        assert library.volume("nobody", INTERNAL) is None


def test_front_matter_wins(shelf):
    """Over what the text says; the rest is read from the text."""
    keys = 'date = 2026-03-14\nseverity = "sev1"\nservices = ["orders"]\ntags = ["lock"]\n'
    shelf.put("a", written("Orders stopped", keys=keys, guard=True))
    with shelf.open() as library:
        (entry,) = library.entries(INTERNAL)
    assert (entry.id, entry.title, entry.severity) == ("a", "Orders stopped", "sev1")
    assert entry.date == datetime.date(2026, 3, 14)
    assert (entry.services, entry.tags, entry.kind) == (("orders",), ("lock",), "command")
    assert entry.language == "en"
    assert "lock" in entry.mechanisms
    assert {"root causes", "impact", "timeline"} <= set(entry.sections)
    assert entry.excerpt.startswith("Orders failed for 40 minutes.")
    assert str(entry.path) == "postmortems/a.md"


def test_the_newest_come_first(shelf):
    """Those without a date last."""
    for name, day in (("old", "2024-01-01"), ("new", "2026-01-01")):
        shelf.put(name, written(name, keys=f"date = {day}\n"))
    shelf.put("never", "+++\nstatus = 'draft'\n+++\n")
    with shelf.open() as library:
        assert [entry.id for entry in library.entries(INTERNAL)] == ["new", "old", "never"]


def test_what_is_no_report_is_passed_over(shelf):
    """A page beside the reports, a hidden file, another suffix."""
    shelf.put("README", "# How we write\n\nBe kind.\n")
    shelf.put(".hidden", written("Hidden"))
    (shelf.root / "postmortems" / "notes.txt").write_text(written("Notes"))
    with shelf.open() as library:
        assert library.entries(INTERNAL) == ()


def test_changes_are_seen(shelf):
    """A new file, another text of the same length, a file that is gone."""
    path = shelf.put("a", written("First", more="apple"))
    with shelf.open() as library:
        assert not library.search("other", Filters(), INTERNAL).total
        state = path.stat()
        path.write_text(written("First", more="other"))
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        shelf.put("b", written("Second"))
        assert library.refresh()
        assert library.search("other", Filters(), INTERNAL).total == 1
        assert library.search("apple", Filters(), INTERNAL).total == 0
        assert len(library.entries(INTERNAL)) == 2
        path.unlink()
        assert library.refresh()
        assert [entry.id for entry in library.entries(INTERNAL)] == ["b"]


def test_two_of_one_id(shelf):
    """Each has a name of its own, and both are found by it."""
    for name in ("a", "b"):
        shelf.put(name, written(name, keys='id = "same"\n'))
    with shelf.open() as library:
        names = sorted(entry.id for entry in library.entries(INTERNAL))
        assert names == ["same", "same~2"]
        assert {library.entry(name, INTERNAL).title for name in names} == {"a", "b"}


@pytest.mark.parametrize("damage", ["text", "empty", "torn", "other table", "old"])
def test_a_broken_index_is_made_anew(shelf, damage):
    """Without a word: it is only a cache."""
    shelf.put("a", written("Orders stopped"))
    shelf.open().close()
    file = shelf.root / ".twiceshy" / "library.sqlite3"
    if damage == "text":
        file.write_bytes(b"no database at all" * 100)
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "torn":
        file.write_bytes(file.read_bytes()[:5000])
    else:
        with sqlite3.connect(file) as connection:
            change = (
                "DROP TABLE word" if damage == "other table" else "UPDATE about SET fingerprint = 1"
            )
            connection.execute(change)
        connection.close()
    assert shelf.found("orders").total == 1


def test_a_folder_that_cannot_be_written_to(shelf):
    """The index then lives in memory."""
    shelf.put("a", written("Orders stopped"))
    (shelf.root / ".twiceshy").write_text("a file is in the way")
    assert shelf.found("orders").total == 1


def test_two_see_the_same(shelf):
    """What one library writes, the other finds after its own look."""
    shelf.put("a", written("First"))
    with shelf.open() as one, shelf.open() as other:
        shelf.put("b", written("Second"))
        one.refresh()
        assert other.refresh()
        assert len(other.entries(INTERNAL)) == 2


def test_what_another_reads_anew_takes_nothing_away(shelf):
    """Who goes on with what it saw before tells less, and never fails."""
    for name in ("a", "b", "c"):
        shelf.put(name, written(f"Lock {name}", keys="date = 2026-03-14\n"))
    with shelf.open() as one:
        assert [one.entry(name, INTERNAL).id for name in ("a", "b")] == ["a", "b"]
        shelf.put("a", written("Lock a, once more"))
        with shelf.open():
            pass
        assert one.similar("a", INTERNAL) == ()
        assert "a" not in {other.entry.id for other in one.similar("b", INTERNAL)}
        assert len(one.entries(INTERNAL)) >= 2
        one.refresh()
        assert len(one.entries(INTERNAL)) == 3


def test_threads_share_one(shelf):
    """Searching while others bring it up to date."""
    for number in range(12):
        shelf.put(f"r{number}", written(f"Report {number}"))
    failed = []

    def work(library, number):
        try:
            for _ in range(5):
                shelf.put(f"n{number}", written(f"New {number}"))
                library.refresh()
                assert library.search("report", Filters(), INTERNAL).total >= 12
                library.similar("r1", INTERNAL)
        except Exception as error:  # noqa: BLE001 - told by the test itself
            failed.append(error)

    with shelf.open() as library:
        threads = [threading.Thread(target=work, args=(library, n)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed


def test_links_that_lead_out_are_not_followed(shelf, tmp_path_factory):
    """Neither to a file elsewhere nor around in a circle."""
    outside = tmp_path_factory.mktemp("outside") / "x.md"
    outside.write_text(written("Outside"))
    shelf.put("a", written("Inside"))
    (shelf.root / "postmortems" / "out.md").symlink_to(outside)
    (shelf.root / "postmortems" / "loop").symlink_to(shelf.root / "postmortems")
    with shelf.open() as library:
        assert [entry.title for entry in library.entries(INTERNAL)] == ["Inside"]


def test_files_that_are_not_as_they_should_be(shelf):
    """Bytes that are no text, a file that is too long: still there, for those who see all."""
    folder = shelf.root / "postmortems"
    shelf.put("a", written("Fine"))
    (folder / "bytes.md").write_bytes(written("Half").encode() + b"\xff\xfe")
    (folder / "long.md").write_bytes(b"x" * 5_100_000)
    with shelf.open() as library:
        by_id = {entry.id: entry for entry in library.entries(Audience.RESTRICTED)}
        assert set(by_id) == {"a", "bytes", "long"}
        assert by_id["bytes"].problems == 1
        assert by_id["long"].problems == 1
        assert "long" not in {entry.id for entry in library.entries(INTERNAL)}


def test_proof_comes_from_the_archive(shelf):
    """A guard is proved once it said `recurs` where it failed, and `holds` today."""
    from dataclasses import replace

    from unit.render import story

    path = shelf.put("a", written("Orders", keys="date = 2026-01-01\n", guard=True))
    with shelf.open() as library:
        volume = library.volume("a", INTERNAL)
        (state,) = volume.entry.guards
        assert (state.proved, state.reproduced, state.at) == (False, False, None)
        report = replace(volume.report, path=path)
        with Archive.open(shelf.root) as archive:
            for told, version in ((story.RECURS, "faulty"), (story.HOLDS, "")):
                event = replace(told, report=report, guard=report.guards[0], version=version)
                archive.record("r1", event)
        assert library.refresh()
        (entry,) = library.entries(INTERNAL)
        assert entry.proved
        assert entry.guards[0].at is not None
        assert library.stats(INTERNAL, TODAY).coverage.proved == 1


def test_drawings_are_for_those_who_may_see_everything(shelf):
    """Words that a report keeps from others may stand in what its guard saw."""
    from dataclasses import replace

    from unit.render import story

    path = shelf.put("a", written("Orders", keys="date = 2026-01-01\n", guard=True))
    with shelf.open() as library:
        report = replace(library.volume("a", INTERNAL).report, path=path)
        seen = Lanes("beside orders_secret", 1.0, ())
        finding = Finding("r", "t", "q", exhibits=(Table("t", ("a",), ()), seen))
        verdict = Verdict(Value.RECURS, (finding, finding), exhibits=(seen,))
        with Archive.open(shelf.root) as archive:
            event = replace(story.RECURS, report=report, guard=report.guards[0], verdict=verdict)
            archive.record("r1", event)
        library.refresh()
        drawings = {
            audience: library.entry("a", audience).guards[0].drawings
            for audience in (INTERNAL, Audience.RESTRICTED)
        }
    assert drawings[INTERNAL] == ()
    (drawn,) = drawings[Audience.RESTRICTED]
    assert (drawn.version, drawn.value, drawn.exhibits) == ("faulty", Value.RECURS, (seen,))


def test_a_volume_is_the_whole_report(shelf):
    """Text, sections and timeline."""
    shelf.put("a", written("Orders stopped", guard=True))
    with shelf.open() as library:
        volume = library.volume("a", INTERNAL)
    assert volume.text == written("Orders stopped", guard=True)
    assert "timeline" in {section.name for section in volume.report.sections}
    assert len(volume.postmortems[0].timeline) == 2


def test_action_items_in_order(shelf):
    """Overdue, open, done; counted by owner."""
    shelf.put("a", written("Orders stopped"))
    with shelf.open() as library:
        found = library.actions(INTERNAL, TODAY)
        assert [(one.owner, one.overdue(TODAY), one.done) for one in found] == [
            ("ana", True, False),
            ("ben", False, False),
            ("ana", False, True),
        ]
        lines = (shelf.root / "postmortems" / "a.md").read_text().splitlines()
        assert [one.text.split()[0] in lines[one.line - 1] for one in found] == [True] * 3
        assert [one.owner for one in library.actions(INTERNAL, TODAY, owner="@Ana")] == ["ana"] * 2
        assert len(library.actions(INTERNAL, TODAY, overdue=True)) == 1
        first = library.owners(INTERNAL, TODAY)[0]
        assert (first.owner, first.open, first.overdue, first.done) == ("ana", 1, 1, 1)


def test_one_owner_however_spelled(shelf):
    """Case and accents make no two people of one; the name is spelled as most spell it."""
    items = "- [ ] a (@José)\n- [ ] b (@jose)\n- [x] c (@José)\n"
    shelf.put("a", written("Lock", more=f"\n\n## Action items\n\n{items}"))
    with shelf.open() as library:
        found = [one for one in library.owners(INTERNAL, TODAY) if "s" in one.owner]
        assert [(one.owner, one.open, one.done) for one in found] == [("José", 2, 1)]
