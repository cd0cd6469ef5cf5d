"""A door: the TCP proxy between two that talk, through which the network between them can fail.

One thread passes everything on, so that whoever acts in it (`do`, or a point that is reached) acts
between two pieces of what is said: nothing passes meanwhile.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from twiceshy.stage.faults.link import Link
from twiceshy.stage.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from twiceshy.stage.faults.exchanges import Exchanges

_HOST = "127.0.0.1"
_BACKLOG = 1024
# How long somebody who wants something done waits for a thread that is busy doing a fault.
_PATIENCE = 60.0
_IDLE = 60.0

T = TypeVar("T")


@dataclass(slots=True)
class Passed:
    """What came to a door since it was made: connections, pieces of bytes, those that it cut."""

    connections: int = 0
    pieces: int = 0
    cut: int = 0


class Door:
    """Listens on `port` from `open` to `close`, and passes what comes on to the port of `to`.

    `exchanges` follows the HTTP that passes. While `holding`, nothing passes in either direction,
    ends and resets included, and comes late afterwards; `delay` (in seconds) is for each piece and
    direction; while `cutting`, whoever says anything is reset.
    """

    def __init__(self, to: Callable[[], int], exchanges: Exchanges | None = None) -> None:
        self.port = free_port()
        self.exchanges = exchanges
        self.passed = Passed()
        self.holding = self.cutting = False
        self.delay = 0.0
        self._to = to
        self._over = False
        self._links: set[Link] = set()
        self._late: set[Link] = set()
        self._orders: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._selector = selectors.DefaultSelector()
        self._alarm, self._woken = socket.socketpair()
        self._woken.setblocking(False)  # noqa: FBT003 - that is its signature
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._listener: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._thread.start()

    def do(self, act: Callable[[], T]) -> T:
        """Do something in the thread of the door, while nothing passes, and wait for its end."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return act()
        future: Future[T] = Future()
        self._orders.append((act, future))
        self._alarm.send(b"!")
        return future.result(_PATIENCE)

    # -- how things pass ----------------------------------------------------------------------

    def open(self) -> None:
        """Listen, if we do not yet; OSError when somebody else took the port meanwhile."""
        self.do(self._open)

    def _open(self) -> None:
        if self._listener is None and not self._over:
            self._listener = socket.create_server((_HOST, self.port), backlog=_BACKLOG)
            self._listener.setblocking(False)  # noqa: FBT003 - that is its signature
            self._selector.register(self._listener, selectors.EVENT_READ)

    def shut(self) -> None:
        """Listen no more: who wants to connect is refused. Connections that there are stay."""
        self.do(self._shut)

    def _shut(self) -> None:
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def cut(self) -> int:
        """Reset every connection that there is, at both ends; how many there were."""

        def act() -> int:
            links = list(self._links)
            for link in links:
                link.abort()
            self.passed.cut += len(links)
            return len(links)

        return self.do(act)

    def hold(self) -> None:
        """Let nothing pass any more."""
        self.do(lambda: setattr(self, "holding", True))

    def release(self) -> None:
        """Let everything pass again, first what was held."""

        def act() -> None:
            self.holding = False
            for link in list(self._links):
                link.pump()

        self.do(act)

    def held(self) -> tuple[int, int]:
        """How many connections have bytes that were not passed on, and how many bytes."""
        sizes = self.do(lambda: [link.held for link in self._links if link.held])
        return len(sizes), sum(sizes)

    def close(self) -> None:
        """End every connection and the thread; fine twice."""
        self.shut()
        self.cut()
        self._over = True
        with suppress(OSError):
            self._alarm.send(b"!")
        self._thread.join()
        self._selector.close()
        self._alarm.close()
        self._woken.close()

    # -- what links ask of us -----------------------------------------------------------------

    def taste(self, link: Link, data: bytes, *, asks: bool) -> bytes | None:
        """What is passed on of bytes that came (none: their end); None to cut the connection."""
        self.passed.pieces += 1
        if self.cutting and data:
            self.passed.cut += 1
            if asks and self.exchanges is not None:
                self.exchanges.asked(link)
            return None
        if self.exchanges is None:
            return data
        if asks:
            (self.exchanges.asked if data else self.exchanges.gone)(link)
            return data
        return self.exchanges.answered(link, data) if data else self.exchanges.ended(link)

    def watch(self, link: Link, sock: socket.socket, events: int, *, before: int) -> None:
        """Hear of these events of a link's socket instead of those `before`; 0 is none."""
        if not before:
            self._selector.register(sock, events, link)
        elif not events:
            self._selector.unregister(sock)
        else:
            self._selector.modify(sock, events, link)

    def later(self, link: Link) -> None:
        """Bytes of a link wait for their moment."""
        self._late.add(link)

    def left(self, link: Link) -> None:
        """A link has come to its end."""
        self._links.discard(link)
        self._late.discard(link)
        if self.exchanges is not None:
            self.exchanges.gone(link)

    # -- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over:
            for key, events in self._selector.select(self._patience()):
                if key.data is not None:
                    key.data.step(key.fileobj, events)
                    self._tell_points()
                elif key.fileobj is self._listener:
                    self._accept()
            self._obey()
            self._pump_late()

    def _patience(self) -> float:
        if self.holding:
            return _IDLE
        moments = [link.due for link in self._late]
        first = min((moment for moment in moments if moment is not None), default=None)
        return _IDLE if first is None else max(0.0, first - time.monotonic())

    def _pump_late(self) -> None:
        for link in [] if self.holding else list(self._late):
            link.pump()
            if link.due is None:
                self._late.discard(link)

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            client, _ = self._listener.accept()
        except OSError:
            # It hung up already, or there are too many: others end by and by.
            return
        try:
            link = Link(self, client)
        except OSError:
            client.close()
            return
        self.passed.connections += 1
        self._links.add(link)
        link.start(self._to())

    def _tell_points(self) -> None:
        if self.exchanges is not None:
            for reached in self.exchanges.reached():
                reached()

    def _obey(self) -> None:
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        while self._orders:
            act, future = self._orders.popleft()
            try:
                future.set_result(act())
            except Exception as error:  # noqa: BLE001 - whoever asked for it hears of it
                future.set_exception(error)
