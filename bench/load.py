"""The load client: requests per CPU-second, punctuality, a frozen server, memory, the account.

LOAD_ROUNDS and LOAD_SECONDS set how often and how long the clients run against each other.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from load_peers import (
    CONNECTIONS,
    Seen,
    locust,
    locust_program,
    nginx,
    program,
    take_cores,
    warm,
    wrk,
)
from measuring import Line, Result, Sample, show

from twiceshy.model.ledger import Intent
from twiceshy.traffic.load.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

_TEXT = f"""\
Clients against one nginx that answers at once, it and they each on a core of its own, in turn.
Requests (in thousands) per second of CPU time of the client, over {CONNECTIONS} connections, as
many as they carry; ours writes every intent and every outcome into its ledger meanwhile. "Unique
keys" makes a new key for each request, wrk in a script in Lua. Then an open model of 1,000 requests
a second: how late they went out, and what the clients say of a server that was stopped for half a
second of five, in which a tenth of all arrivals fell, so that half of those waited for more than
250 ms. At last a ledger of a million transactions, held against as many rows; the peer is SQLite,
which loads both and joins."""
_ROUNDS = int(os.environ.get("LOAD_ROUNDS", "5"))
_SECONDS = float(os.environ.get("LOAD_SECONDS", "3"))
_MILLION = int(os.environ.get("LOAD_TRANSACTIONS", "1000000"))
_RATE = 1000
_FROZEN = 0.5
_TRUE_P95 = 250.0
_MOST = 3_000_000


def measure() -> Result:
    """All of it, as far as the peers are on this machine."""
    result = Result("Load", _TEXT)
    missing = [name for name in ("nginx", "wrk") if program(name) is None]
    if "nginx" in missing:
        result.text += (
            "\n\nNot measured: there is no nginx (Debian: apt-get install nginx-light wrk)."
        )
        return result
    locusts = locust_program()
    take_cores()
    missing += [] if locusts else ["Locust"]
    if missing:
        result.text += f"\n\nWithout {' and '.join(missing)}, which could not be had here."
    with tempfile.TemporaryDirectory(prefix="twiceshy-bench-") as name, nginx() as (port, worker):
        folder = Path(name)
        warm(port)
        result.lines += _capacity(folder, port, locusts, with_wrk="wrk" not in missing)
        result.lines += _punctual(folder, port)
        result.lines += _frozen(folder, port, worker, locusts)
        result.lines += _million(folder, port)
    return result


def _capacity(folder: Path, port: int, locusts: str | None, *, with_wrk: bool) -> list[Line]:
    clients: dict[str, Callable[[], Seen]] = {"ours": lambda: _ours(folder, port)}
    if with_wrk:
        clients["unique"] = lambda: wrk(port, _SECONDS, unique=True)
        clients["one key"] = lambda: wrk(port, _SECONDS, unique=False)
    if locusts:
        clients["locust"] = lambda: locust(locusts, port, _SECONDS + 1)
    found: dict[str, list[float]] = {name: [] for name in clients}
    for _ in range(_ROUNDS):
        for name, client in clients.items():
            found[name].append(client().per_second / 1000)
    samples = {name: Sample(values, "k") for name, values in found.items()}
    ours = samples["ours"]
    peers = [
        ("unique", "wrk, unique keys", 1 / 0.8),
        ("one key", "wrk, one key for all", None),
        ("locust", "Locust, unique keys", None),
    ]
    lines = []
    for name, shown, most in peers:
        if name in samples:
            times = samples[name].median / ours.median
            lines.append(
                Line(
                    f"requests per CPU-second, against {shown}",
                    str(ours),
                    str(samples[name]),
                    f"{times:.2f} times",
                    f"{most:.2f} times" if most else "",
                    times <= most if most else None,
                )
            )
    return lines or [Line("requests per CPU-second", str(ours))]


def _ours(folder: Path, port: int) -> Seen:
    ledger = folder / "capacity.ledger"
    ledger.unlink(missing_ok=True)
    found = _client("capacity", port, ledger, _SECONDS, _MOST)
    return Seen(found["acked"], found["cpu"])


def _punctual(folder: Path, port: int) -> list[Line]:
    found = [_open_model(folder, port) for _ in range(_ROUNDS)]
    late = Sample([one["late99"] for one in found])
    p50 = Sample([one["p50"] for one in found])
    return [
        Line("lateness p99 at 1,000/s", str(late), "", "", "≤ 1 ms", late.median <= 1),
        Line("latency p50 at 1,000/s", str(p50)),
    ]


def _frozen(folder: Path, port: int, worker: psutil.Process, locusts: str | None) -> list[Line]:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(_ROUNDS):
        ours.append(_open_model(folder, port, worker)["p95"])
        if locusts:
            freezer = _freezer(worker, 2.5)
            theirs.append(locust(locusts, port, 5, _RATE).p95)
            freezer.join()
    sample = Sample(ours)
    off = abs(sample.median - _TRUE_P95) / _TRUE_P95
    peer = Sample(theirs) if theirs else None
    return [
        Line(
            "p95 with the server stopped for 0.5 s of 5 (true: 250 ms); peer: Locust",
            str(sample),
            str(peer or ""),
            f"{peer.median / sample.median:.2f} times" if peer else "",
            "250 ms ± 10 %",
            off <= 0.1,
        )
    ]


def _open_model(folder: Path, port: int, freeze: psutil.Process | None = None) -> dict[str, Any]:
    """Five seconds at 1,000/s, in the middle of which the server may be stopped."""
    ledger = folder / "rate.ledger"
    ledger.unlink(missing_ok=True)
    began = (lambda: _freezer(freeze, 2.0)) if freeze else None
    _client("rate", port, ledger, 5, _RATE, began=began)
    return _client("figures", ledger)


def _freezer(worker: psutil.Process, after: float) -> threading.Thread:
    def act() -> None:
        time.sleep(after)
        worker.suspend()
        time.sleep(_FROZEN)
        worker.resume()

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def _million(folder: Path, port: int) -> list[Line]:
    """A real run of so many, its memory, and what its account takes."""
    ledger = folder / "million.ledger"
    sent = _client("capacity", port, ledger, 600, _MILLION)
    rows = folder / "rows"
    with rows.open("w", encoding="ascii") as out:
        for entry in Ledger(ledger):
            if isinstance(entry, Intent):
                out.write(f"{entry.key} {entry.amount}\n")
    accounts = [_client("reconcile", ledger, rows) for _ in range(3)]
    if not accounts[0]["balanced"]:
        raise SystemExit(f"The account does not balance: {accounts[0]}")
    seconds = statistics.median(one["seconds"] for one in accounts)
    memory = max(one["memory"] for one in accounts)
    peer = _by_sqlite(folder / "peer.db", ledger, rows)
    size = ledger.stat().st_size / sent["sent"]
    figures = _client("figures", ledger)
    return [
        Line(
            f"memory of a run of {sent['sent']:,} transactions",
            f"{sent['memory']:.0f} MB",
            budget="≤ 200 MB",
            met=sent["memory"] <= 200,
        ),
        Line("their ledger, per transaction", f"{size:.0f} bytes"),
        Line(
            f"account of {accounts[0]['rows']:,} rows; peer: SQLite",
            f"{seconds:.1f} s",
            f"{peer:.1f} s",
            f"{peer / seconds:.1f} times",
            "≤ 10 s",
            seconds <= 10,
        ),
        Line("memory of the account", f"{memory:.0f} MB", budget="≤ 200 MB", met=memory <= 200),
        Line("latency and lateness out of that ledger", f"{figures['seconds']:.1f} s"),
    ]


def _by_sqlite(path: Path, ledger: Path, rows: Path) -> float:
    """Seconds for the same by two tables and their joins, the reading of both included."""
    began = time.perf_counter()
    with sqlite3.connect(path) as db:
        db.execute("pragma synchronous = off")
        db.execute("pragma journal_mode = off")
        db.execute("create table intent (key text, amount integer)")
        db.execute("create table recorded (key text, amount integer)")
        entries = ((one.key, one.amount) for one in Ledger(ledger) if isinstance(one, Intent))
        db.executemany("insert into intent values (?, ?)", entries)
        with rows.open(encoding="ascii") as lines:
            db.executemany("insert into recorded values (?, ?)", (line.split() for line in lines))
        db.execute("create index by_key on recorded (key, amount)")
        lost = db.execute("select count(*) from intent where key not in (select key from recorded)")
        twice = db.execute("select key from recorded group by key having count(*) > 1")
        wrong = db.execute(
            "select count(*) from intent join recorded using (key)"
            " where intent.amount <> recorded.amount"
        )
        found = lost.fetchone(), twice.fetchall(), wrong.fetchone()
    db.close()
    if found != ((0,), [], (0,)):
        raise SystemExit(f"SQLite finds something else: {found}")
    return time.perf_counter() - began


def _client(*words: object, began: Callable[[], threading.Thread] | None = None) -> dict[str, Any]:
    """Our client on its core; `began` is called when its run begins."""
    script = Path(__file__).with_name("load_ours.py")
    with subprocess.Popen(
        [sys.executable, str(script), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        thread = None
        last = ""
        for line in client.stdout or ():
            if line == "started\n" and began is not None:
                thread = began()
            last = line
        if thread is not None:
            thread.join()
    if client.returncode:
        raise SystemExit(f"Our client failed with {client.returncode}.")
    found: dict[str, Any] = json.loads(last)
    return found


if __name__ == "__main__":
    show(measure)
