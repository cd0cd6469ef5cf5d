"""Dates as people write them, read at one place of a text."""

from __future__ import annotations

import calendar as gregorian
import re
from dataclasses import dataclass, replace

from twiceshy.reports.prose.calendar_words import misspelled_month, months, weekdays


@dataclass(frozen=True, slots=True)
class Manner:
    """How dates are written in one text: its language, and whether `5/6` is the fifth of June."""

    language: str = "en"
    day_first: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text.

    `last_day` ends `14-19 January`, `number` is that of `Day 2`, `weak` may be no date (`5/6`).
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    number: int | None = None
    weak: bool = False


_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_MONTH = re.compile(r"(\d{4})([-/])(\d\d)(?![\d/]|[-.]\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d|[-/.:]\d)")
_JAPANESE = re.compile(
    r"(?:(\d{1,4})\s?年\s?)?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?(?:\s?[（(]([月火水木金土日])(?:曜日?)?[)）])?"
)
_PARTIAL = re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])|(\d{1,2})\.(\d{1,2})\.(?![\d])")
_ORDINAL = r"(?:st|nd|rd|th|er|ème|º|ª|°)?"
_TO = r"\s?(?:[-\u2013\u2014\u2212]|to|through|until|and|al?|au|et|y|e|bis|und|até)\s?"
_BEFORE_MONTH = re.compile(
    rf"(\d{{1,2}})(?:{_ORDINAL}|\.)(?:{_TO}(?:the )?(\d{{1,2}})(?:{_ORDINAL}|\.))?"
    rf"(?:\s|-|/|\s?of |\s?de |\s?d['\u2019]|\s?del? mes de )\s?(?:of |de )?(?:the )?"
    rf"([^\W\d_]{{3,10}})(?![^\W_])\.?(?:(?:,?\s?(?:of |de |del )?|[-/])'?(\d{{4}}|"
    rf"(?<=[-'])\d\d)(?!\d|:\d))?"
)
_AFTER_MONTH = re.compile(
    rf"(\d{{1,2}}){_ORDINAL}(?![\d]|[:.h]\d)(?:{_TO}(\d{{1,2}}){_ORDINAL}(?!\d|[:.]\d|"
    rf"\s?[ap]\.?m|\s?h\b))?"
    rf"(?:\s?[,-]?\s?(?:of )?'?(\d{{4}})(?!\d|:\d|\s?(?:hrs|hours|h\b)))?"
)
_NUMERIC = re.compile(r"(\d\d?)([-/])(\d{1,2})\2(?:\d{4}|\d\d)(?!\d)")
_MARKS = frozenset("-/.")
_KANJI_MARKS = frozenset("年月")
_DAY_WORD = re.compile(r"(?<![^\W_])(?:day|día|dia|jour|tag|giorno)\s?$")
_DAY_END = re.compile(r"\s*(?:$|[:,|)\n\u2013\u2014]|-\s)|\s(?:at |um |à |a las |às )?\d")
_YEAR = re.compile(r"(\d{4})(?!\d)")
_YEAR_BEFORE = re.compile(r"(?<!\d)(\d{4})[,\s]\s?$")
_MONTH_WORD = re.compile(r"([^\W\d_]{3,10})(?:\.?,?[\s-]{1,2}|\.|,\s|)(?:the |of |de |del )?$")
_WEEKDAY_WORD = re.compile(r"([^\W\d_]{3,10}(?:-feira)?)\.?,?\s(?:the |den |el |le |dem |il )?$")
_WEEKDAY_AFTER = re.compile(r",?\s?[(（]?([^\W\d_]{1,10})[)）]?")


def day_at(text: str, position: int, end: int, manner: Manner) -> Day | None:
    """The date whose first digits are `text[position:end]`, of a text in lower case."""
    found = _numbered(text, position, end)
    if found is not None:
        return found
    mark = text[end : end + 1]
    if mark in _MARKS:
        found = _year_first(text, position) or _year_last(text, position, manner)
    elif mark in _KANJI_MARKS or text[end + 1 : end + 2] in _KANJI_MARKS:
        found = _japanese(text, position)
    if found is None and mark and mark not in ",:)]%":
        found = _before_month(text, position, manner)
    if found is None and position:
        found = _after_month(text, position, manner)
    if found is None and mark in _MARKS:
        found = _partial(text, position, manner) or _year_and_month(text, position)
    return found and _with_weekday(text, found, manner)


def numeric_dates(text: str) -> list[tuple[int, int]]:
    """The first two numbers of all dates such as `5/6/2020`, whose order is not said."""
    return [
        (int(found[1]), int(found[3]))
        for found in _NUMERIC.finditer(text)
        if not text[found.start() - 1 : found.start()].isalnum()
    ]


def votes_for_day_first(numeric: list[tuple[int, int]]) -> int:
    """How many dates can only be day first, less those that can only be month first."""
    return sum(
        (12 < first <= 31 and second <= 12) - (12 < second <= 31 and first <= 12)
        for first, second in numeric
    )


def _dated(found: re.Match[str], year: int | None, month: int, day: int | None) -> Day | None:
    """The date if there can be one; day and month change places where only that makes sense."""
    if month > 12 and day is not None and day <= 12:
        month, day = day, month
    if not 1 <= month <= 12 or (year is not None and not 1970 <= year <= 2099):
        return None
    if day is not None and not 1 <= day <= gregorian.monthrange(year or 2024, month)[1]:
        return None
    return Day(found.start(), found.end(), year, month, day)


def _numbered(text: str, position: int, end: int) -> Day | None:
    """`Day 2`, for texts that give no dates."""
    if end - position > 2:
        return None
    before = _DAY_WORD.search(text, max(0, position - 8), position)
    if before is not None and _DAY_END.match(text, end):
        return Day(before.start(), end, number=int(text[position:end]))
    if text.startswith("日目", end):
        return Day(position, end + 2, number=int(text[position:end]))
    return None


def _year_first(text: str, position: int) -> Day | None:
    found = _YEAR_FIRST.match(text, position)
    return found and _dated(found, int(found[1]), int(found[3]), int(found[4]))


def _year_and_month(text: str, position: int) -> Day | None:
    if position and (text[position - 1] in "-_/#." or text[position - 1].isalnum()):
        return None
    found = _YEAR_MONTH.match(text, position)
    return found and _dated(found, int(found[1]), int(found[3]), None)


def _japanese(text: str, position: int) -> Day | None:
    found = _JAPANESE.match(text, position)
    if found is None:
        return None
    year = int(found[1]) if found[1] else None
    if year is not None and year < 100:
        year += 2018 if text.endswith("令和", 0, position) else 2000
    if found[3] is None and year is None:
        return None
    day = _dated(found, year, int(found[2]), int(found[3]) if found[3] else None)
    if day is None or not found[4]:
        return day
    return replace(day, weekday="月火水木金土日".index(found[4]))


def _year_last(text: str, position: int, manner: Manner) -> Day | None:
    found = _YEAR_LAST.match(text, position)
    if found is None:
        return None
    first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    short = len(found[1]) < 2 or len(found[3]) < 2
    if mark == "." and manner.language == "en" and len(found[4]) == 2 and short:
        return None
    year += 2000 if year < 100 else 0
    day_first = mark == "." or manner.day_first
    day, month = (first, second) if day_first else (second, first)
    return _dated(found, year, month, day) or _dated(found, year, day, month)


def _before_month(text: str, position: int, manner: Manner) -> Day | None:
    found = _BEFORE_MONTH.match(text, position)
    month = months(manner.language).get(found[3]) if found else None
    if found is None or month is None:
        return None
    year = int(found[4]) if found[4] else None
    if year is not None and year < 100:
        year += 2000
    day = _dated(found, year, month, int(found[1]))
    return day and _to(day, found[2])


def _after_month(text: str, position: int, manner: Manner) -> Day | None:
    word = _MONTH_WORD.search(text, max(0, position - 18), position)
    month = months(manner.language).get(word[1]) if word else None
    if word is None:
        return None
    apart = word.end(1) < position  # `May5` is a date where a year follows
    year = _YEAR.match(text, position) if apart else None
    if year is not None and month is not None:
        day = _dated(year, int(year[1]), month, None)
        return day and replace(day, start=word.start())
    found = _AFTER_MONTH.match(text, position)
    if found is not None and found[3] and month is None:
        month = misspelled_month(word[1], manner.language)
    if found is None or month is None or not (apart or found[3]):
        return None
    start = word.start()
    before = None if found[3] else _YEAR_BEFORE.search(text, max(0, start - 7), start)
    year_text = before[1] if before else found[3]
    day = _dated(found, int(year_text) if year_text else None, month, int(found[1]))
    return day and replace(_to(day, found[2]), start=before.start() if before else start)


def _partial(text: str, position: int, manner: Manner) -> Day | None:
    found = _PARTIAL.match(text, position)
    if found is None or (position and text[position - 1] in "-/.$_+"):
        return None
    if found[3]:
        day = _dated(found, None, int(found[4]), int(found[3]))
    else:
        first, second = int(found[1]), int(found[2])
        day_first = manner.day_first
        number, month = (first, second) if day_first else (second, first)
        day = _dated(found, None, month, number) or _dated(found, None, number, month)
    return day and replace(day, weak=True)


def _to(day: Day, last: str | None) -> Day:
    return replace(day, last_day=int(last)) if last and int(last) > (day.day or 31) else day


def _with_weekday(text: str, day: Day, manner: Manner) -> Day:
    """The date with the weekday that stands before or after it."""
    if day.weekday is not None:
        return day
    names = weekdays(manner.language)
    before = _WEEKDAY_WORD.search(text, max(0, day.start - 20), day.start)
    if before and before[1] in names:
        return replace(day, start=before.start(), weekday=names[before[1]])
    after = _WEEKDAY_AFTER.match(text, day.end)
    if after and after[1] in names and (len(after[1]) > 2 or after[0].lstrip(", ")[0] in "(（"):
        return replace(day, end=after.end(), weekday=names[after[1]])
    return day
