"""The headings of reports, in several languages, and the sections that they open.

The canonical names are those of the postmortem template in Google's book on site reliability
engineering. Other headings are kept under the name "".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARY = "summary"
IMPACT = "impact"
ROOT_CAUSES = "root causes"
TRIGGER = "trigger"
RESOLUTION = "resolution"
DETECTION = "detection"
ACTION_ITEMS = "action items"
LESSONS = "lessons learned"
WENT_WELL = "what went well"
WENT_WRONG = "what went wrong"
GOT_LUCKY = "where we got lucky"
TIMELINE = "timeline"

# As people write them; case, accents, punctuation and numbering do not matter.
_WRITTEN = {
    SUMMARY: """
        summary; issue summary; incident summary; executive summary; overview; incident overview;
        what happened; abstract; tldr; synopsis; problem summary;
        resumen; resumen ejecutivo; resumen del incidente; qué pasó; qué ocurrió; descripción;
        resumo; sumário; resumo executivo; resumo do incidente; o que aconteceu; descrição;
        résumé; résumé de l'incident; synthèse; résumé du problème; que s'est-il passé;
        ce qui s'est passé;
        zusammenfassung; überblick; kurzfassung; was ist passiert; was geschah;
        riepilogo; sommario; sintesi; cosa è successo; che cosa è successo; panoramica;
        incident description; brief summary; background; at a glance; tl dr; quick summary;
        概要; 要約; サマリー; サマリ; 事象; 事象の概要; 障害概要; 障害の概要; 何が起きたか;
        何が起こったか""",
    IMPACT: """
        impact; impacts; customer impact; user impact; business impact; impact and scope;
        severity and impact;
        effects;
        impacto; impactos; impacto en los usuarios; impacto en los clientes; alcance; efectos;
        consecuencias; impacto no cliente; impacto en el cliente;
        impacto nos usuários; impacto nos clientes; efeitos; consequências;
        impact utilisateur; impact client; effets; conséquences;
        auswirkung; auswirkungen; folgen;
        impatto; effetti; conseguenze; impatto sugli utenti; impatto sui clienti;
        chi è stato colpito;
        who was affected; what was affected; what was impacted; scope of impact; impact assessment;
        scope; affected users; affected systems;
        quién fue afectado; quiénes fueron afectados; quem foi afetado; qui a été touché;
        wer war betroffen;
        影響; 影響範囲; 影響の範囲; ユーザーへの影響; お客様への影響; 被害""",
    ROOT_CAUSES: """
        root cause; root causes; cause; causes; root cause analysis; root cause and resolution;
        root causes and resolution; root cause and trigger; contributing factors;
        contributing causes;
        causa; causas; causa raíz; causas raíz; causa principal; causas raíces;
        análisis de causa raíz;
        factores contribuyentes; causa-raiz; causas-raiz; causa fundamental; causas fundamentais;
        causa raiz e resolução; análise de causa raiz; fatores contribuintes;
        cause racine; causes racines; cause racine et résolution; cause profonde; causes profondes;
        cause première; origine;
        facteurs contributifs; analyse des causes;
        ursache; ursachen; grundursache; grundursachen; ursachenanalyse; hauptursache;
        warum ist es passiert; wie konnte das passieren;
        causa radice; cause radice; cause; causa principale; analisi delle cause; cause principali;
        causa scatenante; perché è successo;
        why it happened; why did it happen; why did this happen; what caused it; five whys; 5 whys;
        the five whys; how did this happen; how this happened; how it happened;
        por qué pasó; por qué ocurrió; cinco porqués; los 5 porqués; por que aconteceu;
        5 porquês; cinco porquês; pourquoi; pourquoi est-ce arrivé; les 5 pourquoi; 5 pourquoi;
        原因; 根本原因; 発生原因; 直接原因; 要因; 原因分析; なぜ起きたか; 障害の原因; 障害原因""",
    TRIGGER: """
        trigger; triggers; triggering event;
        detonante; desencadenante; disparador; gatillo; gatilho; desencadeador; acionador;
        déclencheur; élément déclencheur; événement déclencheur; fait déclencheur;
        auslöser; anlass;
        innesco; evento scatenante; fattore scatenante;
        トリガー; きっかけ; 契機; 発生の契機""",
    RESOLUTION: """
        resolution; resolution and recovery; recovery; mitigation; mitigation and resolution; fix;
        solution; response; how we fixed it; how it was fixed; remediation;
        resolución; solución; mitigación; recuperación; respuesta; resolución y recuperación;
        resolução; solução; mitigação; recuperação; correção; resposta; resolução e recuperação;
        résolution; rétablissement; atténuation; réponse; résolution et rétablissement;
        lösung; behebung; wiederherstellung; entschärfung; fehlerbehebung; reaktion;
        wie wurde es behoben; was wurde getan;
        risoluzione; soluzione; ripristino; mitigazione; correzione; risposta; come è stato risolto;
        response and recovery; resolution and response; recovery and resolution;
        how it was resolved;
        how we resolved it; how did we fix it; how was it fixed; how we responded;
        how was it resolved;
        workaround; immediate fix;
        cómo se resolvió; cómo se solucionó; cómo lo resolvimos; como foi resolvido;
        como resolvemos; comment nous l'avons résolu; comment cela a été résolu; correction;
        対応; 対応内容; 対処; 対処内容; 復旧; 復旧対応; 復旧作業; 解決; 解決策; 暫定対応;
        応急処置; 復旧方法""",
    DETECTION: """
        detection; how we found out; how it was detected; discovery;
        detección; cómo nos enteramos; cómo se detectó; descubrimiento;
        detecção; deteção; como foi detectado; como descobrimos; descoberta;
        détection; découverte; comment nous l'avons découvert;
        erkennung; entdeckung; feststellung; bemerkt durch; wie wurde es bemerkt;
        rilevamento; rilevazione; scoperta; come è stato rilevato; come ce ne siamo accorti;
        how was it detected; how did we find out; how was it discovered; how we noticed;
        how we detected it; identified; how we discovered it;
        cómo lo detectamos; cómo se descubrió; como foi detetado; como foi descoberto;
        como soubemos;
        comment a-t-il été détecté; comment l'avons-nous détecté;
        検知; 検出; 発見; 発覚; 検知方法; 発覚の経緯; どのように検知したか""",
    ACTION_ITEMS: """
        action items; action item; actions; action plan; follow-up actions; follow-up; follow-ups;
        followups; next steps; to do; todo; todos; tasks; specific tasks; remediation items;
        corrective measures; prevention measures; prevention; preventive actions;
        immediate actions; corrective actions; preventive measures; preventative measures;
        corrective and preventative measures; corrective and preventive measures;
        corrective and preventive actions; remediation and follow-up;
        acciones; acciones a tomar; elementos de acción; puntos de acción; tareas; plan de acción;
        próximos pasos; siguientes pasos; acciones correctivas; acciones preventivas;
        medidas correctivas; seguimiento;
        medidas correctivas y preventivas; acciones de seguimiento; pendientes;
        ações; itens de ação; tarefas; plano de ação; ações corretivas; ações preventivas;
        medidas corretivas;
        medidas corretivas e preventivas; acompanhamento; ações de acompanhamento; pendências;
        plan d'action; plan d'actions; actions correctives; mesures correctives;
        mesures correctives et préventives;
        tâches; suivi;
        prochaines étapes; actions à mener; actions de suivi; à faire;
        maßnahmen; aufgaben; nächste schritte; aktionspunkte; folgemaßnahmen; maßnahmenplan;
        korrekturmaßnahmen; vorbeugende maßnahmen; gegenmaßnahmen; präventive maßnahmen;
        offene punkte; was wir ändern;
        azioni; azioni correttive; azioni preventive; azioni da intraprendere; prossimi passi;
        misure correttive; misure preventive; misure correttive e preventive; attività; da fare;
        review actions; remediation plan; improvements; future improvements; recommendations;
        what are we doing to prevent this; what we are doing about it; what we're doing about it;
        what are we going to do; what we are going to do; what will we change; what we will change;
        how do we prevent this; how we will prevent this; mitigation plan; long-term actions;
        short-term actions; prevention plan; prevention strategy; prevention strategies;
        acciones inmediatas; prevención; medidas preventivas; mejoras; recomendaciones;
        prevenção; medidas preventivas; ações imediatas; melhorias; recomendações;
        prévention; mesures préventives; améliorations; recommandations; actions préventives;
        アクション; アクションアイテム; 再発防止; 再発防止策; 対策; 今後の対策; 恒久対策; 恒久対応;
        今後の対応; 予防策; 改善策; 次のステップ; やること; フォローアップ""",
    LESSONS: """
        lessons learned; lessons learnt; lessons; learnings; lesson learned; what we learned;
        takeaways; key takeaways; retrospective;
        lecciones aprendidas; lecciones; aprendizajes; qué aprendimos; lo que aprendimos;
        lições aprendidas; lições; aprendizados; aprendizagens; o que aprendemos;
        leçons apprises; leçons tirées; leçons; enseignements; retour d'expérience;
        ce que nous avons appris;
        gelernte lektionen; lehren; erkenntnisse; gelerntes; was wir gelernt haben;
        lessons-learned; lektionen;
        lezioni apprese; lezioni imparate; lezioni; cosa abbiamo imparato; insegnamenti;
        what did we learn; insights; key learnings;
        教訓; 学び; 学んだこと; 得られた教訓; 振り返り; 得られた学び""",
    WENT_WELL: """
        what went well; went well; what went right; what worked; what worked well;
        things that went well; the good;
        qué salió bien; lo que salió bien; lo que funcionó bien;
        qué fue bien; qué funcionó; lo bueno; qué anduvo bien;
        o que correu bem; o que deu certo; o que foi bem; o que funcionou;
        ce qui s'est bien passé; ce qui a bien fonctionné; ce qui a bien marché; points positifs;
        was gut lief; was lief gut; was gut gelaufen ist; was gut funktioniert hat;
        cosa è andato bene; ciò che è andato bene; cosa ha funzionato; what went great;
        lo que fue bien; lo que funcionó; o que funcionou bem;
        うまくいったこと; うまくいった点; 良かった点; 良かったこと; よかったこと; よかった点""",
    WENT_WRONG: """
        what went wrong; went wrong; what went badly; what went poorly; what didn't go well;
        what did not go well; what didn't work; things that went wrong; what could have gone better;
        what could be improved; the bad;
        qué salió mal; lo que salió mal; lo que falló; qué fue mal; qué no funcionó; lo malo;
        qué se puede mejorar; qué anduvo mal;
        o que correu mal; o que deu errado; o que foi mal; o que não funcionou;
        o que pode melhorar;
        ce qui s'est mal passé; ce qui n'a pas fonctionné; ce qui a mal fonctionné;
        ce qui a mal marché; points négatifs; points à améliorer;
        was schlecht lief; was lief schlecht; was schiefging; was schief lief; was schieflief;
        was ist schiefgelaufen; was schiefgelaufen ist; was nicht gut lief;
        was nicht funktioniert hat;
        cosa è andato male; cosa è andato storto; ciò che è andato male; cosa non ha funzionato;
        lo que fue mal; lo que no funcionó; o que não deu certo; what could we have done better;
        うまくいかなかったこと; うまくいかなかった点; 悪かった点; 悪かったこと; 問題点; 改善点""",
    GOT_LUCKY: """
        where we got lucky; we got lucky; where were we lucky; where we were lucky; luck;
        dónde tuvimos suerte; en qué tuvimos suerte; tuvimos suerte; suerte;
        onde tivemos sorte; em que tivemos sorte; tivemos sorte; sorte;
        où nous avons eu de la chance; là où nous avons eu de la chance; coups de chance;
        ce qui relève de la chance; nous avons eu de la chance; chance;
        wo wir glück hatten; glück; glück gehabt; wobei wir glück hatten;
        dove siamo stati fortunati; fortuna; in cosa siamo stati fortunati;
        幸運だったこと; 幸運だった点; 運が良かったこと; 運が良かった点; 幸いだったこと""",
    TIMELINE: """
        timeline; incident timeline; time line; chronology; sequence of events; timeline of events;
        events;
        cronología; línea de tiempo; línea temporal; secuencia de eventos;
        cronograma; linha do tempo; cronologia; sequência de eventos;
        chronologie; déroulement; frise chronologique; chronologie des événements;
        zeitachse; zeitleiste; zeitlicher ablauf; zeitverlauf; ablauf; chronologischer ablauf;
        verlauf;
        svolgimento; cronologia degli eventi; successione degli eventi;
        detailed timeline; key events; event timeline; timeline summary; timeline and actions;
        what happened when; chronological events; log of events;
        タイムライン; 時系列; 経緯; 経過; 対応経緯; 障害の経緯; 対応の経緯; 発生経緯;
        時系列の対応""",
}
NAMES = tuple(_WRITTEN)

_NUMBERING = re.compile(r"^(?:\d+(?: \d+)*|[ivx]+|[a-h]) ")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# What is added to a heading: `Impact: customers`, `Timeline - all in UTC`, `Causes of the outage`.
_ADDITION = re.compile(
    r"\s*:\s.*|\s+[-\u2013\u2014]\s.*|\s+(?:of|for) (?:the|this|our)\s.*",
    re.DOTALL | re.IGNORECASE,
)


def without_accents(text: str) -> str:
    """The letters alone, also of Japanese syllables with marks."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def plain_heading(heading: str) -> str:
    """Words in lower case, without accents and punctuation."""
    text = without_accents(heading.casefold().replace("&", " and "))
    joined = text.replace("'", "").replace("\u2019", "")
    return " ".join(re.findall(r"[^\W_]+", joined))


_NAMES = {
    plain_heading(heading): name
    for name, headings in _WRITTEN.items()
    for heading in headings.split(";")
}


def known_headings() -> Mapping[str, str]:
    """Every heading that opens a section, as `plain_heading` makes it, with the section."""
    return _NAMES


@lru_cache(maxsize=8192)
def canonical_name(heading: str) -> str:
    """The section that a heading opens, such as `root causes`; "" for any other heading."""
    without = _IN_BRACKETS.sub(" ", heading)
    for text in (heading, without, _ADDITION.sub("", without)):
        plain = plain_heading(text)
        for candidate in (plain, plain.removeprefix("the "), _NUMBERING.sub("", plain)):
            if candidate in _NAMES:
                return _NAMES[candidate]
    return ""
