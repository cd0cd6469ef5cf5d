"""A fast server, and the clients that ours is held against: wrk and Locust, each where it is."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from twiceshy.stage.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 50
_SERVER, *_OTHERS = sorted(os.sched_getaffinity(0))
_CLIENT = {_OTHERS[0] if _OTHERS else _SERVER}
_ANSWER = '{"status":"accepted","receipt":"7d1c2b9e-55aa-4a0e-9b3f-0c6d1e2f3a4b","amount":125}'
_NGINX = """\
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
{user}events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 3600;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ default_type application/json; return 200 '{answer}'; }}
  }}
}}
"""
_BODY = '{\\"key\\":\\"%s\\",\\"amount\\":125}'
_CONSTANT = f"""\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Idempotency-Key"] = "5e0f5e0f-5e0f-85e0-a5e0-5e0f5e0f5e0f"
wrk.body = "{_BODY % "5e0f5e0f-5e0f-85e0-a5e0-5e0f5e0f5e0f"}"
"""
_UNIQUE = f"""\
local number = 0
local head = "POST / HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nContent-Type: application/json\\r\\n" ..
  "Content-Length: 59\\r\\nIdempotency-Key: "
request = function()
  number = number + 1
  local key = string.format("5e0f5e0f-5e0f-85e0-a5e0-%012x", number)
  return head .. key .. "\\r\\n\\r\\n" .. string.format("{_BODY}", key)
end
"""
_LOCUST = """\
import itertools, json
from locust import FastHttpUser, constant_throughput, task
numbers = itertools.count()
class Payer(FastHttpUser):
    {pause}
    @task
    def pay(self):
        key = "5e0f5e0f-5e0f-85e0-a5e0-%012x" % next(numbers)
        body, headers = {{"key": key, "amount": 125}}, {{"Idempotency-Key": key}}
        self.client.post("/", json=body, headers=headers)
"""


@dataclass
class Seen:
    """What a client did: requests, its own seconds of CPU, and its p95 in milliseconds."""

    requests: int
    cpu: float
    p95: float = 0.0

    @property
    def per_second(self) -> float:
        """Requests for each second of CPU that the client took."""
        return self.requests / self.cpu


def take_cores() -> None:
    """Keep this process and the clients that it starts on another core than the server's."""
    os.sched_setaffinity(0, _CLIENT)


@contextmanager
def nginx() -> Iterator[tuple[int, psutil.Process]]:
    """Its port and its worker, on a core of its own."""
    folder = Path(tempfile.mkdtemp(prefix="twiceshy-bench-"))
    port = free_port()
    user = "user root; " if os.geteuid() == 0 else ""
    text = _NGINX.format(folder=folder, port=port, answer=_ANSWER, user=user)
    (folder / "nginx.conf").write_text(text)
    words = [program("nginx") or "", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    server = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        worker = _worker(server, port)
        worker.cpu_affinity([_SERVER])
        yield port, worker
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def program(name: str) -> str | None:
    """Where a program is, also outside of the PATH of ordinary users."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _worker(server: subprocess.Popen[bytes], port: int) -> psutil.Process:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        children = psutil.Process(server.pid).children()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                if children:
                    return children[0]
        except OSError:
            time.sleep(0.02)
    raise SystemExit("nginx did not start.")


def output_and_cpu(words: list[str], **more: object) -> tuple[str, float]:
    """Run a client: its output, and its seconds of CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **more,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{words[0]} failed:\n{done.stdout[-2000:]}")
    return done.stdout, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def wrk(port: int, seconds: float, *, unique: bool) -> Seen:
    """wrk with one thread, with one key for all requests or a key for each made in Lua."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_UNIQUE if unique else _CONSTANT)
        script.flush()
        words = [program("wrk") or "", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s"]
        said, cpu = output_and_cpu([*words, "-s", script.name, f"http://127.0.0.1:{port}/"])
    found = re.search(r"(\d+) requests in", said)
    if not found or "Non-2xx" in said:
        raise SystemExit(f"wrk: {said}")
    return Seen(int(found[1]), cpu)


def locust_program() -> str | None:
    """Locust: named by LOCUST, on the PATH, or in an environment that is made for it once."""
    if found := os.environ.get("LOCUST") or shutil.which("locust"):
        return found
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "twiceshy-bench" / "locust"
    if not (place / "bin" / "locust").exists():
        python = str(place / "bin" / "python")
        for words in (
            [sys.executable, "-m", "venv", str(place)],
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "locust>=2.40"],
        ):
            if subprocess.run(words, stdout=sys.stderr, check=False).returncode:
                return None
    return str(place / "bin" / "locust")


def locust(name: str, port: int, seconds: float, rate: int = 0) -> Seen:
    """Locust's fast client with as many users as we have connections; `rate` 0 is no pause."""
    pause = f"wait_time = constant_throughput({rate / CONNECTIONS})" if rate else ""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "payer.py"
        script.write_text(_LOCUST.format(pause=pause))
        words = [name, "-f", str(script), "--headless", "-u", str(CONNECTIONS)]
        words += ["-r", str(CONNECTIONS), "-t", f"{seconds:.0f}s", "--csv", f"{folder}/seen"]
        words += ["--host", f"http://127.0.0.1:{port}", "--only-summary"]
        _, cpu = output_and_cpu(words, cwd=folder)
        cpu -= output_and_cpu([name, "--version"])[1]  # what it takes to start
        head, *rows = (Path(folder) / "seen_stats.csv").read_text().splitlines()
    row = dict(zip(head.split(","), rows[-1].split(","), strict=True))
    return Seen(int(row["Request Count"]), cpu, float(row["95%"]))


def warm(port: int) -> None:
    """One request, so that the first measured one is not the first of all."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        answer.read()
