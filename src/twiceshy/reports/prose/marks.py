"""What an entry of a timeline tells of: the start, the detection, the escalation, the end."""

from __future__ import annotations

import re

from twiceshy.reports.prose.moments import plain

START = "start"
DETECTED = "detected"
ESCALATED = "escalated"
RESOLVED = "resolved"

_FAILURE = (
    r"(?:outage|incident|issue|problem|errors?|failures?|downtime|disruption|degradation|"
    r"impact)"
)
_RESOLVED = re.compile(
    r"(?<!not )(?<!un)(?<!to be )\bresolved\b(?! to)|\bresolution (?:confirmed|achieved)|"
    r"\brestored\b(?! from)|"
    r"\brecovered\b|\bfull recovery|\brecovery (?:confirmed|complete)|back (?:online|up\b|"
    r"to normal|in service)|"
    r"returned to normal|returns to normal|all[ -]clear|incident (?:was |is )?closed|"
    r"fix(?: is| was)? (?:deployed|"
    r"live|applied|rolled out|implemented)|hot ?fix deployed|fully operational|"
    r"operating normally|"
    r"normal (?:operations?|service) resum|service resum|^resolution|^resolved|^recovery|"
    r"^mitigated|"
    r"\bmitigated\b|outage ends?|outage (?:was )?over|incident ends?|"
    r"\bresuelt[oa]|\brestablec|\brestaurad|\bsolucionad|\brecuperad|\bnormalizad|"
    r"vuelve a la normalidad|"
    r"volvió a la normalidad|fix aplicado|incidente cerrado|"
    r"\bresolvid[oa]|\brestabelec|\bnormalizou|voltou ao normal|correção aplicada|"
    r"incidente encerrado|"
    r"\brésolue?s?\b|\brétabli|\brestaurée?s?\b|retour à la normale|incident clos|"
    r"\bbehoben|\bwiederhergestellt|\bgelöst\b|normalbetrieb|entwarnung|störung beendet|"
    r"\brisolt[oa]|\bripristinat[oa]|tornat[oa] alla normalità|"
    r"復旧|解消|解決|完了を確認|正常化|クローズ"
)
_START = re.compile(
    rf"{_FAILURE} (?:began|begins|started|starts|occurred|occurs|commenced)|(?:start|"
    rf"beginning) of (?:the )?"
    rf"(?:{_FAILURE})|{_FAILURE} start|first (?:errors?|failures?|occurrence)|^\W*start\b|"
    r"(?:goes|went|is|became|hard) (?:down|offline)\b|starts? (?:failing|returning|throwing|"
    r"timing)|"
    r"started (?:failing|returning|throwing|timing)|stops? responding|stopped responding|"
    r"(?:begins?|began|started|starts) (?:to )?(?:fail|experienc|see)|"
    r"comienza|comenzó|empieza|empezó|inicio del|se inicia|"
    r"começ|início d|inicia-se|"
    r"début d|commence|débute|tombe en panne|"
    r"beginn d|beginnt|begann|fällt aus|fiel aus|ausfall beginnt|"
    r"inizio d|inizia|cominci|"
    r"発生|開始|ダウン"
)
_DETECTED = re.compile(
    r"\bdetect|\balert(?:s|ed)?\b|\bpaged?\b|\bnotic|\bidentified by|\breport(?:s|ed)?\b|"
    r"\bmonitoring (?:system|"
    r"show|send|sent|alarm)|\balarms?\b|\bdiscovered\b|became aware|become aware|"
    r"incident declared|"
    r"\bdetecta|\bdetectó|\balerta|\breporta|\bse reportó|avis[ao]|\bnota(?:ron|mos)\b|"
    r"\bdetect(?:ou|ado)|\brelat(?:ou|am|aram)|percebe|"
    r"\bdétect|\balerte|\bsignal|\bconstat|"
    r"\bentdeckt|\berkannt|\bgemeldet|\bmeldet|\balarm|\bbemerkt|"
    r"\brilevat|\bsegnalat|\bsegnala|\ballarme|"
    r"検知|検出|アラート|報告|気付|発覚|通報"
)
_ESCALATED = re.compile(
    r"\bescalat|\bescal(?:ó|a|ado|ada|ou|é|ée)\b|\beskali|\bescalada|エスカレ|\bscalat"
)


def mark_of(text: str) -> str:
    """`start`, `detected`, `escalated` or `resolved` where an entry says so, else ""."""
    lower = plain(text[:400])
    if _ESCALATED.search(lower):
        return ESCALATED
    if _RESOLVED.search(lower):
        return RESOLVED
    if _DETECTED.search(lower):
        return DETECTED
    return START if _START.search(lower) else ""
