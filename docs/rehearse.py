"""Rehearses the examples; shows what the terminal showed in each guard's page, and as a picture.

`make docs` runs this after `render.py`; names of examples limit it to these. The text stands
between `<!-- Rehearsal -->` and `<!-- /Rehearsal -->`; README.md shows docs/images/recurs.svg.
"""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, StageProgress
from twiceshy.model.verdict import Value
from twiceshy.rehearsal import conduct
from twiceshy.render.terminal import Terminal
from twiceshy.reports import read_reports

ROOT = Path(__file__).parents[1]
# Which page shows which example, and the picture that is made of it as well.
PAGES = {
    "deposits": "isolation",
    "signup": "preexisting",
    "preferences": "contract",
    "shop": "locks",
    "taxes": "conservation",
}
PICTURES = {"deposits": "recurs"}
PART = re.compile(r"(?s)(<!-- Rehearsal -->\n).*?(<!-- /Rehearsal -->)")
# Whoever looks at the picture should not have to ask another host for its letters.
FONTS = re.compile(r"\n *@font-face \{[^}]*\}")
WIDTH = 88


def main(names: list[str]) -> int:
    """Rehearse the faulty versions; 1 when one does not recur: then nothing may be shown."""
    return max((rehearse(name) for name in names or PAGES), default=0)


def rehearse(name: str) -> int:
    """Rehearse one example and write what it showed."""
    example = ROOT / "examples" / name
    page = ROOT / "docs" / "guards" / f"{PAGES[name]}.md"
    project = load_project(example)
    reports = [
        replace(report, guards=report.guards[:1])
        for report in read_reports(project.root / project.reports)
    ]
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True)
    events = list(conduct.run(project, reports, version="faulty"))
    verdicts = [event.verdict.value for event in events if isinstance(event, GuardFinished)]
    if set(verdicts) != {Value.RECURS}:
        return 1
    with Terminal(console, base=example, brief=True) as terminal:
        for event in events:
            if not isinstance(event, StageProgress):
                terminal.hear(event)
    if name in PICTURES:
        draw(console, PICTURES[name])
    text = "\n".join(line.rstrip() for line in console.export_text().splitlines()).strip("\n")
    part = f"```console\n$ twiceshy run --version faulty\n{text}\n```\n"
    written = PART.sub(lambda found: found[1] + part + found[2], page.read_text(encoding="utf-8"))
    page.write_text(written, encoding="utf-8")
    return 0


def draw(console: Console, picture: str) -> None:
    """What the console showed, as a picture."""
    path = ROOT / "docs" / "images" / f"{picture}.svg"
    path.parent.mkdir(exist_ok=True)
    title = "twiceshy run --version faulty"
    svg = console.export_svg(title=title, clear=False, unique_id=picture)
    path.write_text(FONTS.sub("", svg), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
