"""The headings of reports, in several languages, and the sections that they open.

The canonical names are those of the postmortem template in Google's book on site reliability
engineering. Other headings are kept under the name "".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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
        zusammenfassung; überblick; kurzfassung; was ist passiert; was geschah""",
    IMPACT: """
        impact; impacts; customer impact; user impact; business impact; impact and scope;
        severity and impact;
        effects;
        impacto; impactos; impacto en los usuarios; impacto en los clientes; alcance; efectos;
        consecuencias; impacto no cliente; impacto en el cliente;
        impacto nos usuários; impacto nos clientes; efeitos; consequências;
        impact utilisateur; impact client; effets; conséquences;
        auswirkung; auswirkungen; folgen""",
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
        ursache; ursachen; grundursache; grundursachen; ursachenanalyse; hauptursache""",
    TRIGGER: """
        trigger; triggers; triggering event;
        detonante; desencadenante; disparador; gatillo; gatilho; desencadeador; acionador;
        déclencheur; élément déclencheur; événement déclencheur; fait déclencheur;
        auslöser; anlass""",
    RESOLUTION: """
        resolution; resolution and recovery; recovery; mitigation; mitigation and resolution; fix;
        solution; response; how we fixed it; how it was fixed; remediation;
        resolución; solución; mitigación; recuperación; respuesta; resolución y recuperación;
        resolução; solução; mitigação; recuperação; correção; resposta; resolução e recuperação;
        résolution; rétablissement; atténuation; réponse; résolution et rétablissement;
        lösung; behebung; wiederherstellung; entschärfung; fehlerbehebung""",
    DETECTION: """
        detection; how we found out; how it was detected; discovery;
        detección; cómo nos enteramos; cómo se detectó; descubrimiento;
        detecção; deteção; como foi detectado; como descobrimos; descoberta;
        détection; découverte; comment nous l'avons découvert;
        erkennung; entdeckung; feststellung; bemerkt durch""",
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
        korrekturmaßnahmen""",
    LESSONS: """
        lessons learned; lessons learnt; lessons; learnings; lesson learned; what we learned;
        takeaways; key takeaways; retrospective;
        lecciones aprendidas; lecciones; aprendizajes; qué aprendimos; lo que aprendimos;
        lições aprendidas; lições; aprendizados; aprendizagens; o que aprendemos;
        leçons apprises; leçons tirées; leçons; enseignements; retour d'expérience;
        ce que nous avons appris;
        gelernte lektionen; lehren; erkenntnisse; gelerntes; was wir gelernt haben;
        lessons-learned""",
    WENT_WELL: """
        what went well; went well; what went right; what worked; what worked well;
        things that went well; the good;
        qué salió bien; lo que salió bien; lo que funcionó bien;
        qué fue bien; qué funcionó; lo bueno; qué anduvo bien;
        o que correu bem; o que deu certo; o que foi bem; o que funcionou;
        ce qui s'est bien passé; ce qui a bien fonctionné; ce qui a bien marché; points positifs;
        was gut lief; was lief gut; was gut gelaufen ist; was gut funktioniert hat""",
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
        was ist schiefgelaufen; was schiefgelaufen ist; was nicht gut lief""",
    GOT_LUCKY: """
        where we got lucky; we got lucky; where were we lucky; where we were lucky; luck;
        dónde tuvimos suerte; en qué tuvimos suerte; tuvimos suerte; suerte;
        onde tivemos sorte; em que tivemos sorte; tivemos sorte; sorte;
        où nous avons eu de la chance; là où nous avons eu de la chance; coups de chance;
        ce qui relève de la chance; nous avons eu de la chance; chance;
        wo wir glück hatten; glück; glück gehabt; wobei wir glück hatten""",
    TIMELINE: """
        timeline; incident timeline; time line; chronology; sequence of events; timeline of events;
        events;
        cronología; línea de tiempo; línea temporal; secuencia de eventos;
        cronograma; linha do tempo; cronologia; sequência de eventos;
        chronologie; déroulement; frise chronologique; chronologie des événements;
        zeitachse; zeitleiste; zeitlicher ablauf; zeitverlauf; ablauf; chronologischer ablauf;
        verlauf""",
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
