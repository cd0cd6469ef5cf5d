"""The proxy: whatever connects to it comes to the scratch database, and is followed.

It says no to TLS and passes requests to cancel on, so that any driver works with it as with a
server of its own.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from twiceshy.stage.ports import free_port
from twiceshy.stage.scripts.follow import Follower
from twiceshy.stage.scripts.relay import Relay
from twiceshy.stage.scripts.wire import CANCEL, GSS, TLS, Lost, Wire, with_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from twiceshy.model.scripts import ScriptStatement
    from twiceshy.postgres.connect import Address
    from twiceshy.stage.scripts.follow import Record

_HOST = "127.0.0.1"


class Proxy:
    """Listens on `port` while it is entered. With a record every session is followed for it.

    `statements` are those that ended, where there is no record; `current` counts those that began.
    """

    def __init__(
        self,
        address: Address,
        settings: Iterable[tuple[str, str]] = (),
        record: Record | None = None,
    ) -> None:
        self._address = address
        self._settings = tuple(settings)
        self._record = record
        self._wires: list[Wire] = []
        self._relays: list[Relay] = []
        self._threads: list[threading.Thread] = []
        self.port = free_port()
        self.began = time.monotonic()
        self.statements: list[ScriptStatement] = []
        self.current = -1

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._listener = socket.create_server((_HOST, self.port))
        self._start(self._listen)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more, and end every session."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for wire in self._wires:
            with suppress(OSError):
                wire.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for wire in self._wires:
            wire.close()

    @property
    def pids(self) -> frozenset[int]:
        """The server's numbers of all sessions so far."""
        return frozenset(relay.pid for relay in self._relays if relay.pid)

    def _start(self, target: Callable[..., object], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = Wire(sock)
            self._wires.append(client)
            self._start(self._serve, client)

    def _serve(self, client: Wire) -> None:
        with suppress(Lost, OSError):
            code, startup = client.first()
            while code in {TLS, GSS}:
                client.send(b"N")
                code, startup = client.first()
            server = self._to_server()
            if code == CANCEL:
                server.send(startup)
                # The server closes when it has taken note of it, and so do we.
                server.receive()
                server.close()
            else:
                server.send(with_settings(startup, self._settings))
                self._relay(client, server)
        with suppress(OSError):
            client.sock.shutdown(socket.SHUT_RDWR)

    def _to_server(self) -> Wire:
        sock = socket.create_connection((_HOST, self._address.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = Wire(sock)
        self._wires.append(server)
        return server

    def _relay(self, client: Wire, server: Wire) -> None:
        relay = Relay(client, server, self._follow, self.statements.append, self.began)
        relay.began = self._count
        self._relays.append(relay)
        relay.run()
        if relay.busy and relay.pid and self._record is not None:
            # Whoever asked is gone; what it asked for must not go on.
            with suppress(Exception):
                self._record.sight.cancel(relay.pid, end=True)
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)

    def _count(self) -> None:
        self.current += 1

    def _follow(self, relay: Relay) -> Follower | None:
        if self._record is None:
            return None
        return Follower(self._record, relay.pid, relay.ask)
