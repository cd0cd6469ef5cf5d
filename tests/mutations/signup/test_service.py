"""The example `signup` by itself: its tests pass on both versions, and by hand it fails as told."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from mutations.patch import copy_of_example
from mutations.signup import EXAMPLE
from twiceshy.model.scenario import Request
from twiceshy.postgres.connect import connect
from twiceshy.stage import binaries
from twiceshy.stage.ports import free_port
from twiceshy.stage.processes import Keeper, environment, wait_ready
from twiceshy.stage.server import ROLE, Server
from twiceshy.traffic.exchange import exchange

SOMEBODY = {
    "name": "Cid",
    "email": "cid@example.com",
    # Has bought two things as a guest; see db/seed.sql.
    "personal_id": "987.654.321-00",
    "phone": "1",
    "password": "pw",
}


@pytest.fixture
def server():
    """A server with the example's schema and seed in one database."""
    with Keeper() as keeper:
        made = Server(keeper, binaries.embedded(), keeper.scratch / "server")
        made.start()
        with connect(made.address, "postgres") as conn:
            conn.execute(f"CREATE DATABASE shop OWNER {ROLE}")
        conn.close()
        with connect(made.address, "shop") as conn:
            conn.execute(f"SET ROLE {ROLE}")
            for name in ("schema", "seed"):
                conn.execute((EXAMPLE / "db" / f"{name}.sql").read_bytes())
        conn.close()
        yield made
        made.stop()


def test_tests_of_the_example_pass_on_both_versions(server, tmp_path):
    """The suite that the service had shows why nobody noticed."""
    env = {**os.environ, "DATABASE_URL": server.address.url("shop")}
    command = [sys.executable, "-m", "pytest", "tests", "-q", "-p", "no:twiceshy"]
    command += ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."]
    root = copy_of_example(tmp_path, EXAMPLE)
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 passed" in done.stdout


@pytest.mark.parametrize(("module", "status"), [("faulty", 409), ("signup", 201)])
def test_somebody_who_has_bought_before(server, tmp_path, module, status):
    """Refused on that day, let in today, with both purchases."""
    port = free_port()
    with Keeper() as keeper:
        child = keeper.start(
            module,
            [sys.executable, "-m", module, "--port", str(port)],
            env=environment([], {"DATABASE_URL": server.address.url("shop")}),
            cwd=copy_of_example(tmp_path, EXAMPLE),
            output=keeper.scratch / "out",
        )
        wait_ready(child, lambda: ask(port, "GET", "/health")[2], within=30)
        answered, body, _ = ask(port, "POST", "/registrations", SOMEBODY)
        child.stop()
    assert answered == status
    assert module == "faulty" or json.loads(body)["earlier_purchases"] == 2


def ask(port, method, path, sent=None):
    """Status, body, and what is wrong, as far as the service is there."""
    headers = (("Content-Type", "application/json"),) if sent else ()
    body = json.dumps(sent).encode() if sent else None
    answer = exchange("127.0.0.1", port, Request(method, path, headers, body), timeout=5)
    return getattr(answer, "status", 0), getattr(answer, "body", b""), getattr(answer, "says", "")
