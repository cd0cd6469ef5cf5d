"""Folders that hold anything at all: there are notes, and never an exception."""

from __future__ import annotations

import os
import random
import socket
from typing import TYPE_CHECKING

import pytest

from twiceshy.config.discovery import discover, write
from twiceshy.config.load import load_project

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "docker-compose.yml", "package.json", "Procfile", "Dockerfile", "pyproject.toml", "Pipfile",
    "requirements.txt", "alembic.ini", "db/schema.sql", "db/seed.sql", "migrations/1.sql",
    "openapi.yaml", "auth.yaml", ".env.example", ".env", "app.py", "manage.py", "setup.py",
    "Gemfile", "pom.xml", "server.js", "V1__a.sql",
)  # fmt: skip


def notes_of(folder: Path) -> str:
    """All notes on a folder, whose written file loads."""
    found = discover(folder)
    text = write(found)
    (folder / "twiceshy.toml").write_text(text, encoding="utf-8")
    load_project(folder)
    return "\n".join(found.notes)


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("docker-compose.yml", b"services: [\n", "not valid YAML"),
        ("docker-compose.yml", b"- a\n", "no table of services"),
        ("docker-compose.yml", b"services:\n  a:\n  b: 7\n  7: {build: [], command: {}}\n", ""),
        ("package.json", b"{", "not valid JSON"),
        ("package.json", b"[" * 100_000, "not valid JSON"),
        ("package.json", b"[1]", ""),
        ("package.json", b'{"scripts": 7, "dependencies": {"express": null}, "main": []}', ""),
        ("pyproject.toml", b"[a\n", "not valid TOML"),
        ("pyproject.toml", b"project = 7\ntool = 1", ""),
        ("app.py", b"\0binary", "it is no text"),
        ("app.py", b"\xff\xfe app = Flask(\xe9", ""),
        ("Dockerfile", b'FROM a\nCMD ["a\nENV\nENV "\n\\', ""),
        ("db/seed.sql", b"INSERT INTO users (id, email) VALUES (1, 'it", ""),
        ("db/seed.sql", b"INSERT INTO users VALUES " + b"(1, '" * 20_000, ""),
        ("db/seed.sql", b"INSERT INTO users (id) VALUES " + b"(" * 50_000, ""),
        ("db/seed.sql", b"-- x\n" * 400_000, "large"),
    ],
)
def test_a_broken_file_is_a_note(tmp_path: Path, name: str, content: bytes, note: str) -> None:
    """The file is named, and what it says is left out."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    notes = notes_of(tmp_path)
    assert note in notes
    assert not note or name in notes


def test_links_in_a_circle_and_things_that_are_no_files(tmp_path: Path) -> None:
    """Links to folders are not followed; pipes, sockets and dangling links are not read."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "Procfile").symlink_to(tmp_path / "Procfile")
    (tmp_path / "Dockerfile").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "package.json")
    (tmp_path / "docker-compose.yml").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "app.py"))
        assert notes_of(tmp_path) == "Procfile was not looked at"


def test_a_deep_and_wide_folder_is_looked_at_in_part(tmp_path: Path) -> None:
    """Folders of tools and folders far below are left out."""
    deep = tmp_path.joinpath(*["d"] * 30)
    deep.mkdir(parents=True)
    (deep / "manage.py").write_text("django")
    for name in ("node_modules", ".git", ".venv"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manage.py").write_text("django")
    assert discover(tmp_path).framework is None


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """It is said, as for one that may not be read."""
    assert "no such file" in "\n".join(discover(tmp_path / "nowhere").notes)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A file name in no encoding, or with a line end, breaks neither the search nor the result."""
    odd = tmp_path / os.fsdecode(b"db\xff") / "deep" / "schema.sql"
    odd.parent.mkdir(parents=True)
    odd.write_text("CREATE TABLE a ()")
    folder = tmp_path / "migrations\n# [x]\t\x1b[31m"
    folder.mkdir()
    (folder / "schema.sql").write_text("CREATE TABLE a ()")
    notes_of(tmp_path)
    project = load_project(tmp_path)
    assert project.database.schema_files == ("migrations\n# [x]\t\x1b[31m/schema.sql",)


def test_random_contents_are_survived(tmp_path: Path) -> None:
    """Whatever stands in the files that we know, a file is written that loads."""
    dice = random.Random(11)
    words = [
        *("services:\n", "  web:\n", "    build: .\n", "    command: ", "image: redis\n", "web: "),
        *("FROM x\n", "CMD [", '"a"', "]\n", "${PORT}", "$$", "{port}", "{x.y}", "'", '"', "&&"),
        *("app = Flask(a)\n", "FastAPI(", "def create_app():\n", "os.environ['DB_HOST']", "\\\n"),
        *("INSERT INTO users (id, email) VALUES ", "(1, 'a')", ",", "(", ")", ";", "--", "=", ":"),
        *("[project]\n", "dependencies = ", "{", "}", "é", "\x7f", "\x1b", "\t", "\n", " ", "- "),
        *("CREATE TABLE a ();", "gunicorn ", "npm run x", "A=b ", "postgresql+x://u:p@h/d"),
        *('"scripts": {"start": "node a.js"}', '"dependencies": {"express": "4"}', "\u2028", "\0"),
    ]
    for round_ in range(120):
        folder = tmp_path / str(round_)
        for name in dice.sample(NAMES, dice.randint(1, 8)):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(dice.choices(words, k=dice.randint(0, 40))), encoding="utf-8")
        notes_of(folder)
