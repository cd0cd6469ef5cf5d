"""A document with every moment that it mentions, and what completes those moments.

People write a date once and then only times of day, a year once or only in a file's name, a zone
in one sentence for all. What is said once is gathered here.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from twiceshy.model.postmortem import Moment, Span
from twiceshy.reports.headings import ACTION_ITEMS, TIMELINE
from twiceshy.reports.prose.dates import Manner, numeric_dates, votes_for_day_first
from twiceshy.reports.prose.document import Block, Document, Form
from twiceshy.reports.prose.moments import Mention, moments_in, plain
from twiceshy.reports.prose.zones import Zone, zone_in_brackets, zone_of_all

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BLOCKS = 20_000
_SHORT = 200
_MONTHS = 12
_MOST_DATES = 30
"""How many dates of one block may be that of the incident."""
_DIGIT = re.compile(r"[0-9０-９]")
_NAMED_TIMES = ("noon", "midnight", "midi", "midí", "midn", "mitternacht", "mezz", "medianoche",
                "meia-noite", "正午")  # fmt: skip
_LABEL = re.compile(r"[^\w]{0,6}([^:：\n]{2,60}?)\s?[:：]\s*(?!//)")
_INCIDENT_DATE = re.compile(
    r"(?:incident|outage|event|problem)\s?(?:date|day)|date (?:of|"
    r"and time of)?\s?(?:the )?(?:incident|"
    r"outage|event|occurrence)|fecha (?:del |de la )?(?:incidente|evento|ca[ií]da|incidencia)|"
    r"data (?:do |da |di |del |dell['’])?(?:incidente|ocorrência|evento)|date (?:de |du |"
    r"de l['’])"
    r"(?:l['’])?(?:incident|panne|événement)|(?:datum des vorfalls|vorfallsdatum)|発生日|障害発生日"
)
_DATE = re.compile(
    r"(?:date|dates|fecha|fechas|data|datum|datums|日付|日時|when|cuándo|quando|wann|quand|"
    r"date[s]? ?(?:/|&|and) ?time|date \(.{1,12}\)|day|día|dia|jour|tag|giorno)$"
)
# Zones of those who write the day first.
_EUROPEAN = re.compile(
    r"[\dmMs]\s?\(?(?:CET|CEST|BST|WAT|CAT|EAT|SAST|IST|MEZ|MESZ|EET|EEST|GMT|AEST|AEDT|NZST|NZDT"
    r"|SGT|HKT|WET|WEST|BRT|ART|CLT|COT|PKT|GST|MSK)\b"
)
_FILE_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
_FILE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Told:
    """A block with the moments that it mentions, in their order.

    `label` is `duration` of `Duration: 15 minutes`, or the heading above a mere value.
    """

    block: Block
    mentions: tuple[Mention, ...]
    lower: str
    """The block's text in lower case, of the same length."""
    label: str = ""
    value: int = 0
    """Where the text after the label begins."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that a text gives for itself.

    `source` is `label`, `incident`, `range`, `title`, `front matter`, `body` or `name`.
    """

    moment: Moment
    source: str
    weekday: int | None = None
    span: Span | None = None


class Chronicle:
    """A document's blocks with their moments, its dates, its year and its zone."""

    def __init__(self, document: Document) -> None:
        self.document = document
        language = document.language or "en"
        numeric = numeric_dates(document.original[:200_000])
        self.swappable: frozenset[tuple[int, int]] = frozenset()
        """Days and months of which the text does not say which is which."""
        votes = votes_for_day_first(numeric)
        self.manner = Manner(language, day_first=self._day_first(votes, language))
        self.told = tuple(self._tell())
        if numeric and not votes and self._other_order_fits(set(numeric)):
            self.manner = Manner(language, day_first=not self.manner.day_first)
            self.told = tuple(self._tell())
        elif not votes and language == "en":
            pairs = {pair for pair in numeric if max(pair) <= _MONTHS and pair[0] != pair[1]}
            self.swappable = frozenset(pairs | {(second, first) for first, second in pairs})

    def _other_order_fits(self, numeric: set[tuple[int, int]]) -> bool:
        """Whether dates such as `5/6/2020` agree with the dates in words only the other way."""
        told = {
            (mention.at.day, mention.at.month)
            for told in self.told
            for mention in told.mentions
            if mention.at.day is not None
            and not numeric_dates(told.block.text[mention.start : mention.end])
        }
        day_first = bool(numeric & told)
        month_first = any((second, first) in told for first, second in numeric)
        return month_first if self.manner.day_first else day_first and not month_first

    def _day_first(self, votes: int, language: str) -> bool:
        """Whether `5/6/2020` is the fifth of June: by the other dates, the zones, the language."""
        if votes or language != "en":
            return votes > 0 or (votes == 0 and language not in {"en", "ja"})
        return _EUROPEAN.search(self.document.original, 0, 20_000) is not None

    def _tell(self) -> Iterator[Told]:
        under = ""
        for block in self.document.blocks[:_MOST_BLOCKS]:
            if block.form is Form.HEADING:
                under = plain(block.text).strip(" :：*")
            label, value = _label_of(block)
            lower = plain(block.text)
            if block.form is Form.CODE and block.section != TIMELINE:
                yield Told(block, (), lower)
            elif not _DIGIT.search(lower) and not any(map(lower.__contains__, _NAMED_TIMES)):
                yield Told(block, (), lower, label, value)
            else:
                mentions = tuple(moments_in(block.text, self.manner, lower))
                if not label and mentions and mentions[0].start < 12 and len(under) < 40:
                    label = under
                yield Told(block, mentions, lower, label, value)

    @cached_property
    def zone(self) -> Zone | None:
        """The zone of times without one: named for all, or the only one that the text has."""
        for told in self.told:
            block = told.block
            if block.form is Form.HEADING and block.section == TIMELINE:
                zone = zone_in_brackets(block.text) or zone_of_all(block.text)
            elif len(block.text) < _SHORT or block.columns:
                texts = [block.text, *(column for column in block.columns[:3] if "(" in column)]
                zone = next(filter(None, map(zone_of_all, texts)), None)
            else:
                continue
            if zone is not None:
                return zone
        return self._only_zone()

    def _only_zone(self) -> Zone | None:
        zones = {
            (moment.zone, moment.offset)
            for told in self.told
            for mention in told.mentions
            for moment in (mention.at, mention.until)
            if moment is not None and moment.zone
        }
        return Zone(*zones.pop(), 0) if len(zones) == 1 else None

    @cached_property
    def dated(self) -> tuple[Dated, ...]:
        """The dates that the text gives for the incident, the likeliest first."""
        found = [*self._labelled(), *self._ranges(), *self._titles()]
        found += islice(self._body(), 10 * _MOST_DATES)
        found += [*self._front_matter(), *self._name()]
        order = ("incident", "range", "title", "label", "body", "front matter", "name")
        found.sort(key=lambda dated: order.index(dated.source))
        return tuple(
            dated
            if dated.moment.year is not None
            else replace(dated, moment=self.with_year(dated.moment))
            for dated in found
        )

    @cached_property
    def anchor(self) -> Moment | None:
        """The date of those times of day that come without one."""
        whole = [dated for dated in self.dated if dated.moment.day is not None]
        for dated in whole:
            if dated.weekday is not None and dated.weekday == weekday_of(dated.moment):
                return _only_date(dated.moment)
        weekday = next((dated.weekday for dated in whole if dated.weekday is not None), None)
        if weekday is not None:
            for dated in whole:
                if weekday_of(dated.moment) == weekday:
                    return _only_date(dated.moment)
        return _only_date(whole[0].moment) if whole else None

    @cached_property
    def start(self) -> datetime.datetime | None:
        """The beginning that is stated outside of the timeline, with its date."""
        for told in self.told:
            for mention in told.mentions[:_MOST_DATES]:
                if mention.at.hour is None or told.block.section == TIMELINE:
                    continue
                day = date_of(self.with_year(mention.at)) or (self.anchor and date_of(self.anchor))
                if day:
                    clock = datetime.time(mention.at.hour, mention.at.minute or 0)
                    return datetime.datetime.combine(day, clock)
        return None

    @cached_property
    def year(self) -> int | None:
        """The year of dates that come without one."""
        years = Counter(
            moment.year
            for told in self.told
            for mention in told.mentions
            for moment in (mention.at, mention.until)
            if moment is not None and moment.year is not None and told.block.section != ACTION_ITEMS
        )
        for dated in (*self._titles(), *self._front_matter(), *self._name()):
            if dated.moment.year is not None:
                years[dated.moment.year] += 1
        if years:
            return max(years, key=lambda year: (years[year], -year))
        in_name = _FILE_YEAR.search(self.document.name)
        return int(in_name[1]) if in_name else None

    def with_year(self, moment: Moment) -> Moment:
        """The moment with the text's year where it has a day and no year."""
        if moment.year is not None or moment.month is None:
            return moment
        return replace(moment, year=self.year)

    def span(self, told: Told, mention: Mention) -> Span:
        """Where a moment stands in the original, or else its block."""
        return self.span_of(told.block, told.block.text[mention.start : mention.end])

    def span_of(self, block: Block, text: str) -> Span:
        """Where a piece of a block's text stands in the original, or else the block."""
        first_line = text.split("\n", 1)[0].strip()
        place = self.document.original.find(first_line, block.span.start, block.span.end)
        if place < 0 or not first_line:
            return block.span
        end = place + len(first_line)
        last_line = text.rsplit("\n", 1)[-1].strip()
        if last_line != first_line:
            last = self.document.original.find(last_line, end, block.span.end)
            end = last + len(last_line) if last >= 0 else block.span.end
        return Span(place, end)

    def _labelled(self) -> Iterator[Dated]:
        for told in self.told:
            if told.label and told.mentions and told.block.section != TIMELINE:
                mention = told.mentions[0]
                if mention.at.day is None or mention.start > told.value + 20:
                    continue
                if _INCIDENT_DATE.search(told.label):
                    yield self._dated(told, mention, "incident")
                elif _DATE.match(told.label):
                    yield self._dated(told, mention, "label")

    def _ranges(self) -> Iterator[Dated]:
        for told in self.told:
            for mention in told.mentions[:_MOST_DATES]:
                both = mention.until is not None and mention.until.hour is not None
                both = both and mention.at.hour is not None
                if both and mention.at.day is not None and told.block.section != ACTION_ITEMS:
                    yield self._dated(told, mention, "range")

    def _titles(self) -> Iterator[Dated]:
        for key in ("title", "titre", "titulo", "título", "titel"):
            yield from self._in_front_matter(key, "title")
        level = min((told.block.level for told in self.told if told.block.form is Form.HEADING),
                    default=1)  # fmt: skip
        for told in self.told[:12]:
            is_title = told.block.form is Form.HEADING and told.block.level == level
            if is_title or told is self.told[0]:
                yield from (
                    self._dated(told, mention, "title")
                    for mention in told.mentions[:1]
                    if mention.at.day is not None
                )
        yield from self._in_front_matter("description", "body")

    def _body(self) -> Iterator[Dated]:
        for told in self.told:
            if told.block.section == ACTION_ITEMS:
                continue
            for mention in told.mentions[:_MOST_DATES]:
                if mention.at.day is not None and not mention.weak:
                    yield self._dated(told, mention, "body")

    def _front_matter(self) -> Iterator[Dated]:
        for key in ("incident_date", "incident-date", "incidentDate", "started_at", "started",
                    "start", "date",
                    "fecha", "data", "datum", "published", "pubDate"):  # fmt: skip
            yield from self._in_front_matter(key, "front matter")

    def _name(self) -> Iterator[Dated]:
        name = self.document.name.rsplit("/", 1)[-1]
        for text in (name, self.document.name):
            found = _FILE_DATE.search(text)
            if found is not None:
                year, month, day = int(found[1]), int(found[2]), int(found[3])
                if 1 <= month <= 12 and 1 <= day <= 31:
                    yield Dated(Moment(year, month, day), "name")
                    return
            for mention in moments_in(text.replace("_", "-"), self.manner)[:1]:
                if mention.at.day is not None and mention.at.year is not None:
                    yield Dated(_only_date(mention.at), "name")
                    return

    def _in_front_matter(self, key: str, source: str) -> Iterator[Dated]:
        value: Any = self.document.front_matter.get(key)
        if value is None:
            return
        span = self.front_matter_span(key)
        if isinstance(value, datetime.date):
            yield Dated(Moment(value.year, value.month, value.day), source, span=span)
        elif isinstance(value, str):
            for mention in moments_in(value[:2000], self.manner)[:1]:
                if mention.at.day is not None:
                    yield Dated(_only_date(mention.at), source, mention.weekday, span)

    def front_matter_span(self, key: str) -> Span | None:
        """The line of a key of the front matter."""
        found = re.compile(rf"^{re.escape(key)}\s*[:=][^\n]*", re.MULTILINE).search(
            self.document.original, 0, 20_000
        )
        return Span(found.start(), found.end()) if found else None

    def _dated(self, told: Told, mention: Mention, source: str) -> Dated:
        return Dated(_only_date(mention.at), source, mention.weekday, self.span(told, mention))


def weekday_of(moment: Moment) -> int | None:
    """The weekday of a whole date, 0 for Monday."""
    day = date_of(moment)
    return day.weekday() if day else None


def date_of(moment: Moment) -> datetime.date | None:
    """The date, if it is whole and there is such a day."""
    if moment.year is None or moment.month is None or moment.day is None:
        return None
    try:
        return datetime.date(moment.year, moment.month, moment.day)
    except ValueError:
        return None


def on(moment: Moment, day: datetime.date) -> Moment:
    """The same time of day on this date."""
    return Moment(
        day.year, day.month, day.day, moment.hour, moment.minute, moment.second,
        moment.zone, moment.offset, moment.day_number,
    )  # fmt: skip


def _only_date(moment: Moment) -> Moment:
    return Moment(moment.year, moment.month, moment.day)


def _label_of(block: Block) -> tuple[str, int]:
    """The label of `Duration: 15 minutes` or of a row of two cells, and where its value begins."""
    if block.form is Form.ROW and len(block.cells) == 2 and len(block.cells[0]) < 40:
        return plain(block.cells[0]).strip(" :：*"), len(block.cells[0]) + 3
    if block.form in (Form.HEADING, Form.CODE):
        return "", 0
    text = block.text
    found = _LABEL.match(text) if ":" in text or "：" in text else None
    if found is None or any(letter.isdigit() for letter in found[1]):
        return "", 0
    return plain(found[1]).strip(" *()[]"), found.end()
