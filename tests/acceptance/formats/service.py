"""A small service whose answers are of unusual forms; two versions answer differently, or not.

    python service.py --port 8000

`GET /gzip` is answered as `ANSWERS["gzip"]` says: first as before, second as today. VERSION=before
in the environment makes it answer as before.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg

BEFORE = os.environ.get("VERSION") == "before"
TURNS = itertools.count()
ENDLESS = object()
LARGE = 50 * 1024 * 1024
DEEP = 100_000


class Answer:
    """Status, body, and headers besides the content type."""

    def __init__(
        self, body: Any, sort: str = "application/json", status: int = 200, **headers: str
    ) -> None:
        self.body, self.status = body, status
        self.headers = {"Content-Type": sort} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }


def uncompressed_brotli(data: bytes) -> bytes:
    """A Brotli stream of one piece that is not compressed, and the empty last one (RFC 7932)."""
    length = len(data) - 1
    head = [0x0B | (length & 1) << 7, length >> 1 & 0xFF, 0x80 | length >> 9 & 0x7F]
    return bytes(head) + data + b"\x03"


def packed(value: Any) -> Answer:
    """JSON in gzip."""
    return Answer(gzip.compress(json.dumps(value).encode()), Content_Encoding="gzip")


def brotli(value: Any) -> Answer:
    """JSON in Brotli."""
    return Answer(uncompressed_brotli(json.dumps(value).encode()), Content_Encoding="br")


def elsewhere(place: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(b"", "text/plain", status, Location=place)


ITEM = {"id": 1, "price": 119.5}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\xff\xfe"

# What must not be told apart, though it looks odd.
SAME = {
    "plain": Answer(b'{"id": 1}'),
    "binary": Answer(PNG, "image/png"),
    "invalid-utf8": Answer(b"caf\xe9", "text/plain"),
    "duplicate-keys": Answer(b'{"a": 1, "a": "x"}'),
    "beyond": Answer(b'{"id": 9007199254740993}'),
    "gzip": packed(ITEM),
    "redirect": elsewhere("/plain/7"),
}
# (before, today): each is another answer for whoever reads it.
CHANGED = {
    "binary-now-text": (Answer(PNG, "image/png"), Answer(b"no picture", "image/png")),
    "invalid-utf8-now": (Answer('{"a": "café"}'.encode()), Answer(b'{"a": "caf\xe9"}')),
    "duplicate-now": (Answer(b'{"a": 1, "b": 2}'), Answer(b'{"a": 1, "b": 2, "a": 3}')),
    "duplicate-turned": (Answer(b'{"a": 1, "a": "x"}'), Answer(b'{"a": "x", "a": 1}')),
    "beyond-rounded": (Answer(b'{"id": 9007199254740993}'), Answer(b'{"id": 9007199254740992}')),
    "beyond-as-float": (Answer(b'{"id": 90071992547409}'), Answer(b'{"id": 9.0071992547409e13}')),
    "not-a-number": (Answer(b'{"a": 1.5}'), Answer(b'{"a": NaN}')),
    "gzip-inside": (packed(ITEM), packed({"id": "1", "price": 119.5})),
    "gzip-now": (Answer(json.dumps(ITEM).encode()), packed(ITEM)),
    "redirect-now": (Answer(b'{"id": 1}'), elsewhere("/plain/7")),
    "redirect-else": (elsewhere("/plain/7"), elsewhere("https://example.org/plain/7")),
    "empty-now": (Answer(b'{"id": 1}'), Answer(b"")),
    "cut-short": (Answer(b'[{"id": 1}, {"id": 2}]'), Answer(b'[{"id": 1}, {"id"')),
    "word-for-nothing": (Answer(b'{"note": "x y"}'), Answer(b'{"note": "None"}')),
    "byte-order-mark": (Answer(b'{"id": 1}'), Answer(b'\xef\xbb\xbf{"id": 1}')),
    "page-now": (Answer(b'{"id": 1}'), Answer(b"<html>Oops</html>", "text/html")),
}
# What nobody can look into; both versions answer so.
UNSEEN = {
    "endless": Answer(ENDLESS),
    "large": Answer(b"[" + b" " * LARGE + b"]"),
    "deep": Answer(b"[" * DEEP + b"]" * DEEP),
    "gzip-torn": Answer(gzip.compress(b'{"id": 1}')[:-9], Content_Encoding="gzip"),
    "gzip-only-said": Answer(b'{"id": 1}', Content_Encoding="gzip"),
    "unknown-packing": Answer(b"\x28\xb5\x2f\xfd", Content_Encoding="zstd"),
    "refused": Answer(b'{"error": "no"}', status=403),
    "broken": Answer(b"Internal Server Error", "text/plain", 500),
}
# As UNSEEN, of today alone.
UNSEEN_NOW = {
    f"{name}-now": (Answer(b'{"id": 1}'), UNSEEN[name])
    for name in ("endless", "large", "deep", "gzip-torn", "gzip-only-said")
}
ANSWERS = {
    **{name: (answer, answer) for name, answer in (SAME | UNSEEN).items()},
    **CHANGED,
    **UNSEEN_NOW,
    "brotli-now": (Answer(json.dumps(ITEM).encode()), brotli(ITEM)),
    "brotli": (brotli(ITEM), brotli({"id": "1", "price": 119.5})),
}


class Handler(BaseHTTPRequestHandler):
    """Reads the items, then answers."""

    def do_GET(self) -> None:
        """Answer as the path says."""
        name = self.path.strip("/").partition("/")[0]
        if name == "health":
            self.respond(Answer(b"ok", "text/plain"))
            return
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
            rows = conn.execute("SELECT id, name, price FROM items ORDER BY id").fetchall()
        if name == "restless":
            self.respond(Answer(json.dumps({"id": 1 if next(TURNS) % 2 else "1"}).encode()))
            return
        if name == "items":
            items = [{"id": row[0], "name": row[1], "price": float(row[2])} for row in rows]
            self.respond(Answer(json.dumps(items).encode()))
            return
        self.respond(ANSWERS[name][0 if BEFORE else 1])

    def do_POST(self) -> None:
        """Answer as if nothing had been sent."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def respond(self, answer: Answer) -> None:
        """Send it."""
        self.send_response(answer.status)
        for header in answer.headers.items():
            self.send_header(*header)
        if answer.body is ENDLESS:
            self.end_headers()
            self.go_on()
            return
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def go_on(self) -> None:
        """Send something now and then, until nobody listens."""
        try:
            while True:
                self.wfile.write(b'{"id": 1}\n')
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Waits for nobody at the end, and says nothing of those who hang up."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Whoever asked has gone."""


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8000)
    with Server(("127.0.0.1", options.parse_args().port), Handler) as server:
        server.serve_forever()
