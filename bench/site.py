"""The pages of 1,000 reports: how long they take, and the memory."""

from __future__ import annotations

import datetime
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nh3
from generated_reports import write_reports
from markdown_it import MarkdownIt
from measuring import Line, Result, Sample, ratio, show

_COUNT = 1_000
_ROUNDS = 3
_SECONDS, _MEGABYTES = 20, 300
_TEXT = f"""\
A folder of {_COUNT:,} generated reports in seven languages, {{size:.1f}} kB each on average, into
pages, JSON, feed and the index for search: {{files:,}} files, {{out:.1f}} MB. Each round begins
with no index, in a process of its own, so that reading the reports is part of it. The peer only
turns the same texts into sanitised HTML (markdown-it-py and nh3), with nothing around it."""


def measure() -> Result:
    """The same folder several times."""
    with tempfile.TemporaryDirectory(prefix="twiceshy-bench-") as place:
        root = Path(place)
        (root / "twiceshy.toml").write_text('reports = "postmortems"\n')
        size = write_reports(root / "postmortems", _COUNT)
        rounds = [_in_another_process(root, number) for number in range(_ROUNDS)]
        again = _in_another_process(root, 0)
        peer = Sample([_peer(root) for _ in range(_ROUNDS)], "s")
    first = rounds[0]
    seconds = Sample([each["seconds"] for each in rounds], "s")
    busy = Sample([each["busy"] for each in rounds], "s")
    memory = max(each["memory"] for each in rounds)
    text = _TEXT.format(size=size / 1000, files=first["files"], out=first["bytes"] / 1e6)
    lines = [
        Line(
            "site built, with the index of the library",
            str(seconds),
            f"HTML alone: {peer}",
            ratio(seconds, peer),
            f"{_SECONDS} s",
            seconds.median <= _SECONDS,
        ),
        Line("of which the processor was busy for us", str(busy)),
        Line("built again, nothing changed", f"{again['seconds']:.3g} s"),
        Line(
            "memory at the peak",
            f"{memory:.0f} MB",
            budget=f"{_MEGABYTES} MB",
            met=memory <= _MEGABYTES,
        ),
    ]
    return Result("Site", text, lines)


def _in_another_process(root: Path, number: int) -> dict[str, float]:
    if number:
        for file in (root / ".twiceshy").glob("library*"):
            file.unlink()
    words = [sys.executable, __file__, "--build", str(root), str(root / f"site-{number}")]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def _build(root: Path, folder: Path) -> dict[str, float]:
    started = time.monotonic()
    from twiceshy.config.load import load_project
    from twiceshy.library import Audience, Library
    from twiceshy.site.build import build
    from twiceshy.site.site import Site

    project = load_project(root)
    with Library.open(project) as library:
        site = Site.of(library, project, Audience.RESTRICTED, datetime.date(2026, 11, 21))
        built = build(site, folder)
    seconds = time.monotonic() - started
    own = resource.getrusage(resource.RUSAGE_SELF)
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": seconds,
        "busy": own.ru_utime + own.ru_stime + readers.ru_utime + readers.ru_stime,
        # Two readers at once, each at most as large as the largest.
        "memory": (own.ru_maxrss + 2 * readers.ru_maxrss) / 1024,
        "files": built.files,
        "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
    }


def _peer(root: Path) -> float:
    markdown = MarkdownIt("commonmark").enable("table")
    started = time.monotonic()
    for file in (root / "postmortems").rglob("*.md"):
        nh3.clean(markdown.render(file.read_text("utf-8")))
    return time.monotonic() - started


if __name__ == "__main__":
    if "--build" in sys.argv:
        print(json.dumps(_build(Path(sys.argv[-2]), Path(sys.argv[-1]))))
    else:
        show(measure)
