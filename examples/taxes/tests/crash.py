"""Sixteen collection points, and processes that are killed in the middle: what is acknowledged and
what is in the register afterwards, for each design.

    python tests/crash.py [designs...] [--payments 300] [--kill service,worker] [--seed 1]

Every payment is tried again with its own key until it is acknowledged, as a collection point
would. Besides the processes (service, worker, nats) `sessions` can be killed: all connections to
the database, and `pause` makes the service stand still until all have asked again. `--kill ""`
kills nothing: then only the load is left.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException

from office import DESIGNS, PROCESSES, Office

POINTS = 16
ATTEMPTS = 40
IMPATIENCE = 1.0


@dataclass
class Run:
    """What the collection points know; `told` counts answers by status, 0 is none at all."""

    office: Office
    seed: int = 1
    amounts: dict[str, int] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    told: Counter[int] = field(default_factory=Counter)
    in_flight: int = 0
    caught: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pay_all(self, count: int, kill: tuple[str, ...]) -> None:
        """All payments, and each of these processes killed once, at moments drawn by the seed."""
        draw = random.Random(self.seed)
        for _ in range(count):
            key = str(uuid.UUID(int=draw.getrandbits(128), version=4))
            self.amounts[key] = draw.randint(100, 500_00)
        moments = sorted(draw.randrange(count // 5, 4 * count // 5) for _ in kill)
        with ThreadPoolExecutor(POINTS) as points:
            waiting = [points.submit(self._pay, key, draw.random()) for key in self.amounts]
            for name, moment in zip(kill, moments, strict=True):
                while len(self.acked) < moment:
                    time.sleep(0.001)
                self._kill(name)
            for one in waiting:
                one.result()

    def _kill(self, name: str) -> None:
        in_flight = self.in_flight
        self.caught.append(f"{name} with {in_flight} payments under way")
        if name == "sessions":
            self.office.end_sessions()
        elif name == "pause":
            self.office.pause("service", 2.5 * IMPATIENCE)
        else:
            self.office.kill(name)
            time.sleep(0.2)
            self.office.start(name)

    def _pay(self, key: str, luck: float) -> None:
        for attempt in range(ATTEMPTS):
            with self._lock:
                self.in_flight += 1
            try:
                status, _ = self.office.pay(key, self.amounts[key], timeout=IMPATIENCE)
            except (OSError, HTTPException):
                status = 0
            finally:
                with self._lock:
                    self.in_flight -= 1
                    self.told[status] += 1
            if status in (201, 202):
                with self._lock:
                    self.acked.add(key)
                return
            time.sleep(min(0.5, 0.02 * 2**attempt) * (0.5 + luck))


@dataclass
class Account:
    """The payments that were acknowledged, held against the register."""

    lost: list[str]
    doubled: list[str]
    wrong: list[str]
    unexpected: list[str]

    @property
    def right(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.unexpected)


def account(run: Run) -> Account:
    rows = run.office.recorded()
    count = Counter(key for key, _ in rows)
    return Account(
        lost=[key for key in run.acked if not count[key]],
        doubled=[key for key in run.amounts if count[key] > 1],
        wrong=[key for key, amount in rows if amount != run.amounts.get(key, amount)],
        unexpected=[key for key in count if key not in run.amounts],
    )


def show(run: Run, found: Account) -> None:
    answers = ", ".join(f"{status or 'none'}: {n}" for status, n in sorted(run.told.items()))
    print(f"{run.office.design:7}", "killed:", "; ".join(run.caught) or "nothing")
    print(f"        {len(run.acked)} of {len(run.amounts)} acknowledged; answers {answers}")
    print(f"        {len(found.lost)} lost, {len(found.doubled)} doubled,", end=" ")
    print(f"{len(found.wrong)} with a wrong amount, unexpected: {found.unexpected or 'none'}")
    for word, keys in (("lost", found.lost), ("doubled", found.doubled)):
        for key in sorted(keys)[:3]:
            print(f"          {word:7} {key}")


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("designs", nargs="*", default=list(DESIGNS))
    options.add_argument("--payments", type=int, default=300)
    options.add_argument("--kill", default="service,worker")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the processes go down with us
    wrong = []
    for design in given.designs:
        with Office(design) as office:
            run = Run(office, given.seed)
            run.pay_all(
                given.payments,
                tuple(
                    n
                    for n in given.kill.split(",")
                    if n in (*PROCESSES[design], "sessions", "pause")
                ),
            )
            office.drained()
            found = account(run)
            show(run, found)
            wrong += [design] if found.right is (design == "faulty") else []
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
