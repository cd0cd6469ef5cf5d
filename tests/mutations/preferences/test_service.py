"""The example `preferences` by itself: its tests pass on both versions, by hand it fails as told.

SQLite is the one storage on which it does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from mutations.patch import copy_of_example
from mutations.preferences import EXAMPLE
from twiceshy.model.scenario import Request
from twiceshy.postgres.connect import connect
from twiceshy.stage import binaries
from twiceshy.stage.ports import free_port
from twiceshy.stage.processes import Keeper, environment, wait_ready
from twiceshy.stage.server import ROLE, Server
from twiceshy.traffic.exchange import exchange

STORAGE = ["postgresql", "sqlite", "folder"]
WANTED = {"region": "us-east-1", "settings": {"replicas": 2, "zones": []}, "monthly_limit": 9}


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """The address of each storage, made ready by the example's own migrations."""
    folder = tmp_path_factory.mktemp("kept")
    with Keeper() as keeper:
        server = Server(keeper, binaries.embedded(), keeper.scratch / "server")
        server.start()
        with connect(server.address, "postgres") as conn:
            conn.execute(f"CREATE DATABASE kept OWNER {ROLE}")
        conn.close()
        made = {
            "postgresql": server.address.url("kept"),
            "sqlite": f"sqlite://{folder}/preferences.db",
            "folder": f"file://{folder}/preferences",
        }
        command = [sys.executable, "-m", "preferences.migrate", "--with", "db/first.json"]
        for address in made.values():
            # Twice: the second time there is nothing to do.
            for _ in range(2):
                env = {**os.environ, "STORAGE_URL": address, "PYTHONDONTWRITEBYTECODE": "1"}
                subprocess.run(command, cwd=EXAMPLE, env=env, check=True)
        yield made
        server.stop()


def test_tests_of_the_example_pass_on_both_versions(tmp_path):
    """The suite that the service had shows why nobody noticed."""
    command = [sys.executable, "-m", "pytest", "tests", "-q", "-p", "no:twiceshy"]
    command += ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."]
    root = copy_of_example(tmp_path, EXAMPLE)
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "16 passed" in done.stdout


@pytest.mark.parametrize(
    ("module", "broken_on"), [("preferences", set()), ("faulty", {"postgresql", "folder"})]
)
def test_somebody_who_changes_settings(addresses, tmp_path, module, broken_on):
    """They get back what they sent; that night they got a text, but for SQLite."""
    kept = {storage: asked(address, module, tmp_path) for storage, address in addresses.items()}
    settings = {storage: seen["settings"] for storage, seen in kept.items()}
    assert {name for name, each in settings.items() if isinstance(each, str)} == broken_on
    assert all(settings[name] == WANTED["settings"] for name in {*STORAGE} - broken_on)
    others = [{**seen, "settings": 0, "changed_at": 0} for seen in kept.values()]
    assert others == others[:1] * len(STORAGE)


def asked(address, module, tmp_path):
    """What the service answers once somebody has replaced their settings."""
    port = free_port()
    with Keeper() as keeper:
        child = keeper.start(
            module,
            [sys.executable, "-m", module, "--port", str(port)],
            env=environment([], {"STORAGE_URL": address}),
            cwd=EXAMPLE,
            output=keeper.scratch / "out",
        )
        wait_ready(child, lambda: sent(port, "GET", "/health")[1], within=30)
        status, says = sent(port, "PUT", "/preferences/aws", WANTED)[:2]
        assert (status, says) == (200, "")
        body = sent(port, "GET", "/preferences/aws")[2]
        child.stop()
    return json.loads(body)


def sent(port, method, path, body=None):
    """Status, what is wrong, as far as the service is there, and body."""
    headers = (("X-Account", "ana"), ("Content-Type", "application/json"))
    text = json.dumps(body).encode() if body else None
    answer = exchange("127.0.0.1", port, Request(method, path, headers, text), timeout=5)
    return getattr(answer, "status", 0), getattr(answer, "says", ""), getattr(answer, "body", b"")
