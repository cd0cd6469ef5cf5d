"""How bad it was, what was hit, and the figures that say how much."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from twiceshy.model.postmortem import Fact, Passage, Span
from twiceshy.reports.headings import IMPACT, SUMMARY, WENT_WRONG
from twiceshy.reports.prose.labels import labelled
from twiceshy.reports.prose.statements import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.reports.prose.document import Document
    from twiceshy.reports.prose.labels import Labelled

_SEVERITY = re.compile(
    r"^ (?:incident )?(?:severity|severity level|sev|sev level|priority|severidad|gravedad|"
    r"criticidad|"
    r"severidade|gravidade|criticidade|severite|gravite|criticite|schweregrad|schwere|kritikalitat|"
    r"severita|gravita|criticita|深刻度|重大度|重要度|緊急度) $"
)
_LEVEL = re.compile(r"(?<![\w-])(?:SEV[- ]?\d|P[0-4](?=[\s:,\])–—-]|$)|S[1-4](?=[\s:\]]))")
_END_OF_LEVEL = re.compile(r"\s*(?:[(（;,]|\s[-–—]\s|\.\s|\.$)")
_SERVICES = re.compile(
    r"^ (?:services?|(?:affected|impacted|involved) (?:services?|systems?|components?|products?|"
    r"applications?)|(?:services?|systems?|components?) (?:affected|impacted|involved)|components?|"
    r"servicios?|(?:servicios?|sistemas?|componentes?) (?:afectad\w+|impactad\w+)|servicos?|"
    r"(?:servicos?|sistemas?|componentes?) (?:afetad\w+|impactad\w+)|(?:services?|systemes?|"
    r"composants?) (?:affecte\w*|impacte\w*|touche\w*|concerne\w*)|(?:betroffene|beteiligte) "
    r"(?:dienste?|systeme?|komponenten?|services?)|servizi?o?|(?:servizi|servizio|sistemi) "
    r"(?:interessat\w|colpit\w|coinvolt\w|impattat\w)|影響サービス|対象サービス|影響範囲|"
    r"対象システム) $"
)
_EXPLAINED = re.compile(r":\s|\s[-–—]\s|\s\(")
_APART = re.compile(r"\s*[,;、・\n]\s*|\s+(?:and|y|e|et|und|ed)\s+")
_NUMBER = (
    r"(?<![A-Za-z0-9_.,:/-])(?!(?:19|20)\d\d\b(?![.,]\d))\d{1,3}(?:[., ]?\d{3}){0,4}"
    r"(?:[.,]\d{1,2})?"
)
_COUNTED = (
    r"users?|customers?|clients?|accounts?|requests?|orders?|transactions?|payments?|sites?|"
    r"servers?|messages?|emails?|invoices?|people|visitors?|sessions?|tenants?|companies|"
    r"merchants?|"
    r"sign-?ups?|subscribers?|students?|crates?|repositories|records?|rows?|errors?|tickets?|"
    r"chats?|"
    r"usuarios?|clientes?|cuentas?|pedidos?|solicitudes|transacciones|personas?|contas?|"
    r"requisições|"
    r"transações|usuários?|pessoas?|utilisateurs?|comptes?|commandes?|requêtes?|personnes?|"
    r"nutzer(?:innen)?|kunden|konten|bestellungen|anfragen|benutzer|utenti|conti|ordini|richieste|"
    r"transazioni|clienti|persone"
)
_FIGURE = re.compile(
    rf"(?=[$€£¥\d])(?:{_NUMBER}(?:\s?%|\s(?:percent|per cent|por ciento|por cento|pour ?cent|"
    rf"Prozent|"
    r"per cento)\b|\s?パーセント)(?:\s+(?:of|de|der|des|dos|das|del|degli|delle|"
    r"di)\b(?:\s+[\w'’-]+)"
    rf"{{1,3}})?|(?!(?:4|5)\d\d\b){_NUMBER}(?:\+|"
    rf"k)?(?:\s+(?!(?:{_COUNTED})\b)[^\W\d_][\w-]*){{0,2}}"
    rf"\s+(?:{_COUNTED})\b|[$€£¥]\s?\d[\d.,]*\d(?:\s?(?:k|million|millones|Millionen)\b)?|"
    rf"{_NUMBER}\s?(?:€|euros?\b|USD\b|EUR\b|dollars?\b|円|万円|人|件|社|名|ユーザー))",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:\b(?:approximately|about|around|over|more than|at least|nearly|almost|up to|some|unos|"
    r"unas|"
    r"cerca de|más de|mais de|alrededor de|environ|près de|plus de|etwa|rund|über|circa|oltre)\s+|"
    r"~|約)$",
    re.IGNORECASE,
)
_BEFORE = 20
_MOST = 12
_TOP = 6


def severity_of(document: Document, entries: Sequence[Labelled] | None = None) -> Fact[str]:
    """The severity as it is written, without what explains it."""
    stated = document.front_matter.get("severity")
    if isinstance(stated, str | int) and not isinstance(stated, bool) and str(stated).strip():
        return Fact(str(stated).strip(), (), 0.95)
    for entry in labelled(document) if entries is None else entries:
        if _SEVERITY.match(entry.label):
            value = _END_OF_LEVEL.split(entry.value.split("\n", 1)[0], maxsplit=1)[0].strip(" *_`")
            if value and len(value.split()) <= 6:
                return Fact(value, (), 0.9, place(document, entry.block, value))
    for block in document.blocks[:_TOP]:
        level = _LEVEL.search(block.text)
        if level is not None:
            return Fact(level[0].strip(), (), 0.6, place(document, block, level[0].strip()))
    return Fact()


def services_of(
    document: Document, entries: Sequence[Labelled] | None = None
) -> Fact[tuple[str, ...]]:
    """The services that were hit, as front matter or a label names them."""
    for key in ("services", "service", "components", "component", "systems"):
        names = tuple(_texts(document.front_matter.get(key)))
        if names:
            return Fact(names, (), 0.95)
    found: list[str] = []
    span: Span | None = None
    for entry in labelled(document) if entries is None else entries:
        if _SERVICES.match(entry.label):
            names = tuple(_texts(entry.value))
            if names and all(len(name.split()) <= 5 for name in names):
                found += names
                span = span or place(document, entry.block, entry.value)
    if not found:
        return Fact()
    return Fact(tuple(dict.fromkeys(found))[:_MOST], (), 0.8, span)


def impact_figures_of(document: Document) -> tuple[Passage, ...]:
    """Shares, counts and sums of money in what is told of the impact."""
    found: dict[str, Passage] = {}
    for block in document.within(IMPACT, SUMMARY, WENT_WRONG, ""):
        for figure in _FIGURE.finditer(block.text):
            start = max(0, figure.start() - _BEFORE)
            about = _ABOUT.search(block.text[start : figure.start()])
            written = (about[0] if about else "") + figure[0]
            text = " ".join(written.split())
            if text not in found:
                found[text] = Passage(text, place(document, block, written))
            if len(found) == _MOST:
                return tuple(found.values())
    return tuple(found.values())


def _texts(value: Any) -> Iterator[str]:
    """The names in a text or list."""
    if isinstance(value, str):
        for part in _APART.split(value[:300]):
            name = _EXPLAINED.split(part, maxsplit=1)[0].strip(" .*_`\"'-")
            if name:
                yield name
    elif isinstance(value, list):
        for entry in value[:_MOST]:
            yield from _texts(entry)
