from __future__ import annotations

from pathlib import Path

import pytest

from twiceshy.cli.rehearsing import Wanted, prepared
from twiceshy.errors import UsageError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with two migrations and nothing else."""
    (tmp_path / "migrations").mkdir()
    for name in ("2_b.sql", "1_a.sql"):
        (tmp_path / "migrations" / name).write_text("SELECT 1;", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def wanted(*scripts: str, **more) -> Wanted:
    """A command line."""
    nothing = {
        "schema": (),
        "settings": (),
        "single_transaction": False,
        "since": "",
        "command": "",
        "rows": (),
        "server": "",
    }
    return Wanted(scripts=tuple(map(Path, scripts)), **{**nothing, **more})


def test_a_project_is_made_up_where_there_is_none():
    """Schema, settings and server come from the command line, a guard from each file."""
    project, report = prepared(
        wanted("migrations", schema=(Path("s.sql"),), settings=("a.b=1=2",), server="system"), None
    )
    assert project.database.settings == {"a.b": "1=2"}
    assert project.database.server == "system"
    assert [Path(guard.table["script"]).name for guard in report.guards] == ["1_a.sql", "2_b.sql"]
    assert [len(guard.table["after"]) for guard in report.guards] == [0, 1]


def test_a_configuration_is_heeded_but_for_what_the_command_line_says(folder):
    """Its seed belongs to its schema."""
    (folder / "twiceshy.toml").write_text(
        '[database]\nschema = ["a.sql"]\nseed = ["b.sql"]\nsettings = { "x.y" = "1" }\n',
        encoding="utf-8",
    )
    project, _ = prepared(wanted("migrations", settings=("x.z=2",)), None)
    assert project.database.seed == ("b.sql",)
    assert project.database.settings == {"x.y": "1", "x.z": "2"}
    other, _ = prepared(wanted("migrations", schema=(Path("c.sql"),)), None)
    assert other.database.seed == ()


@pytest.mark.parametrize(
    "line",
    [
        wanted(),
        wanted("none.sql"),
        wanted("migrations", command="alembic"),
        wanted("migrations", settings=("nothing",)),
        wanted("migrations", rows=("people", "orders=3")),
        wanted("migrations", since="no-such-commit"),
    ],
)
def test_mistakes_are_told_before_anything_is_started(line):
    """Each in words of its own."""
    with pytest.raises(UsageError):
        prepared(line, None)


def test_rows_are_numbers_or_a_file():
    """Underscores help to read them."""
    _, report = prepared(wanted("migrations", rows=("orders=40_000_000",)), None)
    assert report.guards[0].table["rows"] == {"orders": 40_000_000}
    _, report = prepared(wanted("migrations", rows=("production.json",)), None)
    assert Path(report.guards[0].table["rows"]).name == "production.json"
