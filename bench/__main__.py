"""Run every benchmark, each in a process of its own, and write docs/benchmarks.md.

python bench             all of them
python bench rewind      only some; then the page is left as it is
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from measuring import Line, Result, as_table, machine

_ALL = (
    "rewind",
    "large_table",
    "server_start",
    "scenario",
    "states",
    "stages",
    "memory",
    "import_reports",
    "library",
    "site",
    "locks",
    "synthesis",
    "load",
)
_HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. Each figure is a median, with the range in which four of five
values lie. A peer is measured in the same run, in turn with ours, so that the ratio means more than
the figures do. "Budget" is what we promise ourselves; a figure that misses it says so.

"""


def main() -> None:
    """Measure, print, and write the page when it was everything."""
    chosen = [name for name in sys.argv[1:] if name in _ALL] or list(_ALL)
    page = _HEAD + "".join(f"- {line}\n" for line in machine()) + "\n"
    for name in chosen:
        table = as_table(_measured(name))
        print(table, flush=True)
        page += table + "\n"
    if chosen == list(_ALL):
        path = Path(__file__).parents[1] / "docs" / "benchmarks.md"
        path.write_text(page.rstrip() + "\n", encoding="utf-8")
        print(f"written: {path}")


def _measured(name: str) -> Result:
    script = Path(__file__).with_name(f"{name}.py")
    done = subprocess.run(
        [sys.executable, str(script), "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    found = json.loads(done.stdout)
    return Result(found["title"], found["text"], [Line(**line) for line in found["lines"]])


if __name__ == "__main__":
    main()
