"""The time at the beginning of a timeline's line: taken apart, and written anew in its form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
    r"|(?:[^\W\d_]{3,10}\.?,?\s)?\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d_]{3,10}\.?,?(?:\s(?:de\s)?\d{4})?"
    r"|(?:[^\W\d_]{3,10},\s)?[^\W\d_]{3,10}\.?\s\d{1,2}(?:st|nd|rd|th)?,?(?:\s\d{4})?"
    r"|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}月\d{1,2}日)"
)
_TIME = (
    r"(?:\d{1,2}:\d{2}(?::\d{2})?(?:\s?[apAP]\.?[mM]?\.?(?![^\W_]))?|\d{1,2}[hH](?:\d{2})?(?![^\W_])"
    r"|\d{4}\s?(?:hrs|hours|h)\b|\d{1,2}時(?:\d{1,2}分)?|\d{1,2}\.\d{2}(?=\s(?:Uhr|h)\b)|\d{4}(?=Z?\b))"
)
_ZONE = r"(?:\s?\(?(?:[A-Z]{2,5}(?:[+-]\d{1,2})?|Z|[+-]\d{2}:?\d{2}|Uhr|hrs|h)\)?(?![^\W_]))"
_LINE = re.compile(
    rf"(?P<lead>\s*(?:#{{1,6}}\s+|>\s*)?(?:[-*+\u2022]\s+|(?P<number>\d{{1,3}})[.)]\s+|\|\s*)?[*_`~(\[]*)"
    rf"(?:(?P<date>{_DATE})(?P<between>,?\s?(?:T|at|um|a las|à|às|-|\u2013|\|)?\s?))?"
    rf"(?P<time>{_TIME})"
    rf"(?P<zone>{_ZONE}?)"
    r"(?P<after>[*_`~)\]]*\s*(?:[:\-\u2013\u2014|,\u2192]|\.(?=\s)|\u3000|\uff1a)*\s*[*_`]*)"
    r"(?P<text>.*)"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line of a timeline in its parts, as they are written; `date` is "" when it has none."""

    lead: str
    number: str
    date: str
    between: str
    time: str
    zone: str
    after: str
    text: str

    def line(self, at: datetime.datetime, text: str, date: str) -> str:
        """A line of the same form; `date` is written in front of the time unless it is empty."""
        lead = self.lead
        if self.number:
            lead = lead.replace(self.number, str(int(self.number) + 1), 1)
        day = f"{date}{self.between or ' '}" if date else ""
        after = self.after
        if text and after and not after[-1].isspace() and not after.strip("*_`~)]"):
            after += " "
        if text and not after:
            after = " "
        return f"{lead}{day}{written(self.time, at)}{self.zone}{after}{text}"

    def dated(self, at: datetime.datetime) -> str:
        """The day of `at` in the form of this line's date; ISO where the form is not understood."""
        return day_like(self.date, at.date())


def stamp_of(line: str) -> Stamp | None:
    """The parts of a timeline's line; None when it does not begin with a time."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    return Stamp(**{name: value or "" for name, value in found.groupdict().items()})


def _padded(at: datetime.datetime, old: str) -> str:
    """The hour with two digits, unless the old one had a single digit."""
    single = re.match(r"\d(?!\d)", old)
    return str(at.hour) if single else f"{at.hour:02d}"


def _twelve(at: datetime.datetime, old: str) -> str:
    hour = at.hour % 12 or 12
    padded = f"{hour:02d}" if old[:1] == "0" else str(hour)
    clock = padded + at.strftime(":%M:%S" if old.count(":") == 2 else ":%M")
    tail = old[re.match(r"[\d:]+", old).end() :]  # type: ignore[union-attr]  # it begins with digits
    letter = "a" if at.hour < 12 else "p"
    place = next(number for number, sign in enumerate(tail) if sign in "apAP")
    shown = letter.upper() if tail[place].isupper() else letter
    return clock + tail[:place] + shown + tail[place + 1 :]


# Each form of a time, and how it is written.
_FORMS: tuple[tuple[str, Callable[[datetime.datetime, str], str]], ...] = (
    (
        r"\d{1,2}:\d{2}(?::\d{2})?(?P<gap>\s?)[apAP](?P<tail>\.?[mM]?\.?)",
        _twelve,
    ),
    (r"\d{1,2}:\d{2}:\d{2}", lambda at, old: _padded(at, old) + at.strftime(":%M:%S")),
    (r"\d{1,2}:\d{2}", lambda at, old: _padded(at, old) + at.strftime(":%M")),
    (
        r"\d{1,2}[hH]\d{2}",
        lambda at, old: _padded(at, old) + re.sub(r"\d", "", old) + at.strftime("%M"),
    ),
    (r"\d{1,2}[hH]", lambda at, old: _padded(at, old) + old[-1] + at.strftime("%M")),
    (r"\d{4}.*", lambda at, old: at.strftime("%H%M") + old[4:]),
    (r"\d{1,2}時.*", lambda at, _: f"{at.hour}時{at.minute:02d}分"),
    (r"\d{1,2}\.\d{2}", lambda at, old: _padded(at, old) + at.strftime(".%M")),
)


def written(form: str, at: datetime.datetime) -> str:
    """The time of `at` as `form` is written: `14h05`, `2:05 pm`, `1405hrs` ..."""
    for pattern, write in _FORMS:
        if re.fullmatch(pattern, form):
            return write(at, form)
    return at.strftime("%H:%M")


def day_like(form: str, day: datetime.date) -> str:
    """`day` in the numeric form of `form`, else as 2026-12-01."""
    found = re.fullmatch(r"(\d+)([-/.年])(\d+)([-/.月])(\d+)(日?)", form)
    if found is None:
        return day.isoformat()
    first, one, _, two, _, three = found.groups()
    if len(first) == 4:
        pad = "02d" if one == "-" or form[5:6] == "0" or len(form) >= 10 else "d"
        return f"{day.year}{one}{day.month:{pad}}{two}{day.day:{pad}}{three}"
    # Which of two small numbers is the month is told by the old date alone where it exceeds 12.
    return day.isoformat()
