"""What all reports come to together."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING

from twiceshy.library.similarity import counted, recurring
from twiceshy.library.statistics_records import (
    Coverage,
    OwnerCount,
    Recurrence,
    Statistics,
    Times,
)
from twiceshy.library.words import fold

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from twiceshy.library.entry import Action, Entry

_MOST_MONTHS = 600


def statistics_of(entries: Sequence[Entry], today: datetime.date) -> Statistics:
    """Counts, times, recurrence and coverage of these reports."""
    groups = recurring(entries)
    recurrences = tuple(
        Recurrence(kind, mechanism, tuple(one.id for one in group))
        for (kind, mechanism), group in sorted(groups.items(), key=lambda pair: -len(pair[1]))
    )
    actions = [action for entry in entries for action in entry.actions]
    return Statistics(
        reports=len(entries),
        by_month=_by_month(entries),
        by_severity=counted(entry.severity for entry in entries),
        by_service=counted(name for entry in entries for name in entry.services or ("",)),
        by_kind=counted(entry.kind for entry in entries),
        by_detected_by=counted(entry.detected_by for entry in entries),
        by_status=counted(entry.status for entry in entries),
        to_detect=_times(entry.minutes_to_detect for entry in entries),
        to_resolve=_times(entry.minutes_to_resolve for entry in entries),
        duration=_times(entry.duration_minutes for entry in entries),
        recurrences=recurrences,
        repeated=sum(len(group) - 1 for group in groups.values()),
        coverage=_coverage(entries),
        open_actions=sum(not action.done for action in actions),
        overdue_actions=sum(action.overdue(today) for action in actions),
    )


def _by_month(entries: Iterable[Entry]) -> dict[str, int]:
    """Every month from the first to the last, those without a report too, within 50 years."""
    months = [entry.date.year * 12 + entry.date.month - 1 for entry in entries if entry.date]
    if not months:
        return {}
    first, last = min(months), max(months)
    # A slip in one date must not make a list of thousands of months.
    every = range(first, last + 1) if last - first < _MOST_MONTHS else sorted(set(months))
    counts = dict.fromkeys(every, 0)
    for month in months:
        counts[month] += 1
    return {f"{month // 12:04d}-{month % 12 + 1:02d}": count for month, count in counts.items()}


def _times(minutes: Iterable[float | None]) -> Times:
    known = [value for value in minutes if value is not None]
    if not known:
        return Times()
    return Times(len(known), statistics.median(known), statistics.fmean(known))


def _coverage(entries: Sequence[Entry]) -> Coverage:
    guarded = [entry for entry in entries if entry.guards]
    return Coverage(
        reports=len(entries),
        guarded=len(guarded),
        proved=sum(entry.proved for entry in guarded),
        holds=sum(all(guard.today == "holds" for guard in entry.guards) for entry in guarded),
        recurs=sum(any(guard.today == "recurs" for guard in entry.guards) for entry in guarded),
        unreproduced=sum(not any(guard.reproduced for guard in entry.guards) for entry in guarded),
    )


_FAR = "9999"


def in_order(actions: Iterable[Action], today: datetime.date) -> tuple[Action, ...]:
    """Overdue ones first, then open, then done; by due date, priority, owner, report."""

    def place(action: Action) -> tuple[object, ...]:
        state = 2 if action.done else 0 if action.overdue(today) else 1
        due = action.due_on.isoformat() if action.due_on else _FAR
        return state, due, action.priority or "~", action.owner or "~", action.report, action.line

    return tuple(sorted(actions, key=place))


def by_owner(actions: Iterable[Action], today: datetime.date) -> tuple[OwnerCount, ...]:
    """How many of each owner, the most overdue first; those of nobody last.

    Names that differ only in case or accents are one, spelled as most spell it.
    """
    counts: dict[str, list[int]] = {}
    spellings: dict[str, Counter[str]] = {}
    for action in actions:
        # An item of several people is one of each.
        for owner in [name.strip() for name in action.owner.split(",")]:
            spellings.setdefault(fold(owner), Counter())[owner] += 1
            count = counts.setdefault(fold(owner), [0, 0, 0])
            count[2 if action.done else 0] += 1
            count[1] += action.overdue(today)
    found = [
        OwnerCount(spellings[folded].most_common(1)[0][0], *count)
        for folded, count in counts.items()
    ]
    found.sort(key=lambda one: (not one.owner, -one.overdue, -one.open, one.owner))
    return tuple(found)
