"""What a report says about times that cannot all be true."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Conflict, Entry, Moment, Span
from twiceshy.reports.prose.candidates import (
    Candidate,
    Found,
    instant,
    minutes_apart,
    minutes_between,
)
from twiceshy.reports.prose.chronicle import Chronicle, Dated, date_of, weekday_of
from twiceshy.reports.prose.marks import RESOLVED
from twiceshy.reports.prose.moments import plain
from twiceshy.reports.prose.span import SINCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.lengths import Lengths, Stated

DURATION_AGAINST_TIMELINE = "duration-against-timeline"
START_AFTER_FIRST_SIGN = "start-after-first-sign"
RESTORED_BEFORE_END = "restored-before-end"
END_BEFORE_START = "end-before-start"
WEEKDAY_AGAINST_DATE = "weekday-against-date"
TITLE_AGAINST_FRONT_MATTER = "title-against-front-matter"
TIMELINE_OUT_OF_ORDER = "timeline-out-of-order"
RULES_OF_TIMES = (
    DURATION_AGAINST_TIMELINE,
    START_AFTER_FIRST_SIGN,
    RESTORED_BEFORE_END,
    END_BEFORE_START,
    WEEKDAY_AGAINST_DATE,
    TITLE_AGAINST_FRONT_MATTER,
    TIMELINE_OUT_OF_ORDER,
)
"""The rules that conflicts about times can have."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOSED = re.compile(
    r"clos|confirm|all[ -]clear|cerrad|cierre|encerrad|clôtur|geschlossen|chius|クローズ|確認"
)


_MITIGATED = re.compile(r"\W*mitigat")


def conflicts_of(
    chronicle: Chronicle, timeline: tuple[Entry, ...], found: Found, lengths: Lengths
) -> tuple[Conflict, ...]:
    """All contradictions between times, each once."""
    conflicts = [
        *_durations(timeline, found, lengths),
        *_first_sign(chronicle, found),
        *_restored(timeline, found),
        *_end_before_start(found),
        *_weekdays(chronicle),
        *_titles(chronicle),
        *_order(timeline),
    ]
    return tuple({(conflict.rule, conflict.says): conflict for conflict in conflicts}.values())


def _durations(timeline: tuple[Entry, ...], found: Found, lengths: Lengths) -> Iterator[Conflict]:
    starts = [(one.moment, instant(one.moment)) for one in found.start[:6]]
    ends = [(one.moment, instant(one.moment)) for one in found.end[:6]]
    computed = [
        minutes
        for start in starts
        for end in ends
        if (minutes := minutes_apart(start, end)) is not None and minutes > 0
    ]
    if not computed or not _is_whole(timeline, found):
        return
    for stated in lengths.outage:
        if stated.sure and not any(_about(stated, minutes) for minutes in computed):
            told = said(computed[0])
            yield Conflict(
                DURATION_AGAINST_TIMELINE,
                f"the text says that it took {said(stated.minutes)}, its times make it {told}",
                _spans(stated.span, found.start[0].span, found.end[0].span),
            )


def _is_whole(timeline: tuple[Entry, ...], found: Found) -> bool:
    """Whether start and end are known: not where the last entries have a date and no time."""
    if found.start and found.end and found.end[0].stated:
        return True
    dated = [entry.at for entry in timeline if entry.at is not None]
    return bool(dated) and (dated[-1].hour is not None or dated[0].hour is None)


def _about(stated: Stated, minutes: float) -> bool:
    slack = max(2.0, minutes * (0.2 if stated.rough else 0.05))
    if stated.most is not None:
        return stated.minutes - slack <= minutes <= stated.most + slack
    return abs(stated.minutes - minutes) <= slack


def said(minutes: float) -> str:
    """A length in words: `1 h 15 min`, `3 d`."""
    whole = round(minutes)
    days, rest = divmod(whole, 1440)
    hours, left = divmod(rest, 60)
    parts = [
        f"{days} d" if days else "",
        f"{hours} h" if hours else "",
        f"{left} min" if left else "",
    ]
    return " ".join(part for part in parts if part) or f"{minutes:g} min"


def _stated(candidates: list[Candidate]) -> Candidate | None:
    return next((one for one in candidates if one.stated and one.moment.hour is not None), None)


def _first_sign(chronicle: Chronicle, found: Found) -> Iterator[Conflict]:
    """A time since which something was seen, before the time that the report gives as its start."""
    start = _stated(found.start) or next(
        (one for one in found.start if one.moment.hour is not None), None
    )
    if start is None:
        return
    for told in chronicle.told:
        for mention in told.mentions:
            if mention.at.hour is None:
                continue
            if not SINCE.search(told.lower, max(0, mention.start - 40), mention.start):
                continue
            sign = mention.at
            if sign.month is None:
                day = start.moment
                sign = Moment(day.year, day.month, day.day, sign.hour, sign.minute, sign.second,
                              sign.zone, sign.offset)  # fmt: skip
            early = minutes_between(sign, start.moment)
            if early is not None and 0 < early < 720:
                yield Conflict(
                    START_AFTER_FIRST_SIGN,
                    f"something was seen since {_short(sign)}, the start is given as "
                    f"{_short(start.moment)}",
                    _spans(chronicle.span(told, mention), start.span),
                )


def _restored(timeline: tuple[Entry, ...], found: Found) -> Iterator[Conflict]:
    """The service was back before the time that the report counts as the end."""
    end = next((one for one in found.end if one.moment.hour is not None), None)
    if end is None:
        return
    for entry in timeline:
        if entry.mark != RESOLVED or entry.at is None or entry.at.hour is None:
            continue
        early = minutes_between(entry.at, end.moment)
        if early is None or not 0 < early < 1440 or _CLOSED.search(plain(entry.text)):
            return
        if _MITIGATED.match(plain(entry.text)):
            continue
        later = [
            other for other in timeline if other.at and minutes_between(other.at, end.moment) == 0
        ]
        if end.stated or any(_CLOSED.search(plain(other.text)) for other in later):
            yield Conflict(
                RESTORED_BEFORE_END,
                f"restored at {_short(entry.at)}, but the end is given as {_short(end.moment)}",
                _spans(entry.span, end.span),
            )
        return


def _end_before_start(found: Found) -> Iterator[Conflict]:
    start, end = _stated(found.start), _stated(found.end)
    if start is None or end is None:
        return
    minutes = minutes_between(start.moment, end.moment)
    if minutes is not None and minutes < 0:
        yield Conflict(
            END_BEFORE_START,
            f"the end {_short(end.moment)} lies before the start {_short(start.moment)}",
            _spans(end.span, start.span),
        )


def _weekdays(chronicle: Chronicle) -> Iterator[Conflict]:
    for dated in chronicle.dated:
        yield from _weekday(dated.moment, dated.weekday, dated.span)
    for told in chronicle.told:
        for mention in told.mentions:
            if mention.weekday is not None and mention.at.day is not None:
                moment = chronicle.with_year(mention.at)
                yield from _weekday(moment, mention.weekday, chronicle.span(told, mention))


def _weekday(moment: Moment, weekday: int | None, span: Span | None) -> Iterator[Conflict]:
    real = weekday_of(moment)
    if weekday is not None and real is not None and real != weekday:
        day = date_of(moment)
        yield Conflict(
            WEEKDAY_AGAINST_DATE,
            f"{day} was a {_WEEKDAYS[real]}, not a {_WEEKDAYS[weekday]}",
            _spans(span),
        )


def _titles(chronicle: Chronicle) -> Iterator[Conflict]:
    title = _first(chronicle.dated, "title")
    other = _first(chronicle.dated, "front matter")
    if title is None or other is None or title.moment == other.moment:
        return
    one, two = date_of(title.moment), date_of(other.moment)
    if one is not None and two is not None and one != two:
        yield Conflict(
            TITLE_AGAINST_FRONT_MATTER,
            f"the title says {one}, the front matter {two}",
            _spans(title.span, other.span),
        )


def _first(dated: tuple[Dated, ...], source: str) -> Dated | None:
    return next((one for one in dated if one.source == source), None)


def _order(timeline: tuple[Entry, ...]) -> Iterator[Conflict]:
    timed = [entry for entry in timeline if entry.at is not None and entry.at.hour is not None]
    for one, other in pairwise(timed):
        if one.at is None or other.at is None:
            continue
        minutes = minutes_between(one.at, other.at)
        if minutes is not None and minutes < 0:
            yield Conflict(
                TIMELINE_OUT_OF_ORDER,
                f"{_short(other.at)} stands below {_short(one.at)}",
                _spans(one.span, other.span),
            )


def _short(moment: Moment) -> str:
    return str(moment).replace("T", " ", 1)


def _spans(*spans: Span | None) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(span for span in spans if span is not None))
