"""How many existing postmortems a second are read in full, and how much of it is Markdown."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from markdown_it import MarkdownIt
from measuring import Line, Result, Sample, alternately, ratio, show

from twiceshy.reports.prose.encodings import decoded
from twiceshy.reports.prose.read import read_postmortems

_TEXT = """\
Texts of our own in seven languages and five formats, each with notes below it until it is as long
as most real reports are, read with every field in one process; its processor time counts. The
peer only turns the same texts into HTML (markdown-it-py, commonmark) and finds nothing in them."""
_BUDGET = 200
_ROUNDS = 15
_LENGTH = 5_000
_LONG = 20


def measure() -> Result:
    """Reports a second, and time for a long text."""
    folder = Path(__file__).parents[1] / "tests" / "unit" / "reports" / "prose" / "texts"
    notes = (folder / "forum.txt").read_text("utf-8")
    texts = [
        (_lengthened(decoded(path.read_bytes())[0], notes), path.name)
        for path in sorted(folder.iterdir())
    ]
    renderer = MarkdownIt("commonmark")

    def ours() -> float:
        return _each(read_postmortems, texts)

    def theirs() -> float:
        return _each(lambda text, _: renderer.render(text), texts)

    ours()
    found = alternately(_ROUNDS, ours=ours, theirs=theirs)
    rate = 1000 / found["ours"].median
    letters = sum(len(text) for text, _ in texts) / len(texts)
    long = texts[0][0] * _LONG
    seconds = Sample([_each(read_postmortems, [(long, "long.md")]) for _ in range(5)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        Line(
            f"one report of {letters:.0f} letters",
            str(found["ours"]),
            str(found["theirs"]),
            ratio(found["ours"], found["theirs"]),
        ),
        Line("reports a second", f"{rate:.0f}", budget=f"{_BUDGET}", met=rate >= _BUDGET),
        Line(f"one text of {len(long):,} letters", str(seconds)),
        Line("our process, peak", f"{peak:.0f} MB", budget="300 MB", met=peak <= 300),
    ]
    return Result("Import", _TEXT, lines)


def _lengthened(text: str, notes: str) -> str:
    """The text with notes below it; it stays what it is and gets as long as it should."""
    times = max(0, _LENGTH - len(text)) // len(notes)
    return text + "\n\n## Notes\n\n" + notes * times


def _each(read, texts) -> float:
    """Milliseconds of the processor for one text, on average."""
    started = time.process_time()
    for text, name in texts:
        read(text, name)
    return (time.process_time() - started) * 1000 / len(texts)


if __name__ == "__main__":
    show(measure)
