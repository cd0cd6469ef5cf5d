"""Times of day as people write them, read at one place of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twiceshy.reports.prose.calendar_words import AFTERNOON
from twiceshy.reports.prose.zones import zone_at


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in a text; `meridian` is `am` or `pm` where the text says so, else ""."""

    start: int
    end: int
    hour: int
    minute: int = 0
    second: int | None = None
    meridian: str = ""
    zone: str = ""
    offset: int | None = None
    weak: bool = False


_PART_OF_DAY = (
    r"(?P<part>\s?(?:de|da|di|del|du|de l['\u2019]|in the|at|)\s?(?:la |las )?"
    r"(?P<word>mañana|madrugada|tarde|noche|manhã|noite|matin|après-midi|soir|mattino|mattina|"
    r"pomeriggio|sera|notte|morning|afternoon|evening|night|morgens|vormittags|nachmittags|"
    r"abends|nachts|früh)\b)?"
)
_MERIDIAN = r"(?:\s{0,2}(?P<m>[ap])\.?\s?m(?:\b\.?|(?=[^a-z]|$)))"
_COLON = re.compile(
    r"(?P<h>\d{1,2})\s?:\s?(?P<min>[0-5]\d)(?!\d)(?::(?P<s>[0-5]\d)(?!\d)(?:[.,]\d{1,9})?)?"
    rf"(?:{_MERIDIAN}|(?P<short>[ap])(?![a-z]))?(?:\s?(?:uhr|hrs?|hours|horas|"
    rf"hs)\b\.?)?{_PART_OF_DAY}"
)
_WITH_H = re.compile(
    r"(?P<h>\d{1,2})(?:\s?h\s?(?P<min>[0-5]\d)(?!\d|\s?s)(?:\s?(?:min|mn|m)\b)?"
    rf"|\s?(?:h|heures?)(?:\s(?P<min2>[0-5]\d)\b)?(?![a-zà-ÿ\d])){_PART_OF_DAY}"
)
_FOUR = re.compile(r"(?P<h>[012]\d)(?P<min>[0-5]\d)\s?(?:hrs?|hours|h|horas|hs|uhr)\b\.?")
_FOUR_ZONED = re.compile(
    r"(?P<h>[012]\d)(?P<min>[0-5]\d)(?=\s?(?:utc|gmt|z|[ecmp][sd]t|cest|cet|bst|jst|"
    r"ist)\b)"
)
_TWELVE = re.compile(rf"(?P<h>\d{{1,2}}){_MERIDIAN}(?![a-z])")
_UHR = re.compile(
    r"(?P<h>\d{1,2})(?:[.:](?P<min>[0-5]\d))?\s?(?:uhr|"
    r"o['\u2019]clock)\b(?:\s(?P<min2>[0-5]\d)\b)?"
    rf"{_PART_OF_DAY}"
)
_DOTTED = re.compile(
    rf"(?P<h>[01]?\d|2[0-4])\.(?P<min>[0-5]\d)(?![\d%]|"
    rf"\.\d)(?P<mer>{_MERIDIAN})?"
)
_KANJI = re.compile(
    r"(?P<h>\d{1,2})\s?時(?!間)(?:\s?(?P<min>[0-5]?\d)\s?分(?!間)(?:\s?(?P<s>[0-5]?\d)\s?秒)?|"
    r"(?P<half>半))?"
)
_NAMED = re.compile(
    r"(?<![^\W\d_])(?:(?:12\s)?(?P<noon>noon|midday|mediodía|meio-dia|midi|mezzogiorno)"
    r"|(?:12\s)?(?P<night>midnight|medianoche|meia-noite|minuit|mitternacht|"
    r"mezzanotte))(?![^\W\d_])|正午"
)
_NAMES_BEGIN = ("noon", "mid", "minuit", "medianoche", "meia-n", "meio-d", "mitte", "mezz", "正午")
_BARE = re.compile(r"(?P<h>\d{1,2})(?![\d:/%-]|[.,]\d)" + _PART_OF_DAY)
_BARE_END = re.compile(r"\s?(?:$|[,.;)\u2013\n-]|(?:y|del?|hasta|a|e|do|da|até|alle|às)\s)")
_SHARED = re.compile(
    r"(?P<h>\d{1,2})(?=\s?(?:-|\u2013|to|and|until)\s?\d{1,2}(?::\d\d)?\s?[ap]\.?m\b)"
)
_MINUTES = re.compile(r"\d\s?m(?:in|n)?\b")
_WORD_LEAD = re.compile(r"[^\W\d_]\.?\s$")
_BARE_LEAD = re.compile(r"(?:a las|alle(?: ore)?|dalle(?: ore)?|ore|às|as) $")
_HOUR_LEAD = re.compile(
    r"(?:^|(?<!\d)[-\u2013\u2014]\s?|[|(,;:*~\n]\s?|\b(?:à|a|vers|de|entre|jusqu['\u2019]à|"
    r"dès|et|às|as|das|até|les|avant|após|"
    r"a las|hasta las|desde las|las|y|por volta das|ore|alle|dalle|um|at|from|to|until|"
    r"du matin)\s)$"
)
_LENGTH_LEAD = re.compile(
    r"\b(?:soit|pendant|dur[ée]e?s?|durée de|environ|durante|por|for|lasted|took|total(?: de)?|"
    r"plus de|"
    r"moins de|après|während|circa|quasi|duró|durou|durata|di)\s(?:environ |de |about )?$"
)
_DOT_LEAD = re.compile(
    r"(?:^|\n|\b(?:at|um|ore|alle|dalle|kl\.?|gegen|ab|bis|von|around|"
    r"about)\s)$"
)
_IN_JAPANESE = re.compile(r"(午前|午後|深夜|未明|早朝|朝|夕方|夜|昼)(?:の|\s)?$")
_DURATION_AFTER = re.compile(
    r"\s?(?:long|later|ago|after|outage|downtime|earlier|plus tard|después|"
    r"depois)\b"
)


def clock_at(text: str, position: int, end: int, written: str) -> Clock | None:
    """The time whose first digits are `text[position:end]`; `written` is the text with its case."""
    if end - position > 4 or (position and not _may_begin(text, position)):
        return None
    found = _found(text, position, end)
    if found is None:
        return None
    groups = found.groupdict()
    hour = int(groups["h"])
    minute = int(groups.get("min") or groups.get("min2") or (30 if groups.get("half") else 0))
    second = int(groups["s"]) if groups.get("s") else None
    start, meridian = _meridian(text, position, groups)
    if hour > 24 or (hour == 24 and minute) or minute > 59:
        return None
    if meridian == "pm" and hour < 12:
        hour += 12
    elif meridian == "am" and hour == 12:
        hour = 0
    bare = second is not None or (position > 0 and text[position - 1] == "t")
    zone = zone_at(written, found.end(), bare=bare)
    weak = found.re is _DOTTED and not found["mer"] and not _WORD_LEAD.search(text, 0, position)
    if zone is None:
        return Clock(start, found.end(), hour, minute, second, meridian, weak=weak)
    return Clock(start, zone.end, hour, minute, second, meridian, zone.name, zone.offset, weak)


def named_clocks(text: str, written: str) -> list[Clock]:
    """Noon and midnight, where a text names them."""
    clocks: list[Clock] = []
    if not any(map(text.__contains__, _NAMES_BEGIN)):
        return clocks
    for found in _NAMED.finditer(text):
        zone = zone_at(written, found.end())
        hour, meridian = (0, "am") if found["night"] else (12, "pm")
        end = zone.end if zone else found.end()
        clocks.append(
            Clock(found.start(), end, hour, 0, None, meridian, zone.name if zone else "",
                  zone.offset if zone else None)
        )  # fmt: skip
    return clocks


def _may_begin(text: str, position: int) -> bool:
    """Whether a time can stand here: not inside a number, a version, a word."""
    before = text[position - 1]
    if before.isdigit() or before in "#$€£_/=%&+\\":
        return before == "/" and text[position - 2 : position - 1] in "m0123456789 "
    if before in ".:,-":
        return position < 2 or before == "-" or not text[position - 2].isdigit()
    return not ("a" <= before <= "z") or (
        before == "t" and text[position - 2 : position - 1].isdigit()
    )


def _found(text: str, position: int, end: int) -> re.Match[str] | None:
    mark = text[end : end + 1]
    if mark == ":":
        return _COLON.match(text, position) or _UHR.match(text, position)
    if mark == "." or not mark or mark in ",;)-\u2013":
        return _dotted(text, position) or _twelve(text, position) or _bare(text, position)
    if mark == "時" or text.startswith("時", end + 1):
        return _KANJI.match(text, position)
    if end - position == 4:
        return _FOUR.match(text, position) or _FOUR_ZONED.match(text, position)
    if end - position > 2:
        return None
    return (
        _twelve(text, position)
        or _with_h(text, position, end)
        or _UHR.match(text, position)
        or (_COLON.match(text, position) if mark == " " else None)
        or _bare(text, position)
    )


def _twelve(text: str, position: int) -> re.Match[str] | None:
    return _TWELVE.match(text, position) or _SHARED.match(text, position)


def _dotted(text: str, position: int) -> re.Match[str] | None:
    found = _UHR.match(text, position) or _DOTTED.match(text, position)
    if found is None or found.re is _UHR or found["mer"]:
        return found
    return found if _DOT_LEAD.search(_before(text, position)) else None


def _with_h(text: str, position: int, end: int) -> re.Match[str] | None:
    """`14h30` and, where a preposition shows that it is no duration, `14 h`."""
    if "h" not in text[end : end + 2]:
        return None
    found = _WITH_H.match(text, position)
    if found is None or _MINUTES.search(found[0]):
        return None
    before = _before(text, position)
    in_brackets = before.endswith("(") and text.startswith(")", found.end())
    if in_brackets or _LENGTH_LEAD.search(before):
        return None
    if found["min"] or found["min2"] or found["part"]:
        return found
    if _DURATION_AFTER.match(text, found.end()):
        return None
    return found if _HOUR_LEAD.search(before) else None


def _bare(text: str, position: int) -> re.Match[str] | None:
    """`a las 3`, `3 de la tarde`."""
    found = _BARE.match(text, position)
    if found is None or found["word"]:
        return found
    if _BARE_LEAD.search(_before(text, position)) and _BARE_END.match(text, found.end()):
        return found
    return None


def _before(text: str, position: int) -> str:
    """What stands before, with a mark where the text began earlier, so that `^` is its start."""
    return text[:position] if position <= 16 else "." + text[position - 16 : position]


def _meridian(text: str, position: int, groups: dict[str, str | None]) -> tuple[int, str]:
    letter = groups.get("m") or groups.get("short")
    if letter:
        return position, letter + "m"
    if groups.get("word"):
        return position, "pm" if groups["word"] in AFTERNOON else "am"
    before = _IN_JAPANESE.search(text, max(0, position - 4), position)
    if before:
        afternoon = before[1] in AFTERNOON and not (before[1] == "夜" and int(groups["h"] or 0) < 5)
        return before.start(), "pm" if afternoon else "am"
    return position, ""
