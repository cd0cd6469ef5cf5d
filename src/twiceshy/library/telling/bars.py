"""Counts as bars, and the few pieces that all pages of the library share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL
from twiceshy.render.paragraph import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.library.entry import Entry
    from twiceshy.render.marks import Page

_WORST = ("critical", "sev1", "sev-1", "sev0", "p0", "p1", "1", "high", "alta", "haute", "hoch")
NOT_SAID = "(not said)"


def heading(text: str) -> Text:
    """What the next lines are about."""
    return Text(text, style="bold")


def cut(text: str, width: int, page: Page) -> Text:
    """One line of at most `width` cells."""
    line = Text(one_line(text))
    line.truncate(max(4, width), overflow="ellipsis")
    if page.marks.more != "\u2026":
        line = Text(line.plain.replace("\u2026", "~"))
    return line


def bars(counts: Mapping[str, int], page: Page, most: int = 10) -> list[Text]:
    """A line for each value: its name, a bar, its count; the rest in one line."""
    if not counts:
        return []
    shown = list(counts.items())[:most]
    highest = max(counts.values()) or 1
    names = [one_line(name) or NOT_SAID for name, _ in shown]
    width = min(max(Text(name).cell_len for name in names), max(10, page.width // 3))
    digits = len(str(highest))
    room = max(4, page.width - width - digits - 5)
    lines = []
    for name, (_, count) in zip(names, shown, strict=True):
        label = cut(name, width, page)
        label.append(" " * (width - label.cell_len))
        length = max(round(room * count / highest), 1 if count else 0)
        block = "\u2588" if page.marks.more == "\u2026" else "#"
        lines.append(Text.assemble("  ", label, f" {count:>{digits}} ", (block * length, "cyan")))
    rest = sum(list(counts.values())[most:])
    if rest:
        lines.append(Text(f"  {page.marks.more} {rest} more", style=LABEL))
    return lines


def facts_line(entry: Entry, page: Page) -> list[Text]:
    """`2026-03-14 · sev1 · isolation ✓ proved · payments`, wrapped."""
    dot = f" {page.marks.dot} "
    line = Text()
    for text, style in _facts(entry, page):
        if line:
            line.append(dot, style=LABEL)
        line.append(one_line(text), style=style)
    return wrap(line, page.width)


def _facts(entry: Entry, page: Page) -> list[tuple[str, str]]:
    found = [(entry.date.isoformat(), "")] if entry.date else []
    if entry.severity:
        worst = entry.severity.casefold().replace(" ", "") in _WORST
        found.append((entry.severity, "bold red" if worst else ""))
    if entry.guards:
        kinds = ", ".join(dict.fromkeys(guard.kind for guard in entry.guards))
        if entry.proved:
            found.append((f"{kinds} {page.marks.holds} proved", "green"))
        elif any(guard.today == "recurs" for guard in entry.guards):
            found.append((f"{kinds} {page.marks.recurs} recurs", "bold red"))
        else:
            found.append((f"{kinds}, not proved", "yellow"))
    else:
        found.append(("no guard", LABEL))
    found += [(name, "") for name in entry.services]
    found += [(entry.status, LABEL)] if entry.status else []
    if entry.visibility != "internal":
        found.append((entry.visibility.value, LABEL))
    return found


def minutes(value: float | None) -> str:
    """`45 min`, `3 h 05 min`, `2 d 4 h`."""
    if value is None:
        return "-"
    total = round(value)
    if total < 60:
        return f"{total} min"
    if total < 24 * 60:
        return f"{total // 60} h {total % 60:02d} min"
    return f"{total // 1440} d {total % 1440 // 60} h"
