"""The doctor on real stages: what works is told as working, what does not with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twiceshy.config.discovery import discover, write
from twiceshy.config.load import load_project
from twiceshy.rehearsal.doctor import Check, examine

if TYPE_CHECKING:
    from pathlib import Path

SERVE = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

OPENAPI = {"openapi": "3.1.0", "paths": {"/goals": {"get": {}}, "/bad": {"get": {"parameters": 7}}}}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, OPENAPI if self.path == "/openapi.json" else {})

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if sent["password"] == "crash":
            raise KeyError("SECRET_KEY")
        good = sent["password"] == "pw"
        self.answer(200 if good else 401, {"token": "t"} if good else {"says": "wrong password"})

    def answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


print(os.environ["DATABASE_URL"].partition("@")[0], flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
SCHEMA = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);"
SEED = "-- password: 'pw'\nINSERT INTO users (id, email) VALUES (1, 'ana@a'), (2, 'ben@a');"


STORAGE = """
[process.absent]
command = "no-such-server {scratch}"
[storage.other]
migrate = "true"
[storage.unmade]
migrate = "false"
[storage.absent]
requires = "no-such-server"
processes = "absent"
"""


def configuration(*, login: str = "pw", row: str = "users.id = 2", extra: str = "") -> str:
    """A configuration of the small service, with room for mistakes."""

    def actor(name: str, password: str, row: str) -> str:
        body = f'{{ email = "{name}@a", password = "{password}" }}'
        request = f'{{ request = "POST /login", json = {body}, token = "$.token" }}'
        return f'[actors.{name}]\nrow = "{row}"\nlogin = {request}\n'

    return f"""
[database]
schema = "schema.sql"
seed = "seed.sql"
[service]
command = "{{python}} serve.py {{port}}"
env = {{ DATABASE_URL = "{{database_url}}" }}
openapi = "/openapi.json"
{extra}
{actor("ana", "pw", "users.id = 1")}
{actor("ben", login, row)}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the small service and its database."""
    (tmp_path / "serve.py").write_text(SERVE)
    (tmp_path / "schema.sql").write_text(SCHEMA)
    (tmp_path / "seed.sql").write_text(SEED)
    return tmp_path


def examined(folder: Path, text: str) -> dict[str, Check]:
    """All checks by what they say."""
    (folder / "twiceshy.toml").write_text(text)
    return {check.says: check for check in examine(load_project(folder))}


def wrong(checks: dict[str, Check]) -> list[str]:
    """What is missing."""
    return [says for says, check in checks.items() if check.ok is False]


def test_all_is_well(folder: Path) -> None:
    """Stage, actors and rows are tried and found good; notes on the description are open."""
    checks = examined(folder, configuration())
    assert wrong(checks) == []
    for says in (
        "starting the service",
        "the schema has 1 table",
        "ana logs in and gets Authorization",
        "ben is a row of users",
        "/openapi.json describes 1 operation",
    ):
        assert checks[says].ok is True
    left_out = "left out of /openapi.json: GET /bad: parameters are not a list"
    assert checks[left_out].ok is None


def test_every_actor_is_told_apart(folder: Path) -> None:
    """A wrong password and a row that is not there, both with what was seen."""
    checks = examined(folder, configuration(login="no", row="users.id = 9", extra=STORAGE))
    on = "the service on storage {}, from its migrations on"
    assert wrong(checks) == ["ben logs in", "the row of ben", on.format("unmade")]
    assert "exit status 1" in checks[on.format("unmade")].seen
    assert (checks[on.format("other")].ok, checks[on.format("absent")].ok) == (True, None)
    assert "no program no-such-server" in checks[on.format("absent")].seen
    assert "wrong password" in checks["ben logs in"].seen
    assert checks["ana logs in and gets Authorization"].ok is True


def test_a_service_that_lacks_a_variable_gets_a_hint(folder: Path) -> None:
    """Its own words are shown, and the key that mends it is named."""
    text = configuration().replace("env = { DATABASE_URL", "env = { OTHER_URL")
    checks = examined(folder, text)
    assert wrong(checks) == ["starting the service"]
    check = checks["starting the service"]
    assert "KeyError: 'DATABASE_URL'" in check.seen
    assert "the service wants the variable DATABASE_URL" in check.todo
    assert checks["ana logs in and has a row"].ok is None


def test_a_login_that_crashes_shows_what_the_service_printed(folder: Path) -> None:
    """The cause stands in the service's output, not in its answer."""
    checks = examined(folder, configuration(login="crash"))
    assert wrong(checks) == ["ben logs in"]


def test_a_schema_that_does_not_run_ends_the_trial(folder: Path) -> None:
    """With PostgreSQL's message; what comes after was not tried."""
    (folder / "schema.sql").write_text("CREATE TABEL users ();")
    checks = examined(folder, configuration())
    assert wrong(checks) == ["building the template database"]
    assert "syntax error" in checks["building the template database"].seen
    assert checks["the service starts"].ok is None


def test_a_first_configuration_that_was_found_by_looking_works(tmp_path: Path) -> None:
    """What discovery writes for a service whose files say all is complete."""
    package = tmp_path / "shop"
    package.mkdir()
    (package / "app.py").write_text(
        "import os\n"
        "from flask import Flask, request\n"
        "app = Flask(__name__)\n"
        "URL = os.environ['DATABASE_URL']\n\n\n"
        "@app.post('/login')\n"
        "def login():\n"
        "    sent = request.get_json()\n"
        "    if sent['email'] and sent['password'] == 'pw':\n"
        "        return {'token': 't'}\n"
        "    return 'no', 401\n"
    )
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "schema.sql").write_text(SCHEMA)
    (tmp_path / "db" / "seed.sql").write_text(SEED)
    checks = examined(tmp_path, write(discover(tmp_path)))
    assert wrong(checks) == []
    assert checks["ben logs in and gets Authorization"].ok is True


def test_stopping_early_stops_the_stage(folder: Path) -> None:
    """Whoever closes the iterator in the middle leaves nothing running."""
    (folder / "twiceshy.toml").write_text(configuration())
    checks = examine(load_project(folder))
    for check in checks:
        if check.says.startswith("starting PostgreSQL"):
            break
    checks.close()
    assert list(checks) == []
