"""Servers of a test session begin with copies of one data folder: initdb takes half a second."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from twiceshy.stage.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def copied() -> Iterator[None]:
    """Inside of the block initdb runs once for each version of the server in this process."""
    run_initdb = Server._run_initdb

    with tempfile.TemporaryDirectory() as kept, pytest.MonkeyPatch.context() as patch:

        def begin(server: Server) -> None:
            original = Path(kept) / f"{server.binaries.version}-{server.binaries.label}"
            if not original.exists():
                run_initdb(server)
                _copy(server._data, original)
            else:
                _copy(original, server._data)

        patch.setattr(Server, "_run_initdb", begin)
        yield


def _copy(source: Path, target: Path) -> None:
    # Owners and rights as they are: a server does not start on the folder of somebody else.
    subprocess.run(["cp", "-a", source, target], check=True)
