"""The command `rehearse` in a folder that has nothing but SQL."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("twiceshy")
SCHEMA = """
CREATE TABLE people (id int PRIMARY KEY, name text, town text);
INSERT INTO people SELECT g, 'p' || g, 't' || g % 9
  FROM generate_series(1, current_setting('my.rows')::int) g;
"""


@pytest.fixture
def folder(tmp_path):
    """A schema and three migrations, the second of which waits without a time-out."""
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    (migrations / "1_pets.sql").write_text("CREATE TABLE pets (id int);", encoding="utf-8")
    (migrations / "2_age.sql").write_text("ALTER TABLE people ADD COLUMN age int;")
    safe = "SET lock_timeout = '200ms';\nALTER TABLE people ALTER COLUMN age SET DEFAULT 7;"
    (migrations / "10_default.sql").write_text(safe, encoding="utf-8")
    return tmp_path


def rehearse(folder, *words):
    """The command's exit code, and its document."""
    done = subprocess.run(
        [COMMAND, "rehearse", *words, "--schema", "schema.sql", "--setting", "my.rows=2000"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_folder_of_sql_is_rehearsed_file_by_file(folder):
    """Without report, service or configuration; each file on top of those before it."""
    code, out, _ = rehearse(folder, "migrations/", "--format", "json")
    document = json.loads(out)
    assert code == 1
    assert [Path(one["script"]).name for one in document["scripts"]] == [
        "1_pets.sql",
        "2_age.sql",
        "10_default.sql",
    ]
    assert [one["verdict"] for one in document["scripts"]] == ["holds", "recurs", "holds"]
    assert document["verdict"] == "recurs"
    (statement,) = document["scripts"][1]["statements"]
    assert statement["locks"] == {"people": ["AccessExclusiveLock"]}
    assert not (folder / ".twiceshy").exists()


def test_only_what_is_new_since_a_commit(folder):
    """What git knows already comes first, and is not rehearsed."""
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "migrations" / "11_town.sql").write_text("COMMENT ON TABLE pets IS 'x';")
    code, out, _ = rehearse(folder, "migrations/", "--since", "HEAD", "--format", "json")
    document = json.loads(out)
    assert [Path(one["script"]).name for one in document["scripts"]] == ["11_town.sql"]
    assert (code, document["verdict"]) == (0, "holds")


def test_bad_input_gets_a_verdict_and_a_plain_message(folder):
    """Each script for itself, and nothing of it is a traceback."""
    (folder / "bad.sql").write_bytes(b"ALTER TABLE people ADD COLUMN a int;\nALTER TABEL people;")
    code, out, err = rehearse(folder, "bad.sql", "--format", "json")
    assert code == 1
    document = json.loads(out)
    assert document["fails"].startswith("42601")
    assert document["findings"][0]["line"] == 2
    assert "Traceback" not in err


def test_a_command_that_migrates(folder):
    """Whatever connects is followed."""
    program = folder / "migrate.py"
    program.write_text(
        "import os, psycopg\n"
        "with psycopg.connect(os.environ['DATABASE_URL']) as conn:\n"
        "    conn.execute('ALTER TABLE people ADD COLUMN age int')\n",
        encoding="utf-8",
    )
    words = ["--command", shlex.join([sys.executable, "migrate.py"]), "--format", "json"]
    code, out, _ = rehearse(folder, *words, "--setting", "lock_timeout=200ms")
    document = json.loads(out)
    found = {one["sql"]: one["locks"] for one in document["statements"]}
    assert found["ALTER TABLE people ADD COLUMN age int"] == {"people": ["AccessExclusiveLock"]}
    assert (code, document["queues"]) == (0, False)


def test_run_rehearses_migrations_that_were_not_seen_to_hold(folder):
    """The gate: what held is not asked again until its text changes, what recurs is."""
    (folder / "twiceshy.toml").write_text(
        '[database]\nschema = ["schema.sql"]\nmigrations = "migrations"\n'
        'settings = { "my.rows" = "2000" }\n',
        encoding="utf-8",
    )

    def run():
        done = subprocess.run(
            [COMMAND, "run", "--format", "json"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        reports = json.loads(done.stdout)["reports"] if done.stdout else []
        return done.returncode, [Path(report["path"]).name for report in reports]

    assert run() == (1, ["10_default.sql", "1_pets.sql", "2_age.sql"])
    mended = "SET lock_timeout = '200ms'; ALTER TABLE people ADD COLUMN age int;"
    (folder / "migrations" / "2_age.sql").write_text(mended, encoding="utf-8")
    assert run() == (0, ["2_age.sql"])
    assert run() == (0, [])
