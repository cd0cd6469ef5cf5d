"""A small service that takes payments in, on a stage that the tests of this folder share."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from twiceshy.config.load import load_project
from twiceshy.rehearsal.readiness import probe
from twiceshy.stage.faults import FaultRig
from twiceshy.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVICE = '''
"""POST /KEY books a payment and answers when it is committed; one session a connection."""
import json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg

held = threading.local()

def book(key):
    try:
        if getattr(held, "conn", None) is None:
            held.conn = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        held.conn.execute("INSERT INTO payments (key) VALUES (%s) ON CONFLICT DO NOTHING", [key])
    except psycopg.Error as error:
        held.conn = None
        return 503, str(error)
    return 200, "booked"

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece
    def answer(self, status, says):
        body = json.dumps({"says": says, "pid": os.getpid()}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(200, "ready")
    def do_POST(self):
        self.answer(*book(self.path[1:]))
    def log_message(self, *args):
        pass

class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    def handle_error(self, request, address):
        pass

Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''
WORKER = "import time\nwhile True: time.sleep(60)\n"
CONFIGURATION = """
[database]
server = "embedded"
schema = ["schema.sql"]
[service]
command = "{python} service.py {port}"
ready = "GET /"
env = { DATABASE_URL = "{database_url}" }
[process.worker]
command = "{python} worker.py"
"""


def write_project(folder: Path) -> Path:
    """Put the project of the service into a folder."""
    (folder / "service.py").write_text(SERVICE)
    (folder / "worker.py").write_text(WORKER)
    (folder / "schema.sql").write_text("CREATE TABLE payments (key text PRIMARY KEY);")
    (folder / "twiceshy.toml").write_text(CONFIGURATION)
    return folder


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage that is up, for all tests of a file."""
    made = Stage(load_project(write_project(tmp_path_factory.mktemp("payments"))), probe=probe)
    try:
        list(made.rise())
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def placed(stage: Stage) -> Iterator[FaultRig]:
    """The service behind the doors of a rig, for all tests of a file."""
    with FaultRig(stage) as made:
        list(stage.restart_service())
        yield made


@pytest.fixture
def rig(placed: FaultRig) -> Iterator[FaultRig]:
    """A rig that has seen nothing yet, and leaves nothing behind."""
    yield placed
    placed.undo_all()
    placed._cases.clear()


@dataclass
class Client:
    """Sends payments one after the other; keys that were acknowledged, and other outcomes."""

    port: int
    timeout: float = 5.0
    acked: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    pids: set[int] = field(default_factory=set)
    _conn: http.client.HTTPConnection | None = None

    def pay(self, key: str) -> bool:
        """Whether it was acknowledged."""
        if self._conn is None:
            self._conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self._conn.request("POST", f"/{key}")
            answer = self._conn.getresponse()
            told = json.load(answer)
        except (OSError, http.client.HTTPException) as error:
            self.failed[key] = type(error).__name__
            self.close()
            return False
        self.pids.add(told["pid"])
        if answer.status != 200:
            self.failed[key] = str(answer.status)
            return False
        self.acked.append(key)
        return True

    def close(self) -> None:
        """Hang up."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None


def over(rig: FaultRig) -> bool:
    """Whether each fault has begun and ended; one goes on until it is taken back."""
    return all(seen.ended is not None or seen.fault.name == "drop answers" for seen in rig.seen())


@contextmanager
def many(rig: FaultRig, count: int = 4) -> Iterator[list[Client]]:
    """So many clients that pay without end, until the block is left."""
    clients = [Client(rig.port) for _ in range(count)]
    run = secrets.token_hex(4)
    over = threading.Event()

    def work(number: int, client: Client) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            if not client.pay(f"{run}-{number}-{turn}"):
                over.wait(0.005)

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for client in clients:
            client.close()


def booked(stage: Stage) -> set[str]:
    """The keys that the database has."""
    with stage.server.connect(stage.database) as conn:
        return {key for (key,) in conn.execute("SELECT key FROM payments").fetchall()}
