"""One scratch server of the stage per test session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.stage.worlds import Worlds
from twiceshy.stage import binaries
from twiceshy.stage.processes import Keeper
from twiceshy.stage.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def worlds() -> Iterator[Worlds]:
    """Makes worlds on the embedded server."""
    yield from _worlds(binaries.embedded())


@pytest.fixture(
    scope="session", params=["embedded", *(found.version for found in binaries.system())]
)
def worlds_everywhere(request: pytest.FixtureRequest) -> Iterator[Worlds]:
    """Makes worlds on each server of this machine in turn."""
    found = {"embedded": binaries.embedded, **{b.version: lambda b=b: b for b in binaries.system()}}
    yield from _worlds(found[request.param]())


def _worlds(programs: binaries.Binaries) -> Iterator[Worlds]:
    with Keeper() as keeper:
        server = Server(keeper, programs, keeper.scratch / "pg")
        server.start()
        yield Worlds(server, keeper)
