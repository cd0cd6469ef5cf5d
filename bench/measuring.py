"""What all benchmarks share: samples, the lines of their tables, and the machine they ran on."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psutil
import psycopg

from twiceshy.stage import binaries

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from twiceshy.rehearsal.scene import Scene

T = TypeVar("T")


@dataclass
class Line:
    """One line of a table: what was measured, and what it is held against."""

    what: str
    figure: str
    peer: str = ""
    ratio: str = ""
    budget: str = ""
    met: bool | None = None


@dataclass
class Result:
    """One benchmark: its lines, and what one must know to read them."""

    title: str
    text: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Sample:
    """Measured values of one thing, in one unit."""

    values: list[float]
    unit: str = "ms"

    @property
    def median(self) -> float:
        """The middle of the values."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """Median, and between which values four of five lie."""
        low, high = self._spread()
        return f"{_short(self.median)} {self.unit} ({_short(low)} to {_short(high)})"

    def _spread(self) -> tuple[float, float]:
        if len(self.values) < 3:
            return min(self.values), max(self.values)
        tenths = statistics.quantiles(self.values, n=10, method="inclusive")
        return tenths[0], tenths[-1]


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def ratio(ours: Sample, theirs: Sample) -> str:
    """How many times as much the other takes."""
    return f"{_short(theirs.median / ours.median)} times"


def timed(act: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def beyond(scene: Scene, steps: Iterable[object]) -> tuple[float, float]:
    """Milliseconds of a scenario in which nobody waited for the answer, and those that we worked.

    `steps` play it in the scene. The latter tell something on a busy machine too.
    """
    started = time.process_time()
    played = timed(lambda: list(steps))
    worked = 1000 * (time.process_time() - started)
    return played - 1000 * sum(seen.seconds for seen in scene.run.observations), worked


def last(steps: Generator[object, None, T]) -> T:
    """What a generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def alternately(rounds: int, **acts: Callable[[], float]) -> dict[str, Sample]:
    """Measure several things in turn, so that whatever else the machine does meets them all."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            found[name].append(act())
    return {name: Sample(values) for name, values in found.items()}


def machine() -> list[str]:
    """The machine, the versions, and what else it had to do."""
    memory = psutil.virtual_memory().total >> 30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    server = binaries.embedded()
    real_time = os.sched_getscheduler(0) in {os.SCHED_FIFO, os.SCHED_RR}
    return [
        f"{_processor()}, {os.cpu_count()} cores, {memory} GB",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, psycopg {psycopg.__version__}",
        f"PostgreSQL {server.version} ({server.label})",
        f"load of the machine before the start (1, 5, 15 minutes): {load}"
        + (", and ours had priority" if real_time else ""),
    ]


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def as_table(result: Result) -> str:
    """A benchmark as Markdown."""
    head = ["", "median (p10 to p90)", "peer", "peer / ours", "budget", "met"]
    rows = [
        [line.what, line.figure, line.peer, line.ratio, line.budget, _MET[line.met]]
        for line in result.lines
    ]
    table = [head, ["---"] * len(head), *rows]
    text = "\n".join("| " + " | ".join(row) + " |" for row in table)
    return f"## {result.title}\n\n{result.text}\n\n{text}\n"


_MET = {True: "yes", False: "**no**", None: ""}


def show(measure: Callable[[], Result]) -> None:
    """What a benchmark's script does: measure, and print for people, or for a program."""
    result = measure()
    print(json.dumps(asdict(result)) if "--json" in sys.argv else as_table(result))
