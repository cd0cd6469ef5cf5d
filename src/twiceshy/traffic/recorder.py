"""A proxy before a running service that notes the requests which pass through it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urlsplit

from twiceshy.errors import UsageError
from twiceshy.traffic.archived import Passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Any

_HOST = "127.0.0.1"
_CHUNK = 65536
_LONGEST_LINE = 65536
_KEPT_BODY = 1024 * 1024
_KEPT_BODIES = 64 * 1024 * 1024
_MOST = 20_000
_CONNECT_WITHIN = 10.0
# Of one connection only (RFC 9110 section 7.6.1); lengths are worked out anew.
_HOP = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_NO_BODY = frozenset({204, 304})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Recorder(ThreadingHTTPServer):
    """Serves on loopback, passes every request on to `target`, and notes it in `passed`.

    Bodies are streamed both ways. Web sockets are refused. Port 0 takes a free one. `told` hears
    of each request. Used as a context manager: it serves from the moment it is entered. Raises
    UsageError for an address that is none, or a port that is taken.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: str, port: int = 0) -> None:
        self.target = _address(target)
        self.passed: list[Passed] = []
        self.left_out = 0
        self.told: Callable[[Passed], object] = lambda _: None
        self._kept = 0
        self._lock = threading.Lock()
        try:
            super().__init__((_HOST, port), _Passing)
        except OSError as error:
            raise UsageError(
                f"The proxy cannot listen on port {port}",
                seen=(error.strerror or str(error)).lower(),
                todo="leave --port out: a free one is taken",
            ) from None

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{_HOST}:{self.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; a request that is still under way is not noted."""
        self.shutdown()
        self.server_close()

    def note(self, passed: Passed) -> None:
        """Keep one; beyond some thousands they are only counted, beyond some MiB without bodies."""
        with self._lock:
            self._kept += len(passed.body or b"")
            if self._kept > _KEPT_BODIES:
                passed = replace(passed, body=None)
            if len(self.passed) < _MOST:
                self.passed.append(passed)
            else:
                self.left_out += 1
            self.told(passed)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no news."""


class _Passing(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    timeout = 75.0
    server: Recorder

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server calls it so
        """Say nothing: the command shows what passes."""

    def pass_on(self) -> None:
        """Send the request to the service, and its answer back, both as they come."""
        if self.headers.get("Upgrade"):
            self._refuse(501, "twiceshy records no web sockets")
            return
        began, started = time.time(), time.monotonic()
        kept = bytearray()
        upstream = _connection(self.server.target)
        try:
            try:
                answer = self._asked(upstream, kept)
            except ValueError:
                self._refuse(400, "the length of the body cannot be read")
                return
            except (OSError, http.client.HTTPException) as error:
                self._refuse(502, f"the service does not answer: {error}")
                return
            with answer:
                size = self._answer(answer)
            body = bytes(kept) if len(kept) <= _KEPT_BODY else None
            self.server.note(
                Passed(
                    method=self.command,
                    url=self.server.target.geturl().rstrip("/") + self._target(),
                    headers=tuple(self.headers.items()),
                    body=body,
                    status=answer.status,
                    reason=answer.reason,
                    answer_headers=tuple(answer.headers.items()),
                    size=size,
                    began=began,
                    seconds=time.monotonic() - started,
                )
            )
        finally:
            upstream.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = pass_on  # noqa: N815 - http.server looks for these names

    def _target(self) -> str:
        """Path and query, also where a client names the whole address."""
        if self.path.startswith("/"):
            return self.path
        parts = urlsplit(self.path)
        return parts._replace(scheme="", netloc="").geturl() or "/"

    def _asked(
        self, upstream: http.client.HTTPConnection, kept: bytearray
    ) -> http.client.HTTPResponse:
        """Send head and body; what of the body is kept goes into `kept`."""
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        length = int(self.headers.get("Content-Length", 0))
        prefix = self.server.target.path.rstrip("/")
        # A service on this machine makes addresses from the name that its clients use.
        here = self.server.target.hostname in _LOOPBACK
        upstream.connect()
        upstream.sock.settimeout(None)
        upstream.putrequest(
            self.command, prefix + self._target(), skip_host=here, skip_accept_encoding=True
        )
        dropped = _HOP | ({"expect"} if here else {"expect", "host"})
        for name, value in self.headers.items():
            if name.lower() not in dropped:
                upstream.putheader(name, value)
        if chunked:
            upstream.putheader("Transfer-Encoding", "chunked")
        elif "Content-Length" in self.headers:
            upstream.putheader("Content-Length", str(length))
        upstream.endheaders()
        for piece in self._chunks() if chunked else self._pieces(length):
            if len(kept) <= _KEPT_BODY:
                kept += piece
            upstream.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            upstream.send(b"0\r\n\r\n")
        return upstream.getresponse()

    def _pieces(self, length: int) -> Iterator[bytes]:
        """A body of so many bytes."""
        while length > 0:
            piece = self.rfile.read1(min(length, _CHUNK))
            if not piece:
                raise http.client.IncompleteRead(b"", length)
            length -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        """A body in chunks, unpacked (RFC 9112 section 7.1)."""
        while size := int(self.rfile.readline(_LONGEST_LINE).partition(b";")[0], 16):
            yield from self._pieces(size)
            self.rfile.readline(_LONGEST_LINE)
        while self.rfile.readline(_LONGEST_LINE).strip():
            pass

    def _answer(self, answer: http.client.HTTPResponse) -> int:
        """Pass the answer on as it comes; its length in bytes."""
        bare = self.command == "HEAD" or answer.status in _NO_BODY or answer.status < 200
        length = answer.headers.get("Content-Length")
        chunked = length is None and not bare and self.request_version == "HTTP/1.1"
        self.close_connection = self.close_connection or (
            length is None and not bare and not chunked
        )
        self._answer_head(answer, chunked=chunked)
        size = 0
        while not bare and (piece := answer.read1(_CHUNK)):
            size += len(piece)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        if length is not None and not bare and size < int(length):
            raise http.client.IncompleteRead(b"", int(length) - size)
        return size

    def _answer_head(self, answer: http.client.HTTPResponse, *, chunked: bool) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP or name.lower() == "content-length":
                self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _refuse(self, status: int, says: str) -> None:
        """Answer in the service's place."""
        body = f"{says}\n".encode()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.send_response_only(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)


def _address(text: str) -> SplitResult:
    """The service's address. Raises UsageError when it is none."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        _ = parts.port
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(
            "This is no address of a service",
            seen=text,
            todo="write it like http://127.0.0.1:8000",
        )
    try:
        socket.getaddrinfo(parts.hostname, parts.port)
    except OSError as error:
        raise UsageError(
            "There is no host of that name",
            where=parts.hostname,
            seen=str(error.strerror).lower(),
            todo="write it like http://127.0.0.1:8000",
        ) from None
    return parts._replace(query="", fragment="")


def _connection(target: SplitResult) -> http.client.HTTPConnection:
    secure = target.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    return kind(target.hostname or "", target.port, timeout=_CONNECT_WITHIN)
