"""One request, one connection, one answer. Nothing that the peer does raises."""

from __future__ import annotations

import http.client
import io
import re
import socket
import time
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Buffer

    from twiceshy.model.scenario import Request

LIMIT = 10 * 1024 * 1024
_MEBIBYTE = 1024 * 1024
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]+")
_URL_SAFE = "!#$%&'()*+,-./:;<=>?@[]_~"
_INTERIM = range(100, 200)
_SWITCHING = 101


class _TooLargeError(Exception):
    """The answer is longer than what we are ready to hold."""


def exchange(
    host: str,
    port: int,
    request: Request,
    *,
    headers: Sequence[tuple[str, str]] = (),
    timeout: float,
    limit: int = LIMIT,
) -> Reply | NoReply:
    """Send `request` to `host:port` over a new connection and read the whole answer.

    `headers` are the actor's credentials; a header that the request itself bears wins, cookies
    are joined. `timeout` is in seconds and covers connecting, sending and the last byte of the
    answer. `limit` is in bytes of body. Redirects are not followed and no proxy is used. A body
    in gzip or deflate is decoded, its headers stay as sent.
    """
    deadline = time.monotonic() + timeout
    stream: _Stream | None = None
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect((host, port))
            stream = _Stream(connection, deadline, 2 * limit + _MEBIBYTE)
            _send(connection, as_bytes(host, port, request, headers), deadline)
            return _read_reply(stream, request.method, limit)
    except _TooLargeError:
        return NoReply("too large", f"the answer is longer than {_size(limit)}")
    except TimeoutError:
        return NoReply("timeout", _says_timeout(stream, timeout))
    except http.client.RemoteDisconnected:
        return NoReply("reset", "the connection was closed without any answer")
    except http.client.IncompleteRead:
        return NoReply("reset", "the connection ended in the middle of the answer")
    except (http.client.HTTPException, ValueError) as error:
        return NoReply("garbage", f"the answer is not HTTP: {_excerpt(str(error), 120)}")
    except OSError as error:
        return _broken(stream, error)


def as_bytes(
    host: str,
    port: int,
    request: Request,
    credentials: Sequence[tuple[str, str]],
    *,
    keep_alive: bool = False,
) -> bytes:
    """The request as sent, head and body."""
    fields = _merge(request.headers, credentials)
    present = {name.lower() for name, _ in fields}
    shown = f"[{host}]" if ":" in host else host
    defaults = [("Host", f"{shown}:{port}"), ("User-Agent", "twiceshy"), ("Accept", "*/*")]
    fields = [field for field in defaults if field[0].lower() not in present] + fields
    body = request.body or b""
    if body or request.method.upper() in _BODY_METHODS:
        fields.append(("Content-Length", str(len(body))))
    if not keep_alive:
        fields.append(("Connection", "close"))
    target = quote(request.target, safe=_URL_SAFE) or "/"
    lines = [f"{request.method} {target} HTTP/1.1".encode(), *map(_field, fields)]
    return b"\r\n".join([*lines, b"", body])


def _merge(
    own: Sequence[tuple[str, str]], credentials: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Both sets of headers: the request's own win, cookies are joined, lengths are ours."""
    present = {name.lower() for name, _ in own}
    fields = [*own, *((name, value) for name, value in credentials if name.lower() not in present)]
    fields = [field for field in fields if field[0].lower() not in {"content-length", "connection"}]
    cookies = [value for name, value in (*credentials, *own) if name.lower() == "cookie" and value]
    if len(cookies) > 1:
        fields = [field for field in fields if field[0].lower() != "cookie"]
        fields.append(("Cookie", "; ".join(cookies)))
    return fields


def _field(field: tuple[str, str]) -> bytes:
    """One header line. Line ends inside become spaces, as RFC 9110 section 5.5 allows."""
    line = f"{field[0]}: {_UNSENDABLE.sub(' ', field[1])}"
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()


def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
    """Send it all; a peer that stops listening may still have answered, so that is no failure."""
    connection.settimeout(max(deadline - time.monotonic(), 0.001))
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        return


class _Stream(io.RawIOBase):
    """What the peer sends, until a deadline and up to a number of bytes.

    http.client wants an object with `makefile`, and closes what that returns.
    """

    def __init__(self, connection: socket.socket, deadline: float, most: int) -> None:
        self._connection = connection
        self._deadline = deadline
        self._most = most
        self.received = 0
        self.buffered = _Lines(self)

    def readable(self) -> bool:
        """Whether it can be read, always."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Receive what there is, at least one byte or the end."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._connection.settimeout(remaining)
        count = self._connection.recv_into(buffer)
        self.received += count
        if self.received > self._most:
            raise _TooLargeError
        return count

    def makefile(self, _mode: str) -> io.BufferedIOBase:
        """The one buffered reader, so that interim answers and the final one share it."""
        return self.buffered


class _Lines(io.BufferedReader):
    """Reads the head of an answer to its end; http.client takes half a head for a whole one."""

    in_fields = False

    def readline(self, size: int | None = -1, /) -> bytes:
        """A line. IncompleteRead when the stream ends among the header fields."""
        line = super().readline(size)
        if self.in_fields and not line.endswith(b"\n") and len(line) != size:
            raise http.client.IncompleteRead(line)
        self.in_fields = line.startswith(b"HTTP/") or (self.in_fields and bool(line.strip()))
        return line


def _read_reply(stream: _Stream, method: str, limit: int) -> Reply:
    """The final answer, interim ones (100, 102, 103) skipped."""
    while True:
        response = http.client.HTTPResponse(stream, method=method)  # type: ignore[arg-type]  # wants no more of a socket
        response.begin()
        if response.status not in _INTERIM or response.status == _SWITCHING:
            break
        response.fp = None  # type: ignore[assignment]  # else it closes our reader when collected
    with response:
        if response.length is not None and response.length > limit:
            raise _TooLargeError
        expected = response.length
        body = response.read(limit + 1)
        if len(body) > limit:
            raise _TooLargeError
        if expected is not None and len(body) < expected:
            raise http.client.IncompleteRead(body, expected - len(body))
        headers = tuple(response.headers.items())
    encoding = response.headers.get("Content-Encoding", "")
    return Reply(response.status, headers, _decode(body, encoding, limit))


def _decode(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without gzip or deflate; as it is when it is in anything else or broken."""
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        windows = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}.get(name)
        if windows is None or not body:
            return body
        tried = (_inflate(body, bits, limit) for bits in windows)
        decoded = next((text for text in tried if text is not None), None)
        if decoded is None:
            return body
        body = decoded
    return body


def _inflate(body: bytes, window: int, limit: int) -> bytes | None:
    """The unpacked body, None when it is not packed in this way or ends too soon."""
    machine = zlib.decompressobj(window)
    try:
        text = machine.decompress(body, limit + 1)
    except zlib.error:
        return None
    if len(text) > limit:
        raise _TooLargeError
    return text if machine.eof else None


def _broken(stream: _Stream | None, error: OSError) -> NoReply:
    """What an error of the operating system means."""
    reason = (error.strerror or str(error) or "the system does not say why").lower()
    if stream is None:
        return NoReply("refused", f"no connection: {reason}")
    where = "in the middle of the answer" if stream.received else "before any answer"
    return NoReply("reset", f"the connection broke {where}: {reason}")


def _says_timeout(stream: _Stream | None, timeout: float) -> str:
    if stream is None:
        return f"no connection within {timeout:g} s"
    seen = f"{stream.received} bytes had come" if stream.received else "nothing had come"
    return f"no complete answer within {timeout:g} s ({seen})"


def _size(limit: int) -> str:
    return f"{limit // _MEBIBYTE} MiB" if limit >= _MEBIBYTE else f"{limit} bytes"


def _excerpt(text: str, length: int) -> str:
    """At most `length` printable characters of `text`."""
    plain = "".join(letter if letter.isprintable() else "." for letter in text.strip())
    return plain if len(plain) <= length else plain[: length - 3] + "..."
