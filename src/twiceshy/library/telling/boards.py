"""Action items and statistics on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twiceshy.library.telling.bars import bars, heading, minutes
from twiceshy.render.legible import one_line
from twiceshy.render.marks import LABEL
from twiceshy.render.paragraph import indented, wrap

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from twiceshy.library.entry import Action, Entry
    from twiceshy.library.statistics_records import OwnerCount, Statistics, Times
    from twiceshy.render.marks import Page

NOBODY = "(nobody)"


def actions_lines(
    actions: Sequence[Action],
    owners: Sequence[OwnerCount],
    entries: Mapping[str, Entry],
    today: datetime.date,
    page: Page,
) -> list[Text]:
    """What is overdue, then what is open, then who has how much; done items are only counted."""
    overdue = [action for action in actions if action.overdue(today)]
    waiting = [action for action in actions if not action.done and not action.overdue(today)]
    done = len(actions) - len(overdue) - len(waiting)
    if not actions:
        return [Text("no action items")]
    dot = (f" {page.marks.dot} ", LABEL)
    total = Text.assemble(
        (f"{len(overdue)} overdue", "bold red" if overdue else "bold green"),
        dot,
        (f"{len(waiting)} open", "bold"),
        dot,
        f"{done} done",
    )
    lines = [total]
    for action in [*overdue, *waiting]:
        lines += [Text(), *_action(action, entries.get(action.report), today, page)]
    if len(owners) > 1:
        lines += [Text(), heading("by owner"), *_owners(owners, page)]
    return lines


def _action(action: Action, entry: Entry | None, today: datetime.date, page: Page) -> list[Text]:
    late = action.overdue(today)
    label = Text(f"{page.marks.recurs if late else page.marks.dot} ", style="bold red")
    lines = wrap(Text(one_line(action.text), style="bold" if late else ""), page.width, label)
    owner = f"@{action.owner}" if action.owner else "nobody's"
    facts = Text(one_line(owner), style="" if action.owner else "yellow")
    if action.due:
        days = (today - action.due_on).days if action.due_on else 0
        says = f"due {one_line(action.due)}"
        says += f", {days} day{'' if days == 1 else 's'} late" if late else ""
        facts.append(f" {page.marks.dot} ", style=LABEL).append(says, style="red" if late else "")
    if action.priority:
        facts.append(f" {page.marks.dot} {one_line(action.priority)}", style=LABEL)
    inner = page.inset(2)
    below = wrap(facts, inner.width)
    if entry:
        place = f"{entry.path}:{action.line}" if action.line else str(entry.path)
        below.append(Text(one_line(place), style="cyan"))
    return lines + indented(below, 2)


def _owners(owners: Sequence[OwnerCount], page: Page) -> list[Text]:
    width = min(max(len(one.owner or NOBODY) for one in owners), max(10, page.width - 30))
    lines = []
    for one in owners:
        name = (one_line(one.owner) or NOBODY)[:width].ljust(width)
        line = Text(f"  {name}  {one.open:>3} open")
        line.append(f"  {one.overdue:>3} overdue", style="bold red" if one.overdue else LABEL)
        if page.width >= width + 34:
            line.append(f"  {one.done:>3} done", style=LABEL)
        lines.append(line)
    return lines


def statistics_lines(found: Statistics, page: Page) -> list[Text]:
    """Times, guards and recurrence first: they are what one can do something about."""
    if not found.reports:
        return [Text("no reports")]
    lines = [Text(f"{found.reports} report{'' if found.reports == 1 else 's'}", style="bold")]
    lines += [Text(), heading("time")]
    for name, times in (
        ("to detect", found.to_detect),
        ("to resolve", found.to_resolve),
        ("duration", found.duration),
    ):
        lines += _times(name, times, page)
    lines += [Text(), heading("guards"), *_coverage(found, page)]
    lines += [Text(), heading("recurrence"), *_recurrence(found, page)]
    says = f"  {found.open_actions} open, {found.overdue_actions} overdue"
    lines += [Text(), heading("action items"), Text(says)]
    recent = dict(list(found.by_month.items())[-12:])
    for name, counts in (
        ("by month", recent),
        ("by severity", found.by_severity),
        ("by service", found.by_service),
        ("by kind of failure", found.by_kind),
        ("detected by", found.by_detected_by),
    ):
        if counts:
            lines += [Text(), heading(name), *bars(counts, page, most=12)]
    return lines


def _times(name: str, times: Times, page: Page) -> list[Text]:
    label = Text(f"  {name:<11}", style=LABEL)
    if not times.reports:
        return [label.append("no report says it", style=LABEL)]
    line = Text.assemble(
        "median ", (minutes(times.median), "bold"), f", mean {minutes(times.mean)}"
    )
    line.append(f"  ({times.reports} say it)", style=LABEL)
    return wrap(line, page.width, label)


def _coverage(found: Statistics, page: Page) -> list[Text]:
    coverage = found.coverage
    share = round(100 * coverage.guarded / coverage.reports)
    texts = [f"{coverage.guarded} of {coverage.reports} reports carry a guard ({share} %)"]
    if coverage.guarded:
        texts.append(f"{coverage.proved} proved, {coverage.holds} hold today")
    lines = [line for text in texts for line in wrap(Text(text), page.width, Text("  "))]
    for count, says, style in (
        (coverage.recurs, "recur today", "bold red"),
        (coverage.unreproduced, "never seen to fail: their claim is only a claim", "yellow"),
    ):
        if count:
            lines += wrap(Text(f"{count} {says}", style=style), page.width, Text("  "))
    return lines


def _recurrence(found: Statistics, page: Page) -> list[Text]:
    if not found.recurrences:
        return [Text("  no failure came back in the same way")]
    share = f"{found.repeated} of {found.reports} reports repeat an earlier one"
    lines = wrap(Text(share), page.width, Text("  "))
    for one in found.recurrences[:5]:
        head = Text(f"  {one.kind}, {one.mechanism}: ", style="bold")
        says = f"{len(one.reports)} times, last {one_line(one.reports[-1])}"
        lines += wrap(Text.assemble(head, says)[2:], page.width, Text("  "))
    return lines
