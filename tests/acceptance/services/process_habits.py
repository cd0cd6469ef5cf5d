"""What a process may do as a whole, before it serves. Each returns the port to listen on."""

from __future__ import annotations

import http.server
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_OFTEN = 0.05
_ENDS_AFTER: list[str] = []


def none(port: int, store: Any) -> int:
    """Nothing in particular."""
    return port


def blocks_its_port(port: int, store: Any) -> int:
    """Without SO_REUSEADDR nobody can listen there for a minute after it has ended."""
    http.server.ThreadingHTTPServer.allow_reuse_address = False
    return port


def exits_at_once(port: int, store: Any) -> int:
    """A setting is missing."""
    print("SECRET_KEY is not set", file=sys.stderr)
    sys.exit(1)


def never_listens(port: int, store: Any) -> int:
    """It waits for something that never comes."""
    print("waiting for the broker", flush=True)
    threading.Event().wait()
    return port


def wrong_port(port: int, store: Any) -> int:
    """It listens, but where nobody asks it to."""
    return 0


def crashes_when_ready(port: int, store: Any) -> int:
    """It ends as soon as it has said that it is ready."""
    _ENDS_AFTER.append("/health")
    return port


def after(path: str) -> None:
    """Called when a request that is about no notes was answered."""
    if path in _ENDS_AFTER:
        print("out of memory", file=sys.stderr, flush=True)
        os._exit(9)


def heartbeat(port: int, store: Any) -> int:
    """A thread writes into a table of its own."""
    return _beside(port, store, lambda run: run("UPDATE heartbeat SET at = now()"))


def touches_everybody(port: int, store: Any) -> int:
    """A thread updates everybody's rows, all the time."""
    return _beside(port, store, lambda run: run("UPDATE notes SET touched = now()"))


SNAPSHOT: list[tuple[Any, ...]] = []


def reads_ahead(port: int, store: Any) -> int:
    """A thread copies all notes into memory, again and again."""

    def copy(run: Callable[[str], Any]) -> None:
        SNAPSHOT[:] = run("SELECT id, user_id, title FROM notes ORDER BY id").fetchall()

    return _beside(port, store, copy)


def never_rests(port: int, store: Any) -> int:
    """A thread holds a transaction open, all the time."""
    return _beside(
        port, store, lambda run: run("BEGIN; SELECT count(*) FROM heartbeat; SELECT pg_sleep(600)")
    )


def _beside(port: int, store: Any, do: Callable[[Callable[[str], Any]], Any]) -> int:
    def work() -> None:
        with store.connect() as connection:
            while True:
                do(connection.execute)
                time.sleep(_OFTEN)

    threading.Thread(target=work, daemon=True).start()
    return port
