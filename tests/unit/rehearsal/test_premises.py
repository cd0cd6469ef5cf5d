"""What the doctor tells by looking, before anything is started."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from twiceshy.config.load import load_project
from twiceshy.rehearsal.premises import Check, premises

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = '[service]\ncommand = "{python} serve.py {port} {database_url}"\n'


def checks(folder: Path, text: str) -> list[Check]:
    """The checks of a project with this configuration."""
    (folder / "twiceshy.toml").write_text(text)
    return list(premises(load_project(folder)))


def missing(folder: Path, text: str) -> dict[str, Check]:
    """What is missing, or open, by what it says."""
    return {check.says: check for check in checks(folder, text) if not check.ok}


def test_python_and_servers_are_named(tmp_path: Path) -> None:
    """With their versions, whatever else is wrong."""
    says = [check.says for check in checks(tmp_path, "") if check.ok]
    assert any(text.startswith("Python 3.") for text in says)
    assert any("comes with twiceshy" in text for text in says)


def test_an_empty_configuration_lacks_service_and_schema(tmp_path: Path) -> None:
    """Each with what to write."""
    found = missing(tmp_path, "")
    assert list(found) == ["a service", "a schema"]
    assert all(check.ok is False and check.todo for check in found.values())


def test_a_complete_configuration_lacks_nothing(tmp_path: Path) -> None:
    """Files are there, the program is, and the service learns its database."""
    (tmp_path / "s.sql").write_text("CREATE TABLE a ()")
    text = f'[database]\nschema = "s.sql"\n{SERVICE}'
    assert missing(tmp_path, text) == {}


def test_files_and_folders_that_are_not_there(tmp_path: Path) -> None:
    """Each with the line that names it."""
    text = f"""
database = {{ schema = "s.sql", seed = "t.sql" }}
{SERVICE}cwd = "api"
openapi = "o.yaml"
auth = "a.yaml"
[process.worker]
command = ["{sys.executable}"]
cwd = "w"
"""
    found = missing(tmp_path, text)
    assert list(found) == [
        "the file s.sql",
        "the file t.sql",
        "the folder api",
        "the file o.yaml",
        "the folder w",
        "the auth file a.yaml",
    ]
    assert "twiceshy.toml:2" in found["the file s.sql"].seen


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("no-such-program {port}", "the program no-such-program"),
        ("./serve {port}", "the program ./serve"),
        ("{python} -m no_such_module {port}", "the Python module no_such_module"),
        ("{python} -m json.tool {port}", None),
        ("{python} -m here.app {port}", None),
        ("FLAG=1 no-such-program {port}", None),
        ("no-such-program {port} | tee x", None),
        ("it's broken {port}", None),
    ],
)
def test_programs_that_are_not_there(tmp_path: Path, command: str, says: str | None) -> None:
    """A shell's commands cannot be told; modules may stand in the folder of the service."""
    (tmp_path / "here").mkdir()
    text = f'[database]\nmigrate = "{{python}} x"\n[service]\ncommand = "{command}"\n'
    found = missing(tmp_path, text + 'env = { U = "{database_url}" }')
    assert list(found) == ([says] if says else [])


def test_a_service_that_is_not_told_its_database_is_an_open_question(tmp_path: Path) -> None:
    """It may know it in a way that we cannot see."""
    found = missing(
        tmp_path,
        '[database]\nmigrate = "{python} x"\n[service]\ncommand = ["{python}", "x", "{port}"]\n',
    )
    assert [check.ok for check in found.values()] == [None]


def test_extensions_are_looked_for_in_every_server(tmp_path: Path) -> None:
    """One that exists, and one that nobody has."""
    (tmp_path / "s.sql").write_text(
        'create extension if not exists plpgsql;\n CREATE EXTENSION "no-such";'
    )
    found = checks(tmp_path, f'[database]\nschema = "s.sql"\n{SERVICE}')
    told = {check.says: check.ok for check in found if "extension" in check.says}
    assert list(told.values()) == [True, False]


def test_versions_must_be_known_to_git(tmp_path: Path) -> None:
    """A commit that exists and one that does not."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    found = checks(tmp_path, '[versions.a]\ngit = "HEAD"\n[versions.b]\ngit = "nowhere"\n')
    assert [check.ok for check in found if check.says.startswith("version")] == [True, False]
