"""`twiceshy record`: shapes of answers for guards to compare with, and requests by a proxy."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from acceptance.conftest import Notes
from twiceshy.traffic.secrets import HIDDEN

TWICESHY = str(Path(sys.executable).with_name("twiceshy"))
GUARD = """\
kind = "contract"
as = "ana"
requests = {requests}
baseline = "{name}.contract"
missing = false"""


def call(root, *words):
    """The command, its exit code and what it printed."""
    done = subprocess.run(
        [TWICESHY, *words], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    print(done.stdout, done.stderr)
    return done


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Three guards: one without a file yet, one with an old file, one whose request fails."""
    made = Notes(tmp_path_factory.mktemp("record")).configure()
    asked = {
        "new": '["GET /plainly/notes", "GET /plainly/notes/{note_id}"]',
        "old": '["GET /plainly/notes"]',
        "wrong": '["GET /plainly/notes", "GET /plainly/nothing"]',
    }
    for name, requests in asked.items():
        made.write(name, GUARD.format(requests=requests, name=name))
    for name in ("old", "wrong"):
        (made.root / "postmortems" / f"{name}.contract").write_text(
            "GET /plainly/notes\n  200 application/json\n  $  array, 2 items\n"
        )
    return made.root


def test_recorded_answers(project):
    """New files are written, changes are told line by line, and a failure changes no file."""
    folder = project / "postmortems"
    before = (folder / "wrong.contract").read_text()
    done = call(project, "record")
    assert done.returncode == 3
    new = (folder / "new.contract").read_text()
    assert "GET /plainly/notes/{note_id}\n  200 application/json\n" in new
    assert re.search(r"\$\.notes\[\]\.title +text", new)
    assert "postmortems/new.contract: new, " in done.stdout
    assert re.search(r"postmortems/old.contract: \d+ lines came, 1 went", done.stdout)
    assert "\n  -  $  array, 2 items\n" in done.stdout
    assert (folder / "wrong.contract").read_text() == before
    assert "wrong.contract stays as it is" in done.stderr
    assert "GET /plainly/nothing: answered with 404" in done.stderr
    held = call(project, "run", "new", "old", "--format", "json")
    assert json.loads(held.stdout)["verdict"] == "holds"


class Service(BaseHTTPRequestHandler):
    """Answers everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


@contextmanager
def service():
    """The address of a service that runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_requests_through_the_proxy(tmp_path):
    """What passed until somebody ends it is in the file, without its secrets."""
    file = tmp_path / "requests.har"
    with service() as address:
        command = [TWICESHY, "record", "--proxy", address, "--out", str(file)]
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        with running:
            told = running.stderr.readline()
            port = int(re.search(r"http://127\.0\.0\.1:(\d+)", told)[1])
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as client:
                body = '{"user": "ana", "password": "SEKRET"}'
                kind = {"Content-Type": "application/json", "Connection": "close"}
                client.request("POST", "/login", body, kind)
                assert client.getresponse().read() == b"{}"
            # Noted once the whole answer has been passed on, which is a moment later.
            running.terminate()
            told = running.stderr.read()
    assert running.returncode == 0, told
    assert "1 request written to" in told
    (entry,) = json.loads(file.read_text())["log"]["entries"]
    assert json.loads(entry["request"]["postData"]["text"]) == {"user": "ana", "password": HIDDEN}
    assert "SEKRET" not in file.read_text()


def test_nothing_passed(tmp_path):
    """No file is written, and it is said why."""
    file = tmp_path / "requests.har"
    command = [TWICESHY, "record", "--proxy", "127.0.0.1:9", "--out", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert "Send your requests" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        told = running.stderr.read()
    assert (running.returncode, file.exists()) == (3, False)
    assert "nothing is written" in told
