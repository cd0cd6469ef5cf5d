"""Rules about action items."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.lint.rules import Remark
    from twiceshy.reports.lint.subject import Subject

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
# What cannot be seen to be done, at the beginning of a task.
_VAGUE = re.compile(
    r"""(?:we\ (?:should|will|must|need\ to)\ |to\ |please\ )?(?:
    (?:be|being)\ (?:more\ )?(?:careful|attentive|cautious)|pay\ (?:more\ )?attention
    |take\ (?:more\ )?care
    |(?:try|aim|strive)\ to\ |think\ about|consider|discuss|look\ into|investigate|explore|improve
    |communicate\ better|better\ communication|raise\ awareness|remind
    |make\ sure\ (?:that\ )?(?:we|people|every)
    |tener\ (?:m[aá]s|mayor)\ cuidado|prestar\ (?:m[aá]s|mayor)\ atenci[oó]n|mejorar|considerar
    |investigar|discutir
    |intentar|tratar\ de|concientizar|recordar
    |ter\ mais\ (?:cuidado|aten[cç][aã]o)|prestar\ mais\ aten[cç][aã]o|melhorar|tentar|lembrar
    |faire\ (?:plus\ )?attention|[eê]tre\ plus\ (?:prudent|attentif)|am[eé]liorer|envisager
    |r[eé]fl[eé]chir|discuter
    |sensibiliser|rappeler
    |mehr\ aufpassen|besser\ aufpassen|besser\ achten|vorsichtiger|verbessern|[uü]berlegen
    |diskutieren|pr[uü]fen,?\ ob
    |sensibilisieren
    |fare\ (?:pi[uù]\ )?attenzione|prestare\ (?:pi[uù]\ )?attenzione|migliorare|valutare|discutere
    |sensibilizzare
    )\b
    |.{0,20}(?:気をつけ|注意する|注意を払|徹底する|検討する|心がけ|意識する)""",
    re.IGNORECASE | re.VERBOSE,
)
# What one can point to afterwards.
_TANGIBLE = re.compile(
    r"""\d|`|\b(?:test|alert|alarm|dashboard|runbook|limit|timeout|index|constraint|check\s?list
    |metric|monitor
    |prueba|alerta|l[ií]mite|teste|limite|sonde|grenzwert|schwelle|soglia)|https?://|\#\w
    |テスト|アラート|監視|上限|手順書""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Item:
    text: str
    line: int
    owner: str
    due: str


def tasks(subject: Subject) -> Iterator[Remark]:
    """Open items: of nobody, without a day, or without an end that one could see."""
    for item in _open_items(subject):
        seen = item.text
        if not item.owner:
            yield subject.remark("action-without-owner", item.line, seen, mild=subject.is_draft)
        if not item.due:
            yield subject.remark("action-without-due", item.line, seen, mild=subject.is_draft)
        elif not _ISO.match(item.due):
            yield subject.remark("action-due-unclear", item.line, f"due {item.due}")
        if _VAGUE.match(item.text.strip()) and not _TANGIBLE.search(item.text):
            yield subject.remark("action-unverifiable", item.line, seen)


def _open_items(subject: Subject) -> list[_Item]:
    """Those of the text, else those that only the report's own form shows."""
    told = [task for one in subject.postmortems for task in one.action_items]
    if told:
        return [
            _Item(
                task.text,
                subject.line_of(task.span.start) if task.span else 0,
                task.owner or "",
                task.due or "",
            )
            for task in told
            if not task.done
        ]
    return [
        _Item(item.text, item.line, item.owner or "", item.due or "")
        for item in subject.report.action_items
        if not item.done
    ]
