from __future__ import annotations

import json

import pytest

from twiceshy.errors import UsageError
from twiceshy.model.scripts import Script
from twiceshy.rehearsal.scripts import natural, read_production, read_scripts, sql_files


def test_numbers_in_names_count_by_their_value():
    """Ten comes after nine."""
    assert sorted(["10_b.sql", "9_a.sql", "1.2.sql", "1.10.sql"], key=natural) == [
        "1.2.sql",
        "1.10.sql",
        "9_a.sql",
        "10_b.sql",
    ]


def test_a_folder_stands_for_its_files_each_after_those_before(tmp_path):
    """Files that undo a step are left out; those before know of none before them."""
    for name in ("2_b.sql", "1_a.sql", "2_b.down.sql", "10_c.sql", "note.txt"):
        (tmp_path / name).write_text(f"-- {name}", encoding="utf-8")
    scripts = read_scripts([Script(tmp_path.name)], tmp_path.parent)
    assert [one.name for one in scripts] == [
        f"{tmp_path.name}/{name}" for name in ("1_a.sql", "2_b.sql", "10_c.sql")
    ]
    assert [len(one.earlier) for one in scripts] == [0, 1, 2]
    assert all(not before.earlier for one in scripts for before in one.earlier)
    assert scripts[2].sql == b"-- 10_c.sql"


def test_what_is_not_there_is_a_mistake_of_the_caller(tmp_path):
    """Neither a missing file nor an empty folder passes for a script that does nothing."""
    with pytest.raises(UsageError):
        read_scripts([Script("no.sql")], tmp_path)
    with pytest.raises(UsageError):
        read_scripts([Script(".")], tmp_path)
    assert sql_files(tmp_path) == []


def test_rows_of_production_come_from_the_exported_file(tmp_path):
    """Any other file is refused with words."""
    relations = [{"name": "orders", "rows": 40_000_000}]
    (tmp_path / "c.json").write_text(json.dumps({"relations": relations}), encoding="utf-8")
    assert read_production("c.json", tmp_path) == {"orders": 40_000_000}
    assert read_production("", tmp_path) == {}
    (tmp_path / "c.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError):
        read_production("c.json", tmp_path)
