"""Rehearses the example; shows what the terminal showed as a picture and in the guard's page.

`make docs` runs this after `render.py`. The text stands between `<!-- Rehearsal -->` and
`<!-- /Rehearsal -->`; README.md shows the picture, docs/images/recurs.svg.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished, StageProgress
from twiceshy.model.verdict import Value
from twiceshy.rehearsal import conduct
from twiceshy.render.terminal import Terminal
from twiceshy.reports import read_reports

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "deposits"
PAGE = ROOT / "docs" / "guards" / "isolation.md"
PART = re.compile(r"(?s)(<!-- Rehearsal -->\n).*?(<!-- /Rehearsal -->)")
# Whoever looks at the picture should not have to ask another host for its letters.
FONTS = re.compile(r"\n *@font-face \{[^}]*\}")
WIDTH = 88


def main() -> int:
    """Rehearse the faulty version; 1 when it does not recur, since then nothing may be shown."""
    project = load_project(EXAMPLE)
    reports = read_reports(project.root / project.reports)
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True)
    events = list(conduct.run(project, reports, version="faulty"))
    verdicts = [event.verdict.value for event in events if isinstance(event, GuardFinished)]
    if verdicts != [Value.RECURS]:
        return 1
    with Terminal(console, base=EXAMPLE, brief=True) as terminal:
        for event in events:
            if not isinstance(event, StageProgress):
                terminal.hear(event)
    picture = ROOT / "docs" / "images" / "recurs.svg"
    picture.parent.mkdir(exist_ok=True)
    svg = console.export_svg(title="twiceshy run --version faulty", clear=False, unique_id="recurs")
    picture.write_text(FONTS.sub("", svg), encoding="utf-8")
    text = "\n".join(line.rstrip() for line in console.export_text().splitlines()).strip("\n")
    part = f"```console\n$ twiceshy run --version faulty\n{text}\n```\n"
    page = PART.sub(lambda found: found[1] + part + found[2], PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
