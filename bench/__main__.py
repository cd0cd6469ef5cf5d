"""Runs every benchmark and writes docs/benchmarks.md. `python bench rewind` runs some of them."""

from __future__ import annotations

import datetime
import importlib
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy import __version__
from twiceshy.stage import binaries

if TYPE_CHECKING:
    from measure import Row

NAMES = ("start", "rewind", "scenario")
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`: medians with the 5th and 95th percentile, each beside a peer measured in
the same run on the same machine. Machines are noisy; the ratio says more than the figure.

"""


def main(wanted: list[str]) -> int:
    """Run and print; the page is written when everything was run."""
    rows: list[Row] = []
    for name in wanted or NAMES:
        for row in importlib.import_module(name).rows():
            print(
                f"{row.what}\n    {row.ours}   {row.peer}   {row.ratio}   {row.budget}", flush=True
            )
            rows.append(row)
    if not wanted:
        PAGE.write_text(HEAD + _machine() + _table(rows), encoding="utf-8")
    return 0


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"twiceshy {__version__}, PostgreSQL {binaries.embedded().version} (embedded), "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, load {load:.1f} at the end, "
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}.\n\n"
    )


def _table(rows: list[Row]) -> str:
    lines = ["| what | ours | peer | ratio | budget |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {r.what} | {r.ours} | {r.peer} | {r.ratio} | {r.budget} |" for r in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
