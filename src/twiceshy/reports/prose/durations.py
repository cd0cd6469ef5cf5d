"""Spans of time in words, in minutes: `1 h 15`, `about two hours`, `une heure et demie`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.reports.prose.moments import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNITS = {
    1 / 60: "s|secs?|seconds?|segundos?|secondes?|sekunden?|secondi|secondo|秒",
    1: "m|min|mins|minutes?|minutos?|mn|minuten?|minuti|minuto|分間?",
    60: "h|hrs?|hours?|horas?|heures?|std|stunden?|ore|ora|時間",
    1440: "d|days?|d[ií]as?|jours?|journées?|tagen?|tage?|giorni|giorno|日間",
    10080: "w|weeks?|semanas?|semaines?|wochen?|settimane|settimana|週間",
    43200: "months?|mes|meses|mês|mois|monaten?|monate?|mese|mesi|[かヶカ]月間?",
}
_WORDS = {
    1: "one an a un una um uma une ein eine einer einem einen uno",
    2: "two dos dois duas deux zwei due", 3: "three tres três trois drei tre",
    4: "four cuatro quatro quatre vier quattro", 5: "five cinco cinq fünf cinque",
    6: "six seis sechs sei", 7: "seven siete sete sept sieben sette",
    8: "eight ocho oito huit acht otto", 9: "nine nueve nove neuf neun",
    10: "ten diez dez dix zehn dieci", 11: "eleven once onze elf undici",
    12: "twelve doce doze douze zwölf dodici", 14: "fourteen catorce quatorze vierzehn",
    15: "fifteen quince quinze fünfzehn quindici",
    20: "twenty veinte vinte vingt zwanzig venti", 24: "vingt-quatre vierundzwanzig twenty-four",
    25: "twenty-five veinticinco vingt-cinq", 30: "thirty treinta trinta trente dreißig trenta",
    35: "thirty-five", 40: "forty cuarenta quarenta quarante vierzig quaranta",
    45: "forty-five quarenta-e-cinco", 48: "forty-eight",
    50: "fifty cincuenta cinquenta cinquante fünfzig cinquanta", 55: "fifty-five",
    60: "sixty sesenta sessenta soixante sechzig sessanta",
    90: "ninety noventa neunzig novanta",
    1.5: "anderthalb eineinhalb", 2.5: "zweieinhalb", 3.5: "dreieinhalb",
    0.5: "half halbe halben media meia demi demi- mezz mezza",
}  # fmt: skip
_NUMBERS = {word: float(value) for value, words in _WORDS.items() for word in words.split()}
_UNIT = "|".join(units for units in _UNITS.values())
_MINUTES_OF = {
    unit: minutes for minutes, units in _UNITS.items() for unit in (re.compile(rf"(?:{units})$"),)
}
_SPELLED = "|".join(
    re.escape(word).replace(r"\-", "[- ]")
    for word in sorted(_NUMBERS, key=len, reverse=True)
    if word not in {"sei", "m"}
)
_AMOUNT = (
    r"(?:(?<![^\W_])(?:un|mezz)['\u2019](?=or)|\d{1,5}(?:[.,]\d{1,2}|\s?(?:½|1/2))?|"
    rf"(?<![^\W_])(?:{_SPELLED})(?=[\s'-]|h))"
)
_HALF = r"(?:and a half|y media|y medio|e meia|e meio|et demie?|e mezza|e mezzo|einhalb|半)"
_PIECE = re.compile(
    rf"(?P<amount>{_AMOUNT})(?:\s?(?:-|\u2013|\u2014|~|to|or|and|y|e|et|und|a|o|à|bis|ou|"
    rf"〜)\s?~?(?P<most>{_AMOUNT}))?"
    rf"(?P<half>\s{_HALF})?(?:\s?-?\s?|\s?(?:an?|of an?|una|une|"
    rf"de)\s)(?P<unit>{_UNIT})(?![^\W\d_]|['\u2019]\w)\.?"
    rf"(?P<after>\s?{_HALF})?"
    rf"|(?P<h>\d{{1,3}})\s?h\s?(?P<min>[0-5]\d)(?:\s?m(?:in|n)?)?(?![^\W_])"
    rf"|(?P<ch>\d{{1,3}}):(?P<cm>[0-5]\d)\s?(?:h|hrs?|hours?|std|stunden|horas|heures)(?![^\W_])"
    rf"|(?P<ja>\d{{1,5}})\s?(?P<jaunit>日間|時間|分間|分|秒)(?P<jahalf>半)?"
)
_JOIN = re.compile(r"\s?(?:,|and|y|e|et|und|&)?\s?(?:,\s)?")
_START = re.compile(
    rf"\d|(?<![^\W_])(?:un|mezz)['\u2019](?=or)|"
    rf"(?<![^\W_])(?:{_SPELLED})(?=[\s'-])"
)
_MOST = 500
_TRAILING = re.compile(r"\s?(\d{1,2})(?![\d:.,/%]|\s?[^\W_])")


@dataclass(frozen=True, slots=True)
class Length:
    """A span of time at `text[start:end]`; `most` is the other end of `30-60 minutes`."""

    start: int
    end: int
    minutes: float
    most: float | None = None
    unit: float = 1


def lengths_in(
    text: str, lower: str | None = None, places: Iterable[tuple[int, int]] | None = None
) -> list[Length]:
    """All spans of time that a text states, in their order.

    `lower` is the text in lower case; only what begins in one of the `places` is looked for.
    """
    lower = plain(text) if lower is None else lower
    lengths: list[Length] = []
    position = 0
    for begin, end in [(0, len(lower))] if places is None else places:
        for found in _START.finditer(lower, begin, end):
            if found.start() < position or len(lengths) > _MOST:
                continue
            length = _length_at(lower, found.start())
            if length is not None:
                lengths.append(length)
                position = length.end
    return lengths


def _length_at(lower: str, start: int) -> Length | None:
    if start and ((lower[start - 1].isalnum() and lower[start - 1].isascii())
                  or lower[start - 1] in "$€£#.:/"):  # fmt: skip
        return None
    total: float = 0
    most: float | None = None
    end, smallest = start, float("inf")
    position = start
    while (found := _PIECE.match(lower, position)) is not None:
        least, upper, unit = _value(found)
        if unit >= smallest:
            break
        most = None if upper is None and most is None else (most or total) + (upper or least)
        total += least
        end, smallest = found.end(), unit
        joined = _JOIN.match(lower, end)
        position = joined.end() if joined else end
    if end == start or _is_age(lower, end):
        return None
    if smallest == 60:
        rest = _TRAILING.match(lower, end)
        if rest is not None and int(rest[1]) < 60:
            return Length(start, rest.end(), total + int(rest[1]), most, smallest)
    return Length(start, end, total, most if most and most > total else None, smallest)


def _value(found: re.Match[str]) -> tuple[float, float | None, float]:
    """Minutes, the minutes of the range's other end, and the unit."""
    if found["h"]:
        return int(found["h"]) * 60 + int(found["min"]), None, 1
    if found["ch"]:
        return int(found["ch"]) * 60 + int(found["cm"]), None, 1
    if found["ja"]:
        unit = _minutes_of(found["jaunit"])
        return (int(found["ja"]) + (0.5 if found["jahalf"] else 0)) * unit, None, unit
    unit = _minutes_of(found["unit"])
    extra = 0.5 if found["half"] or found["after"] else 0
    least = (_amount(found["amount"]) + extra) * unit
    return least, _amount(found["most"]) * unit if found["most"] else None, unit


def _amount(text: str) -> float:
    text = text.rstrip("'\u2019").replace(" ", "-")
    if text.endswith(("½", "1/2")):
        return float(text.removesuffix("½").removesuffix("1/2").rstrip("-") or 0) + 0.5
    return _NUMBERS[text] if text in _NUMBERS else float(text.replace(",", "."))


def _minutes_of(unit: str) -> float:
    return next(minutes for pattern, minutes in _MINUTES_OF.items() if pattern.match(unit))


def _is_age(lower: str, end: int) -> bool:
    """`3 months ago` and `a day later` place something in time, they are no length."""
    return bool(_AGE.match(lower, end))


_AGE = re.compile(
    r"\s(?:ago|earlier|later|before|prior|old|atrás|después|depois|plus tard|"
    r"später)\b"
)
