"""Our client in a process of its own, for the benchmark: sends, or reconciles; prints JSON.

python bench/load_ours.py capacity PORT LEDGER SECONDS COUNT
python bench/load_ours.py rate PORT LEDGER SECONDS RATE
python bench/load_ours.py reconcile LEDGER ROWS
python bench/load_ours.py figures LEDGER
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twiceshy.guards.conservation.account import reconcile
from twiceshy.model.load import Burst, Constant, LoadPlan
from twiceshy.model.scenario import RequestTemplate
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.run import run_share, share_of, without_collector

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAYMENT = RequestTemplate(
    "POST",
    "/",
    headers=(("Idempotency-Key", "{key}"),),
    json={"key": "{key}", "amount": "{amount}"},
    has_json=True,
)


def capacity(port: int, ledger: Path, seconds: float, count: int) -> dict[str, Any]:
    """As many requests as fifty connections carry, every one with its key and in the ledger."""
    plan = LoadPlan(
        "127.0.0.1",
        port,
        _PAYMENT,
        Burst(count),
        amounts=(125, 125),
        connections=50,
        at_cap="wait",
    )
    return _run(plan, ledger, seconds)


def rate(port: int, ledger: Path, seconds: float, each_second: float) -> dict[str, Any]:
    """An open model: one request after the other at equal distance."""
    plan = LoadPlan(
        "127.0.0.1",
        port,
        _PAYMENT,
        Constant(each_second, seconds),
        amounts=(125, 125),
        connections=2000,
    )
    return _run(plan, ledger, seconds * 2)


def _run(plan: LoadPlan, ledger: Path, seconds: float) -> dict[str, Any]:
    began = time.process_time()
    share = share_of(plan)
    drawn = time.process_time() - began
    at: dict[str, Any] = {}

    def started(runner: Any, _: Any) -> None:
        at.update(cpu=time.process_time(), runner=runner)
        print("started", flush=True)

    def report(progress: Any) -> None:
        if progress.seconds >= seconds:
            at["runner"].stop()

    with without_collector():
        done = run_share(plan, share, ledger, started=started, report=report)
    return {
        "sent": done.sent,
        "acked": done.acked,
        "cpu": time.process_time() - at["cpu"],
        "drawn": drawn,
        "seconds": done.seconds,
        "memory": _peak(),
    }


def account(ledger: Path, rows: Path) -> dict[str, Any]:
    """The account of a ledger against rows in a file, a key and an amount a line."""
    began = time.perf_counter()
    found = reconcile(Ledger(ledger), _rows(rows))
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "memory": _peak(),
        "rows": found.rows,
        "balanced": found.balanced,
        "counts": dict(found.counts),
    }


def figures(ledger: Path) -> dict[str, Any]:
    """Latency and lateness, in milliseconds."""
    from twiceshy.traffic.load.measure import measure

    began = time.perf_counter()
    found = measure(Ledger(ledger))
    return {
        "seconds": time.perf_counter() - began,
        "p50": found.latency.p50,
        "p95": found.latency.p95,
        "p99": found.latency.p99,
        "longest": found.latency.longest,
        "late50": found.lateness.p50,
        "late99": found.lateness.p99,
        "reached": found.reached,
        "sent": found.sent,
    }


def _rows(path: Path) -> Iterator[tuple[str, int]]:
    with path.open(encoding="ascii") as lines:
        for line in lines:
            key, _, amount = line.partition(" ")
            yield key, int(amount)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Do what the words say."""
    word, *rest = sys.argv[1:]
    if word == "reconcile":
        found = account(Path(rest[0]), Path(rest[1]))
    elif word == "figures":
        found = figures(Path(rest[0]))
    else:
        port, ledger, seconds, number = rest
        send = {"capacity": capacity, "rate": rate}[word]
        found = send(int(port), Path(ledger), float(seconds), int(number))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
