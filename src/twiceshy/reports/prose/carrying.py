"""The date and the zone that are carried down a timeline from entry to entry."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Moment
from twiceshy.reports.prose.chronicle import date_of, on
from twiceshy.reports.prose.zones import in_zone

if TYPE_CHECKING:
    from twiceshy.reports.prose.chronicle import Chronicle

_SMALL_HOURS = 360
"""Minutes that a time may lie before the one above it and still be of the same day."""
_NOON = 720
_MOST_DAYS = 400
_LAST_YEAR = 9999
_FIRST = datetime.date(2001, 1, 1)


_LEAP = 2024
"""Stands for a year that is not stated, so that days can be counted in it."""


_AFTER_START = re.compile(
    r"\W{0,4}t?\s?(?P<sign>[+-])\s?(?:(?P<h>\d{1,3}):(?P<m>[0-5]\d)"
    r"|(?P<n>\d{1,4})\s?(?P<unit>h|m|s|d|$|(?=[\s:]))?)"
)


class Calendar:
    """The date while one reads down a timeline.

    `says` tells how much of it the text gives: `all`, `day` (no year), `number` (`Day 2`) or "".
    """

    def __init__(self, chronicle: Chronicle) -> None:
        self.chronicle = chronicle
        self.zone = chronicle.zone
        self.clock: int | None = None
        self.says = ""
        self.day = _FIRST
        if chronicle.anchor is not None:
            self._set(chronicle.anchor)
        self.base = self.day

    def place(self, moment: Moment, *, weekday: int | None = None, half: bool = False) -> Moment:
        """The moment with date and zone."""
        if moment.month is not None:
            moment = self._with_date(moment)
        elif moment.day_number is not None:
            moment = self._numbered(moment, moment.day_number)
        elif weekday is not None and self.says == "all":
            self.day += datetime.timedelta(days=(weekday - self.day.weekday()) % 7)
            moment = self._here(moment)
        else:
            moment = self._carried(moment, half=half)
        if moment.hour is None:
            return moment
        self.clock = moment.hour * 60 + (moment.minute or 0)
        if not moment.zone and self.zone is not None:
            return in_zone(moment, self.zone)
        return moment

    def after_start(self, minutes: int | None) -> Moment | None:
        """The moment some minutes after the start, where the text gives a date and time for it."""
        start = self.chronicle.start
        if minutes is None or start is None or abs(minutes) > _MOST_DAYS * 1440:
            return None
        moment = start + datetime.timedelta(minutes=minutes)
        zone = self.zone
        return Moment(
            moment.year, moment.month, moment.day, moment.hour, moment.minute, None,
            zone.name if zone else "", zone.offset if zone else None,
        )  # fmt: skip

    def _set(self, moment: Moment) -> None:
        day = date_of(moment)
        self.says = "all" if day is not None else "day"
        if day is None:
            day = date_of(replace(moment, year=_LEAP))
        if day is not None:
            self.day = day

    def _with_date(self, moment: Moment) -> Moment:
        if moment.year is None and self.says == "all" and moment.month is not None:
            later = moment.month < self.day.month - 6
            moment = replace(moment, year=self.day.year + later)
        moment = self.chronicle.with_year(moment)
        self.clock = None
        if moment.day is not None:
            self._set(moment)
        return moment

    def _numbered(self, moment: Moment, number: int) -> Moment:
        self.clock = None
        if number > _MOST_DAYS:
            return moment
        self.says = self.says or "number"
        self.day = self.base + datetime.timedelta(days=number - 1)
        return self._here(moment)

    def _carried(self, moment: Moment, *, half: bool) -> Moment:
        clock = (moment.hour or 0) * 60 + (moment.minute or 0)
        if self.clock is not None and clock < self.clock:
            if half and clock < _NOON and clock + _NOON >= self.clock:
                moment = replace(moment, hour=(moment.hour or 0) + 12)
            elif self.clock - clock >= _SMALL_HOURS and self.day.year < _LAST_YEAR:
                self.day += datetime.timedelta(days=1)
        return self._here(moment)

    def _here(self, moment: Moment) -> Moment:
        """The time of day on the day where one reads."""
        if self.says == "number":
            return replace(moment, day_number=(self.day - self.base).days + 1)
        if not self.says:
            return moment
        moment = on(moment, self.day)
        return moment if self.says == "all" else replace(moment, year=None)


def minutes_after(lower: str) -> int | None:
    """Minutes since the start that `T+1:30`, `T+5m` or `+2h` say."""
    found = _AFTER_START.match(lower)
    if found is None:
        return None
    sign = -1 if found["sign"] == "-" else 1
    if found["h"]:
        return sign * (int(found["h"]) * 60 + int(found["m"]))
    each = {"h": 60, "d": 1440, "s": 0}.get(found["unit"] or "m", 1)
    return sign * int(found["n"]) * each
