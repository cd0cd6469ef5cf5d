"""One request over a real socket, against peers that behave well and badly."""

from __future__ import annotations

import gzip
import socket
import statistics
import struct
import threading
import time
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import Request
from twiceshy.traffic.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GET = Request("GET", "/goals")
TORN = gzip.compress(b"hello", mtime=0)[:-9]
PACKED = gzip.compress(b"a" * 100_000, mtime=0)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Peer:
    """A listening socket whose connections are each handled by `behave`."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        """Bind to a free port of the loopback."""
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.received = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.received += read_request(connection)
                try:
                    self._behave(connection)
                except OSError:
                    continue

    def close(self) -> None:
        """Stop listening and wait for the thread."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)


def read_request(connection: socket.socket) -> bytes:
    """The head and, by its Content-Length, the body of one request."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


@contextmanager
def peer(answer: bytes | Callable[[socket.socket], None]) -> Iterator[Peer]:
    """Run a peer that sends `answer`, or does what it does."""
    behave = answer if callable(answer) else (lambda connection: connection.sendall(answer))
    running = Peer(behave)
    try:
        yield running
    finally:
        running.close()


def ask(peer: Peer, request: Request = GET, **options: object) -> Reply | NoReply:
    """Send one request with a deadline that no good test reaches."""
    settings = {"timeout": 5.0, **options}
    return exchange("127.0.0.1", peer.port, request, **settings)


def test_a_plain_answer_is_read_whole() -> None:
    """Status, headers as sent and body arrive."""
    with peer(b"HTTP/1.1 201 Made\r\nX-One: a\r\nx-one: \xe9\r\n\r\nbody to the end") as service:
        answer = ask(service)
    assert answer == Reply(201, (("X-One", "a"), ("x-one", "é")), b"body to the end")


def test_the_request_says_what_a_client_says() -> None:
    """Host with port, Accept, length and close are sent, in one request of HTTP/1.1."""
    request = Request("POST", "/a b?q=é", (("Content-Type", "text/plain"),), b"12345")
    with peer(OK) as service:
        ask(service, request, headers=[("Authorization", "Bearer t")])
    head, _, body = service.received.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /a%20b?q=%C3%A9 HTTP/1.1"
    assert set(lines[1:]) == {
        f"Host: 127.0.0.1:{service.port}".encode(),
        b"User-Agent: twiceshy",
        b"Accept: */*",
        b"Content-Type: text/plain",
        b"Authorization: Bearer t",
        b"Content-Length: 5",
        b"Connection: close",
    }
    assert body == b"12345"


def test_the_requests_own_headers_win_and_cookies_are_joined() -> None:
    """A guard that names a header means it; the session cookie still goes along."""
    request = Request("GET", "/", (("accept", "text/html"), ("Cookie", "theme=dark"), ("A", "own")))
    with peer(OK) as service:
        ask(service, request, headers=[("Cookie", "sid=1"), ("a", "credential")])
    lines = service.received.split(b"\r\n")
    assert b"accept: text/html" in lines
    assert b"Accept: */*" not in lines
    assert b"Cookie: sid=1; theme=dark" in lines
    assert b"A: own" in lines
    assert b"a: credential" not in lines


def test_no_header_can_smuggle_a_line() -> None:
    """A line end in a value becomes a space, as the standard allows."""
    with peer(OK) as service:
        ask(service, Request("GET", "/", (("X", "a\r\nY: b"), ("Z", "ключ"))))
    lines = service.received.split(b"\r\n")
    assert b"X: a Y: b" in lines
    assert "Z: ключ".encode() in lines


@pytest.mark.parametrize(
    "answer",
    [
        CHUNKED + b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: v\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200\r\ncontent-length: 5\r\n\r\nhello and more than announced",
        b"HTTP/1.1 100 Continue\r\n\r\n"
        + EARLY
        + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["chunked", "to the end", "by length", "after interim answers"],
)
def test_every_framing_gives_the_body(answer: bytes) -> None:
    """Chunks, length, end of connection, and interim answers before it."""
    with peer(answer) as service:
        got = ask(service)
    assert isinstance(got, Reply)
    assert (got.status, got.body) == (200, b"hello")


@pytest.mark.parametrize(
    ("method", "answer", "status"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 200),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304),
        ("GET", b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", 302),
        ("GET", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 101),
    ],
)
def test_answers_without_a_body(method: str, answer: bytes, status: int) -> None:
    """HEAD, 204, 304, a redirect that is not followed, a change of protocol."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.recv(1)

    with peer(behave) as service:
        got = ask(service, Request(method, "/"))
    assert isinstance(got, Reply)
    assert (got.status, got.body) == (status, b"")


@pytest.mark.parametrize(
    ("encoding", "body", "decoded"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0), b"hello"),
        ("X-GZIP", gzip.compress(b"hello", mtime=0), b"hello"),
        ("deflate", zlib.compress(b"hello"), b"hello"),
        ("deflate", zlib.compress(b"hello")[2:-4], b"hello"),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello"), mtime=0), b"hello"),
        ("gzip", b"not gzip at all", b"not gzip at all"),
        ("gzip", TORN, TORN),
        ("br", b"\x0b\x02\x80hello\x03", b"\x0b\x02\x80hello\x03"),
        ("gzip", gzip.compress(b"", mtime=0), b""),
        ("identity", b"hello", b"hello"),
    ],
)
def test_packed_bodies_are_unpacked(encoding: str, body: bytes, decoded: bytes) -> None:
    """gzip and deflate are decoded, anything else and broken ones stay as they came."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    with peer(head.encode() + body) as service:
        got = ask(service)
    assert isinstance(got, Reply)
    assert got.body == decoded
    assert got.header("content-encoding") == encoding


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "reset"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "garbage"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "garbage"),
        (b"HTTP/1.1 abc\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70000 + b"\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "reset"),
        (b"HTTP/1.1 200 OK", "reset"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: applica", "reset"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "reset"),
        (EARLY + b"HTTP/1.1 200 OK\r\nContent-Ty", "reset"),
        (CHUNKED + b"9\r\nhe", "reset"),
        (CHUNKED + b"zz\r\nhello", "reset"),
        (CHUNKED + b"-1\r\nhello", "reset"),
        (CHUNKED + b"-5\r\nhello", "garbage"),
    ],
)
def test_what_is_no_answer_is_told_in_words(answer: bytes, kind: str) -> None:
    """Nothing that the peer sends raises."""
    with peer(answer) as service:
        got = ask(service)
    assert isinstance(got, NoReply)
    assert got.kind == kind
    assert got.says


def test_a_closed_port_is_refused() -> None:
    """No listener: refused, with the system's reason."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = exchange("127.0.0.1", port, GET, timeout=5)
    assert answer == NoReply("refused", "no connection: connection refused")


def test_an_unknown_host_is_refused() -> None:
    """A name that does not resolve is the same to the caller."""
    answer = exchange("no-such-host.invalid", 80, GET, timeout=5)
    assert isinstance(answer, NoReply)
    assert answer.kind == "refused"


def test_a_reset_connection_is_told() -> None:
    """RST instead of an answer."""

    def behave(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with peer(behave) as service:
        answer = ask(service)
    assert isinstance(answer, NoReply)
    assert answer.kind == "reset"


def test_silence_ends_at_the_deadline() -> None:
    """A peer that never answers costs the timeout and no more."""

    def behave(connection: socket.socket) -> None:
        connection.recv(1)

    with peer(behave) as service:
        started = time.monotonic()
        answer = ask(service, timeout=0.2)
        seconds = time.monotonic() - started
    assert answer == NoReply("timeout", "no complete answer within 0.2 s (nothing had come)")
    assert 0.15 < seconds < 2


def test_the_deadline_is_for_the_whole_answer() -> None:
    """A peer that drips one byte after another does not prolong it."""
    stop = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stop.wait(0.02):
            connection.sendall(b".")

    with peer(behave) as service:
        started = time.monotonic()
        answer = ask(service, timeout=0.3)
        seconds = time.monotonic() - started
        stop.set()
    assert isinstance(answer, NoReply)
    assert answer.kind == "timeout"
    assert "bytes had come" in answer.says
    assert seconds < 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 2000,
        CHUNKED + b"7d0\r\n" + b"a" * 2000 + b"\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + PACKED,
        CHUNKED + b"-1\r\n" + b"a" * 2_000_000,
    ],
    ids=["announced", "endless", "chunked", "packed", "hidden in a negative chunk"],
)
def test_an_answer_beyond_the_limit_is_too_large(answer: bytes) -> None:
    """The limit holds in every framing, and for what a small body unpacks to."""
    with peer(answer) as service:
        got = ask(service, limit=1000)
    assert got == NoReply("too large", "the answer is longer than 1000 bytes")


def test_an_answer_of_exactly_the_limit_is_read() -> None:
    """The limit is the largest size that is accepted."""
    with peer(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 1000) as service:
        got = ask(service, limit=1000)
    assert isinstance(got, Reply)
    assert len(got.body) == 1000


def test_an_early_refusal_of_a_large_body_is_an_answer() -> None:
    """A peer that answers 413 and stops reading has answered."""

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1_000_000):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        request = Request("POST", "/", (), b"a" * 5_000_000)
        answer = exchange("127.0.0.1", listener.getsockname()[1], request, timeout=10)
        thread.join()
    assert isinstance(answer, Reply)
    assert answer.status == 413


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests go to the service, whatever the caller's shell says."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with peer(OK) as service:
        assert isinstance(ask(service), Reply)


def test_an_exchange_costs_little_beyond_the_socket() -> None:
    """Beside the bare socket calls, our share of a request is well below a millisecond."""
    wire = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    def bare(port: int) -> float:
        started = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(wire)
            while connection.recv(65536):
                pass
        return time.perf_counter() - started

    def ours(service: Peer) -> float:
        started = time.perf_counter()
        ask(service)
        return time.perf_counter() - started

    with peer(OK) as service:
        pairs = [(ours(service), bare(service.port)) for _ in range(200)]
    overhead = statistics.median(mine for mine, _ in pairs) - statistics.median(
        raw for _, raw in pairs
    )
    assert overhead < 0.001, f"{overhead * 1000:.3f} ms"
