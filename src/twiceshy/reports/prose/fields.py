"""Values with a name: `Start time: 15:00`, a row of two cells, a column of a table."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.reports.headings import ACTION_ITEMS
from twiceshy.reports.prose.chronicle import Told
from twiceshy.reports.prose.document import Block, Form
from twiceshy.reports.prose.moments import Mention, moments_in, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.chronicle import Chronicle

_LABEL = re.compile(r"[^\w\n]{0,6}([^:：\n\d]{2,60}?)\s?[:：=](?!//)[ \t]*(?=[^\n]|$)")
_BARE_LABEL = re.compile(r"[^\w\n]{0,6}([^\W\d][^\n\d:.,;]{2,36}?)[\s(\u2013\u2014-]{1,4}$")
_INLINE = re.compile(r"[\s(;,.|]([^\W\d_][^\n\d:\uff1a.,;|()]{1,30}?)\s?[:\uff1a]\s?[(\[*]{0,3}$")
_DASH = re.compile(r"\s[\u2013\u2014-]\s")
_NOT_OURS = frozenset({"date", "title", "description", "due", "updated", "lastmod", "created"})
_MOST_INLINE = 6
MOST_FIELDS = 400
_BOX = " *_()[]{}-\u2013\u2014:："


@dataclass(frozen=True, slots=True)
class Field:
    """`label` is in lower case, the moments' places are those in `value`."""

    label: str
    value: str
    mentions: tuple[Mention, ...]
    told: Told
    first: Mention | None = None
    """The first moment once more, with its place in the block."""


def _of_front_matter(chronicle: Chronicle) -> Iterator[Field]:
    """`started: 2023-08-01T10:00:00Z` and the like; the date has its own place."""
    for key, value in chronicle.document.front_matter.items():
        if not isinstance(value, str | int | float | datetime.date) or key in _NOT_OURS:
            continue
        span = chronicle.front_matter_span(key)
        if span is None or isinstance(value, bool):
            continue
        text = str(value)[:200]
        if isinstance(value, datetime.date):
            text = value.isoformat().replace("+00:00", "Z")
        if isinstance(value, int | float) and not key.endswith("minutes"):
            continue
        text += " minutes" if isinstance(value, int | float) else ""
        block = Block(Form.PARAGRAPH, text, span)
        told = Told(block, tuple(moments_in(text, chronicle.manner)), plain(text))
        label = plain(key).replace("_", " ").replace("-", " ")
        first = told.mentions[0] if told.mentions else None
        yield Field(label, text, told.mentions, told, first)


def fields_of(chronicle: Chronicle) -> tuple[Field, ...]:
    """All values with a name, in their order, action items left out."""
    fields: list[Field] = list(_of_front_matter(chronicle))
    under = ""
    for told in chronicle.told:
        block = told.block
        if block.form is Form.HEADING:
            under = plain(block.text).strip(_BOX) if len(block.text) < 40 else ""
            fields.extend(_of_lines(told, ""))
        elif block.section == ACTION_ITEMS or block.form is Form.CODE:
            continue
        elif block.form is Form.ROW:
            fields.extend(_of_row(told, chronicle))
        else:
            fields.extend(_of_lines(told, under))
    return tuple(fields[:MOST_FIELDS])


def _of_row(told: Told, chronicle: Chronicle) -> Iterator[Field]:
    block = told.block
    if len(block.cells) == 2:
        yield _field(block.cells[0], block.cells[1], told, chronicle)
        return
    for column, cell in zip(block.columns, block.cells, strict=False):
        if column and cell and len(cell) < 200:
            yield _field(column, cell, told, chronicle)


def _field(label: str, value: str, told: Told, chronicle: Chronicle) -> Field:
    mentions = tuple(moments_in(value, chronicle.manner)) if told.mentions else ()
    return Field(plain(label).strip(_BOX), value, mentions, told)


def _of_lines(told: Told, under: str) -> Iterator[Field]:
    start = at = 0
    for line in told.block.text.split("\n")[:MOST_FIELDS]:
        end = start + len(line)
        inside: list[Mention] = []
        while at < len(told.mentions) and told.mentions[at].start <= end:
            inside.append(told.mentions[at])
            at += 1
        field = _of_line(told, line, start, inside, under)
        if field is not None:
            yield field
        labelled = field.first if field is not None and _at_once(field) else None
        for mention in inside[:_MOST_INLINE]:
            if mention is not labelled:
                yield from _inline(told, line, start, mention)
        start = end + 1


def _at_once(field: Field) -> bool:
    """Whether the value begins with its moment."""
    return bool(field.mentions) and field.mentions[0].start == 0


def _inline(told: Told, line: str, start: int, mention: Mention) -> Iterator[Field]:
    """`End: 15:00` further on in a line."""
    place = mention.start - start
    found = _INLINE.search(line, max(0, place - 40), max(0, place))
    if found is not None and found.start() > 1:
        begin = start + place
        value = told.block.text[mention.start : mention.end]
        label = plain(_DASH.split(found[1])[-1]).strip(_BOX)
        yield Field(label, value, (_moved(mention, begin),), told, mention)


def _of_line(
    told: Told, line: str, start: int, mentions: list[Mention], under: str
) -> Field | None:
    found = _LABEL.match(line) if ":" in line or "=" in line or "：" in line else None
    label, begin = "", 0
    if found is not None:
        label, begin = plain(found[1]), found.end()
    elif mentions:
        before = line[: max(0, mentions[0].start - start)]
        bare = _BARE_LABEL.fullmatch(before)
        if bare is not None and len(before.split()) < 6:
            label, begin = plain(bare[1]), len(before)
        elif len(before) < 12:
            label = under
    elif len(line) < 60:
        label = under
    if not label:
        return None
    moved = tuple(_moved(mention, start + begin) for mention in mentions
                  if mention.start >= start + begin)  # fmt: skip
    first = next((mention for mention in mentions if mention.start >= start + begin), None)
    return Field(label.strip(_BOX), line[begin:], moved, told, first)


def _moved(mention: Mention, by: int) -> Mention:
    return Mention(mention.start - by, mention.end - by, mention.at, mention.until,
                   mention.weekday, mention.halves, mention.weak)  # fmt: skip
