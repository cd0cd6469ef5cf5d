"""How many payments a second each design takes in, and how many it brings into the register.

    python tests/capacity.py [designs...] [--payments 2000]

All designs get the same: one core for all of their processes, twelve connections to the same
PostgreSQL, sixteen collection points that send as fast as they are answered. `broker, lazy` is the
broker without `sync_interval: always`. Wants the extra `load` of twiceshy.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from office import ROOT, Office
from psycopg import Connection, sql

from twiceshy.model.ledger import Attempt, Intent, Outcome
from twiceshy.model.load import Burst, LoadPlan, Retry
from twiceshy.model.scenario import RequestTemplate
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.run import run

DESIGNS = ("faulty", "broker", "broker, lazy", "queued")
NEEDED = 10_000 / 3600
PAYMENT = RequestTemplate(
    "POST",
    "/payments",
    headers=(("Idempotency-Key", "{key}"),),
    json={"taxpayer": "{number}-0", "point": "lottery-1", "amount": "{amount}"},
    has_json=True,
)


@dataclass(frozen=True)
class Measured:
    """Payments a second: acknowledged, and in the register; then what was wrong of `payments`."""

    acknowledged: float
    recorded: float
    retries: int
    lost: int
    doubled: int


def measure(design: str, payments: int) -> Measured:
    with root_of(design) as root, Office(design.partition(",")[0], root=Path(root), wrap=CORE) as o:
        limit(o, 12)
        plan = LoadPlan(
            "127.0.0.1",
            o.port,
            PAYMENT,
            Burst(payments),
            amounts=(100, 500_00),
            connections=16,
            at_cap="wait",
            grace=120,
            retry=Retry(attempts=50, base=0.02, longest=0.5),
        )
        with tempfile.TemporaryDirectory() as folder:
            ledger = Path(folder) / "capacity.ledger"
            begun = time.monotonic()
            progress = run(plan, ledger)
            answered = time.monotonic()
            while o.waiting() and time.monotonic() < answered + 120:
                time.sleep(0.05)
            drained = time.monotonic()
            o.drained()
            acked, wanted = acknowledged(Ledger(ledger))
        count = Counter(key for key, _ in o.recorded())
        return Measured(
            acknowledged=len(acked) / (answered - begun),
            recorded=sum(1 for key in wanted if count[key]) / (drained - begun),
            retries=progress.retries,
            lost=sum(1 for key in acked if not count[key]),
            doubled=sum(1 for key in wanted if count[key] > 1),
        )


def acknowledged(ledger: Ledger) -> tuple[set[str], set[str]]:
    """Keys that were acknowledged, and all keys."""
    keys: dict[int, str] = {}
    acked = set()
    for entry in ledger:
        if isinstance(entry, Intent):
            keys[entry.number] = entry.key
        elif isinstance(entry, Attempt) and entry.outcome is Outcome.ACKED:
            acked.add(keys[entry.number])
    return acked, set(keys.values())


def root_of(design: str) -> AbstractContextManager[str | Path]:
    """The example; for the lazy broker a copy of it without the line that makes it sync."""
    if design != "broker, lazy":
        return nullcontext(ROOT)
    temp = tempfile.TemporaryDirectory(prefix="taxes-lazy-")
    copy = Path(temp.name)
    shutil.copytree(ROOT, copy, dirs_exist_ok=True)
    conf = copy / "broker" / "nats.conf"
    conf.write_text(conf.read_text().replace("sync_interval: always", ""))
    return temp


def limit(office: Office, connections: int) -> None:
    with Connection.connect(office.url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        say = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
        connection.execute(say.format(name, sql.Literal(connections)))


CORE = ("taskset", "-c", "0") if shutil.which("taskset") else ()


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("designs", nargs="*", default=list(DESIGNS))
    options.add_argument("--payments", type=int, default=2000)
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(f"{given.payments} payments at once; needed were {NEEDED:.1f} a second (10,000 an hour)")
    print(f"{'':13} {'acknowledged/s':>15} {'recorded/s':>11} {'x need':>7}", end=" ")
    print(f"{'retries':>8} {'lost':>5} {'doubled':>8}")
    for design in given.designs:
        seen = measure(design, given.payments)
        print(f"{design:13} {seen.acknowledged:15,.0f} {seen.recorded:11,.0f}", end=" ")
        print(f"{seen.recorded / NEEDED:7,.0f} {seen.retries:8,} {seen.lost:5,} {seen.doubled:8,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
