from __future__ import annotations

import sys

import psycopg
import pytest

from twiceshy.config.load import load_project
from twiceshy.errors import SchemaFailed
from twiceshy.stage.binaries import ICU
from twiceshy.stage.server import ROLE
from twiceshy.stage.template import TEMPLATE, Template, Wanting


@pytest.fixture
def built(worlds, tmp_path):
    """Builds a template from files and settings; the template database is gone afterwards."""

    def build(database, **files):
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        (tmp_path / "twiceshy.toml").write_text(f"[database]\n{database}\n")
        template = Template(worlds.server, worlds.keeper, load_project(tmp_path))
        url = worlds.server.address.url(TEMPLATE)
        values = {"database_url": url, "python": sys.executable}
        template.build(tmp_path, {"PATH": "/usr/bin:/bin", "DATABASE_URL": url}, values)
        return template

    yield build
    with worlds.server.connect("postgres") as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        conn.execute(f"ALTER ROLE {ROLE} NOSUPERUSER")


@pytest.fixture
def cloned(built, worlds):
    """Builds a template and asks a clone of it."""
    template = None

    def build_and_ask(question, database, **files):
        nonlocal template
        template = built(database, **files)
        template.clone("cloned")
        with psycopg.connect(worlds.server.address.url("cloned")) as conn:
            return conn.execute(question).fetchall()

    yield build_and_ask
    if template:
        template.drop("cloned")


def test_schema_and_seed_are_run_in_their_order(cloned):
    """Several files of each, one after the other."""
    found = cloned(
        "SELECT * FROM b",
        'schema = ["a.sql", "b.sql"]\nseed = ["c.sql", "d.sql"]',
        a_sql="CREATE TABLE a (id int PRIMARY KEY);",
        b_sql="CREATE TABLE b (id int REFERENCES a);",
        c_sql="INSERT INTO a VALUES (1);",
        d_sql="INSERT INTO b VALUES (1);",
    )
    assert found == [(1,)]


def test_whatever_psql_reads_may_stand_in_a_file(cloned):
    """Dumps hold COPY with its rows, and commands of psql."""
    found = cloned(
        "SELECT string_agg(v, ',' ORDER BY id) FROM t",
        'schema = ["dump.sql"]',
        dump_sql="\\set x 3\nCREATE TABLE t (id int, v text);\n"
        "COPY t FROM stdin;\n1\tone\n2\ttwo\n\\.\nINSERT INTO t VALUES (:x, 'three');\n",
    )
    assert found == [("one,two,three",)]


def test_a_migration_gets_the_url_of_the_template(cloned):
    """As environment variable and as placeholder."""
    found = cloned(
        "SELECT * FROM t",
        """migrate = "{python} migrate.py {database_url}"\n""",
        migrate_py="import os, sys\nassert sys.argv[1] == os.environ['DATABASE_URL']\n"
        f"sys.path[:0] = {sys.path!r}\nimport psycopg\n"
        "with psycopg.connect(sys.argv[1]) as c: c.execute('CREATE TABLE t AS SELECT 7 AS a')\n",
    )
    assert found == [(7,)]


def test_the_service_owns_its_database_but_is_no_superuser(cloned):
    """A schema may create extensions; the service itself may not do everything."""
    question = "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
    assert cloned(question, 'schema = ["a.sql"]', a_sql="CREATE EXTENSION pg_trgm;") == [
        (ROLE, False)
    ]


def test_settings_of_the_database_are_those_of_its_clones(cloned):
    """ALTER DATABASE in a migration counts, although CREATE DATABASE forgets it."""
    found = cloned(
        "SELECT current_setting('search_path'), current_setting('app.name')",
        'schema = ["a.sql"]',
        a_sql="DO $$ BEGIN\n"
        "EXECUTE format('ALTER DATABASE %I SET search_path = shop, public', current_database());\n"
        "EXECUTE format('ALTER DATABASE %I SET app.name = %L', current_database(), 'it''s');\n"
        "END $$;",
    )
    assert found == [("shop, public", "it's")]


def test_changes_of_every_table_can_be_followed(cloned):
    """Full old rows, nothing unlogged, no sequence that hands out values ahead."""
    found = cloned(
        "SELECT relname::text, relreplident::text, relpersistence::text FROM pg_class "
        "WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1",
        'schema = ["a.sql"]',
        a_sql="CREATE UNLOGGED TABLE child (id int PRIMARY KEY, up int);"
        "CREATE UNLOGGED TABLE parent (id int PRIMARY KEY REFERENCES parent);"
        "ALTER TABLE child ADD FOREIGN KEY (up) REFERENCES parent;"
        "CREATE TABLE whole (id int) PARTITION BY LIST (id);"
        "CREATE UNLOGGED TABLE part PARTITION OF whole DEFAULT;"
        "CREATE SEQUENCE fast CACHE 50;",
    )
    assert found == [(name, "f", "p") for name in ("child", "parent", "part", "whole")]


def test_a_missing_file_is_named(built, tmp_path):
    """With the key that names it."""
    with pytest.raises(SchemaFailed) as error:
        built('schema = ["a.sql"]\nseed = ["nowhere.sql"]', a_sql="SELECT 1;")
    assert error.value.happened == "The seed file does not exist"
    assert error.value.where == str(tmp_path / "nowhere.sql")
    assert error.value.todo == "correct `seed` under [database]"


def test_a_statement_that_fails_is_told_with_file_and_line(built, tmp_path):
    """And in PostgreSQL's own words."""
    with pytest.raises(SchemaFailed) as error:
        built('schema = ["a.sql"]', a_sql="SELECT 1;\n\nSELECT nonsense;\nSELECT 2;\n")
    assert error.value.happened == "The schema did not run to its end (exit status 3)"
    assert error.value.where == f"{tmp_path / 'a.sql'}:3"
    assert 'column "nonsense" does not exist' in error.value.seen


def test_a_migration_that_fails_is_told_with_its_output(built):
    """The command, its exit status, and what it printed last."""
    with pytest.raises(SchemaFailed) as error:
        built("""migrate = "echo about to fail; echo 'no such revision' >&2; exit 4" """)
    assert error.value.happened == "The migration did not run to its end (exit status 4)"
    assert "no such revision" in error.value.seen
    assert "about to fail" in error.value.where


@pytest.mark.parametrize(
    ("statement", "feature"),
    [
        ("CREATE EXTENSION unheard_of", "unheard_of"),
        ('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"', "uuid-ossp"),
        ("CREATE COLLATION german (provider = icu, locale = 'de-DE')", ICU),
        ('CREATE TABLE t (a text COLLATE "de-x-icu")', ICU),
    ],
)
def test_what_the_server_lacks_is_recognised(built, statement, feature):
    """So that another server, or a stand-in, can be found for it."""
    with pytest.raises(Wanting) as error:
        built('schema = ["a.sql"]', a_sql=statement + ";")
    assert error.value.features == (feature,)


def test_only_databases_of_ours_are_dropped(built, worlds):
    """A database without our mark stays, whatever its name."""
    template = built('schema = ["a.sql"]', a_sql="SELECT 1;")
    with worlds.server.connect("postgres") as conn:
        conn.execute("CREATE DATABASE precious")
        try:
            template.drop("precious")
            template.drop("never_made")
            found = "SELECT count(*) FROM pg_database WHERE datname = 'precious'"
            assert conn.execute(found).fetchone() == (1,)
        finally:
            conn.execute("DROP DATABASE precious")
