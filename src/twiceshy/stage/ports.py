"""Ports on loopback for what we start, each given to nobody else."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import struct
import threading
from functools import cache

from twiceshy.errors import ServiceFailed

# Below what Linux (32768) and macOS (49152) hand out to clients by themselves.
_PORTS = range(15000, 32000)
_given: set[int] = set()
_lock = threading.Lock()


def free_port() -> int:
    """A loopback port where nobody listens, from a range that no client gets by itself.

    Whoever is told of it needs a while until it listens, or stops listening for one: until this
    process ends, no other one that asks here is given the same.
    """
    for _ in range(1000):
        port = random.choice(_PORTS)  # noqa: S311 - two runs only have to differ, nothing is secret
        with _lock:
            if port not in _given and can_listen(port) and _reserve(port):
                _given.add(port)
                return port
    raise ServiceFailed(
        "No free port was found on this machine",
        seen=f"tried 1000 of {_PORTS.start} to {_PORTS.stop}",
        todo="end programs that listen there",
    )


def can_listen(port: int) -> bool:
    """Whether a program could listen on this loopback port now, whatever options it sets."""
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@cache
def _board() -> int:
    """A file that every process can open and that nobody has to sweep away."""
    return os.open(os.devnull, os.O_RDWR)


def _reserve(port: int) -> bool:
    """Lock the byte of that number, which the system gives back when this process ends.

    The lock hangs on the open file, not on the process, which loses the other sort as soon as it
    closes the same file anywhere. Where the system has no such locks, luck must do.
    """
    command = getattr(fcntl, "F_OFD_SETLK", None)
    if command is None:
        return True
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, port, 1, 0)
    try:
        fcntl.fcntl(_board(), command, wanted)
    except OSError:
        return False
    return True
