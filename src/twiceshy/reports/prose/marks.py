"""What an entry of a timeline tells of: the start, the detection, the escalation, the end."""

from __future__ import annotations

import re

from twiceshy.reports.prose.moments import plain

START = "start"
DETECTED = "detected"
ESCALATED = "escalated"
RESOLVED = "resolved"

_FAILURE = (
    r"(?:outage|incident|issue|problem|errors?|failures?|downtime|disruption|degradation|impact)"
)
# Only words are tried, not every letter: half of the time of reading went there.
_RESOLVED = re.compile(
    r"(?<![^\W_])(?:(?<!not )(?<!to be )resolved(?! to)|resolution (?:confirmed|achieved)|"
    r"restored(?! from)|recovered|full recovery|recovery (?:confirmed|complete)|"
    r"back (?:online|up\b|to normal|in service)|(?:up|working|running) again|"
    r"returned to normal|returns to normal|"
    r"all[ -]clear|incident (?:was |is )?closed|fix(?: is| was)? (?:deployed|live|applied|"
    r"rolled out|implemented)|hot ?fix deployed|fully operational|operating normally|"
    r"normal (?:operations?|service) resum|service resum|mitigated|outage ends?\b|"
    r"outage (?:was )?over|incident ends?\b|"
    r"resuelt[oa]|resuelve|restablec|restaurad|solucionad|recuperad|normalizad|"
    r"vuelve a la normalidad|"
    r"volvió a la normalidad|fix aplicado|incidente cerrado|"
    r"resolvid[oa]|restabelec|normalizou|voltou ao normal|correção aplicada|incidente encerrado|"
    r"résolue?s?\b|rétabli|restaurée?s?\b|retour à la normale|incident clos|"
    r"behoben|läuft wieder|wieder (?:erreichbar|verfügbar|online)|wiederhergestellt|gelöst|"
    r"normalbetrieb|entwarnung|störung beendet|"
    r"risolt[oa]|ripristinat[oa]|tornat[oa] alla normalità)|"
    r"^\W{0,4}(?:resolution|resolved|recovery|mitigation|fixed)\b|"
    r"復旧|解消|解決|完了を確認|正常化|クローズ"
)
_START = re.compile(
    rf"(?<![^\W_])(?:{_FAILURE} (?:began|begins|started|starts|occurred|occurs|commenced)|"
    rf"(?:start|beginning) of (?:the )?{_FAILURE}|{_FAILURE} start|"
    r"first (?:errors?|failures?|occurrence)|(?:goes|went|is|became|hard) (?:down|offline)\b|"
    r"start(?:s|ed) (?:failing|returning|throwing|timing)|stops? responding|stopped responding|"
    r"(?:begins?|began|started|starts) (?:to )?(?:fail|experienc|see)|"
    r"comienza|comenzó|empieza|empezó|inicio del|se inicia|começ|início d|inicia-se|"
    r"début d|commence|débute|tombe en panne|"
    r"beginn d|beginnt|begann|fällt aus|fiel aus|ausfall beginnt|"
    r"inizio d|inizia|cominci)|^\W{0,4}start\b|"
    r"発生|開始|ダウン"
)
_DETECTED = re.compile(
    r"(?<![^\W_])(?:detect|alert(?:s|ed)?\b|paged?\b|notic|identified by|report(?:s|ed)?\b|"
    r"monitoring (?:system|show|send|sent|alarm)|alarms?\b|discovered|became aware|complain|"
    r"become aware|incident declared|alerta|reporta|se reportó|avis[ao]|nota(?:ron|mos)\b|"
    r"relat(?:ou|am|aram)|percebe|détect|alerte|signal|constat|"
    r"entdeckt|erkannt|gemeldet|meldet|alarm|bemerkt|"
    r"rilevat|segnalat|segnala|allarme)|"
    r"検知|検出|アラート|報告|気付|発覚|通報"
)
_ESCALATED = re.compile(
    r"(?<![^\W_])(?:escalat|escal(?:ó|a|ado|ada|ou|é|ée|ade)\b|eskal|scalat)|エスカレ"
)


_PARTLY = re.compile(
    r"(?<![^\W_])(?:partial|progressi|gradual|starts? to (?:recover|improve)|"
    r"not (?:yet )?(?:fully )?"
    r"(?:resolved|restored|recovered)|parcial|partiel|teilweise|parzial)"
)


_ANY = re.compile(
    "|".join(each.pattern for each in (_ESCALATED, _RESOLVED, _DETECTED, _START))
)  # most entries say nothing of the kind: for them one search is enough


def mark_of(text: str) -> str:
    """`start`, `detected`, `escalated` or `resolved` where an entry says so, else ""."""
    lower = plain(text[:300])
    if not _ANY.search(lower):
        return ""
    if _ESCALATED.search(lower):
        return ESCALATED
    if _RESOLVED.search(lower) and not _PARTLY.search(lower):
        return RESOLVED
    if _DETECTED.search(lower):
        return DETECTED
    return START if _START.search(lower) else ""
