"""How long things took, as the text states it: the outage, its detection, its repair."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Fact, Span
from twiceshy.reports.headings import ACTION_ITEMS, TIMELINE
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.durations import Length, lengths_in
from twiceshy.reports.prose.moments import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.prose.chronicle import Chronicle, Told
    from twiceshy.reports.prose.fields import Field

_DETECT = re.compile(
    r"time to (?:detect|discover|notice|identif|acknowledge)|\bmttd\b|\bttd\b|"
    r"detection (?:time|delay|lag)|"
    r"(?:tiempo|tempo) (?:de|hasta|até|para|di|medio de) (?:la |a )?(?:dete|rilev)|"
    r"hasta (?:la )?detec|"
    r"até (?:a )?dete|(?:temps|délai) (?:de|avant|jusqu) ?(?:la |à la )?détection|"
    r"(?:zeit|dauer) bis (?:zur )?(?:erkennung|entdeckung)|検知まで|検知時間|検出まで"
)
_RESOLVE = re.compile(
    r"time to (?:resolve|resolution|recover|repair|fix|mitigat|restore)|\bmttr\b|\bttr\b|"
    r"(?:resolution|recovery|repair|restoration) time|"
    r"(?:tiempo|tempo) (?:de|hasta|até|para|di|medio de) (?:la |a |o )?(?:resol|recup|mitig|"
    r"repara|risol|ripris|"
    r"restab|solu)|(?:temps|délai) (?:de|avant|jusqu) ?(?:la |à la )?(?:réso|rétab|répar)|"
    r"zeit bis (?:zur )?(?:behebung|lösung|wiederher)|(?:behebungs|lösungs|reparatur)(?:zeit|"
    r"dauer)|"
    r"復旧まで|復旧時間|解決まで"
)
_DURATION = re.compile(
    r"duration|outage (?:length|time)|downtime|length of|how long|time down|total (?:outage|"
    r"impact) time|"
    r"duraci[oó]n|tiempo (?:total|de ca[ií]da|fuera|de inactividad|de interrupción|"
    r"de indisponibilidad|caído)|"
    r"duração|tempo (?:total|de indisponibilidade|fora|de inatividade|de interrupção)|"
    r"indisponibilidade|"
    r"durée|temps d['’](?:arrêt|interruption)|dauer|ausfallzeit|durata|tempo di (?:inattività|"
    r"fermo)|disservizio|"
    r"期間|停止時間|継続時間|障害時間|所要時間|影響時間"
)
_EXPOSURE = re.compile(r"exposure|exposici[oó]n|exposição|exposition|esposizione|露出|公開時間")
_EFFORT = re.compile(
    r"effort|time spent|(?:engineering|staff|team|person|man)[- ](?:hours|time|days)|esfuerzo|"
    r"esforço|"
    r"aufwand|personenstunden|charge de travail|impegno|工数|対応時間"
)
_STRONG = re.compile(
    r"(?:last(?:ed|ing|s)|took|taking|total(?:l?ing)? of|duration (?:was|of|is)|was down for|"
    r"were down for|"
    r"resolved (?:in|within|after)|fixed (?:in|within|after)|restored (?:in|within|after)|"
    r"(?:down|offline|unavailable|unreachable|inaccessible|outage|downtime|disruption|"
    r"degraded) (?:for|of)|"
    r"dur[óo]|durando|durou|a duré|ont duré|durant|dauerte|gedauert|è durat[oa]|durat[oa]|"
    r"(?:caíd[oa]|fuera de servicio|fora do ar|indisponível|indisponible|hors service|"
    r"non disponibile) "
    r"(?:durante|por|pendant|per)|resuelto en|resolvido em|résolu en|résolue en|"
    r"duración de|duração de|durée de)[\s:]*"
    r"(?:for |about |around |approximately |approx\.? |roughly |nearly |almost |over |"
    r"more than |just |under |"
    r"only |a total of |some |up to |a |the |unos |unas |casi |cerca de |aproximadamente |"
    r"alrededor de |"
    r"más de |mais de |environ |près de |plus de |etwa |ca\.? |rund |über |fast |circa |"
    r"quasi |oltre |~|≈)*$"
)
_AFTER = re.compile(
    r"\s?(?:-?\s?(?:[a-z]{3,12} )?(?:outage|downtime|disruption|interruption)|"
    r"of (?:[a-z]{3,12} )?(?:downtime|outage|unavailability|disruption|degrad|failure)|window of|"
    r"de (?:ca[ií]da|interrupci|indisponib|inactiv|downtime|interrup|inativ)|"
    r"d['’](?:interruption|indisponib|arrêt)|ausfall|di (?:disservizio|interruzione|inattività)|"
    r"(?:にわたり|にわたって|の間|停止|続|間(?:停止|の障害)|の障害))"
)
_WEAK = re.compile(
    r"(?:for|during|over|within|in|durante|por|pendant|en|für|während|per|em)[\s]"
    r"(?:about |around |approximately |approx\.? |roughly |nearly |almost |over |more than |"
    r"the |a |some |up to |"
    r"unos |unas |casi |cerca de |aproximadamente |alrededor de |más de |mais de |environ |"
    r"près de |plus de |"
    r"etwa |ca\.? |rund |über |fast |circa |quasi |oltre |~|≈)*$"
)
_FAILED = re.compile(
    r"outage|\bdown\b|downtime|unavailab|disrupt|degrad|offline|inaccessib|impact|affect|"
    r"unable|fail|error|could ?n[o'\u2019]t|can ?not|can['\u2019]t|"
    r"ca[ií]d[ao]|indispon|interrup|afect|afet|fuera de|fora do|panne|hors|ausfall|"
    r"ausgefallen|störung|"
    r"gestört|nicht erreichbar|disserviz|障害|停止|不能|影響"
)
_SEEN = re.compile(
    r"\bsaw\b|\bsee(?:n|ing)?\b|visible|exposed|\bviewed\b|\bshown\b|displayed|leaked|public\b|"
    r"\bvieron\b|\bveían\b|\bvio\b|pudieron ver|expuest|mostr|\bviram\b|\bviu\b|exibid|expost|"
    r"ont vu|voyai|exposée?s?\b|\bsahen\b|sichtbar|angezeigt|hanno visto|visibil|espost|見え|表示|"
    r"閲覧|公開"
)
_BROKEN = re.compile(
    r"error|timeout|\b50\d\b|slow|blank|spinn|lent|fehler|erreur|errore|outage|"
    r"エラー"
)
_WORKED = re.compile(
    r"attention|\beffort|\bspent\b|person-hours|man-hours|engineer-hours|worked on|working on|"
    r"atenci[oó]n|esfuerzo|dedic|trabaj|aten[cç][aã]o|esforço|trabalh|gast(?:ó|aron|ou|aram)|"
    r"consacré|passé|"
    r"travaill|aufwand|gearbeitet|beschäftigt|impegn|lavorat|工数|対応に"
)
# Parts of which each wording of a sure length has one.
_TELLING = (
    "last", "took", "taking", "total", "dur", "down", "solved", "fixed", "stored", "offline",
    "unavail", "unreach", "inaccess", "outage", "disrupt", "degraded", "dauer", "caíd", "caid",
    "fuera", "fora", "indispon", "hors", "disponib", "resuelto", "resolvido", "résolu",
)  # fmt: skip
_IN_BRACKETS = re.compile(r"\s{0,3}\(\D{0,12}\d{1,4}\s?-?[^\W\d_][^()\n]{0,30}\)")
# Parts of which each wording for sight, and each for work, has one.
_SIGHT = ("saw", "see", "visib", "expo", "expu", "view", "shown", "display", "leak", "public",
          "vier", "veí", "vio", "pudieron ver", "mostr", "viram", "viu", "exib", "ont vu", "voyai",
          "sahen", "sichtbar", "angezeigt", "visto", "espost", "見え", "表示", "閲覧",
          "公開")  # fmt: skip
_WORK = ("attention", "effort", "spent", "hours", "work", "aten", "esf", "dedic", "trab", "gast",
         "consacr", "pass", "travail", "aufwand", "arbeit", "beschäft", "impegn", "lavor", "工数",
         "対応に")  # fmt: skip
_APPROXIMATELY = re.compile(
    r"(?:about|around|approximately|approx\.?|roughly|nearly|almost|aproximadamente|"
    r"alrededor de|unos|unas|"
    r"casi|cerca de|environ|près de|etwa|rund|ca\.?|circa|quasi|約|~|≈)\s?$"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A length that the text states; `sure` when it can only be meant so."""

    minutes: float
    most: float | None
    span: Span
    sure: bool
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Lengths:
    """All lengths by what they measure."""

    outage: tuple[Stated, ...]
    detection: tuple[Stated, ...]
    repair: tuple[Stated, ...]
    exposure: Fact[str]
    effort: Fact[str]


def lengths_of(chronicle: Chronicle, fields: tuple[Field, ...]) -> Lengths:
    """The lengths stated in fields and in sentences."""
    found: dict[str, list[Stated]] = {"outage": [], "detection": [], "repair": []}
    texts: dict[str, list[tuple[str, Span]]] = {"exposure": [], "effort": []}
    for field in fields:
        kind = _kind(field.label) or _kind_after_range(field)
        if kind and len(field.value) < 300:
            _of_field(chronicle, field, kind, found, texts)
    for told in chronicle.told:
        if told.block.section == ACTION_ITEMS or told.block.form is Form.CODE:
            continue
        for kind, length, stated in _of_sentences(chronicle, told):
            if kind in texts:
                texts[kind].append((_phrase(told.block.text, length), stated.span))
            if kind != "effort":
                found["outage"].append(stated)
    each = {stated.span: stated for stated in reversed(found["outage"])}
    outage = sorted(each.values(), key=lambda stated: (not stated.sure, stated.span.start))
    return Lengths(tuple(outage), tuple(found["detection"]), tuple(found["repair"]),
                   _fact(texts["exposure"]), _fact(texts["effort"]))  # fmt: skip


@lru_cache(maxsize=4096)
def _kind(label: str) -> str:
    if _DETECT.search(label):
        return "detection"
    if _RESOLVE.search(label):
        return "repair"
    if _EXPOSURE.search(label):
        return "exposure"
    if _EFFORT.search(label):
        return "effort"
    return "outage" if _DURATION.search(label) else ""


def _kind_after_range(field: Field) -> str:
    """`2024-03-01 to 2024-03-04 (3 days)` says how long it took, whatever its label."""
    ends = [mention.end for mention in field.mentions if mention.until is not None]
    return "outage" if ends and _IN_BRACKETS.match(field.value, ends[0]) else ""


def _of_field(
    chronicle: Chronicle,
    field: Field,
    kind: str,
    found: dict[str, list[Stated]],
    texts: dict[str, list[tuple[str, Span]]],
) -> None:
    lengths = [
        length
        for length in lengths_in(field.value)
        if not any(
            mention.start <= length.start < mention.end and mention.until is not None
            for mention in field.mentions
        )
    ] or _clock_lengths(field.value)
    for length in lengths[:3]:
        span = chronicle.span_of(field.told.block, field.value[length.start : length.end])
        if kind in texts:
            texts[kind].append((_phrase(field.value, length), span))
        else:
            rough = bool(_APPROXIMATELY.search(plain(field.value[: length.start])))
            found[kind].append(Stated(length.minutes, length.most, span, sure=True, rough=rough))


_HOURS_MINUTES = re.compile(
    r"[^\w]{0,3}(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:\s?(?:h|hrs|"
    r"hours))?\W*$"
)


def _clock_lengths(value: str) -> list[Length]:
    """`01:15` or `01:15:00` in a field that can only hold a length."""
    found = _HOURS_MINUTES.match(value)
    if found is None:
        return []
    minutes = int(found[1]) * 60 + int(found[2]) + int(found[3] or 0) / 60
    return [Length(found.start(1), found.end(2), minutes)]


def _of_sentences(chronicle: Chronicle, told: Told) -> Iterator[tuple[str, Length, Stated]]:
    block = told.block
    lower = told.lower
    for length in lengths_in(block.text, lower, _near_units(lower)):
        if length.minutes < 0.5 or _is_moment(told, length):
            continue
        start, end = _sentence(lower, length)
        sentence = lower[start:end]
        kind = _of_sentence(lower, sentence, start, length, block.section)
        if kind:
            span = chronicle.span_of(block, block.text[length.start : length.end])
            rough = bool(_APPROXIMATELY.search(lower, max(0, length.start - 20), length.start))
            sure = kind == "sure"
            yield kind, length, Stated(length.minutes, length.most, span, sure, rough)


def _is_moment(told: Told, length: Length) -> bool:
    """Whether `14h00` is a time of day here and no length."""
    return any(mention.start <= length.start < mention.end for mention in told.mentions)


# Where a length can end: at a unit. Those of seconds and months alone tell of no outage.
_UNITS = re.compile(
    r"(?=[0-9dghjmostw分時日秒週月])(?:(?<![a-z])(?:(?P<holds>min|hours?\b|hrs?\b|h\b|days?\b|week|hora|d[ií]as?\b|semana|heure"
    r"|jour|semaine|stunde|tage|woche|or[ae]\b|giorn|settiman)|m\b|s\b|sec|seg|sek|mes|mois|monat"
    r"|month|w\b)|(?P<joined>\dh|分|時間|日間)|\d[msdw]\b|秒|週|月)"
)
_BEFORE_UNIT = 48
"""Letters before a unit in which its number stands."""


def _near_units(lower: str) -> list[tuple[int, int]]:
    """The places of a text in which lengths can stand; [] where there can be none."""
    places: list[tuple[int, int]] = []
    holds = False
    for found in _UNITS.finditer(lower):
        holds = holds or found.lastgroup is not None
        begin = max(0, found.start() - _BEFORE_UNIT)
        if places and places[-1][1] >= begin:
            begin = places.pop()[0]
        places.append((begin, found.end()))
    return places if holds else []


def _of_sentence(lower: str, sentence: str, start: int, length: Length, section: str) -> str:
    """What a length in a sentence measures: `sure`, `weak` (an outage), `exposure`, `effort`."""
    before = lower[max(start, length.start - 60) : length.start]
    if any(stem in sentence for stem in _WORK) and _WORKED.search(sentence):
        return "effort" if not _FAILED.search(before) else ""
    strong = any(stem in before for stem in _TELLING) and _STRONG.search(before)
    if strong or _AFTER.match(lower, length.end):
        return "sure" if section != TIMELINE or length.minutes >= 5 else "weak"
    if not _WEAK.search(before):
        return ""
    seen = any(stem in sentence for stem in _SIGHT) and _SEEN.search(sentence)
    if seen and not _BROKEN.search(sentence):
        return "exposure"
    return "weak" if _FAILED.search(sentence) else ""


def _sentence(lower: str, length: Length) -> tuple[int, int]:
    first, last = max(0, length.start - 300), min(len(lower), length.end + 200)
    start = max(lower.rfind(mark, first, length.start) for mark in (". ", "\n", "。", "! "))
    ends = [lower.find(mark, length.end, last) for mark in (". ", "\n", "。")]
    return max(start + 1, first), min([last, *(end for end in ends if end >= 0)])


def _phrase(text: str, length: Length) -> str:
    before = _APPROXIMATELY.search(plain(text), max(0, length.start - 20), length.start)
    return text[before.start() if before else length.start : length.end].strip(" .")


def _fact(texts: list[tuple[str, Span]]) -> Fact[str]:
    if not texts:
        return Fact()
    value, span = texts[0]
    others = tuple(dict.fromkeys(text for text, _ in texts[1:] if text != value))
    return Fact(value, others[:4], 0.8, span)
