"""One connection, one request at a time. It knows how far an attempt came when it failed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from twiceshy.model.ledger import Detail, Outcome
from twiceshy.traffic.load.outcomes import status_framed_by_close

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERIM = 200
_LONGEST_HEAD = 65_536
_LONGEST_BODY = 1024 * 1024


_NO_PARSER = HttpResponseParser(object())
"""Takes the place of a parser, which knows its connection: no collector looks for such circles."""


class Listener(Protocol):
    """Who hears of the end of each attempt."""

    def answered(self, connection: Connection, *, to_close: bool = False) -> None:
        """A whole answer came; its status is the connection's.

        `to_close` is an answer whose end was the end of the connection.
        """

    def failed(self, connection: Connection, outcome: Outcome, detail: Detail) -> None:
        """There was no whole answer. The connection is of no more use."""

    def lost(self, connection: Connection) -> None:
        """The connection ended while nothing was asked."""


class Connection(asyncio.Protocol):
    """A keep-alive connection to the service, or the attempt to get one.

    `index`, `attempt` and `began` are those of the request that is under way while `busy`. After a
    whole answer, `lasts` says whether another request may go over it.
    """

    __slots__ = (
        "_feed",
        "_listener",
        "_parser",
        "_partial",
        "_whole",
        "attempt",
        "began",
        "busy",
        "closed",
        "dead",
        "ended",
        "index",
        "lasts",
        "message",
        "opening",
        "status",
        "transport",
    )

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._parser = HttpResponseParser(self)
        self._feed = self._parser.feed_data
        self._partial = b""
        self._whole = self.lasts = False
        self.busy = self.dead = False
        self.closed = True
        self.index = self.attempt = self.began = self.ended = self.status = 0
        self.message = b""
        self.opening: asyncio.Task[None] | None = None
        self.transport: asyncio.Transport | None = None

    @property
    def body(self) -> bytes:
        """The body of the answer; only those connections keep it that are asked to."""
        return b""

    @property
    def stands(self) -> bool:
        """Whether it is open, as far as is known."""
        return self.transport is not None and not self.transport.is_closing()

    def begin(self, index: int, attempt: int, began: int, message: bytes) -> None:
        """Send `message`, at once or as soon as there is a connection."""
        self.index, self.attempt, self.began = index, attempt, began
        self.busy = True
        if self.transport is not None:
            self.transport.write(message)
        else:
            self.message = message

    async def open(self, connect: Callable[[Connection], asyncio.Future[object]]) -> None:
        """Connect, and say so when that fails."""
        try:
            await connect(self)
        except OSError:
            if self.busy:
                self._listener.failed(self, Outcome.NOT_SENT, Detail.REFUSED)
        finally:
            self.opening = None

    def expire(self, detail: Detail | None = None) -> None:
        """The time for this attempt is over."""
        if self.transport is None:
            self._listener.failed(self, Outcome.NOT_SENT, Detail.NO_CONNECTION_IN_TIME)
            return
        late = Detail.SLOW if self._partial else Detail.SILENT
        self._listener.failed(self, Outcome.UNKNOWN, detail or late)

    def end(self) -> None:
        """Close it, if it is open."""
        self.dead = True
        self._parser, self._feed = _NO_PARSER, _NO_PARSER.feed_data
        if self.opening is not None:
            self.opening.cancel()
        if self.transport is not None:
            self.transport.abort()
            self.transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands: send what waits for it."""
        self.transport = cast("asyncio.Transport", transport)
        self.closed = False
        if self.dead:
            self.end()
            return
        if self.busy:
            self.transport.write(self.message)
            self.message = b""

    def data_received(self, data: bytes) -> None:
        """A part of the answer, most often all of it."""
        try:
            self._feed(data)
        except HttpParserError:
            self._spoil(Detail.GARBAGE)
        except HttpParserUpgrade:
            self._spoil(Detail.SWITCHED)
        if self._whole:
            self._whole = False
            self._partial = b""
            self._listener.answered(self)
        elif not self.busy:
            self._gone()
        elif len(self._partial) < _LONGEST_HEAD:
            self._partial += data

    def on_message_complete(self) -> None:
        """An answer is whole. Interim ones (100, 103) are not the answer."""
        status = self._parser.get_status_code()
        if status >= _INTERIM:
            if self._whole or not self.busy:
                self.dead = True  # an answer to nothing: what comes next cannot be trusted
            else:
                self._whole, self.status = True, status
                self.lasts = self._parser.should_keep_alive()  # it knows only now

    def connection_lost(self, error: Exception | None) -> None:
        """The connection ended, properly or not."""
        self.transport = None
        self.closed = True
        if not self.busy:
            self._gone()
            return
        status = status_framed_by_close(self._partial) if error is None else 0
        if status:
            self.dead, self.status = True, status
            self._listener.answered(self, to_close=True)
        elif self._partial:
            detail = Detail.CUT_BY_RESET if error else Detail.CUT
            self._listener.failed(self, Outcome.UNKNOWN, detail)
        else:
            detail = Detail.RESET if error else Detail.CLOSED
            self._listener.failed(self, Outcome.UNKNOWN, detail)

    def _spoil(self, detail: Detail) -> None:
        """What came is no answer; what stood before it may have been one."""
        self.dead = True
        if self.busy and not self._whole:
            self._listener.failed(self, Outcome.UNKNOWN, detail)

    def _gone(self) -> None:
        self._listener.lost(self)


class ReadingConnection(Connection):
    """A connection that keeps the body of each answer, up to 1 MiB."""

    __slots__ = ("_body",)

    def __init__(self, listener: Listener) -> None:
        self._body = bytearray()
        super().__init__(listener)

    @property
    def body(self) -> bytes:
        """The body of the answer under way, or of the last one."""
        return bytes(self._body)

    def begin(self, index: int, attempt: int, began: int, message: bytes) -> None:
        """As for every connection."""
        self._body.clear()
        super().begin(index, attempt, began, message)

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        if len(self._body) < _LONGEST_BODY:
            self._body += part
