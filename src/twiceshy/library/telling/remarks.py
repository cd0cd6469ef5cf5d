"""What the rules have to say, on a terminal and for programs."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

from twiceshy.render.finding import field
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL
from twiceshy.render.paragraph import indented, wrap
from twiceshy.reports.lint import RULES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from twiceshy.render.marks import Page
    from twiceshy.reports.lint import Remark

VERSION = 1
_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold blue",
}
Checked = tuple["Path", tuple["Remark", ...]]


def remarks_lines(
    checked: Iterable[Checked], page: Page, base: Path, *, quiet: bool = False
) -> list[Text]:
    """Each remark below its file; with `quiet`, without notes."""
    lines: list[Text] = []
    for path, remarks in checked:
        shown = [one for one in remarks if not (quiet and one.severity is Severity.NOTE)]
        if not shown:
            continue
        lines += [Text(one_line(_from(path, base)), style="bold"), Text()]
        for remark in shown:
            lines += [*_remark(remark, path, page, base), Text()]
    return lines


def _remark(remark: Remark, path: Path, page: Page, base: Path) -> list[Text]:
    signs = {
        Severity.ERROR: page.marks.recurs,
        Severity.WARNING: page.marks.broken,
        Severity.NOTE: page.marks.dot,
    }
    style = _STYLES[remark.severity]
    head = Text.assemble(
        (f"{signs[remark.severity]} {remark.severity.value:<8}", style), remark.rule.says
    )
    lines = wrap(head, page.width)
    inner = page.inset(2)
    place = _from(path, base) + (f":{remark.line}" if remark.line else "")
    facts = [
        *field("where", Text(one_line(place), style="cyan"), inner),
        *field("seen", one_line(remark.seen), inner),
        *field("to do", remark.todo, inner),
        *field("rule", Text(remark.rule.id, style=LABEL), inner),
    ]
    return lines + indented(facts, 2)


def _from(path: Path, base: Path) -> str:
    return os.path.relpath(path, base) if path.is_relative_to(base) else str(path)


def sum_line(checked: Sequence[Checked], fixed: int, page: Page) -> list[Text]:
    """`1 error · 2 warnings · 3 notes in 4 reports`."""
    counts = Counter(one.severity for _, remarks in checked for one in remarks)
    dot = (f" {page.marks.dot} ", LABEL)
    parts: list[Any] = []
    for severity, count in ((severity, counts[severity]) for severity in Severity):
        if count:
            noun = severity.value + ("" if count == 1 else "s")
            parts += [dot, (f"{count} {noun}", _STYLES[severity])]
    total = f"{len(checked)} report{'' if len(checked) == 1 else 's'}"
    says = [*parts[1:], f" in {total}"] if parts else [("nothing to remark", "bold green")]
    says += [] if parts else [f" in {total}"]
    lines = wrap(Text.assemble(*says), page.width)
    if fixed:
        lines += [Text(f"{fixed} file{'' if fixed == 1 else 's'} mended", style="green")]
    return lines


def rules_lines(page: Page) -> list[Text]:
    """Every rule with its reason."""
    lines: list[Text] = []
    for rule in RULES.values():
        head = Text.assemble((rule.id, "bold"), "  ", (rule.severity.value, _STYLES[rule.severity]))
        lines += [head, *wrap(Text(f"{rule.says}. {rule.why}"), page.width, Text("  ")), Text()]
    return lines[:-1]


def remarks_document(checked: Sequence[Checked], base: Path) -> dict[str, Any]:
    """All remarks with files seen from `base`, and how many there are of each severity."""
    counts = Counter(one.severity.value for _, remarks in checked for one in remarks)
    return {
        "version": VERSION,
        "reports": len(checked),
        "counts": {severity.value: counts[severity.value] for severity in Severity},
        "remarks": [
            {
                "rule": one.rule.id,
                "severity": one.severity.value,
                "file": _from(path, base).replace(os.sep, "/"),
                "line": one.line,
                "says": one.rule.says,
                "why": one.rule.why,
                "seen": one.seen,
                "todo": one.todo,
            }
            for path, remarks in checked
            for one in remarks
        ],
    }
