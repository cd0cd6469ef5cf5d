"""Where ledgers are kept, and the rows beside them."""

from __future__ import annotations

from collections import Counter

import pytest

from twiceshy.errors import CannotTell, UsageError
from twiceshy.rehearsal.ledgers import (
    KEPT,
    describe,
    described,
    keep_all,
    keep_rows,
    kept_rows,
    new_folder,
    without,
)

ROWS = [("a,b", 5), ('"quoted"\nkey', -1), ("без суммы", None), ("a,b", 5)]


def test_a_folder_is_named_for_its_time_and_topic(tmp_path):
    """And git ignores all of them."""
    folder = new_folder(tmp_path, "Kill service: at 'peak' x 3!")
    assert folder.name.endswith("-kill-service-at-peak-x-3")
    assert folder.is_dir()
    assert (tmp_path / ".twiceshy" / ".gitignore").read_text() == "*\n"


def test_the_oldest_make_room(tmp_path):
    """The newest stay, and so does what is no folder."""
    ledgers = tmp_path / ".twiceshy" / "ledgers"
    ledgers.mkdir(parents=True)
    for day in range(1, KEPT + 3):
        (ledgers / f"2020-01-{day:02}-line").mkdir()
    (ledgers / "0-notes.txt").touch()
    new = new_folder(tmp_path, "peak")
    left = sorted(path.name for path in ledgers.iterdir())
    assert left[0] == "0-notes.txt"
    assert left[1] == "2020-01-04-line"
    assert left[-1] == new.name
    assert len(left) == KEPT + 1


def test_a_folder_that_cannot_be_made(tmp_path):
    """Without a ledger nothing may be sent."""
    (tmp_path / ".twiceshy").mkdir()
    (tmp_path / ".twiceshy" / "ledgers").write_text("a file in its place")
    with pytest.raises(CannotTell, match="nothing may be sent"):
        new_folder(tmp_path, "peak")


def test_rows_come_back_as_they_were_kept(tmp_path):
    """Whatever a key is made of."""
    path = tmp_path / "rows.csv"
    assert list(keep_rows(path, ROWS)) == ROWS
    assert list(kept_rows(path)) == ROWS
    keep_all(path, ROWS[:1])
    assert list(kept_rows(path)) == ROWS[:1]


def test_rows_that_are_not_all_taken_leave_the_file_as_it_was(tmp_path):
    """A run that is stopped in the middle leaves no half of an account."""
    path = tmp_path / "rows.csv"
    keep_all(path, ROWS)
    taking = keep_rows(path, [("other", 1), ("more", 2)])
    next(taking)
    taking.close()
    assert list(kept_rows(path)) == ROWS
    assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize(
    "text", ["key,amount\nk1,7\nk2,\n", "\ufeffk1,7\r\nk2\r\n", "\nk1,7\n\nk2,\n"]
)
def test_rows_as_people_write_them(tmp_path, text):
    """With a heading or without, from a spreadsheet, with empty lines."""
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode())
    assert list(kept_rows(path)) == [("k1", 7), ("k2", None)]


@pytest.mark.parametrize(
    ("text", "where"),
    [(b"k1,7\nk2,seven\n", ":2"), (b"k1,7,8\n", ":1"), (b"k1,7\n,8\n", ":2"), (b"\xff\xfe", "")],
)
def test_rows_that_are_none(tmp_path, text, where):
    """Their line is told."""
    path = tmp_path / "rows.csv"
    path.write_bytes(text)
    with pytest.raises(UsageError) as caught:
        list(kept_rows(path))
    assert caught.value.where == f"{path}{where}"


def test_rows_that_are_not_there(tmp_path):
    """Said as it is."""
    with pytest.raises(UsageError, match="cannot be read"):
        list(kept_rows(tmp_path / "none.csv"))


def test_what_was_there_before_is_left_out_as_often_as_it_was():
    """A row that came once more is one of ours."""
    before = Counter([("old", 1), ("old", 1)])
    rows = [("old", 1), ("new", 1), ("old", 2), ("old", 1), ("old", 1)]
    assert list(without(rows, before)) == [("new", 1), ("old", 2), ("old", 1)]
    assert list(without(rows, Counter())) == rows


def test_what_is_known_of_a_run(tmp_path):
    """Comes back, and is empty where nothing was kept or it is damaged."""
    assert described(tmp_path) == {}
    describe(tmp_path, {"topic": "peak"})
    assert described(tmp_path) == {"topic": "peak"}
    (tmp_path / "strain.json").write_text("{")
    assert described(tmp_path) == {}
    (tmp_path / "strain.json").write_text("[]")
    assert described(tmp_path) == {}
