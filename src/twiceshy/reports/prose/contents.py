"""Which sections a text has: by its headings, and by what its sentences say."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Passage, Span
from twiceshy.reports.headings import (
    ACTION_ITEMS,
    DETECTION,
    IMPACT,
    LESSONS,
    RESOLUTION,
    ROOT_CAUSES,
    SUMMARY,
    TIMELINE,
    TRIGGER,
    canonical_name,
)
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.sections import section_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from twiceshy.reports.prose.document import Block, Document

_LONGEST = 4_000
_LEAST = 40
_LONGEST_HEADING = 80
# What a sentence says that belongs to a section, in the languages that are read.
_SAYS = {
    IMPACT: re.compile(
        r"\b(?:affect|impact|unable to|could ?n.t|could not|can ?not|unavailab|inaccessib|outage|"
        r"downtime|degrad|users?\b|customers?|visitors?|lost\b|loss of|returned|errors?\b|"
        r"went down|was down|were down|not (?:work|respond|available)|failed to|"
        r"afect|afet|no (?:pod|pud)|não (?:pod|pud|conseg)|indispon|caíd|fora do ar|perdid|"
        r"touch|indisponib|inaccessib|impossib|panne|"
        r"betroffen|nicht (?:erreichbar|verfügbar|möglich)|ausfall|ausgefallen|konnten|"
        r"interess|non (?:poteva|potevano|disponibil|raggiungibil)|disservizio|colpit)"
        r"|影響|利用でき|できなく|できない|停止|障害|エラーが",
    ),
    ROOT_CAUSES: re.compile(
        r"\b(?:root cause|caused? (?:by|of)|causing|because|due to|the cause|culprit|result(?:ed)? "
        r"(?:of|from)|led to|turned out|this was a bug|a bug in|mis-?configur|happened (?:when|as)|"
        r"triggered by|as a result|"
        r"caus|debido a|por culpa|porque|se debió|devido a|por causa|ocasion|"
        r"raison de|à cause|parce qu|dû à|due à|provoqu|"
        r"ursache|verursacht|wegen|aufgrund|weil|grund (?:war|dafür)|ausgelöst|durch eine|"
        r"a causa|dovut|perché|provocat)"
        r"|原因|ため、|により|によって|起因",
    ),
    RESOLUTION: re.compile(
        r"\b(?:resolv|solved\b|fix(?:ed|ing|es)?\b|restor|roll(?:ed)? ?back|revert|restart|reboot"
        r"|patched|"
        r"deployed a|recover|mitigat|put a .{0,20}in place|removed the|replaced|re-?enabled|"
        r"back to normal|revoked|turn(?:ed|ing) \w{0,5} ?(?:off|on)\b|switch(?:ed|ing)|disabl|"
        r"resol|solucion|arregl|correg|corrig|restaur|reinici|restabl|revertí|revert|recuper|"
        r"rétabli|répar|redémarr|résolu|annul|"
        r"behoben|gelöst|wiederhergestellt|zurückgesetzt|zurückgerollt|neu ?gestartet|repariert|"
        r"risol|ripristin|corrett|riavvi|annullat)"
        r"|復旧|修正|解消|ロールバック|再起動|切り戻",
    ),
    DETECTION: re.compile(
        r"\b(?:alert|detect|notic|reported|monitor|discover|paged|found that|"
        r"alerta|detec|avisa|report[aó]|descub|monitore|"
        r"alerte|détect|signal|découv|"
        r"alarm|erkannt|gemeldet|bemerkt|entdeckt|"
        r"allarm|rilevat|segnalat|scopert)"
        r"|アラート|検知|報告|発見|気づ",
    ),
    TRIGGER: re.compile(
        r"\b(?:trigger|desencaden|gatilho|déclench|auslös|ausgelöst|innesc)|きっかけ|契機",
    ),
}
# Two sections that seldom have a heading, so that all of the text is searched for them.
_HINTS = {
    TRIGGER: ("trigger", "desencad", "gatilho", "déclench", "auslös", "ausgelöst", "innesc",
              "きっかけ", "契機"),
    DETECTION: ("alert", "det", "dét", "noti", "report", "monitor", "disc", "paged", "found that",
                "avisa", "desc", "signal", "déc", "alarm", "erkannt", "gemeldet", "bemerkt",
                "entdeckt", "allarm", "rilevat", "segnalat", "scopert", "アラート", "検知",
                "報告", "発見", "気づ"),
}  # fmt: skip
_JOINT = re.compile(
    r"\s*(?:,|/|\+|&|;|\band\b|\by\b|\be\b|\bet\b|\bund\b|\bwith\b|・|と|および|及び)\s*",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://\S+")
_FIELD_LINE = re.compile(r"[^\n:\uff1a]{1,40}[:\uff1a](?:\s|$)")


def contents_of(document: Document) -> Mapping[str, Passage]:
    """What stands in the text for each section, by canonical name.

    A section whose heading has nothing below it is not there. Timeline and action items are
    found by their entries and tasks elsewhere; here only under their headings.
    """
    found = dict(_under_headings(document))
    for name, part in _compound(document).items():
        found.setdefault(name, part)
    top = _opening(document)
    if SUMMARY not in found and top:
        found[SUMMARY] = top
    telling = list(_telling(document))
    for name, pattern in _SAYS.items():
        if name not in found and (passage := _said(telling, pattern, _HINTS.get(name, ("",)))):
            found[name] = passage
    return found


def _under_headings(document: Document) -> Mapping[str, Passage]:
    blocks: dict[str, list[Block]] = {}
    for block in document.blocks:
        if block.section and block.form is not Form.HEADING and _has_words(block):
            blocks.setdefault(block.section, []).append(block)
    return {name: _passage(inside) for name, inside in blocks.items()}


def _compound(document: Document) -> Mapping[str, Passage]:
    """The further sections of headings such as `Root cause and resolution`."""
    below: dict[str, list[Block]] = {}
    for block in document.blocks:
        if block.form is not Form.HEADING:
            below.setdefault(block.under, []).append(block)
    parts: dict[str, Passage] = {}
    for heading, inside in below.items():
        if len(heading) <= _LONGEST_HEADING and _JOINT.search(heading):
            for name in _names(heading) - {inside[0].section}:
                parts.setdefault(name, _passage(inside))
    return parts


@lru_cache(maxsize=1024)
def _names(heading: str) -> frozenset[str]:
    """The sections that the parts of a heading name, if there are several."""
    pieces = _JOINT.split(heading)
    names = {canonical_name(piece) or section_of(piece) for piece in pieces} - {""}
    return frozenset(names if len(names) > 1 else ())


def _opening(document: Document) -> Passage | None:
    """The sentences before the first section, or all that a description says."""
    inside: list[Block] = []
    for block in document.blocks:
        if block.section:
            break
        if block.form is Form.PARAGRAPH and _is_prose(block.text):
            inside.append(block)
    return _passage(inside[:3]) if inside else None


def _is_prose(text: str) -> bool:
    """Whether it is sentences, and not a field or a link."""
    words = _LINK.sub("", text)
    return len(words) >= _LEAST and not _FIELD_LINE.match(words)


def _telling(document: Document) -> Iterator[tuple[Block, str]]:
    """The blocks that may speak of anything, each with its text in lower case."""
    for block in document.blocks:
        if block.form in (Form.HEADING, Form.CODE) or block.section in (ACTION_ITEMS, LESSONS):
            continue
        if len(block.text) >= _LEAST:
            yield block, block.text.lower()


def _said(
    telling: Iterable[tuple[Block, str]], pattern: re.Pattern[str], hints: Sequence[str]
) -> Passage | None:
    """The first block that speaks of something; one of the timeline only if there is no other.

    `hints` are parts of which each wording has one; they are looked for faster.
    """
    late: Block | None = None
    for block, lower in telling:
        if late and block.section == TIMELINE:
            continue
        if any(map(lower.__contains__, hints)) and pattern.search(lower):
            if block.section != TIMELINE:
                return _passage([block])
            late = block
    return _passage([late]) if late else None


def _has_words(block: Block) -> bool:
    return any(letter.isalnum() for letter in block.text)


def _passage(blocks: Sequence[Block]) -> Passage:
    text = "\n".join(block.text for block in blocks)[:_LONGEST]
    return Passage(text, Span(blocks[0].span.start, blocks[-1].span.end))
