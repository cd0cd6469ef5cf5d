"""Every point in time that a text mentions, dates and times of day joined, ranges as ranges.

Each number is looked at once, by patterns of bounded length, so that reading takes linear time
whatever the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Moment
from twiceshy.reports.prose.calendar_words import weekdays
from twiceshy.reports.prose.clocks import Clock, clock_at, named_clocks
from twiceshy.reports.prose.dates import Day, Manner, day_at
from twiceshy.reports.prose.zones import in_zone, zone_at

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NUMBERS = 2000
"""How many numbers of one block are looked at; a text with more is a log."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A moment, or a range of time, at `text[start:end]`.

    `halves` says which of both times may as well be twelve hours later, because the text does not
    say am or pm. `weekday` is what the text says, 0 for Monday.
    """

    start: int
    end: int
    at: Moment
    until: Moment | None = None
    weekday: int | None = None
    halves: tuple[bool, bool] = (False, False)
    weak: bool = False


_NUMBER = re.compile(r"\d\d*")  # found faster than `\d+`
_WIDE = str.maketrans("０１２３４５６７８９：／．〜～\u00a0\u202f\u3000", "0123456789:/.~~   ")
_ANY_WIDE = re.compile("[０-９：／．〜～\u00a0\u202f\u3000]")
_SMALL = (
    r"at|around|about|approximately|approx\.?|circa|ca\.?|c\.|roughly|a las|a la|às|as|à|vers|um|"
    r"gegen|alle|ore|from|de|desde|das|dalle|between|entre|von|zwischen|tra|starting|beginning|"
    r"since|just|after|before|by|kl\.?|ab|gegen|nearly|early|las|la|les|の|に|から|~|≈"
)
_DAY_THEN_CLOCK = re.compile(rf"[\s,;:()\[\]@~≈-]{{0,4}}t?(?:(?:{_SMALL})[\s~:,]{{0,2}}){{0,3}}")
_CLOCK_THEN_DAY = re.compile(
    r"[ ,;()\[\]\t]{0,3}(?:(?:on|of|le|am|del día|del|el|de|do|dia|día|em|en|den|il|"
    r"del giorno|the|"
    r"vom|du|in)\s){0,3}"
)
_UNTIL = re.compile(
    r"\s{0,2}[)\]]?,?\s{0,2}(?:ごろ|頃)?(?:-+>?|[\u2013\u2014\u2212\u2192~/&]|=>|"
    r"\b(?:to|until|till|til|through|thru|up to|and|a|al|hasta|y|e|até|ate|à|au|"
    r"jusqu['\u2019]à|jusqu['\u2019]au|"
    r"et|bis|und|fino alle|fino al|alle|às|as)\b|から|より)"
    rf"\s{{0,2}}(?:(?:{_SMALL}|am|el|le|al|the|next day|il)\s{{0,2}}){{0,3}}[(\[]?"
)
_ONLY_AFTER_BETWEEN = re.compile(r"\s*,?\s*(?:(?:and|y|e|et|und)\b|&)")
_WEEKDAY = re.compile(
    rf"(?<![^\W_])([^\W\d_]{{3,13}}(?:-feira)?)[.,:]?\s(?:{_SMALL}|morning|evening|"
    rf"[\s,-]){{0,3}}$"
)
_YEAR_BEHIND = re.compile(r",?\s((?:19|20)\d\d)(?![\d:-])")
_FROM = re.compile(r"\b(?:from|de|desde|von|du)\s$")
_NO_DAY = Day(0, 0)
_BETWEEN = re.compile(r"\b(?:between|entre|zwischen|tra|fra|both)\s.{0,60}$")


def plain(text: str) -> str:
    """The text in lower case with narrow digits, of the same length, so that places stay."""
    lower = text.lower()
    if lower.isascii():
        return lower
    if len(lower) != len(text):
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lower.translate(_WIDE) if _ANY_WIDE.search(lower) else lower


def moments_in(text: str, manner: Manner | None = None, lower: str | None = None) -> list[Mention]:
    """All moments of a text in their order, with what it leaves out left open.

    `lower` is the text as `plain` makes it, where that is known.
    """
    manner = manner or Manner()
    lower = plain(text) if lower is None else lower
    tokens: list[Day | Clock] = list(_tokens(lower, text, manner))
    named = named_clocks(lower, text)
    if named:
        taken = {place for token in tokens for place in range(token.start, token.end)}
        tokens += [clock for clock in named if not {clock.start, clock.start - 2} & taken]
        tokens.sort(key=lambda token: token.start)
    mentions = [_with_zone(text, mention) for mention in _joined(lower, tokens, manner)]
    return _ranges(lower, mentions)


def _tokens(lower: str, written: str, manner: Manner) -> Iterator[Day | Clock]:
    done = 0
    for count, found in enumerate(_NUMBER.finditer(lower)):
        position = found.start()
        if position < done or found.end() - position > 8:
            continue
        if count > MOST_NUMBERS:
            return
        day = _day(lower, position, found.end(), manner)
        clock = None
        if day is None or day.weak:
            clock = clock_at(lower, position, found.end(), written)
        token = clock or day
        if token is not None:
            done = token.end
            yield token


def _day(lower: str, position: int, end: int, manner: Manner) -> Day | None:
    if position:
        before = lower[position - 1]
        if before.isdigit() or before in "#$€£_%&+=":
            return None
        joined = "a" <= before <= "z"
        if joined and not lower.startswith((", 20", ",20", " 20"), end):
            return None
        if joined or (before in "-/." and lower[position - 2 : position - 1].isalnum()):
            day = day_at(lower, position, end, manner)
            return day if day and day.start < position else None
    return day_at(lower, position, end, manner)


def _joined(lower: str, tokens: list[Day | Clock], manner: Manner) -> Iterator[Mention]:
    """Days and times of day that belong together, as one mention."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if isinstance(token, Day):
            if isinstance(following, Clock) and _gap(_DAY_THEN_CLOCK, lower, token, following):
                yield _mention(token.start, following.end, token, following)
                index += 2
                continue
            if not token.weak or _alone(lower, token):
                yield _mention(token.start, token.end, token, None)
        elif isinstance(following, Day) and _gap(_CLOCK_THEN_DAY, lower, token, following):
            yield _mention(token.start, following.end, following, token)
            index += 2
            continue
        elif not token.weak or _alone(lower, token):
            mention = _mention(token.start, token.end, None, token)
            yield _on_weekday(lower, mention, manner)
        index += 1


def _on_weekday(lower: str, mention: Mention, manner: Manner) -> Mention:
    """With the weekday of `Monday 10:00`."""
    found = _WEEKDAY.search(lower, max(0, mention.start - 24), mention.start)
    number = weekdays(manner.language).get(found[1]) if found else None
    if found is None or number is None:
        return mention
    return replace(mention, start=found.start(), weekday=number)


def _with_zone(written: str, mention: Mention) -> Mention:
    """With the zone and the year that stand only behind: `8:00 on May 5 (UTC)`, `8:00 2023`."""
    year = None
    if mention.at.year is None and mention.at.month is not None and mention.at.hour is not None:
        year = _YEAR_BEHIND.match(written, mention.end)
    if year is not None:
        mention = replace(mention, at=replace(mention.at, year=int(year[1])), end=year.end())
    if mention.at.hour is None or mention.at.zone:
        return mention
    zone = zone_at(written, mention.end)
    if zone is None:
        return mention
    return replace(mention, at=in_zone(mention.at, zone), end=zone.end)


def _alone(lower: str, token: Day | Clock) -> bool:
    """Whether a doubtful date such as `1/2` leads a line or stands alone, as dates do."""
    line = lower.rfind("\n", 0, token.start) + 1
    return not lower[line : token.start].strip(" \t*-([~")


def _gap(pattern: re.Pattern[str], lower: str, one: Day | Clock, other: Day | Clock) -> bool:
    return 0 <= other.start - one.end <= 30 and bool(pattern.fullmatch(lower, one.end, other.start))


def _mention(start: int, end: int, day: Day | None, clock: Clock | None) -> Mention:
    dated = day or _NO_DAY
    if clock is None:
        at = Moment(dated.year, dated.month, dated.day, day_number=dated.number)
        last = None if dated.last_day is None else replace(at, day=dated.last_day)
        return Mention(start, end, at, last, dated.weekday, weak=dated.weak)
    at = Moment(
        dated.year, dated.month, dated.day, clock.hour % 24, clock.minute, clock.second,
        clock.zone, clock.offset, dated.number,
    )  # fmt: skip
    open_half = not clock.meridian and 1 <= clock.hour <= 12
    return Mention(start, end, at, None, dated.weekday, (open_half, False))


def _ranges(lower: str, mentions: list[Mention]) -> list[Mention]:
    """Neighbours that are the beginning and the end of one range, as one mention."""
    joined: list[Mention] = []
    for mention in mentions:
        if joined and _is_end_of(lower, joined[-1], mention):
            joined[-1] = _range(joined[-1], mention)
        else:
            joined.append(mention)
    return joined


def _is_end_of(lower: str, first: Mention, second: Mention) -> bool:
    if first.until is not None or second.until is not None or second.start - first.end > 40:
        return False
    if first.at.hour is not None and second.at.hour is None:
        return False
    if _same_in_another_zone(first.at, second.at):
        return False
    if not _UNTIL.fullmatch(lower, first.end, second.start):
        # `from 9:00 9:40`, where the writer left out a word.
        only_space = 0 < second.start - first.end < 3 and lower[first.end : second.start].isspace()
        return only_space and bool(_FROM.search(lower, max(0, first.start - 8), first.start))
    if _ONLY_AFTER_BETWEEN.match(lower, first.end, second.start):
        return bool(_BETWEEN.search(lower, max(0, first.start - 60), first.end))
    return True


def _same_in_another_zone(one: Moment, other: Moment) -> bool:
    """Whether `10:00 PST / 18:00 UTC` says one moment twice."""
    if one.offset is None or other.offset is None or one.offset == other.offset:
        return False
    return (_minute(one) - one.offset - _minute(other) + other.offset) % 1440 == 0


def _minute(moment: Moment) -> int:
    return (moment.hour or 0) * 60 + (moment.minute or 0)


def _range(first: Mention, second: Mention) -> Mention:
    """A range; what only one of its ends says (date, zone, am or pm) holds for the other too."""
    at, until = first.at, second.at
    if at.hour is None and until.hour is not None and until.month is None:
        at, until = _day_of(at), _on(until, at)
        return Mention(first.start, second.end, at, until, first.weekday, (False, second.halves[0]))
    if not at.zone and until.zone:
        at = replace(at, zone=until.zone, offset=until.offset)
    elif at.zone and not until.zone and until.hour is not None:
        until = replace(until, zone=at.zone, offset=at.offset)
    at, until = _same_date(_same_half(first, second, at), until)
    half = first.halves[0] and second.halves[0]
    return Mention(first.start, second.end, at, until, first.weekday, (half, second.halves[0]),
                   first.weak and second.weak)  # fmt: skip


def _same_half(first: Mention, second: Mention, at: Moment) -> Moment:
    """The beginning of `2:00 - 4:30 PM` in the afternoon, where only the end says so."""
    until = second.at
    if not first.halves[0] or second.halves[0] or until.hour is None or until.month is not None:
        return at
    later = replace(at, hour=(at.hour or 0) % 12 + 12)
    return later if until.hour >= 12 and _clock(later) <= _clock(until) else at


def _same_date(at: Moment, until: Moment) -> tuple[Moment, Moment]:
    """Both ends with the date or the year that one of them has."""
    if until.month is None:
        return at, until
    if at.month is None:
        return (_on(at, until) if _clock(at) <= _clock(until) else at), until
    if at.year is None:
        return replace(at, year=until.year), until
    return at, (replace(until, year=at.year) if until.year is None else until)


def _day_of(moment: Moment) -> Moment:
    return Moment(moment.year, moment.month, moment.day)


def _on(moment: Moment, day: Moment) -> Moment:
    return replace(moment, year=day.year, month=day.month, day=day.day)


def _clock(moment: Moment) -> tuple[int, int]:
    return (moment.hour or 0, moment.minute or 0)
