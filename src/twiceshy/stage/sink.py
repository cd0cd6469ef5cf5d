"""Where name lookups of fenced processes end: the name is read, reported, and the lookup fails.

When a process connects a UDP socket to a name server, its socket is exchanged for one of ours that
is connected to this sink. So every way of sending (send, sendmmsg, write) arrives here, and the
lookup fails at once with "connection refused" on that very socket. Lookups of allowed names go on
to the real name server, after we have asked it the same and know the addresses. Standard library
only (keeper).
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import time

from twiceshy.stage import lookup, seccomp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from twiceshy.stage.keeper import Keeping

_MOST_LOOKUPS = 256
_RECENT = 60.0
_ASK_AGAIN = 4


class Lookup:
    """A lookup under way: our copy of the socket, whom it was meant for, who asked."""

    __slots__ = ("process", "server", "socket")

    def __init__(
        self, sock: socket.socket, server: tuple[Any, ...], process: dict[str, Any]
    ) -> None:
        self.socket = sock
        self.server = server
        self.process = process


class Sink:
    """Takes the lookups of all fenced processes of a stage.

    `permits(name)` says whether a name is allowed, `learn(name, addresses)` takes what it is found
    to be, `report(name, process)` takes a refused one.
    """

    def __init__(
        self,
        keeping: Keeping,
        permits: Callable[[str], bool],
        learn: Callable[[str, list[str]], None],
        report: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self._keeping = keeping
        self._permits = permits
        self._learn = learn
        self._report = report
        self._ends: dict[int, socket.socket] = {}
        self._lookups: dict[tuple[Any, ...], Lookup] = {}
        self._recent: dict[str, tuple[float, tuple[Any, ...]]] = {}

    def take_over(
        self,
        listener: int,
        question: seccomp.Question,
        family: int,
        server: tuple[Any, ...],
        process: dict[str, Any],
    ) -> None:
        """Exchange the socket that a thread connects to a name server for one of ours."""
        ours = socket.socket(family, socket.SOCK_DGRAM)
        ours.connect(self._end(family).getsockname())
        number = question.arguments[0] & 0xFFFFFFFF
        flags = _flags(question.tid, number)
        ours.setblocking(not flags & os.O_NONBLOCK)
        cloexec = bool(flags & os.O_CLOEXEC)
        seccomp.replace_fd(listener, question, ours.fileno(), number, cloexec=cloexec)
        while len(self._lookups) >= _MOST_LOOKUPS:
            self._lookups.pop(next(iter(self._lookups))).socket.close()
        self._lookups[ours.getsockname()] = Lookup(ours, server, process)
        seccomp.pretend(listener, question)

    def ask_again(self, address: str) -> bool:
        """Whether an allowed name that was looked up lately has this address, too.

        Some name servers answer each time with other addresses out of many.
        """
        latest = time.monotonic() - _RECENT
        names = [(name, to) for name, (at, to) in self._recent.items() if at > latest]
        return any(
            address in self.ask(name, server, ipv6=":" in address)
            for _ in range(_ASK_AGAIN)
            for name, server in names
        )

    def ask(self, name: str, server: tuple[Any, ...], *, ipv6: bool) -> list[str]:
        """The addresses of a name, asked for here and now, within a quarter of a second."""
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.25)
            try:
                sock.connect(server)
                sock.send(lookup.query(name, ipv6=ipv6))
                found = lookup.addresses_in(sock.recv(4096))
            except (OSError, UnicodeError):
                return []
        self._learn(name, found)
        return found

    def _end(self, family: int) -> socket.socket:
        if family not in self._ends:
            end = socket.socket(family, socket.SOCK_DGRAM)
            end.setblocking(False)  # noqa: FBT003 - that is its signature
            end.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
            self._ends[family] = end
            self._keeping.watch(end.fileno(), lambda _: self._hear(end))
        return self._ends[family]

    def _hear(self, end: socket.socket) -> None:
        try:
            packet, source = end.recvfrom(4096)
        except OSError:
            return
        found = self._lookups.get(source)
        if found is None:
            return
        name = lookup.name_asked(packet)
        if name and self._permits(name):
            self._recent[name] = (time.monotonic(), found.server)
            self._forward(packet, name, found)
            return
        self._report(name, found.process)
        self._lookups.pop(source)
        with found.socket:
            _bounce(found.socket)

    def _forward(self, packet: bytes, name: str, found: Lookup) -> None:
        upstream = socket.socket(found.socket.family, socket.SOCK_DGRAM)
        upstream.setblocking(False)  # noqa: FBT003 - that is its signature

        def hear(_: int) -> None:
            try:
                answer = upstream.recv(4096)
            except OSError:
                answer = b""
            self._keeping.forget(upstream.fileno())
            upstream.close()
            self._learn(name, lookup.addresses_in(answer))
            _hand_back(found, packet)

        try:
            upstream.connect(found.server)
            upstream.send(packet)
        except OSError:
            upstream.close()
            _hand_back(found, packet)
            return
        self._keeping.watch(upstream.fileno(), hear)


def _bounce(sock: socket.socket) -> None:
    """Let whoever waits on this socket see that the connection is refused."""
    local = "::1" if sock.family == socket.AF_INET6 else "127.0.0.1"
    try:
        # Nobody serves UDP on port 1, so the kernel notes the refusal on the socket.
        sock.connect((local, 1))
        sock.send(b"")
    except OSError:
        return


def _hand_back(found: Lookup, packet: bytes) -> None:
    """Connect the socket to the real name server after all, and send the query there."""
    try:
        # A socket once connected to loopback keeps its loopback address until it is disconnected.
        nobody = struct.pack("H14x", socket.AF_UNSPEC)
        ctypes.CDLL(None).connect(found.socket.fileno(), nobody, len(nobody))
        found.socket.connect(found.server)
        found.socket.send(packet)
    except OSError:
        _bounce(found.socket)


def _flags(tid: int, number: int) -> int:
    with open(f"/proc/{tid}/fdinfo/{number}", encoding="ascii") as file:  # noqa: PTH123 - fast start
        return next(int(line.split()[1], 8) for line in file if line.startswith("flags:"))
