"""The library of 10,000 reports: built, brought up to date, searched; and the memory it takes."""

from __future__ import annotations

import json
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generated_reports import QUERIES, write_reports
from measuring import Line, Result, Sample, ratio, show, timed

from twiceshy.config.load import load_project
from twiceshy.library import Audience, Library
from twiceshy.library.search_records import Filters

_COUNT = 10_000
_TEXT = f"""\
A folder of {_COUNT:,} generated reports in seven languages, {{size:.1f}} kB each on average. Ours
reads all that each says (times, causes, action items) besides its words, in two processes. Plain
FTS5 is a table of the same texts in SQLite that knows nothing but words; {{grep}} reads all files
anew for each query. Search is as one types: {len(QUERIES)} queries, with the ten best hits, their
snippets and the counts of all facets."""


def measure() -> Result:
    """Everything over one folder."""
    with tempfile.TemporaryDirectory(prefix="twiceshy-bench-") as place:
        root = Path(place)
        (root / "twiceshy.toml").write_text('reports = "postmortems"\n')
        size = write_reports(root / "postmortems", _COUNT)
        built = json.loads(_in_another_process("build", root))
        grep = shutil.which("rg") or shutil.which("grep") or ""
        result = Result("Library", _TEXT.format(size=size / 1000, grep=Path(grep).name))
        plain, plain_built = _plain(root)
        result.lines += [
            _line("index built", built["seconds"] * 1000, plain_built, 15_000),
            *_changes(root),
            *_searches(root, plain, grep),
            Line(
                "memory at the peak, with both readers",
                f"{built['memory']:.0f} MB",
                budget="300 MB",
                met=built["memory"] <= 300,
            ),
        ]
        plain.close()
    return result


def _line(what: str, ours: float, theirs: float, budget: float) -> Line:
    mine, other = Sample([ours]), Sample([theirs])
    figures = f"{ours:.0f} ms", f"plain FTS5: {theirs:.0f} ms", ratio(mine, other)
    return Line(what, *figures, f"{budget:.0f} ms", ours <= budget)


def _changes(root: Path) -> list[Line]:
    """One report changes, then the library is brought up to date."""
    paths = sorted((root / "postmortems").rglob("*.md"))
    taken = []
    with Library.open(load_project(root)) as library:
        for number in range(20):
            path = paths[number * 400]
            path.write_text(path.read_text() + f"\nLater found: needle{number}.\n")
            taken.append(timed(library.refresh))
            found = library.search(f"needle{number}", Filters(), Audience.RESTRICTED)
            assert found.total == 1, found.total
    sample = Sample(taken)
    return [
        Line("up to date after one change", str(sample), budget="300 ms", met=max(taken) <= 300)
    ]


def _searches(root: Path, plain: sqlite3.Connection, grep: str) -> list[Line]:
    """The same queries to all, in turn."""
    ours, theirs, files = [], [], []
    with Library.open(load_project(root)) as library:
        library.search("warm", Filters(), Audience.INTERNAL)
        for number, query in enumerate(QUERIES * 3):
            ours.append(
                timed(lambda: library.search(query, Filters(), Audience.INTERNAL, limit=10))  # noqa: B023 - called at once
            )
            words = " ".join(f'"{word}"' for word in query.split())
            theirs.append(timed(lambda: plain.execute(_PLAIN, [words]).fetchall()))  # noqa: B023 - called at once
            if number < 12:
                command = [grep, "-rilF", query, str(root / "postmortems")]
                files.append(
                    timed(lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL))  # noqa: B023 - called at once
                )
    mine, other, slow = Sample(ours), Sample(theirs), Sample(files)
    worst = statistics.quantiles(ours, n=20, method="inclusive")[-1]
    name = Path(grep).name
    return [
        Line("search", str(mine), f"plain FTS5: {other}", ratio(mine, other)),
        Line("search", str(mine), f"{name}: {slow}", ratio(mine, slow)),
        Line("search, 95 of 100 within", f"{worst:.1f} ms", budget="20 ms", met=worst <= 20),
    ]


_PLAIN = """\
SELECT rowid, snippet(text, 0, '[', ']', '...', 20) FROM text
WHERE text MATCH ? ORDER BY rank LIMIT 10"""


def _plain(root: Path) -> tuple[sqlite3.Connection, float]:
    """The peer: words and nothing else."""
    connection = sqlite3.connect(root / "plain.sqlite3")

    def build() -> None:
        connection.execute("CREATE VIRTUAL TABLE text USING fts5 (body)")
        texts = ((path.read_text(),) for path in (root / "postmortems").rglob("*.md"))
        connection.executemany("INSERT INTO text VALUES (?)", texts)
        connection.commit()

    return connection, timed(build)


def _in_another_process(what: str, root: Path) -> str:
    """Memory is that of a process: a new one for what is measured."""
    command = [sys.executable, __file__, what, str(root)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _build(root: Path) -> None:
    started = time.perf_counter()
    with Library.open(load_project(root)) as library:
        seconds = time.perf_counter() - started
        assert len(library.entries(Audience.RESTRICTED)) == _COUNT
        library.search("lock", Filters(), Audience.RESTRICTED)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Two readers at once, each at most as large as the largest.
    readers = 2 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"seconds": seconds, "memory": (own + readers) / 1024}))


if __name__ == "__main__":
    random.seed(20261121)
    if sys.argv[1:2] == ["build"]:
        _build(Path(sys.argv[2]))
    else:
        show(measure)
