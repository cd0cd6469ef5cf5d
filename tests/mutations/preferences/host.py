"""One server for many mutants: each is an application of its own, below a path of its own.

Run as a program: `host.py FOLDER --port 8000 [--plain]`. In FOLDER there is a copy of the example
for each mutant, and `plain`, the example as it is. With `--plain` every path leads to that one.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import fastapi
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send


# Imported once, for all of them.
PRELOADED = (fastapi,)


def application(root: Path) -> FastAPI:
    """The application of one copy of the example."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "preferences"]:
        del sys.modules[name]
    sys.path.insert(0, str(root))
    from preferences import documents
    from preferences.server import create_app
    from preferences.storage import storage_at

    app = create_app(documents, storage_at(os.environ["STORAGE_URL"]))
    sys.path.remove(str(root))
    return app


class Mutant:
    """An application that is made when it is first asked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._application: FastAPI | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._application is None:
            self._application = application(self._root)
        await self._application(scope, receive, send)


def hosted(folder: Path, *, plain: bool) -> Starlette:
    """Every mutant at its path, and a page that says that the server is there."""
    roots = sorted(path for path in folder.iterdir() if path.is_dir())
    one = Mutant(folder / "plain" / "preferences") if plain else None
    mounts = [Mount(f"/{root.name}", app=one or Mutant(root / "preferences")) for root in roots]
    return Starlette(routes=[Route("/health", lambda _: PlainTextResponse("ok")), *mounts])


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--port", type=int)
    options.add_argument("--plain", action="store_true")
    given = options.parse_args()
    uvicorn.run(
        hosted(given.folder, plain=given.plain),
        host="127.0.0.1",
        port=given.port,
        log_level="critical",
        access_log=False,
    )
