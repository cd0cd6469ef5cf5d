"""Where the entries of a timeline stand in time, as far as they say."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.model.postmortem import Moment

DAY = 24 * 60
_BACKWARDS = 12 * 60
"""A clock that goes back by more than this has passed midnight; by less, an entry is late."""


def minutes(moments: Sequence[Moment | None]) -> list[float | None]:
    """Minutes since the first moment that has a clock time; None where one has none.

    Dates that are left out go on from the entry before. Zones count where all of them are known.
    """
    zoned = all(m.offset is not None for m in moments if m is not None and m.hour is not None)
    found: list[float | None] = []
    day = 0
    last: float | None = None
    for moment in moments:
        if moment is None or moment.hour is None:
            found.append(None)
            continue
        clock = moment.hour * 60 + (moment.minute or 0) + (moment.second or 0) / 60
        stated = _day(moment)
        day = stated if stated is not None else day
        at = day * DAY + clock - (moment.offset or 0) * zoned
        if stated is None and last is not None and at < last - _BACKWARDS:
            day += 1
            at += DAY
        last = at
        found.append(at)
    known = [at for at in found if at is not None]
    first = min(known, default=0.0)
    dayless = all(m is None or _day(m) is None for m in moments)
    start = known[0] if dayless and known else first
    return [None if at is None else at - start for at in found]


def _day(moment: Moment) -> int | None:
    """A number that grows by one each day; a year that is not stated is taken to be any."""
    if moment.day is not None and moment.month is not None:
        try:
            # 2000 is a leap year, so that every day of a year without number exists.
            return datetime.date(moment.year or 2000, moment.month, moment.day).toordinal()
        except ValueError:
            return None
    return moment.day_number


def span(total: float) -> str:
    """A length of time in words, from minutes."""
    if total < 1:
        return f"{round(total * 60)} s" if total > 0 else "0 min"
    whole = round(total)
    if whole < 120:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, left = divmod(hours, 24)
    return f"{days} days {left} h" if left else f"{days} days"
