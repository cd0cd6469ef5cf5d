"""One connection through a door: bytes from either side to the other, at once, late or not."""

from __future__ import annotations

import errno
import selectors
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class Ways(Protocol):
        """How a door lets bytes pass at the moment."""

        holding: bool
        delay: float

        def taste(self, link: Link, data: bytes, *, asks: bool) -> bytes | None:
            """What is passed on of bytes that came; None when the connection is to be cut."""

        def watch(self, link: Link, sock: socket.socket, events: int, *, before: int) -> None:
            """Hear of these events of a socket instead of those `before`; 0 is none."""

        def later(self, link: Link) -> None:
            """Bytes of a connection wait for their moment: pump it then."""

        def left(self, link: Link) -> None:
            """A connection has come to its end."""


_PIECE = 1 << 16
# What one side may send into a black hole before it is left to its own buffers.
_MOST_HELD = 1 << 20
_RESET = struct.pack("ii", 1, 0)
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class _Flow:
    """Bytes on their way from one side to the other, each with the moment when it may go on."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source = source
        self.sink = sink
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.size = 0
        self.blocked = self.ended = self.finished = False

    def add(self, due: float, data: bytes) -> None:
        if data:
            self.waiting.append((due, data))
            self.size += len(data)

    def flush(self, now: float) -> None:
        """Pass on what is due; OSError when the other side is gone."""
        self.blocked = False
        while self.waiting and self.waiting[0][0] <= now:
            due, data = self.waiting[0]
            try:
                sent = self.sink.send(data)
            except BlockingIOError:
                self.blocked = True
                return
            self.size -= sent
            if sent < len(data):
                self.waiting[0] = (due, data[sent:])
            else:
                self.waiting.popleft()
        if self.ended and not self.waiting and not self.finished:
            self.finished = True
            with suppress(OSError):
                self.sink.shutdown(socket.SHUT_WR)


class Link:
    """A client's connection, and ours to the service for it. The door's thread alone uses it."""

    def __init__(self, ways: Ways, client: socket.socket) -> None:
        self._ways = ways
        self._client = client
        self._server = socket.socket()
        self._connected = self._broken = False
        self.over = False
        for sock in (client, self._server):
            sock.setblocking(False)  # noqa: FBT003 - that is its signature
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._asking = _Flow(client, self._server)
        self._answering = _Flow(self._server, client)
        self._watched = {client: 0, self._server: 0}

    def start(self, port: int) -> None:
        """Connect to the service. One that stands still may have no room: then it takes longer."""
        if self._server.connect_ex(("127.0.0.1", port)) in {0, errno.EINPROGRESS}:
            self._interests()
        else:
            self._fail()

    def step(self, sock: socket.socket, events: int) -> None:
        """Something is to be done at one of the two sockets."""
        if self.over:
            return
        if sock is self._server and not self._connected:
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._fail()
                return
            self._connected = True
        if events & _READ:
            self._read(self._asking if sock is self._client else self._answering)
        self.pump()

    def _read(self, flow: _Flow) -> None:
        asks = flow is self._asking
        try:
            data = flow.source.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            self._fail()
            return
        flow.ended = not data
        passed = self._ways.taste(self, data, asks=asks)
        if passed is None:
            self.abort()
        elif self._ways.delay:
            flow.add(time.monotonic() + self._ways.delay, passed)
        else:
            flow.add(0.0, passed)

    def _fail(self) -> None:
        # In a black hole nobody hears of the other side's reset, either, before it is over.
        self._broken = True
        if not self._ways.holding:
            self.abort()

    def pump(self) -> None:
        """Pass on whatever may go on now."""
        if self.over:
            return
        if not self._ways.holding:
            if self._broken:
                self.abort()
                return
            now = time.monotonic()
            try:
                if self._connected:
                    self._asking.flush(now)
                self._answering.flush(now)
            except OSError:
                self.abort()
                return
            if self._asking.finished and self._answering.finished:
                self._end()
                return
            if self.due is not None:
                self._ways.later(self)
        self._interests()

    @property
    def due(self) -> float | None:
        """When the next delayed bytes may go on; None where nothing waits for its moment only."""
        flows = [self._answering, *([self._asking] if self._connected else [])]
        moments = [flow.waiting[0][0] for flow in flows if flow.waiting and not flow.blocked]
        return min((moment for moment in moments if moment), default=None)

    @property
    def held(self) -> int:
        """How many bytes have not been passed on."""
        return self._asking.size + self._answering.size

    def _interests(self) -> None:
        for sock, come, go in (
            (self._client, self._asking, self._answering),
            (self._server, self._answering, self._asking),
        ):
            events = 0
            if sock is self._server and not self._connected:
                events = 0 if self._broken else _WRITE
            elif not self._broken:
                events |= 0 if come.ended or come.size >= _MOST_HELD else _READ
                events |= _WRITE if go.blocked and not self._ways.holding else 0
            self._watch(sock, events)

    def _watch(self, sock: socket.socket, events: int) -> None:
        if self._watched[sock] != events:
            self._ways.watch(self, sock, events, before=self._watched[sock])
            self._watched[sock] = events

    def abort(self) -> None:
        """End it by a reset to both sides."""
        for sock in (self._client, self._server):
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._end()

    def _end(self) -> None:
        if self.over:
            return
        self.over = True
        for sock in (self._client, self._server):
            self._watch(sock, 0)
            sock.close()
        self._ways.left(self)
