"""Servers of a test session begin with copies of one data folder: initdb takes half a second."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from twiceshy.stage.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class DataFolders:
    """Made by initdb once for each version of the server, and then copied."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept

    @contextmanager
    def copied(self) -> Iterator[None]:
        """Servers that are made inside of the block get copies.

        Tests of other folders may run in between, and want initdb itself.
        """
        run_initdb = Server._run_initdb

        def begin(server: Server) -> None:
            original = self._kept / f"{server.binaries.version}-{server.binaries.label}"
            if not original.exists():
                run_initdb(server)
                _copy(server._data, original)
            else:
                _copy(original, server._data)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Server, "_run_initdb", begin)
            yield


def _copy(source: Path, target: Path) -> None:
    # Owners and rights as they are: a server does not start on the folder of somebody else.
    subprocess.run(["cp", "-a", source, target], check=True)
