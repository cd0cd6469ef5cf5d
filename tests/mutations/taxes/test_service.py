"""The example `taxes` by itself: its tests pass on all designs, and one of them loses payments."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mutations.patch import copy_of_example
from mutations.taxes import EXAMPLE
from twiceshy.postgres.connect import connect
from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper
from twiceshy.stage.server import ROLE, Server

pytestmark = pytest.mark.soak


@pytest.fixture
def run(tmp_path):
    """Runs Python in a copy of the example, with a server on which it may create databases."""
    with Keeper() as keeper:
        made = Server(keeper, binaries.embedded(), keeper.scratch / "server")
        made.start()
        with connect(made.address, "postgres") as conn:
            conn.execute(f"ALTER ROLE {ROLE} CREATEDB")
            conn.execute(f"CREATE DATABASE taxes OWNER {ROLE}")
        conn.close()
        root = copy_of_example(tmp_path, EXAMPLE)
        env = {**os.environ, "DATABASE_URL": made.address.url("taxes")}

        def run(*words):
            command = [sys.executable, *words]
            return subprocess.run(
                command, cwd=root, env=env, capture_output=True, text=True, check=False
            )

        yield run
        made.stop()


def test_tests_of_the_example_pass_on_all_designs(run):
    """The suite that the service of one line had shows why nobody noticed."""
    words = ("-q", "-p", "no:twiceshy", "-p", "no:cacheprovider", "-c", os.devnull)
    done = run("-m", "pytest", "tests", *words, "--rootdir", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "36 passed" in done.stdout


@pytest.mark.parametrize(
    "killed", ["", "service,worker", "sessions,service", "nats,worker", "pause,worker"]
)
def test_only_the_service_of_one_line_loses_payments(run, killed):
    """Whatever is killed, both ways of today keep each acknowledged payment exactly once."""
    done = run("tests/crash.py", "--kill", killed)
    assert done.returncode == 0, done.stdout + done.stderr
