"""The timeline of a report, whatever its make: bullets, lines, tables, headings, sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Entry
from twiceshy.reports.headings import ACTION_ITEMS, LESSONS, TIMELINE, WENT_WELL, WENT_WRONG
from twiceshy.reports.prose.carrying import Calendar, minutes_after
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.marks import mark_of
from twiceshy.reports.prose.moments import Mention, moments_in, plain
from twiceshy.reports.prose.sections import section_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.reports.prose.chronicle import Chronicle, Told

_LEAD = re.compile(
    r"(?::\w{2,24}:\s?)?[^\w]{0,8}(?:(?:at|on|by|around|about|approximately|approx|circa|ca|from|between|since|"
    r"time|when|"
    r"a las|a la|las|el|la|sobre las|hacia las|às|as|à|vers|le|de|um|gegen|ab|am|alle|ore|"
    r"dalle|il|"
    r"starting|roughly|then|hora|heure|uhrzeit|t)[\s:~.]{1,3}){0,3}[^\w]{0,3}"
)
_SEPARATORS = " /\t\n:;,.|)]>}\u2013\u2014-\u2192=~*_\u3000：、"
_SENTENCE = re.compile(r"(?<=[.!?。；;])(?<!\b[a-z]\.)\s+|(?<=。)|\n")
_BEGINS_SENTENCE = re.compile(
    r"(?:^|[.!?。;；\n])\s*(?:(?:at|on|by|around|about|then at|then|and at|approximately|a las|"
    r"às|à|vers|um|gegen|"
    r"alle|ore|el|le|am|il)[\s~]+(?:around |about |approximately )?){0,2}$"
)
_LABEL_FIRST = re.compile(r"[^\n]{0,80}?[(\[|:\u2013\u2014,@-]\s*$|[^\n\d]{3,60}?\s$")
_DATE_LABEL = re.compile(r"\W*(?:\w+ ){0,3}(?:date|fecha|data|datum|日付|発生日)\b[^\n]{0,24}")
_TRAILING = re.compile(r"[\s(:\[|,-]*(?:\s(?:at|by|on|around|à|a las|às|um|alle))?[\s(:\[|]*$")
_AFTER_LABEL = re.compile(r"[)\]]?\s*(?:[:\u2013\u2014-]|$|\n)")
_VAGUE = re.compile(
    r"\W*(?:unknown|earlier|later|afterwards?|next day|previous|prior|before|histor|hist[óo]r|"
    r"unbekannt|"
    r"desconocid|desconhecid|inconnue?|day before|following day|weeks? (?:before|later)|t[+-]\d|"
    r"t\s?[+-]\s?\d|\+\d+\s?(?:m|h)|minute \d)"
)
_TIME_COLUMN = re.compile(
    r"^\W*(?:time|date|when|timestamp|hora|fecha|horario|horário|data|quando|cuándo|heure|"
    r"date|quand|zeit|"
    r"uhrzeit|datum|wann|ora|orario|時刻|日時|時間|日付|day|día|dia|start|utc|at)\b"
)
_RELATIVE = re.compile(r"\W{0,4}(?:t\s?[+-]\s?\d|[+]\s?\d{1,3}(?::\d\d|\s?(?:min|[mhs])\b))")
_PREPOSITION = re.compile(
    r"\W*(?:on|at|by|around|about|in|from|between|since|el|la|a las|"
    r"le|à|am|um|gegen|às|as|il|alle)\s"
)
_TIME_LAST = re.compile(r"[^\n]*[(（\[,@–—-]\s*")
_FAMILY = {"lead": {"lead", "row", "date"}, "label": {"label", "date"}}
_FEWEST = 3
MOST_LINES = 5000
"""How many lines of one block are looked at; a timeline with more is a log."""
_NEVER = frozenset({ACTION_ITEMS, LESSONS, WENT_WELL, WENT_WRONG})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that may be an entry.

    `how` is `lead` when the time stands first, `label` when it follows a label, `loose` when it
    is somewhere, `date` for a date that stands for what follows, `row` for a row of a table of
    times (`cell` where the time is not in its first cell), `vague` for `Later:`, "" without a time.
    """

    told: Told
    how: str
    text: str
    raw: str
    mention: Mention | None = None
    after: int | None = None
    """Minutes since the start, of `T+5m`."""


def timeline_of(chronicle: Chronicle) -> tuple[Entry, ...]:
    """The entries of the timeline in the order of the text, each with the date carried to it."""
    told = [told for told in chronicle.told if told.block.section == TIMELINE]
    written = [one for one in told if one.block.form is not Form.CODE]
    pieces = _entries(list(_pieces(written, chronicle)))
    if not pieces and len(written) < len(told):
        pieces = _entries(list(_pieces(told, chronicle)))
    if sum(piece.how != "date" for piece in pieces) < 2:
        elsewhere = _elsewhere(chronicle)
        if elsewhere:
            pieces = elsewhere
    if not pieces:
        pieces = list(_untimed(told))
    return tuple(_dated(pieces, chronicle))


def _elsewhere(chronicle: Chronicle) -> list[Piece]:
    """The entries of a timeline that stands under no heading of its own."""
    told = [
        told
        for told in chronicle.told
        if told.block.section not in _NEVER and told.block.form is not Form.CODE
    ]
    pieces = [
        piece
        for piece in _pieces(told, chronicle)
        if piece.how in {"lead", "date", "label", "row"} and not _is_prose(piece)
    ]
    for how in ("lead", "label"):
        chosen = [piece for piece in pieces if piece.how in _FAMILY[how]]
        if sum(map(_is_timed, chosen)) >= _FEWEST:
            return [piece for piece in chosen if _is_timed(piece) or piece.how == "date"]
    return []


def _is_prose(piece: Piece) -> bool:
    """Whether a paragraph only begins with a time, as `On 5 May at 10:00 the shop closed` does."""
    return piece.told.block.form is Form.PARAGRAPH and bool(_PREPOSITION.match(plain(piece.raw)))


def _is_timed(piece: Piece) -> bool:
    """Whether a piece gives a time of day."""
    return piece.how != "date" and piece.mention is not None and piece.mention.at.hour is not None


def _entries(pieces: list[Piece]) -> list[Piece]:
    """The pieces of a timeline that are its entries, and the dates between them."""
    leads = sum(piece.how in {"lead", "row", "cell"} for piece in pieces)
    labels = sum(piece.how == "label" for piece in pieces)
    if leads >= 2 or (leads and not labels):
        kept = {"lead", "row", "cell", "date", "vague"} | ({"label"} if labels >= leads else set())
        return _with_text([piece for piece in pieces if piece.how in kept or not piece.how], kept)
    if labels:
        return [piece for piece in pieces if piece.how not in {"", "vague"} and _counts(piece)]
    loose = [piece for piece in pieces if piece.how in {"loose", "date"}]
    if not any(piece.how == "loose" for piece in loose):
        dates = [piece for piece in pieces if piece.how == "date"]
        return [replace(piece, how="lead") for piece in dates] if len(dates) > 1 else []
    if sum(piece.how == "loose" for piece in loose) == 1:
        return [piece for piece in pieces if piece.how == "loose" or _is_phase(piece)]
    return loose


def _counts(piece: Piece) -> bool:
    """A sentence that only mentions a date is no entry beside those that have times."""
    return piece.how != "loose" or _is_timed(piece)


def _is_phase(piece: Piece) -> bool:
    """Whether a list item without a time stands beside the one that has one."""
    block = piece.told.block
    return not piece.how and block.form is Form.ITEM and not block.level


def _with_text(pieces: list[Piece], kept: set[str]) -> list[Piece]:
    """Entries whose text follows on the next line or in the next block get it."""
    entries: list[Piece] = []
    for piece in pieces:
        if piece.how in kept:
            entries.append(piece)
        elif entries and entries[-1].how == "lead" and not entries[-1].text:
            entries[-1] = replace(entries[-1], text=piece.text)
    return entries


def _untimed(told: Iterable[Told]) -> Iterator[Piece]:
    """The phases of a timeline without any time."""
    for one in told:
        block = one.block
        if (block.form is Form.ITEM and not block.level) or block.form is Form.ROW:
            yield Piece(one, "", block.text, block.text)


def _pieces(told: Iterable[Told], chronicle: Chronicle) -> Iterator[Piece]:
    for one in told:
        form = one.block.form
        if form is Form.ROW:
            yield from _row(one, chronicle)
        elif form is Form.HEADING:
            yield from _heading(one)
        else:
            yield from _lines(one)


def _heading(told: Told) -> Iterator[Piece]:
    """A heading that is a time is an entry, one that is a date stands above what follows."""
    text = told.block.text
    for mention in told.mentions[:1]:
        timed = mention.at.hour is not None
        if timed and _LEAD.fullmatch(plain(text), 0, mention.start):
            yield Piece(told, "lead", text[mention.end :].strip(_SEPARATORS), text, mention)
        elif timed and _TIME_LAST.fullmatch(text, 0, mention.start) and _is_inside(told, mention):
            yield Piece(told, "lead", text, text, mention)
        elif (not timed and mention.at.day is not None and len(told.mentions) == 1) or (
            not timed and mention.at.day_number is not None
        ):
            yield Piece(told, "date", "", text, mention)


def _is_inside(told: Told, mention: Mention) -> bool:
    """Whether a heading that ends with a time stands inside of a timeline: `Second try (07:10)`."""
    text = told.block.text
    return len(text) - mention.end < 4 and told.block.section == TIMELINE != section_of(text)


def _row(told: Told, chronicle: Chronicle) -> Iterator[Piece]:
    """A row of a table is an entry when one of its first cells is a time."""
    block = told.block
    times: list[tuple[int, Mention]] = []
    for index, cell in enumerate(block.cells[:3]):
        mentions = moments_in(cell, chronicle.manner) if len(cell) < 60 else []
        named = index < len(block.columns) and _TIME_COLUMN.match(plain(block.columns[index]))
        if mentions and (
            named or (index == 0 and _LEAD.fullmatch(plain(cell), 0, mentions[0].start))
        ):
            times.append((index, mentions[0]))
    first = plain(block.columns[0]) if block.columns else ""
    others = [
        cell for index, cell in enumerate(block.cells) if index not in {at for at, _ in times}
    ]
    if not times:
        if _TIME_COLUMN.match(first) and len(others) > 1 and any(others[1:]):
            yield Piece(told, "vague", " | ".join(filter(None, others[1:])), block.text)
        return
    mention = times[0][1]
    if len(times) > 1 and (mention.at.hour is None) != (times[1][1].at.hour is None):
        mention = _both(mention, times[1][1])
    text = " | ".join(cell for cell in others if cell)
    how = "cell" if times[0][0] else "row"
    yield Piece(told, how, text or block.text, block.text, mention)


def _both(one: Mention, other: Mention) -> Mention:
    """A date and a time of day from two cells."""
    day, clock = (one, other) if one.at.hour is None else (other, one)
    at = replace(clock.at, year=day.at.year, month=day.at.month, day=day.at.day)
    return replace(clock, at=at, weekday=day.weekday)


def _lines(told: Told) -> Iterator[Piece]:
    """The lines of an item or a paragraph, or its sentences where its lines have no times."""
    block = told.block
    pieces: list[Piece] = []
    start = 0
    at = 0
    for line in block.text.split("\n")[:MOST_LINES]:
        end = start + len(line)
        inside: list[Mention] = []
        while at < len(told.mentions) and told.mentions[at].start < end + 1:
            inside.append(told.mentions[at])
            at += 1
        pieces.append(_line(told, line, start, inside))
        start = end + 1
    timed = [piece for piece in pieces if piece.how in {"lead", "date", "label"}]
    if block.form is Form.ITEM:
        yield from _item(told, pieces, timed)
    elif len(timed) > 1 or block.section != TIMELINE:
        yield from _merged(pieces)
    else:
        yield from _running(told, leads=bool(timed)) or _merged(pieces)


def _line(told: Told, line: str, start: int, mentions: list[Mention]) -> Piece:
    lower = plain(line)
    if not mentions:
        if _RELATIVE.match(lower):
            return Piece(told, "lead", line.strip(), line, None, minutes_after(lower))
        return Piece(told, "vague" if _VAGUE.match(lower) else "", line.strip(), line)
    mention = mentions[0]
    before, after = lower[: max(0, mention.start - start)], line[mention.end - start :]
    rest = after.lstrip(_SEPARATORS)
    if _LEAD.fullmatch(before):
        only_date = mention.at.hour is None and mention.until is None
        if only_date and len(rest) < 3:
            return Piece(told, "date", rest, line, mention)
        return Piece(told, "lead", rest, line, mention)
    if mention.at.hour is None and _DATE_LABEL.fullmatch(before):
        return Piece(told, "date", rest, line, mention)
    if len(before) < 80 and _LABEL_FIRST.fullmatch(before) and _AFTER_LABEL.match(after):
        text = f"{_TRAILING.sub('', line[: len(before)])}{': ' + rest if rest else ''}".strip()
        return Piece(told, "label", text, line, mention)
    return Piece(told, "loose", line.strip(), line, mention)


def _item(told: Told, pieces: list[Piece], timed: list[Piece]) -> Iterator[Piece]:
    """A list item is one entry, unless several of its lines begin with a time of day."""
    clocks = [piece for piece in timed if piece.how == "lead" and piece.mention
              and piece.mention.at.hour is not None]  # fmt: skip
    first = pieces[0]
    if len(clocks) > 1:
        yield from _merged(pieces)
        return
    if first.how in {"lead", "label", "date", "vague"}:
        text = "\n".join([first.text, *(piece.raw for piece in pieces[1:])]).strip()
        how = "lead" if first.how == "date" and text else first.how
        yield Piece(told, how, text, told.block.text, first.mention, first.after)
        return
    mention = told.mentions[0] if told.mentions else None
    yield Piece(told, "loose" if mention else "", told.block.text, told.block.text, mention)


def _merged(pieces: list[Piece]) -> Iterator[Piece]:
    """Lines that do not begin with a time belong to the entry above them."""
    waiting: Piece | None = None
    for piece in pieces:
        if piece.how in {"lead", "date", "label", "vague"}:
            if waiting is not None:
                yield waiting
            waiting = piece
        elif waiting is None:
            yield piece
        else:
            how = "lead" if waiting.how == "date" else waiting.how
            text = f"{waiting.text}\n{piece.raw}".strip()
            waiting = replace(waiting, how=how, text=text, raw=f"{waiting.raw}\n{piece.raw}")
    if waiting is not None:
        yield waiting


def _running(told: Told, *, leads: bool) -> list[Piece]:
    """The entries of a paragraph that tells on and on: by the times in it, or by its sentences."""
    run_on = _run_on(told)
    if leads:
        return run_on
    sentences = _sentences(told)
    return run_on if len(run_on) > len(sentences) else sentences


def _run_on(told: Told) -> list[Piece]:
    """The sentences of a paragraph, each from the time with which it begins."""
    text, lower = told.block.text, told.lower
    starts: list[tuple[int, Mention]] = []
    for mention in told.mentions:
        found = _BEGINS_SENTENCE.search(lower, max(0, mention.start - 40), mention.start)
        dashed = re.match(r"\s?(?:[-\u2013\u2014]|:\s)", lower[mention.end : mention.end + 3])
        if found or (dashed and mention.at.hour is not None):
            starts.append((mention.start, mention))
    if len(starts) > 1:
        ends = [start for start, _ in starts[1:]] + [len(text)]
        return [
            Piece(told, "lead", _from(text, mention.end, end), text[start:end], mention)
            for (start, mention), end in zip(starts, ends, strict=True)
        ]
    return []


def _sentences(told: Told) -> list[Piece]:
    """The sentences that mention a time."""
    text = told.block.text
    ends = [*(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    pieces: list[Piece] = []
    start = at = 0
    for end in ends:
        first = at
        while at < len(told.mentions) and told.mentions[at].start < end:
            at += 1
        if at > first:
            sentence = text[start:end].strip()
            pieces.append(Piece(told, "loose", sentence, sentence, told.mentions[first]))
        start = end
    return pieces


def _from(text: str, start: int, end: int) -> str:
    return re.sub(
        r"[\s,]*(?:\b(?:at|by|at around|around|then|and)\s*)?$",
        "",
        text[start:end].strip(_SEPARATORS),
    )


def _dated(pieces: list[Piece], chronicle: Chronicle) -> Iterator[Entry]:
    """The entries with the date that headings and earlier entries give them."""
    calendar = Calendar(chronicle)
    halves = _says_half(pieces)
    for piece in pieces:
        span = chronicle.span_of(piece.told.block, piece.raw.strip())
        mention = piece.mention
        if mention is None:
            at = calendar.after_start(piece.after)
            yield Entry(piece.text, at, None, mark_of(piece.text), span)
            continue
        at = calendar.place(mention.at, weekday=mention.weekday, half=halves and mention.halves[0])
        if piece.how == "date":
            continue
        until = None
        if mention.until is not None:
            until = calendar.place(mention.until, half=halves and mention.halves[1])
        yield Entry(piece.text, at, until, mark_of(piece.text), span)


def _says_half(pieces: list[Piece]) -> bool:
    """Whether the timeline tells the hours from 1 to 12, with am or pm at least once."""
    timed = [piece for piece in pieces if piece.mention and piece.mention.at.hour is not None]
    return any(
        piece.mention is not None and not piece.mention.halves[0] and piece.raw
        and re.search(r"\d\s?[ap]\.?\s?m\b", plain(piece.raw[:60]))
        for piece in timed
    )  # fmt: skip
