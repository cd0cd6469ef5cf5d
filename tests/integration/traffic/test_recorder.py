"""A proxy over real sockets: what passes is the same, and what is noted has no secret."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.stage.living import eventually
from twiceshy.errors import UsageError
from twiceshy.rehearsal.har import parse_har
from twiceshy.traffic.archived import archive
from twiceshy.traffic.recorder import Recorder
from twiceshy.traffic.secrets import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

BIG = bytes(range(256)) * 8192


class Service(BaseHTTPRequestHandler):
    """Echoes bodies, and streams where it is asked to."""

    protocol_version = "HTTP/1.1"
    gate = threading.Event()

    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path.startswith("/stream"):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nfirst\r\n")
            assert Service.gate.wait(20)
            self.wfile.write(b"4\r\nlast\r\n0\r\n\r\n")
            return
        if self.path.startswith("/endless"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"until the end")
            self.close_connection = True
            return
        if self.path.startswith("/cut"):
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"too little")
            self.close_connection = True
            return
        self.answer(json.dumps({"host": self.headers["Host"], "path": self.path}).encode())

    def do_HEAD(self):
        self.answer(b"12345")

    def do_POST(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(body, 201)

    def do_DELETE(self):
        self.send_response(204)
        self.end_headers()

    def answer(self, body, status=200):
        self.send_response(status)
        self.send_header("Set-Cookie", "sid=SEKRET; Path=/")
        self.send_header("Set-Cookie", "lang=en")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def recorded() -> Iterator[Recorder]:
    """The service with a recorder before it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.05,))
        thread.start()
        try:
            with Recorder(f"http://127.0.0.1:{service.server_address[1]}") as recorder:
                yield recorder
        finally:
            service.shutdown()
            thread.join()


def ask(recorder: Recorder, method: str, target: str, body=None, **headers: str):
    """One request on a connection of its own, its answer read whole."""
    host, port = recorder.server_address[:2]
    with closing(http.client.HTTPConnection(str(host), port, timeout=20)) as connection:
        connection.request(
            method, target, body, {"Connection": "close", **headers}, encode_chunked=True
        )
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


def noted(recorder: Recorder, count: int) -> None:
    """Wait until so many requests are noted: that comes after the client has its answer."""
    eventually(lambda: len(recorder.passed) >= count, within=20)


def test_what_passes_is_the_same() -> None:
    """Both ways, bodies and headers arrive as they were sent."""
    with recorded() as recorder:
        status, body, headers = ask(recorder, "GET", "/a%20b?q=%7B1%7D")
        assert status == 200
        assert json.loads(body) == {
            "host": f"127.0.0.1:{recorder.server_address[1]}",
            "path": "/a%20b?q=%7B1%7D",
        }
        assert headers.get_all("Set-Cookie") == ["sid=SEKRET; Path=/", "lang=en"]
        assert ask(recorder, "POST", "/echo", BIG)[:2] == (201, BIG)
        assert ask(recorder, "POST", "/echo", iter([b"ab", b"cde"]))[:2] == (201, b"abcde")
        assert ask(recorder, "POST", "/echo")[:2] == (201, b"")
        assert ask(recorder, "DELETE", "/a")[:2] == (204, b"")
        status, body, headers = ask(recorder, "HEAD", "/a")
        assert (body, headers["Content-Length"]) == (b"", "5")
        assert ask(recorder, "GET", "/endless")[1] == b"until the end"
        noted(recorder, 7)
        assert [one.size for one in recorder.passed][1:] == [len(BIG), 5, 0, 0, 0, 13]
        assert [one.body for one in recorder.passed][1:4] == [None, b"abcde", b""]


def test_a_stream_arrives_as_it_is_sent() -> None:
    """The first part is there before the second exists."""
    Service.gate.clear()
    with recorded() as recorder:
        with socket.create_connection(recorder.server_address[:2], timeout=20) as client:
            client.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            seen = b""
            while b"first" not in seen:
                seen += client.recv(4096)
            assert b"last" not in seen
            Service.gate.set()
            while part := client.recv(4096):
                seen += part
        assert seen.endswith(b"4\r\nlast\r\n0\r\n\r\n")


def test_no_secret_is_noted() -> None:
    """Neither of requests nor of answers; what is noted can be read again."""
    with recorded() as recorder:
        ask(
            recorder,
            "GET",
            "/a?token=SEKRET&page=2",
            Authorization="Bearer SEKRET",
            Cookie="s=SEKRET",
        )
        ask(
            recorder,
            "POST",
            "/members",
            b'{"name": "Ana", "password": "SEKRET"}',
            **{"Content-Type": "application/json"},
        )
        ask(
            recorder,
            "POST",
            "/login",
            b"user=ana&password=SEKRET",
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
        ask(recorder, "POST", "/raw", b"SEKRET", **{"Content-Type": "text/plain"})
        ask(recorder, "POST", "/broken", b"{SEKRET", **{"Content-Type": "application/json"})
        ask(recorder, "POST", "/big", BIG, **{"Content-Type": "application/octet-stream"})
        noted(recorder, 6)
        text = json.dumps(archive(recorder.passed, "twiceshy 1"))
    assert "SEKRET" not in text
    recording = parse_har(text, Path("requests.har"))
    first, second, third = recording.templates
    assert first.query == (("token", HIDDEN), ("page", "2"))
    assert second.json == {"name": "Ana", "password": HIDDEN}
    assert third.form == (("user", "ana"), ("password", HIDDEN))
    assert [note.partition(":")[0] for note in recording.notes] == [
        "POST /raw", "POST /broken", "POST /big",
    ]  # fmt: skip


def test_a_long_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept in memory has an end: first bodies are left out, then requests."""
    monkeypatch.setattr("twiceshy.traffic.recorder._KEPT_BODIES", 7)
    monkeypatch.setattr("twiceshy.traffic.recorder._MOST", 2)
    with recorded() as recorder:
        for number in range(3):
            ask(recorder, "POST", "/echo", b"12345")
            noted(recorder, min(number + 1, 2))
        eventually(lambda: recorder.left_out, within=20)
        assert [one.body for one in recorder.passed] == [b"12345", None]
        assert recorder.left_out == 1


def test_a_service_that_is_not_there() -> None:
    """The client is told; nothing is noted."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with Recorder(f"http://127.0.0.1:{port}") as recorder:
        status, body, _ = ask(recorder, "GET", "/")
        assert status == 502
        assert b"does not answer" in body
        assert recorder.passed == []


def test_what_cannot_be_passed() -> None:
    """Web sockets, lengths that are none, and answers that break off are no requests to keep."""
    with recorded() as recorder:
        assert ask(recorder, "GET", "/", Upgrade="websocket")[0] == 501
        with socket.create_connection(recorder.server_address[:2], timeout=20) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 400")
        with pytest.raises(http.client.IncompleteRead):
            ask(recorder, "GET", "/cut")
        ask(recorder, "GET", "http://elsewhere.example/whole")
        noted(recorder, 1)
        assert [one.path for one in recorder.passed] == ["/whole"]


@pytest.mark.parametrize("target", ["", "ftp://a", "http://", "http://a:b", "http://[::1"])
def test_no_address(target: str) -> None:
    """The error shows how to write one."""
    with pytest.raises(UsageError, match="no address"):
        Recorder(target)


def test_a_host_that_nobody_knows() -> None:
    """Told before anything is asked to pass."""
    with pytest.raises(UsageError, match="no host of that name"):
        Recorder("http://nowhere.invalid:8000")


def test_a_port_that_is_taken() -> None:
    """Somebody else listens there."""
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as taken,
        pytest.raises(UsageError, match="cannot listen"),
    ):
        Recorder("http://127.0.0.1:1", taken.getsockname()[1])
