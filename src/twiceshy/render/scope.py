"""Draws what a verdict covers, and why one could not be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.render.finding import field
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL
from twiceshy.render.paragraph import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twiceshy.model.verdict import Scope, Verdict
    from twiceshy.render.marks import Page

_MOST_UNCOVERED = 20


def reasons(verdict: Verdict, page: Page) -> list[Text]:
    """Why the verdict is `unknown`, one paragraph a reason."""
    lines = []
    for reason in verdict.reasons:
        first, *rest = reason.splitlines() or [""]
        lines += wrap(Text(one_line(first), style="bold"), page.width, _bullet(page))
        for line in rest:
            lines += wrap(Text(one_line(line)), page.width, Text("    "))
    return lines


def scope(covered: Scope, page: Page) -> list[Text]:
    """What was tried, what was not and why: counts, or with `verbose` everything."""
    lines = field("server", covered.server, page)
    if not page.verbose:
        says = counts([covered], page)
        return lines + (field("scope", Text(says, style=LABEL), page) if says else [])
    lines += _listed("tried", covered.tried, page)
    lines += _listed("not tried", [f"{what}: {why}" for what, why in covered.untried], page)
    return lines + _listed("notes", covered.notes, page)


def counts(scopes: Iterable[Scope], page: Page) -> str:
    """`12 tried · 3 not tried · 1 note`, over several scopes; empty when there is nothing."""
    scopes = list(scopes)
    tried = sum(len(covered.tried) for covered in scopes)
    untried = sum(len(covered.untried) for covered in scopes)
    notes = sum(len(covered.notes) for covered in scopes)
    parts = [f"{tried} tried"] if tried else []
    parts += [f"{untried} not tried"] if untried else []
    parts += [f"{notes} note{'s' if notes > 1 else ''}"] if notes else []
    return f" {page.marks.dot} ".join(parts)


def uncovered(requests: Sequence[tuple[str, str]], page: Page) -> list[Text]:
    """The requests that nothing covers, each with the reason; nothing when there is none."""
    if not requests:
        return []
    one = len(requests) == 1
    says = f"{len(requests)} request{'' if one else 's'} without any cover"
    lines = [Text(says, style="bold")]
    shown = requests if page.verbose else requests[:_MOST_UNCOVERED]
    for request, why in shown:
        label = Text(f"  {page.marks.unknown} {one_line(request)}  ", style=LABEL)
        if label.cell_len > page.width // 2:
            lines += [label, *wrap(Text(one_line(why)), page.width, Text("      "))]
        else:
            lines += wrap(Text(one_line(why)), page.width, label)
    if len(shown) < len(requests):
        more = f"{page.marks.more} {len(requests) - len(shown)} more (--verbose shows all)"
        lines.append(Text(f"  {more}", style=LABEL))
    return lines


def _listed(label: str, items: Iterable[str], page: Page) -> list[Text]:
    lines: list[Text] = []
    for item in items:
        lines += field("" if lines else label, one_line(item), page)
    return lines


def _bullet(page: Page) -> Text:
    return Text(f"  {page.marks.dot} ", style=LABEL)
