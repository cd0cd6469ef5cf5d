"""Which section a heading of any wording opens: by its telling words, where no name fits."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.reports.headings import (
    ACTION_ITEMS,
    DETECTION,
    GOT_LUCKY,
    IMPACT,
    LESSONS,
    RESOLUTION,
    ROOT_CAUSES,
    SUMMARY,
    TIMELINE,
    TRIGGER,
    WENT_WELL,
    WENT_WRONG,
    known_headings,
    plain_heading,
    without_accents,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 90
# Lengths of headings in which a slip is told from another word.
_SHORTEST_NEAR, _LONGEST_NEAR = 7, 40

# In the order in which they are tried. Beginnings of words, one line for each language, without
# accents and in lower case.
_TELLING = {
    GOT_LUCKY: r"""
        lucky|luck\b
        (tuvimos )?suerte|sorte\b
        de la chance
        gluck
        fortuna""",
    WENT_WELL: r"""
        (went|worked|going|go) (well|right|good)
        (salio|fue|funciono) bien|correu bem|deu certo
        bien (passe|fonctionne|marche)
        gut (lief|gelaufen|funktioniert)|lief gut
        andato bene""",
    WENT_WRONG: r"""
        (went|gone) (wrong|badly|poorly)|(didn t|didnt|did not) (go|work)
        (could|can) (be|have been|have gone) (better|improved|done better)
        (salio|fue) mal|que fallo|deu errado|correu mal
        mal (passe|fonctionne)
        schief|schlecht lief
        andato (male|storto)""",
    TIMELINE: r"""
        timeline|time line|chronolog|sequence of events|key events|log of events|event log
        cronolog|linea (de|del) tiempo|linea temporal|linha do tempo|cronograma
        deroulement
        zeitlich|zeitverlauf|zeitleiste|zeitachse|ablauf""",
    ACTION_ITEMS: r"""
        actions?\b|actionable|follow ?ups?\b|next steps|prevent|corrective
        remediation (plan|item|step)
        todo|to do\b|tasks\b|task list|recommend|improvements
        future (work|improvement|enhancement|plan|step)|measures\b
        going forward|moving forward
        (what|how)\b.* (will|are|re) .*(do|doing|chang|improv|ensure|avoid)
        what we re (doing|chang)|what (happens|s|comes) next
        avoid.*(again|future)|make sure.*again|ais\b
        (o )?que vamos (fazer|mudar|a hacer)|que haremos|ce que nous (allons|ferons)
        was wir (tun|andern)
        was werden wir|cosa faremo|para no repetir|para nao repetir
        acciones|medidas|proximos pasos|tareas|mejoras?\b|acoes|proximos passos|melhorias?\b|tarefas
        mesures|prochaines etapes|ameliorations?\b|taches|eviter la (recurrence|repetition)
        massnahmen|nachste schritte|verbesserung|gegenmassnahme
        azioni|misure|prossimi passi|miglioramenti""",
    ROOT_CAUSES: r"""
        root ?cause|causes?\b|contributing|five whys|5 whys|why (did|it|was|were|this|the|so)
        how (this|it|did this|could this) happen|why$|what caused
        causa|5 porques|cinco porques|por que (paso|ocurrio|aconteceu|sucedio)
        pourquoi
        ursache|warum|wie konnte|fehlerursache|hintergrund
        perche""",
    TRIGGER: r"trigger|detonante|desencadenante|gatilho|declencheur|ausloser|innesco",
    DETECTION: r"""
        detect|discover|noticed|found (out|it)|identified|identification
        deteccion|descub|deteccao|enteramos|dimos cuenta|soubemos|percebemos
        decouv
        erkannt|erkennung|entdeck|aufgefallen|bemerkt|gemerkt
        rilevament|rilevazione|scopert|accort""",
    IMPACT: r"""
        impact|affected|affect|effects?\b|scope|damage|customers? experience
        afect|alcance|afet|consequen|consecuen|touche
        auswirkung|betroffen|betraf|folgen\b|schaden
        impatt|effetti|conseguenze|colpit""",
    RESOLUTION: r"""
        resolution|resolv|recover|mitigat|remediat|fix|solution|how we .*(fix|solv|respond)
        response|respond|restor|repair|workaround|rollback|what (we did|did we do)
        lo que hicimos|que hicimos|o que fizemos|ce que nous avons fait|was wir getan
        resoluc|solucion|recuperacion|como se (arreglo|soluciono|resolvio)|correccion
        resoluca|solucao|correcao|como (foi )?(resolvid|corrig)
        reparation|retablissement
        losung|behebung|behoben|wiederherstellung|gelost
        risoluzione|ripristino|soluzione""",
    LESSONS: r"""
        lesson|learn|takeaway|insights?\b|reflection|retrospect
        leccion|aprend|licoes
        lecons|enseignement
        lehre|erkenntnis|gelernt
        lezion|imparat""",
    SUMMARY: r"""
        summary|overview|what happened|tl ?dr|abstract|synopsis|introduction|background|description
        resumen|que (paso|ocurrio|sucedio)|resumo|que aconteceu
        resume|que s est il passe|synthese
        zusammenfassung|uberblick|was (ist )?(passiert|geschehen|geschah)
        riepilogo|sommario|sintesi|cosa e successo""",
}
# Japanese is written without spaces, so that a word may stand anywhere.
_IN_JAPANESE = {
    GOT_LUCKY: "運|幸い",
    WENT_WELL: "うまくいった|良かった|よかった",
    WENT_WRONG: "うまくいかな|悪かった|問題点|改善が必要|改善すべき",
    TIMELINE: "タイムライン|時系列|経緯|経過",
    ACTION_ITEMS: "再発防止|対策|アクション|タスク|今後の対応|今後の|予防|改善",
    ROOT_CAUSES: "原因|なぜ|要因",
    TRIGGER: "トリガー|きっかけ|契機",
    DETECTION: "検知|検出|発見|発覚",
    IMPACT: "影響|被害",
    RESOLUTION: "復旧|対応|解決|修正|解消|対処",
    LESSONS: "教訓|学び|学んだ|振り返り",
    SUMMARY: "概要|要約|サマリ|何が起き|何が起こ|事象",
}


def _pattern(name: str) -> re.Pattern[str]:
    words = "|".join(line.strip() for line in _TELLING[name].strip().splitlines())
    return re.compile(rf"\b(?:{words})|{without_accents(_IN_JAPANESE[name])}")


_PATTERNS = {name: _pattern(name) for name in _TELLING}


@lru_cache(maxsize=4096)
def section_of(heading: str) -> str:
    """The section that a heading opens by the words in it; "" where none is telling."""
    if len(heading) > _LONGEST:
        return ""
    words = plain_heading(heading)
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(words)), "")


@lru_cache(maxsize=4096)
def near_name(heading: str) -> str:
    """The section whose name differs by a slip of the keyboard: `Timline`, `Root couse: disk`."""
    words = plain_heading(heading.partition(":")[0].partition("(")[0])
    if not _SHORTEST_NEAR <= len(words) <= _LONGEST_NEAR:
        return ""
    return next((_SHORTENED[part] for part in _shortened(words) if part in _SHORTENED), "")


def _shortened(words: str) -> Iterator[str]:
    """The words, and the words without any one of their letters."""
    yield words
    for place in range(1, len(words)):
        yield words[:place] + words[place + 1 :]


_SHORTENED = {
    part: name
    for heading, name in known_headings().items()
    if _SHORTEST_NEAR <= len(heading) <= _LONGEST_NEAR
    for part in _shortened(heading)
}
