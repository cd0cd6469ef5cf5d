"""PostgreSQL's protocol as far as a proxy must understand it: where messages begin and end.

See "Frontend/Backend Protocol" in PostgreSQL's manual. A message is a byte that names its type and
a length that counts itself; the first of a connection has no type.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator

_LENGTH = struct.Struct(">i")
_START = struct.Struct(">ii")
_CHUNK = 1 << 16

CANCEL, TLS, GSS = 80877102, 80877103, 80877104


class Lost(Exception):  # noqa: N818 - the other side went away, which is no error
    """A connection ended in the middle of something."""


class Message(NamedTuple):
    """One message; `raw` is all of it, as it travels."""

    type: bytes
    raw: bytes

    @property
    def body(self) -> bytes:
        """What follows the length."""
        return self.raw[5:]


class Wire:
    """One side of a connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = bytearray()
        self.ended = False

    def close(self) -> None:
        """Close it."""
        self.sock.close()

    def send(self, data: bytes) -> None:
        """Send all of it. Raises Lost."""
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Lost from error

    def receive(self) -> None:
        """Take in what has come, or wait for it; `ended` tells that nothing more will come."""
        try:
            data = self.sock.recv(_CHUNK)
        except OSError:
            data = b""
        self._buffer += data
        self.ended = self.ended or not data

    def next(self) -> Message | None:
        """The next message, if all of it is there."""
        if len(self._buffer) < 5:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer, 1)
        if len(self._buffer) < length + 1:
            return None
        raw = bytes(self._buffer[: length + 1])
        del self._buffer[: length + 1]
        return Message(raw[:1], raw)

    def put_back(self, message: Message) -> None:
        """It comes next once more."""
        self._buffer[:0] = message.raw

    def wait(self) -> Message:
        """The next message, waited for. Raises Lost."""
        while (message := self.next()) is None:
            if self.ended:
                raise Lost
            self.receive()
        return message

    def first(self) -> tuple[int, bytes]:
        """The code of the message without a type, and all of it. Raises Lost."""
        while len(self._buffer) < 8:
            if self.ended:
                raise Lost
            self.receive()
        length, code = _START.unpack_from(self._buffer)
        while len(self._buffer) < length:
            if self.ended:
                raise Lost
            self.receive()
        raw = bytes(self._buffer[:length])
        del self._buffer[:length]
        return code, raw


def with_settings(startup: bytes, settings: Iterable[tuple[str, str]]) -> bytes:
    """The start of a session with further settings; what the client itself asks for wins."""
    code = _START.unpack_from(startup)[1]
    parts = startup[8:].rstrip(b"\0").split(b"\0")
    names = set(parts[::2])
    more = [(name.encode(), value.encode()) for name, value in settings]
    for name, value in more:
        if name not in names:
            parts += [name, value]
    body = b"\0".join(parts) + b"\0\0"
    return _START.pack(len(body) + 8, code) + body


def simple_query(sql: str) -> bytes:
    """A message that asks for `sql`."""
    body = sql.encode() + b"\0"
    return b"Q" + _LENGTH.pack(len(body) + 4) + body


def ready(status: bytes) -> bytes:
    """ReadyForQuery: `I` for idle, `T` in a transaction, `E` in one that has failed."""
    return b"Z" + _LENGTH.pack(5) + status


def texts(body: bytes) -> Iterator[str]:
    """The texts that a message consists of, each ended by a zero byte."""
    for part in body.split(b"\0"):
        yield part.decode("utf-8", "replace")


def error_of(body: bytes) -> str:
    """SQLSTATE and message of an ErrorResponse."""
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    lines = fields.get(b"M", "").splitlines() or [""]
    return f"{fields.get(b'C', 'XX000')} {lines[0]}"


def values_of(body: bytes) -> tuple[str | None, ...]:
    """The values of a DataRow, as text."""
    (count,) = struct.unpack_from(">h", body)
    place, values = 2, []
    for _ in range(count):
        (length,) = _LENGTH.unpack_from(body, place)
        place += 4
        values.append(None if length < 0 else body[place : place + length].decode())
        place += max(length, 0)
    return tuple(values)
