"""A real PostgreSQL with the example's data, and mutated copies of the example to ask on it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from data_folders import DataFolders
from mutations.patch import EXAMPLE, Mutation, copy_of_example
from twiceshy.postgres.connect import connect
from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper
from twiceshy.stage.server import ROLE, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBE = Path(__file__).with_name("probe.py")


@dataclass
class Workshop:
    """Makes mutated copies, gives each a database of its own, and asks it."""

    server: Server
    keeper: Keeper
    folder: Path
    probe: subprocess.Popen[str]
    numbers: Iterator[int] = field(default_factory=itertools.count)
    shared: str = ""

    def copy(self, mutation: Mutation) -> Path:
        """The root of a fresh copy of the example with the mutation applied."""
        root = copy_of_example(self.folder / str(next(self.numbers)))
        mutation.apply(root)
        return root

    def database(self) -> str:
        """The URL of a fresh database with the example's schema and seed."""
        name = f"copy_{next(self.numbers)}"
        with connect(self.server.address, "postgres") as conn:
            conn.execute(f"CREATE DATABASE {name} TEMPLATE seeded OWNER {ROLE}")
        conn.close()
        return self.server.address.url(name)

    def ask(self, root: Path, *, deep: bool = False) -> dict[str, Any]:
        """What the probe says of the copy in `root`."""
        self.shared = self.shared or self.database()
        job = {"folder": str(root), "database_url": self.shared, "deep": deep}
        assert self.probe.stdin is not None
        assert self.probe.stdout is not None
        self.probe.stdin.write(json.dumps(job) + "\n")
        self.probe.stdin.flush()
        answer = json.loads(self.probe.stdout.readline())
        assert not answer["problem"], answer["problem"]
        return answer


@pytest.fixture(scope="session")
def data_folders(tmp_path_factory: pytest.TempPathFactory) -> DataFolders:
    """What initdb does is tested where servers are; here it is done once."""
    return DataFolders(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def quick_servers(data_folders: DataFolders) -> Iterator[None]:
    """For servers of this test alone."""
    with data_folders.copied():
        yield


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One server, one template and one probe for all mutations."""
    folder = tmp_path_factory.mktemp("mutations")
    with Keeper() as keeper:
        server = Server(keeper, binaries.embedded(), keeper.scratch / "server")
        server.start()
        _seed(server)
        # The probe's children leave their connections open when they exit, on purpose at once.
        with subprocess.Popen(
            [sys.executable, "-X", "dev=0", "-W", "ignore", PROBE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as probe:
            yield Workshop(server, keeper, folder, probe)
            assert probe.stdin is not None
            probe.stdin.close()
        server.stop()


def _seed(server: Server) -> None:
    with connect(server.address, "postgres") as conn:
        conn.execute(f"CREATE DATABASE seeded OWNER {ROLE}")
    conn.close()
    with connect(server.address, "seeded") as conn:
        conn.execute(f"SET ROLE {ROLE}")
        for name in ("schema", "seed"):
            conn.execute((EXAMPLE / "db" / f"{name}.sql").read_bytes())
    conn.close()
