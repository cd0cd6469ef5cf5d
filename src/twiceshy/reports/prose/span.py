"""When an incident began, was found out, was over: by fields, sentences, the timeline."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from twiceshy.reports.headings import (
    ACTION_ITEMS,
    DETECTION,
    IMPACT,
    LESSONS,
    RESOLUTION,
    SUMMARY,
    TIMELINE,
)
from twiceshy.reports.prose.candidates import Candidate, Found, minutes_between
from twiceshy.reports.prose.chronicle import Chronicle, Told, date_of, on
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.timeline_ends import add_from_timeline
from twiceshy.reports.prose.zones import in_zone

if TYPE_CHECKING:
    from twiceshy.model.postmortem import Entry, Moment
    from twiceshy.reports.prose.fields import Field
    from twiceshy.reports.prose.moments import Mention

_WHAT = (
    r"(?:the )?(?:incident|outage|event|impact|issue|problem|disruption|failure|downtime|"
    r"service|actual|"
    r"user|customer)?\s?"
)
_START_LABEL = re.compile(
    rf"{_WHAT}(?:start|began|begin|onset|first (?:occurrence|error|seen|impact)|from\b|"
    rf"introduced)|"
    r"(?:hora |fecha |momento )?(?:y hora )?(?:de |del )?(?:inicio|comienzo)|comenzó|empezó|"
    r"(?:hora |data )?(?:de |do )?in[ií]cio|começ|(?:heure |date )?(?:de )?début|a commencé|"
    r"beginn|start(?:zeit|zeitpunkt)?|anfang|inizio|ora di inizio|開始|発生"
)
_END_LABEL = re.compile(
    rf"{_WHAT}(?:end\b|ended|ends|ending|resolved|resolution|recover|restor|closed|fixed|"
    rf"finish|until\b|"
    r"all clear|stop)|(?:hora |fecha |momento )?(?:y hora )?(?:de |del )?(?:fin\b|final|"
    r"término|resoluci|cierre)|"
    r"terminó|resuelto|finaliz|(?:hora |data )?(?:de |do )?(?:fim|término|resolu|encerr)|"
    r"(?:heure |date )?(?:de )?(?:fin\b|résolution|rétabl|clôture)|"
    r"ende\b|endzeit|behoben|gelöst|wiederhergestellt|fine\b|ora di fine|risol|ripristin|"
    r"終了|復旧|解決|終息|収束"
)
_CLOSED_LABEL = re.compile(r"clos|cierre|cerrad|encerra|clôtur|geschlossen|chius|クローズ|終了")
_RESOLVED_LABEL = re.compile(
    rf"{_WHAT}(?:resolved|resolution|recover|restor|fixed|repaired|mitigat)|resuelt|resoluci|"
    rf"restab|restaur|"
    r"resolvid|résolu|rétabl|behoben|gelöst|wiederher|risol|ripristin|復旧|解決"
)
_DETECT_LABEL = re.compile(
    rf"(?:first |time of |date of )?{_WHAT}(?:detect|discover|reported|noticed|identified|"
    rf"found|alert|"
    r"declared)|(?:hora |fecha |data )?(?:de |da )?(?:detec|descub)|(?:heure |"
    r"date )?(?:de )?(?:la )?(?:détec|"
    r"découv)|erkannt|erkennung|entdeck|gemeldet|rilev|scopert|検知|検出|発見|発覚"
)
_NO_MOMENT_LABEL = re.compile(r"time to|mttr|mttd|ttd|ttr|duration|due|fällig|deadline|next")
_OF_OUTAGE = re.compile(
    r"outage|down|incident|issue|duration|unavailab|impact|occur|affect|period|window|durat|"
    r"error|disrupt|fail|"
    r"experienc|ca[ií]da|incidente|panne|ausfall|störung|duraci|duração|durée|dauer|障害|発生"
)
_FAR_FROM = re.compile(
    r"\b(?:since|from|between|starting|beginning|began|started|desde|entre|depuis|seit|von|"
    r"dal)\b"
)
_FAR_UNTIL = re.compile(
    r"\b(?:until|till|to|through|and|ended|resolved|hasta|até|jusqu|bis|fino|y|e|et|"
    r"und)\b"
)
_ENDS = re.compile(
    r"resolv|restor|recover|fixed|mitigat|back to|resuelt|resolvid|résolu|behoben|risolt|復旧|"
    r"until|hasta|até|jusqu|bis\b|ended|rolled back|revert|stopped|subsided"
)
_STARTS = re.compile(
    r"start|began|begin|occur|since|first|received|notif|report|detect|comenz|inici|desde|"
    r"começ|début|depuis|beg[ai]nn|seit|inizi|発生|から|on|at"
)
_MUCH_EARLIER = 360
_LEADING = 12
_MOST = 60
"""How many moments of one block are looked at; the beginning of a report says when it was."""
SINCE = re.compile(
    r"(?:since|as early as|already at|starting at|beginning at|started at|began at|"
    r"desde(?: las)?|a partir de las|"
    r"desde as|depuis|dès|seit|ab|dal(?:le)?|fin dalle)\s(?:about |around |approximately |at )?$"
)
_ABOUT_REPORT = re.compile(
    r"(?:last )?(?:updated|created|published|posted|written|reviewed|author|modified|version)|"
    r"(?:report|meeting|review|postmortem|post-mortem) (?:date|time|on)|"
    r"actualizado|publicado|atualizado|mis à jour|publié|erstellt|aktualisiert|aggiornat|作成|更新"
)
_WHERE = frozenset({SUMMARY, IMPACT, "", DETECTION, RESOLUTION})


def found_times(
    chronicle: Chronicle, fields: tuple[Field, ...], timeline: tuple[Entry, ...]
) -> Found:
    """Every time that the text gives for the beginning and the end, the likeliest first."""
    found = Found([], [], [], [])
    own = _own_timeline(chronicle, timeline)
    _from_fields(chronicle, fields, found)
    _from_ranges(chronicle, found, own=own)
    add_from_timeline(timeline, found)
    _from_signs(chronicle, found)
    _from_dates(chronicle, found)
    for name in ("start", "detected", "resolved", "end"):
        candidates: list[Candidate] = getattr(found, name)
        candidates.sort(key=lambda candidate: -candidate.weight)
    return found


def _own_timeline(chronicle: Chronicle, timeline: tuple[Entry, ...]) -> bool:
    """Whether the timeline stands among the summary, where its lines must not count twice."""
    spans = {told.block.section for told in chronicle.told if told.block.section == TIMELINE}
    return bool(timeline) and not spans


def _complete(chronicle: Chronicle, told: Told, mention: Mention) -> tuple[Moment, Moment | None]:
    """A mention's moments with the date that the text before it gives."""
    at, until = mention.at, mention.until
    at = chronicle.with_year(at) if at.month is not None else _dated(chronicle, told, mention, at)
    if until is None:
        return _zoned(chronicle, at), None
    if until.month is not None:
        until = chronicle.with_year(until)
    elif until.hour is not None and at.month is not None:
        until = replace(until, year=at.year, month=at.month, day=at.day)
        day = date_of(until)
        late = at.hour is not None and _clock(until) < _clock(at)
        if late and day is not None:
            until = on(until, day + datetime.timedelta(days=1))
    return _zoned(chronicle, at), _zoned(chronicle, until)


def _dated(chronicle: Chronicle, told: Told, mention: Mention, moment: Moment) -> Moment:
    """A time of day with the last date before it in its block, else with the date of the text.

    A date after it counts only where the text has no better one.
    """
    dates = [other for other in told.mentions[:_MOST] if other.at.day is not None]
    before = [other.at for other in dates if other.start < mention.start]
    day: Moment | None
    if before:
        day = chronicle.with_year(before[-1])
    elif dates and chronicle.dated and chronicle.dated[0].source == "body":
        day = chronicle.with_year(dates[0].at)
    else:
        day = chronicle.anchor
    if day is None:
        return moment
    return replace(moment, year=day.year, month=day.month, day=day.day)


def _zoned(chronicle: Chronicle, moment: Moment) -> Moment:
    if moment.hour is None or moment.zone or chronicle.zone is None:
        return moment
    return in_zone(moment, chronicle.zone)


def _clock(moment: Moment) -> tuple[int, int]:
    return (moment.hour or 0, moment.minute or 0)


def _from_fields(chronicle: Chronicle, fields: tuple[Field, ...], found: Found) -> None:
    for field in fields:
        if (
            not field.mentions
            or field.mentions[0].start > 40
            or field.told.block.section == TIMELINE
        ):
            continue
        if _NO_MOMENT_LABEL.search(field.label) and field.mentions[0].until is None:
            continue
        mention = field.mentions[0]
        first = field.first or replace(mention, start=0, end=0)
        at, until = _complete(chronicle, field.told, first)
        span = chronicle.span_of(field.told.block, field.value[mention.start : mention.end])
        if until is not None:
            continue
        weight = 0.95 if at.hour is not None else 0.55
        dateless = mention.at.month is None and mention.at.hour is not None
        candidate = Candidate(at, weight, span, stated=True, dateless=dateless)
        _by_label(field.label, candidate, found)
    _past_midnight(found)


def _past_midnight(found: Found) -> None:
    """`Start: 23:45`, `End: 01:15`: what comes much earlier without a date is the next day."""
    start = next((one.moment for one in found.start if one.stated), None)
    if start is None:
        return
    for candidates in (found.end, found.resolved, found.detected):
        for index, one in enumerate(candidates):
            early = minutes_between(one.moment, start) if one.dateless else None
            day = date_of(one.moment)
            if early is not None and early >= _MUCH_EARLIER and day is not None:
                later = on(one.moment, day + datetime.timedelta(days=1))
                candidates[index] = replace(one, moment=later)


def _by_label(label: str, candidate: Candidate, found: Found) -> None:
    if _START_LABEL.match(label):
        found.start.append(candidate)
    elif _DETECT_LABEL.match(label):
        found.detected.append(candidate)
        found.start.append(replace(candidate, weight=candidate.weight * 0.55, stated=False))
    elif _END_LABEL.match(label):
        closed = _CLOSED_LABEL.search(label) is not None
        found.end.append(replace(candidate, weight=candidate.weight + closed / 100))
    if _RESOLVED_LABEL.match(label):
        found.resolved.append(candidate)
        found.end.append(replace(candidate, weight=candidate.weight * 0.8))


def _from_ranges(chronicle: Chronicle, found: Found, *, own: bool) -> None:
    for told, following in zip_longest(chronicle.told, chronicle.told[1:]):
        block = told.block
        if block.section in {ACTION_ITEMS, TIMELINE, LESSONS} or block.form is Form.CODE:
            continue
        for mention in told.mentions[:_MOST]:
            if mention.until is not None:
                at, until = _complete(chronicle, told, mention)
                if until is not None:
                    weight = _weight_of_range(told, at, until, own=own)
                    span = chronicle.span(told, mention)
                    found.start.append(Candidate(at, weight, span, stated=weight > 0.5))
                    found.end.append(Candidate(until, weight, span, stated=weight > 0.5))
        _far_ranges(chronicle, told, found)
        if told.mentions and not told.lower.endswith((".", ":", "!")):
            _broken_range(chronicle, told, following, found)
        if not (own and told.mentions and told.mentions[0].start < _LEADING):
            _first_clock(chronicle, told, found)


def _weight_of_range(told: Told, at: Moment, until: Moment, *, own: bool) -> float:
    lower = told.lower[:2000]
    weight = 0.8 if _OF_OUTAGE.search(told.label) or _OF_OUTAGE.search(lower) else 0.55
    if told.block.form is Form.HEADING:
        weight = 0.6
    if told.block.section not in _WHERE or (own and told.block.form is Form.ROW):
        weight -= 0.35
    if at.hour is None or until.hour is None:
        weight -= 0.3
    elif re.search(r"durat|durac|duraç|durée|dauer|period|window|期間|outage", told.label):
        weight += 0.1
    return weight


def _far_ranges(chronicle: Chronicle, told: Told, found: Found) -> None:
    """`since the deployment (9:00) until the rollback (9:40)`."""
    single = [
        mention
        for mention in told.mentions[:_MOST]
        if mention.until is None and mention.at.hour is not None
    ]
    if len(single) < 2:
        return
    for first, second in pairwise(single):
        between = told.lower[first.end : second.start]
        if second.start - first.end <= 90 and ". " not in between:
            _far_range(chronicle, (told, first), (told, second), between, found)


def _broken_range(chronicle: Chronicle, told: Told, following: Told | None, found: Found) -> None:
    """Such a range whose end stands on the next line, which looks like a heading."""
    if following is None or following.block.form is not Form.HEADING or not following.mentions:
        return
    first, second = told.mentions[-1], following.mentions[0]
    between = told.lower[first.end :] + " "
    if len(between) <= 90 and second.start < 4 and second.at.hour is not None:
        _far_range(chronicle, (told, first), (following, second), between, found)


def _far_range(
    chronicle: Chronicle,
    one: tuple[Told, Mention],
    other: tuple[Told, Mention],
    between: str,
    found: Found,
) -> None:
    told, first = one
    before = told.lower[max(0, first.start - 40) : first.start]
    if not _FAR_FROM.search(before) or not _FAR_UNTIL.search(between):
        return
    start, _ = _complete(chronicle, *one)
    end, _ = _complete(chronicle, *other)
    weight = 0.62 if told.block.section in _WHERE else 0.35
    found.start.append(Candidate(start, weight, chronicle.span(*one), stated=True))
    found.end.append(Candidate(end, weight, chronicle.span(*other), stated=True))


def _first_clock(chronicle: Chronicle, told: Told, found: Found) -> None:
    """A single time in a sentence of the summary may be the start, or the end."""
    if told.block.section not in _WHERE or _is_field(told.label):
        return
    lower = told.lower
    for index, mention in enumerate(told.mentions[:_MOST]):
        if mention.at.hour is None or mention.until is not None:
            continue
        begin = lower.rfind(". ", max(0, mention.start - 120), mention.start) + 1
        close = lower.find(". ", mention.end, mention.end + 120)
        begin = begin or max(0, mention.start - 70)
        if _ABOUT_REPORT.search(lower, max(0, mention.start - 30), mention.start):
            continue
        sentence = lower[begin : close if close >= 0 else mention.end + 70]
        at, _ = _complete(chronicle, told, mention)
        span = chronicle.span(told, mention)
        if _ENDS.search(sentence):
            found.end.append(Candidate(at, 0.4 + index / 1000, span))
        if _STARTS.search(sentence):
            found.start.append(Candidate(at, 0.35, span))


def _from_signs(chronicle: Chronicle, found: Found) -> None:
    """`locked since 9:58`: what was seen later to have begun earlier."""
    for told in chronicle.told:
        if told.block.section in {ACTION_ITEMS, LESSONS}:
            continue
        for mention in told.mentions[:_MOST]:
            if mention.at.hour is None or mention.until is not None:
                continue
            if SINCE.search(told.lower, max(0, mention.start - 40), mention.start):
                at, _ = _complete(chronicle, told, mention)
                found.start.append(Candidate(at, 0.42, chronicle.span(told, mention)))


def _is_field(label: str) -> bool:
    named = (_START_LABEL, _END_LABEL, _DETECT_LABEL)
    return any(pattern.match(label) for pattern in named)


def _from_dates(chronicle: Chronicle, found: Found) -> None:
    """The date of the incident, for a text that gives no time."""
    if chronicle.anchor is not None:
        found.start.append(Candidate(chronicle.anchor, 0.3))
    for dated in chronicle.dated[:4]:
        found.start.append(Candidate(dated.moment, 0.2, dated.span))
        if dated.source in {"incident", "label", "range"}:
            found.end.append(Candidate(dated.moment, 0.1, dated.span))
