"""The date and the zone that are carried down a timeline from entry to entry."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.reports.prose.chronicle import date_of, on

if TYPE_CHECKING:
    from twiceshy.model.postmortem import Moment
    from twiceshy.reports.prose.chronicle import Chronicle

_SMALL_HOURS = 360
"""Minutes that a time may lie before the one above it and still be of the same day."""


class Calendar:
    """The date while one reads down a timeline."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.chronicle = chronicle
        self.day = date_of(chronicle.anchor) if chronicle.anchor else None
        self.base = self.day
        self.partial = chronicle.anchor if self.day is None else None
        self.clock: int | None = None
        self.zone = chronicle.zone

    def place(self, moment: Moment, *, weekday: int | None = None, half: bool = False) -> Moment:
        """The moment with date and zone."""
        if moment.day is not None or moment.month is not None:
            moment = self._with_date(moment)
        elif moment.day_number is not None:
            moment = self._numbered(moment)
        elif weekday is not None and self.day is not None:
            ahead = (weekday - self.day.weekday()) % 7
            moment = self._move(moment, self.day + datetime.timedelta(days=ahead))
        else:
            moment = self._carried(moment, half=half)
        if moment.hour is None:
            return moment
        self.clock = moment.hour * 60 + (moment.minute or 0)
        if not moment.zone and self.zone is not None:
            return replace(moment, zone=self.zone.name, offset=self.zone.offset)
        return moment

    def _with_date(self, moment: Moment) -> Moment:
        if moment.year is None and self.day is not None and moment.month is not None:
            later = moment.month < self.day.month - 6
            moment = replace(moment, year=self.day.year + later)
        moment = self.chronicle.with_year(moment)
        day = date_of(moment)
        if day is not None:
            self.day, self.partial = day, None
        elif moment.day is not None:
            self.day, self.partial = None, moment
        self.clock = None
        return moment

    def _numbered(self, moment: Moment) -> Moment:
        self.clock = None
        if self.base is None or moment.day_number is None or moment.day_number > 400:
            return moment
        return self._move(moment, self.base + datetime.timedelta(days=moment.day_number - 1))

    def _carried(self, moment: Moment, *, half: bool) -> Moment:
        clock = (moment.hour or 0) * 60 + (moment.minute or 0)
        if self.clock is not None and clock < self.clock:
            if half and clock < 720 and clock + 720 >= self.clock:
                moment = replace(moment, hour=(moment.hour or 0) + 12)
            elif self.clock - clock >= _SMALL_HOURS and self.day is not None:
                self.day += datetime.timedelta(days=1)
        if self.day is not None:
            return on(moment, self.day)
        if self.partial is not None:
            return replace(moment, month=self.partial.month, day=self.partial.day)
        return moment

    def _move(self, moment: Moment, day: datetime.date) -> Moment:
        self.day = day
        return on(moment, day)
