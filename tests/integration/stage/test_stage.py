from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil
import psycopg
import pytest

from integration.stage.living import eventually, gone
from twiceshy.config.load import load_project
from twiceshy.errors import ExtensionMissing, ServerUnavailable
from twiceshy.model.scenario import Plant
from twiceshy.model.schema import QName
from twiceshy.rehearsal.readiness import probe
from twiceshy.stage import binaries
from twiceshy.stage.stage import Stage

SERVICE = '''
"""Notes: GET lists them, POST adds one, DELETE empties the table by TRUNCATE."""
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
import psycopg

conn = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
if "--create" in sys.argv:
    conn.execute("CREATE TABLE IF NOT EXISTS made (id serial PRIMARY KEY, text text)")
TABLE = "made" if "--create" in sys.argv else "notes"

class Handler(BaseHTTPRequestHandler):
    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer([row[0] for row in conn.execute(f"SELECT text FROM {TABLE} ORDER BY id")])
    def do_POST(self):
        row = conn.execute(f"INSERT INTO {TABLE} (text) VALUES ('new') RETURNING id").fetchone()
        self.answer({"id": row[0], "pid": os.getpid()})
    def do_DELETE(self):
        conn.execute(f"TRUNCATE {TABLE}")
        self.answer({})
    def log_message(self, *args):
        pass

print("listening", flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''
SCHEMA = """
CREATE TABLE notes (id serial PRIMARY KEY, text text);
CREATE TABLE visits (region text) PARTITION BY LIST (region);
CREATE TABLE visits_eu PARTITION OF visits FOR VALUES IN ('eu');
CREATE UNLOGGED TABLE "Trips" (id int PRIMARY KEY);
CREATE UNLOGGED TABLE legs (trip int REFERENCES "Trips");
INSERT INTO notes (text) VALUES ('one'), ('two');
"""


@pytest.fixture
def project(tmp_path):
    """Makes the project of a small service, with more settings of its database."""

    def make(database='server = "embedded"', schema=SCHEMA, arguments="", more=""):
        (tmp_path / "service.py").write_text(SERVICE)
        (tmp_path / "schema.sql").write_text(schema)
        (tmp_path / "twiceshy.toml").write_text(
            f'[database]\n{database}\nschema = ["schema.sql"]\n'
            f'[service]\ncommand = "{{python}} service.py {{port}} {arguments}"\n'
            'ready = "GET /"\nenv = { DATABASE_URL = "{database_url}" }\n' + more
        )
        return load_project(tmp_path)

    return make


@contextmanager
def risen(project):
    """A stage that is up, at its snapshot, and the steps that it told."""
    stage = Stage(project, probe=probe)
    try:
        stage.told = list(stage.rise())
        stage.world.snapshot()
        yield stage
    finally:
        stage.close()


def send(stage, method="GET"):
    """What the service answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{stage.port}/", method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_a_stage_rises_step_by_step_and_leaves_nothing(project):
    """Server, template, service; afterwards neither process nor folder."""
    with risen(project()) as stage:
        version = binaries.embedded().version
        assert stage.told == [
            f"starting PostgreSQL {version} (embedded)",
            "building the template database",
            "starting the service",
        ]
        assert stage.notes == []
        assert send(stage) == ["one", "two"]
        assert stage.output_of("service").read_text() == "listening\n"
        scratch, keeper = stage.keeper.scratch, stage.keeper.pid
        children = psutil.Process(keeper).children(recursive=True)
        assert children
    stage.close()
    assert not scratch.exists()
    assert not psutil.pid_exists(keeper)
    eventually(lambda: all(gone(child.pid) for child in children), within=5)


def test_rewind_leads_back_while_the_service_stays(project):
    """Same process, same connection, same numbers."""
    with risen(project()) as stage:
        first = send(stage, "POST")
        assert len(send(stage)) == 3
        assert stage.world.rewind()
        assert send(stage) == ["one", "two"]
        assert send(stage, "POST") == first


def test_where_rewind_cannot_lead_a_fresh_clone_does(project):
    """The service is started anew on it, at the same port."""
    with risen(project()) as stage:
        before, port = send(stage, "POST"), stage.port
        send(stage, "DELETE")
        assert not stage.world.rewind()
        assert list(stage.renew()) == [
            "fresh clone of the database, service restarted",
            "starting the service",
        ]
        stage.world.snapshot()
        assert (send(stage), stage.port, stage.generation) == (["one", "two"], port, 2)
        after = send(stage, "POST")
        assert after["id"] == before["id"]
        assert after["pid"] != before["pid"]
        assert stage.world.rewind()
        assert send(stage) == ["one", "two"]


def test_tables_that_the_service_makes_itself_count(project):
    """Made when it starts, they are in the catalogue, watched, and undone, also in a new clone."""
    with risen(project(arguments="--create")) as stage:
        for _ in range(2):
            assert "made" in [table.name.name for table in stage.catalogue.tables]
            send(stage, "POST")
            assert [str(change.table) for change in stage.world.take_changes().rows] == ["made"]
            assert stage.world.rewind(), stage.world.why_not
            assert send(stage) == []
            list(stage.renew())
            stage.world.snapshot()


def test_a_crash_empties_what_is_unlogged_once_that_is_asked_for(project):
    """Tables that reference others go first; before, all are logged, so that rows can be seen."""
    question = "SELECT relname::text FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'"
    with risen(project()) as stage, stage.server.connect(stage.database) as conn:
        assert conn.execute(question).fetchall() == []
        stage.unlog()
        assert sorted(conn.execute(question).fetchall()) == [("Trips",), ("legs",)]


def test_the_evidence_knows_the_catalogue(project):
    """Partitions go by the name of their table."""
    with risen(project()) as stage:
        position = stage.log.position()
        with psycopg.connect(stage.server.address.url(stage.database)) as conn:
            conn.execute("SELECT * FROM visits_eu")
        (statement,) = stage.log.since(position, stage.database).statements
        assert [str(table) for table in statement.reads] == ["visits"]


def test_an_extension_that_only_the_system_has_is_found_there(project, system_server):
    """What is embedded lacks pgcrypto; the machine's own server is used, and it is said."""
    schema = SCHEMA + "CREATE EXTENSION pgcrypto; SELECT crypt('pw', gen_salt('bf'));"
    found = binaries.system(system_server)[0]
    with risen(project(f'bin = "{system_server}"', schema)) as stage:
        assert stage.server.binaries.bin == Path(system_server)
        (note,) = stage.notes
        assert note.startswith(f"the embedded server lacks pgcrypto; PostgreSQL {found.version} ")
        assert send(stage) == ["one", "two"]


@pytest.fixture
def no_system_server(monkeypatch):
    """A machine without any PostgreSQL of its own."""
    monkeypatch.setattr(binaries, "_candidates", lambda: iter(()))


def test_a_stand_in_takes_the_place_of_a_missing_extension(project, no_system_server):
    """Where plain SQL can do what is asked for; and it is said."""
    schema = SCHEMA + (
        'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE EXTENSION pgcrypto;'
        "CREATE TABLE things (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),"
        " token bytea DEFAULT gen_random_bytes(16)); INSERT INTO things DEFAULT VALUES;"
    )
    with risen(project(schema=schema)) as stage:
        assert stage.server.binaries.label == "embedded"
        assert stage.notes == ["stand-ins of plain SQL took the place of: pgcrypto, uuid-ossp"]
        assert send(stage) == ["one", "two"]


def test_a_stand_in_that_is_not_enough_is_told(project, no_system_server):
    """Encryption cannot be done in plain SQL."""
    schema = "CREATE EXTENSION pgcrypto; SELECT crypt('pw', gen_salt('bf'));"
    with pytest.raises(ExtensionMissing) as error, risen(project(schema=schema)):
        pass
    assert error.value.happened == "The stand-in for pgcrypto is not enough for this schema"
    assert "gen_salt" in error.value.seen
    assert error.value.where.endswith("schema.sql:1")


def test_an_extension_that_nobody_has_is_named(project):
    """No verdict can be had then; the error says what to install."""
    made = project(schema="CREATE EXTENSION unheard_of;")
    with pytest.raises(ExtensionMissing) as error, risen(made):
        pass
    assert error.value.happened == "The schema wants unheard_of, which no server here has"
    assert f"{binaries.embedded().version} in " in error.value.seen


@pytest.mark.may_skip("some builds of the system's server come without ICU")
def test_collations_of_icu_are_found_on_the_system(project, system_server):
    """The embedded server is built without ICU."""
    if not binaries.system(system_server)[0].icu:
        pytest.skip("The system's server has no ICU either.")
    schema = SCHEMA + 'CREATE TABLE sorted (name text COLLATE "de-x-icu");'
    with risen(project(f'bin = "{system_server}"', schema)) as stage:
        assert stage.server.binaries.bin == Path(system_server)
        assert stage.notes[0].startswith("the embedded server lacks ICU collations; PostgreSQL")


def test_the_server_of_the_system_is_used_where_it_is_asked_for(project, system_server):
    """And needs no note, since nobody expects another."""
    with risen(project(f'server = "system"\nbin = "{system_server}"')) as stage:
        assert stage.server.binaries.label == "system"
        assert stage.notes == []
        send(stage, "POST")
        assert stage.world.rewind()
        assert send(stage) == ["one", "two"]


def test_no_server_of_the_system_is_an_error_where_it_is_asked_for(project, no_system_server):
    """The error says how to get one."""
    with pytest.raises(ExtensionMissing) as error, risen(project('server = "system"')):
        pass
    assert error.value.happened == "No PostgreSQL server from 14 to 18 was found on this machine"


def test_a_folder_without_a_server_is_an_error(project, tmp_path):
    """`bin` is named by hand, so it may be wrong."""
    made = project(f'server = "system"\nbin = "{tmp_path}"')
    with pytest.raises(ServerUnavailable) as error, risen(made):
        pass
    assert error.value.where == str(tmp_path / "postgres")


def test_settings_of_the_caller_play_no_part(project, monkeypatch):
    """Variables for libpq and psql point somewhere else entirely."""
    for name, value in {
        "PGHOST": "203.0.113.7",
        "PGHOSTADDR": "203.0.113.7",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGPASSWORD": "x",
        "PGDATABASE": "other",
        "PGOPTIONS": "-c nonsense=1",
        "PGSERVICE": "none",
        "PGSSLMODE": "require",
        "PSQLRC": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    with risen(project()) as stage:
        send(stage, "POST")
        assert stage.world.rewind()
        assert send(stage) == ["one", "two"]


CODES = """
CREATE TABLE codes (id serial PRIMARY KEY, sum char(32) NOT NULL, kind text NOT NULL,
    CHECK (md5(kind || sum) LIKE '0000%'));
"""


def test_rows_by_hand(project):
    """What nothing can be worked out of stands under [rows.<table>], as values or as choices."""
    plant = Plant("c", QName("public", "codes"))
    fitting = next(
        text
        for text in (f"{number:032x}" for number in count())
        if hashlib.md5(f"odd{text}".encode()).hexdigest().startswith("0000")
    )
    more = f"[rows.codes]\nkind = 'odd'\nsum = ['{'a' * 32}', '{fitting}']\n"
    with risen(project(schema=SCHEMA + CODES, more=more)) as stage:
        (row,) = stage.planter.resolve((), plant)
        assert (row.values["kind"], row.values["sum"]) == ("odd", fitting)
        stage.world.apply(stage.planter.sql_for([plant]))
        assert stage.world.rewind()
