"""Time zones as people write them after a time: `UTC`, `GMT+1`, `PST`, `Pacific Time`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twiceshy.model.postmortem import Moment

# Hours east of Greenwich. An abbreviation with several meanings has the one that reports of
# outages use most; the zone itself is always kept as it was written.
_HOURS = {
    "UTC": 0, "GMT": 0, "WET": 0, "Z": 0, "BST": 1, "WEST": 1, "CET": 1, "WAT": 1, "MEZ": 1,
    "HNEC": 1, "CEST": 2, "MESZ": 2, "CAT": 2, "EET": 2, "SAST": 2, "EAT": 3, "EEST": 3, "MSK": 3,
    "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "NPT": 5.75, "BDT": 6, "ICT": 7, "WIB": 7,
    "CST_CHINA": 8, "HKT": 8, "SGT": 8, "PHT": 8, "MYT": 8, "AWST": 8, "WITA": 8, "JST": 9,
    "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "NDT": -2.5,
    "NST": -3.5, "ART": -3, "BRT": -3, "UYT": -3, "CLST": -3, "ADT": -3, "AST": -4, "CLT": -4,
    "EDT": -4, "VET": -4, "EST": -5, "COT": -5, "PET": -5, "ECT": -5, "CDT": -5, "CST": -6,
    "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
    "ET": None, "CT": None, "MT": None, "PT": None,
}  # fmt: skip
_NAMED = (
    r"(?:(?:West|East|Central|South|North|Western|Eastern|British|Indian|Greenwich|Japan|Korea|"
    r"China|Australian|Africa|African|European|Standard|Summer|Daylight|Mean|Brasilia) ){1,4}"
    r"[Tt]ime(?: \([A-Z]{2,5}\))?|"
    r"(?:US[ /])?(?:Pacific|Eastern|Central|Mountain)(?: (?:Standard|Daylight))? [Tt]ime"
    r"|(?:America|Europe|Asia|Africa|Australia|Pacific)/[A-Z][A-Za-z_]{2,20}"
    r"|日本時間|heure de Paris|hora de Bras[ií]lia|hor[aá](?:rio)? de [A-ZÁ][a-zà-ÿ]{2,12}"
    r"|ora italiana|local time|hora local|heure locale|Ortszeit|ora locale"
)
_SHORT = "|".join(sorted((name for name in _HOURS if "_" not in name and name != "Z"), key=len,
                         reverse=True))  # fmt: skip
_ZONE = re.compile(
    rf"\s{{0,2}}[(\[]?(?:(?P<short>{_SHORT}|utc|gmt|Utc)(?![A-Za-z])(?P<shift>(?:\s?\+\s?|[\u2212-])"
    rf"(?P<hours>\d{{1,2}})(?!\d|:\d\d\s?[ap]m)(?::?(?P<minutes>[0-5]\d))?)?"
    rf"|(?P<zulu>Z)(?![A-Za-z])"
    rf"|(?P<named>{_NAMED}))[)\]]?"
)
_OFFSET = re.compile(r"\s?(?P<sign>[+\u2212-])(?P<hours>[01]\d):?(?P<minutes>[0-5]\d)(?!\d)")
_EVERY_TIME = re.compile(
    r"(?i:\b(?:all times|times|time ?zone|todas las horas|hor[aá]rios?|horas|hora|heures?|"
    r"horaires|"
    r"alle zeiten|zeitangaben|zeiten|zeit|uhrzeit|tutti gli orari|orari|ora|time|"
    r"zona horaria|fuso|fuseau|zeitzone)\b|時刻|時間|日時)"
)
_ZONE_WORD = re.compile(r"(?<![A-Za-z])(?=[A-Zug日hol])")
_BRACKET = re.compile(r"[(\[]")
_TIME_HINTS = ("ime", "IME", "ora", "ORA", "orá", "eure", "eit", "EIT", "uso", "useau", "時")
_REACH = 40


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as written, its minutes east of UTC where known, and where its text ends."""

    name: str
    offset: int | None
    end: int


def in_zone(moment: Moment, zone: Zone) -> Moment:
    """The same time of day, said to be of this zone."""
    return Moment(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second,
        zone.name, zone.offset, moment.day_number,
    )  # fmt: skip


def zone_at(text: str, position: int, *, bare: bool = False) -> Zone | None:
    """The zone written at this position; `bare` also takes `-03:00`, which may be a range."""
    found = _ZONE.match(text, position)
    if found is None:
        offset = _OFFSET.match(text, position)
        if offset is None or not (bare or offset["sign"] == "+" or ":" not in offset[0]):
            return None
        minutes = _minutes(offset["sign"], offset["hours"], offset["minutes"])
        return Zone(offset[0].strip(), minutes, offset.end())
    if found["named"]:
        return _named(found["named"], found.end())
    if found["zulu"]:
        return Zone("UTC", 0, found.end())
    base = _HOURS.get(found["short"].upper())
    east = None if base is None else round(base * 60)
    if not found["shift"]:
        return Zone(found["short"], east, found.end())
    sign = "+" if "+" in found["shift"] else "-"
    shifted = (east or 0) + _minutes(sign, found["hours"], found["minutes"] or "0")
    return Zone(found["short"] + found["shift"].replace(" ", ""), shifted, found.end())


def _named(name: str, end: int) -> Zone:
    """A zone in words; of `West Africa Time (WAT)` the short name is kept."""
    short = name.rstrip(")").rpartition("(")[2]
    if short != name and short in _HOURS:
        hours = _HOURS[short]
        return Zone(short, None if hours is None else round(hours * 60), end)
    return Zone(name, 540 if name == "日本時間" else None, end)


def zone_in_brackets(heading: str) -> Zone | None:
    """The zone of `Timeline (UTC)`."""
    for found in _BRACKET.finditer(heading):
        zone = zone_at(heading, found.start())
        if zone is not None:
            return zone
    return None


def zone_of_all(text: str) -> Zone | None:
    """The zone that a sentence such as `All times in CET` gives to all times of a text."""
    if not any(map(text.__contains__, _TIME_HINTS)):
        return None
    for found in _EVERY_TIME.finditer(text):
        for word in _ZONE_WORD.finditer(text, found.end(), found.end() + _REACH):
            zone = zone_at(text, word.start())
            if zone is not None:
                return zone
    return None


def _minutes(sign: str, hours: str, minutes: str) -> int:
    return (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes))
