"""Draws what a demo has shown, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.model.verdict import Value
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL, STYLES
from twiceshy.render.paragraph import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.render.marks import Page

NEXT = (
    ("twiceshy init", "looks at your service and writes twiceshy.toml"),
    ('twiceshy new "What happened"', "begins a report, with a guard"),
    ("twiceshy prove", "shows that the guard sees the failure"),
    ("twiceshy run", "in every build: fails when a failure comes back"),
)


def example_heading(name: str, page: Page) -> list[Text]:
    """Which example is about to be played."""
    dash = page.marks.line * 2
    title = f"{dash} example {one_line(name)} "
    rest = page.marks.line * max(0, page.width - len(title))
    return [Text(), Text.assemble((f"{dash} ", LABEL), (title[3:], "bold cyan"), (rest, LABEL))]


def demo_lines(
    rows: Sequence[tuple[str, Value, Value, float]], folder: str, page: Page
) -> list[Text]:
    """The two verdicts of each example, what they mean, and the first steps of one's own."""
    well = all(faulty is Value.RECURS and fixed is Value.HOLDS for _, faulty, fixed, _ in rows)
    width = max([len("example"), *(len(name) for name, *_ in rows)])
    lines = [Text(), Text(page.marks.line * page.width, style=LABEL)]
    lines.append(Text(f"{'example'.ljust(width)}  {'faulty':<10}  fixed", style=LABEL))
    for name, faulty, fixed, seconds in rows:
        cells = [
            (f"{page.marks.of(value)} {value.value:<8}  ", STYLES[value])
            for value in (faulty, fixed)
        ]
        lines.append(
            Text.assemble(f"{one_line(name).ljust(width)}  ", *cells, (f"{seconds:.1f} s", LABEL))
        )
    lines += [Text(), *wrap(Text(_meaning(well=well), style="bold"), page.width)]
    if not well:
        return lines
    lines += [Text(), Text("Next, in a project of your own:")]
    lines += [Text.assemble("  ", (f"{line:<30}", "cyan"), says) for line, says in NEXT]
    return [*lines, Text(), *wrap(Text(f"The examples are in {folder}", style=LABEL), page.width)]


def _meaning(*, well: bool) -> str:
    if well:
        return (
            "Each failure came back on the version that had it, and not on the mended one. "
            "That is what a guard does in every build."
        )
    return "This is not as it should be: on faulty every example recurs, on fixed it holds."
