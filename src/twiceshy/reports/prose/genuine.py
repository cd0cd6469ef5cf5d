"""Whether a text tells of an incident, or only looks as if it did.

Beside postmortems lie templates, guides, assignments, indexes and looks back on projects. None of
them says what failed, when, and why. Each sign below is counted; no single word decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from twiceshy.reports.headings import (
    DETECTION,
    IMPACT,
    RESOLUTION,
    ROOT_CAUSES,
    TIMELINE,
    TRIGGER,
)
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.event_words import HAPPENED, IN_JAPANESE, PROJECT

if TYPE_CHECKING:
    from twiceshy.reports.prose.document import Block, Document

_TELLING = (TIMELINE, ROOT_CAUSES, IMPACT, RESOLUTION, DETECTION, TRIGGER)
_FEWEST_WORDS = 15
_ENOUGH_TIMES = 5
_ENOUGH = 5
_ENOUGH_EVENTS = 3
_CERTAIN = 16
_MANY_PLACES = 12
_OF_ONE_KIND = 2
"""How often the same mark counts: a report without its times is a report."""
_TEMPLATE = re.compile(
    r"template\b|plantilla|^modelo|vorlage|gabarit|modèle|テンプレート|雛形", re.IGNORECASE
)
_PROCEDURE = re.compile(
    r"\b(?:run-?books?|play-?books?|polic(?:y|ies)|checklist"
    r"|(?:response|management) (?:plan|process|procedure|protocol|guide|workflow)|proc[eé]dures?"
    r"|procedimi?entos?|leitfaden|handbuch|richtlinie"
    r"|procedur[ae])\b|incident (?:response|management|handling)\W*$|手順|ガイドライン",
    re.IGNORECASE,
)
_OF_AN_INCIDENT = re.compile(r"post-?\s?mortem|incident report|outage|root cause", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_MONTH = (
    r"(?:jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar|rero|braio)?|f[eé]v(?:rier|ereiro)?|march|mars"
    r"|marzo|março|märz|mar|apr(?:ile?)?|abr(?:il)?|avril|may|mai|mayo|maio|maggio|june?|juni|juin"
    r"|junio|junho|july?|juli|juillet|julio|julho|giugno|luglio|aug(?:ust)?|agosto|ago|août|sept?"
    r"|sep?tember|septembre|sep?tiembre|setembro|settembre|o[ck]t(?:ober|obre|ubre)?|outubro|ottobre"
    r"|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro|embre)?|dic(?:iembre|embre)?"
    r"|déc(?:embre)?|enero|ene|gennaio)\b"
)
# A digit comes first, so that most of a text is passed over quickly.
_TIME = re.compile(
    r"[0-9](?<![\d.:/-][0-9])(?:\d?(?:[:h][0-5]\d(?!\d)|\s?[ap]\.?m\b|時\d)"
    r"|\d{3}[-/]\d\d[-/]\d\d(?![\w-])|\d?[./-]\d{1,2}[./-]\d{2,4}(?!\w)|\d?月\d{1,2}日"
    rf"|\d?(?:st|nd|rd|th|er|\.|º)?(?:\s(?:de|of))?\s{_MONTH}"
    r"|(?<=[a-z.]\s[0-9])\d?(?:st|nd|rd|th)?,?\s(?:of\s)?20\d\d|\d{3}\s?hrs\b)",
    re.IGNORECASE,
)
_GENERIC = ("postmortem", "post-mortem", "post mortem", "ポストモーテム", "incident review")
_ADVICE = re.compile(
    r"\b(?:should (?:include|be|contain|cover|have|focus|describe|also|not)|must (?:include|be|have"
    r"|contain|cover)|how to (?:write|run|conduct|create)|best practices?|guidelines?|guidance"
    r"|this (?:guide|template|document describes)|tips (?:for|on)|(?:key|main) components"
    r"|use this template|copy this|fill (?:in|out)|your (?:post-?mortem|team|first|incident|report)"
    r"|you (?:should|must|will|can|need|are)|mandatory|requirements|learning objectives"
    r"|read or watch|debe(?:n|s|ría)? (?:incluir|contener|ser|tener)|cómo escribir|plantilla"
    r"|deve(?:m|ria)? (?:incluir|conter|ser|ter)|como escrever|modelo de|doit (?:inclure|contenir"
    r"|être)|comment (?:écrire|rédiger)|sollte(?:n)? (?:enthalten|sein)|vorlage|anleitung"
    r"|dovrebbe|come scrivere)\b|テンプレート|書き方|べきです",
)
_IMPERATIVE = re.compile(
    r"(?:[^:\n]{0,60}: *)?(?:start by|describe|explain|list|identify|outline|lay out|provide"
    r"|include|write|specify|summari[sz]e|state|detail|document|note|record|reflect|what|how|who|when"
    r"|why|where|which|was|were|did|describ[ae]|explic[ae]|enumer[ae]|indic[ae]|incluy[ae]|liste"
    r"|décri|expliqu|beschreib|erklär|descriv|spieg)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"<[^<>\n@/=]{2,200}>"
    r"|\[(?:insert|your|add|describe|date|time|name|team|link|todo|tbd|placeholder|service|title"
    r"|list|who|what|how|why|when|number|brief|short|xx+|incident|owner|n[uú]m|fecha|nombre"
    r"|t[ií]tulo|data|nome|nom|datum|start|end|duration|person|email|description|root|impact)\b"
    r"[^\]\n]{0,120}\](?!\()"
    r"|\{\{?[A-Za-z][^{}\n]{1,80}\}\}?|_{4,}|\.{5,}",
    re.IGNORECASE,
)
_TICKED = re.compile(r"`[^`\n]{0,40}<[^`\n]{2,200}`")
_MARKS_OF_PLACES = ("<", "[", "{", "____", ".....")
_TO_BE_FILLED = (
    "YYYY", "yyyy", "JJJJ", "AAAA", "20XX", "20xx", "DD/MM", "MM/DD", "HH:MM", "HH:mm", "hh:mm",
    "XX:XX", "xx:xx", "XXX", "TBD", "TBA", "lorem ipsum", "00:00 - ",
)  # fmt: skip
_VERSION = re.compile(
    r"^\W*(?:version |release )?v?\d+\.\d+(?:\.\d+)?\b", re.MULTILINE | re.IGNORECASE
)
_FIGURE = re.compile(
    r"\d\s?(?:%|minut|hours?\b|days?\b|weeks?\b|h\b|horas?\b|heures?\b|stunden|ore\b|orders|users|customers|people"
    r"|requests|usuari|client|utilisateur|kunden|utenti|分|時間|日間|週間|人)",
    re.IGNORECASE,
)
_LINK_TO_FILE = re.compile(r"\]\((?!https?:)[^()\s]{1,200}\.(?:md|html|rst|txt)\)")
_LINK_TO_REPORT = re.compile(
    r"\]\((?!https?:)[^()\s]{0,160}\d{4}-?\d\d-?\d\d[^()\s]{0,160}\.(?:md|html|rst|txt)\)"
)
_LINK_TO_TEMPLATE = re.compile(
    r"\]\([^()\s]{0,160}(?:template|plantilla|modelo|vorlage|gabarit)[^()\s]{0,60}\)", re.IGNORECASE
)
_LINK_ITEM = re.compile(r"[\w./ -]+\.(?:md|html|rst|txt)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against a text, counted."""

    words: int
    sections: int
    """Sections that tell of an incident, with something of substance below their headings."""
    hollow: int
    """Headings of sections with nothing below them."""
    times: int
    happened: int
    """Different words for what failed or was mended, in the past."""
    placeholders: int
    blocks: int
    links: int
    project: int
    is_template: bool
    """Whether its title says that it is one."""
    versions: int
    """Headings that are the number of a release."""
    figures: int
    """Lengths of time, shares and counts of people."""
    reports: int = 0
    """Links to files whose names bear a date."""
    to_template: bool = False
    """Whether it leads to a template."""
    is_procedure: bool = False
    """Whether its title says that it tells what to do when something fails."""

    @property
    def told(self) -> int:
        """What speaks for an incident: when it was, what happened, and sections that say so."""
        of_sections = 2 * self.sections if self.sections > 1 else 0
        rest = min(self.happened, 8) + min(self.figures, 3)
        return 2 * self.times + rest + min(of_sections, 10)


def reason_against(document: Document) -> str:
    """Why the text is no postmortem, as a clause for a person; "" when it is one."""
    shown = [block for block in document.blocks if block.form is not Form.CODE]
    signs = signs_of(document, shown)
    if reason := _unfinished(signs):
        return reason
    if signs.words < _FEWEST_WORDS:
        return f"it has only {signs.words} words" if signs.words else "it has no words"
    against = _advice(shown) if signs.told < _CERTAIN or signs.sections < 2 else 0
    if against > signs.told and signs.sections < 2:
        return "it tells how postmortems are written, and of no incident of its own"
    if signs.told < _CERTAIN:
        is_guide = against > signs.told or not signs.times or (against >= 8 and signs.sections < 2)
        if against >= 4 and is_guide:
            return "it tells how postmortems are written, and of no incident of its own"
        if signs.versions > 1 and signs.sections < 3:
            return "it is a list of changes by version"
        if signs.project > signs.happened and signs.sections < 2:
            return "it looks back on a project, and tells of no incident"
    is_told = signs.told >= _ENOUGH and (signs.times or signs.happened >= _ENOUGH_EVENTS)
    return "" if is_told else "it tells of nothing that failed, when and why"


def _unfinished(signs: Signs) -> str:
    """Why the text is only the frame for others."""
    if signs.is_template and (signs.told < _CERTAIN or signs.placeholders):
        return "it is a template: it says so itself"
    share = 3 if signs.told >= _CERTAIN and signs.placeholders < _MANY_PLACES else 6
    if signs.placeholders >= 3 and signs.placeholders * share >= signs.blocks:
        return f"it is a template: {signs.placeholders} places in it are still to be filled in"
    if signs.hollow >= 3 and signs.hollow > signs.sections and signs.told < _CERTAIN:
        return f"it is a template: {signs.hollow} sections have nothing below their headings"
    if signs.is_procedure and signs.times < 3:
        return "it tells what to do when something fails, and of no incident of its own"
    if signs.to_template and signs.sections < 2 and signs.told < _CERTAIN:
        return "it is an index: it leads to a template for reports"
    if signs.reports >= 2 and signs.reports * 5 >= signs.blocks:
        return f"it is an index: {signs.reports} of its links lead to other reports"
    most = signs.links >= 3 and signs.links * 2 >= signs.blocks and signs.happened < 3
    if most or (signs.links >= 5 and signs.links * 3 >= signs.blocks and signs.sections < 3):
        return f"it is an index: {signs.links} of its lines only lead to other files"
    return ""


def _advice(shown: list[Block]) -> int:
    """How much of the text speaks to people who are yet to write a postmortem."""
    text = "\n".join(block.text for block in shown)
    lower = text.casefold()
    generic = sum(lower.count(word) for word in _GENERIC)
    imperatives = sum(
        1 for block in shown if block.form is not Form.HEADING and _IMPERATIVE.match(block.text)
    )
    return sum(1 for _ in _ADVICE.finditer(lower)) + max(0, generic - 2) + imperatives


def signs_of(document: Document, shown: list[Block]) -> Signs:
    """Count, in blocks that are no code."""
    bodies = [block for block in shown if block.form is not Form.HEADING]
    links = [block for block in bodies if block.form is Form.ITEM and _leads_elsewhere(block)]
    told = "\n".join(block.text for block in bodies if not (links and _leads_elsewhere(block)))
    headings = "\n".join(block.text for block in shown if block.form is Form.HEADING)
    text = f"{headings}\n{told}"
    every = _WORD.findall(text.casefold())
    words = set(every)
    full, hollow = _sections(document)
    happened = len(HAPPENED.intersection(words))
    title = headings[:150].partition("\n")[0]
    is_japanese = document.language == "ja"
    letters = sum(map(len, words)) if is_japanese else 0
    return Signs(
        words=len(every) + letters // 4,
        sections=full,
        hollow=hollow,
        times=sum(1 for _ in islice(_TIME.finditer(text), _ENOUGH_TIMES)),
        happened=happened + (sum(map(told.count, IN_JAPANESE)) if is_japanese else 0),
        placeholders=max(0, _places(told) - _tags_in_code(document.original))
        + sum(min(told.count(mark), _OF_ONE_KIND) for mark in _TO_BE_FILLED),
        blocks=len(bodies),
        links=max(len(links), sum(1 for _ in _LINK_TO_FILE.finditer(document.original))),
        project=len(PROJECT.intersection(words)),
        is_template=_TEMPLATE.search(title) is not None,
        versions=sum(1 for _ in _VERSION.finditer(headings)),
        figures=sum(1 for _ in islice(_FIGURE.finditer(text), 3)),
        reports=sum(1 for _ in _LINK_TO_REPORT.finditer(document.original)),
        to_template="](" in document.original
        and _LINK_TO_TEMPLATE.search(document.original) is not None,
        is_procedure=_PROCEDURE.search(title) is not None and not _OF_AN_INCIDENT.search(title),
    )


def _places(text: str) -> int:
    """How many places are still to be filled in."""
    if not any(mark in text for mark in _MARKS_OF_PLACES):
        return 0
    return sum(1 for _ in islice(_PLACEHOLDER.finditer(text), 1000))


def _tags_in_code(text: str) -> int:
    """How many tags stand between backticks, and are no places to be filled in."""
    if "<" not in text or "`" not in text:
        return 0
    return sum(_places(code[0]) for code in islice(_TICKED.finditer(text), 1000))


def _leads_elsewhere(block: Block) -> bool:
    return block.form is Form.ITEM and _LINK_ITEM.match(block.text) is not None


def _sections(document: Document) -> tuple[int, int]:
    """How many telling sections have something below their headings, and how many nothing."""
    named: set[str] = set()
    letters: dict[str, int] = {}
    for block in document.blocks:
        if block.form is Form.HEADING:
            named.add(block.section)
        elif block.form is not Form.CODE or len(block.text) > 3:
            letters[block.section] = letters.get(block.section, 0) + len(block.text)
    full = sum(1 for name in named if name in _TELLING and letters.get(name, 0) >= 20)
    return full, sum(1 for name in named if name and letters.get(name, 0) < 8)
