"""The words of action items: columns of tables, states, verbs that a task begins with."""

from __future__ import annotations

import re
from functools import lru_cache

from twiceshy.reports.prose.wording import plain


def _begins(words: str) -> re.Pattern[str]:
    """Finds a word that begins with one of these, in a text that `plain` made."""
    parts = (re.escape(word.replace("_", " ")) for word in words.split())
    return re.compile("|".join(f" {part}" if part.isascii() else part for part in parts))


_COLUMNS = {
    "owner": _begins(
        "owner assign responsib responsable responsavel responsabile who. dri lead encargad "
        "dueno quien quem proprietaire pilote verantwortlich zustandig inhaber referent "
        "担当 責任 オーナー"
    ),
    "due": _begins(
        "due deadline date when target eta fecha vence vencimiento plazo cuando prazo data quando "
        "echeance delai quand fallig frist termin datum bis scaden entro 期限 期日 日付 締切 予定日"
    ),
    "priority": _begins("priorit priorid urgenc 優先"),
    "status": _begins(
        "status state done progress complet estado situac statut etat avancement zustand erledigt "
        "stato 状態 ステータス 進捗 状況"
    ),
    "action": _begins(
        "action item task descri what measure improvement todo to_do activit remed follow mitigat "
        "accion tarea medida mejora que_ acao tarefa atividade o_que mesure tache aktion aufgabe "
        "massnahme beschreibung was_ azione attivita misura compito cosa アクション 対応 対策 内容 "
        "タスク 項目 施策 やること"
    ),
}
_DONE = _begins(
    "done complete closed resolved fixed finished merged shipped deployed released implemented yes "
    "hecho hecha complet cerrad termin listo lista resuelt feito feita conclu fechad pronto "
    "resolvid fait clos resolu fini erledigt abgeschlossen fertig geschlossen umgesetzt behoben "
    "fatto fatta chius risolt conclus 完了 済 対応済 終了 実施済"
)
_NOT_DONE = _begins(
    "not no in_progress ongoing pending todo to_do open planned partially started wip sin_ nao "
    "en_c em_a pendient pendente en_curso non_ a_faire nicht offen in_arbeit da_fare in_corso "
    "未 中 予定"
)
_WRITTEN_STATES = """
    done completed closed resolved finished in_progress progress pending open todo to_do ongoing
    planned not_started wip merged shipped fixed hecho completad pendient terminad en_curso feito
    concluid pendente em_andamento fait termine en_cours a_faire erledigt abgeschlossen offen
    in_arbeit fatto completat in_corso da_fare
"""
_STATES = tuple(_name.replace("_", " ") for _name in _WRITTEN_STATES.split())
_TICKS = re.compile(r"^[\s\W]*(?:[✅☑✔]|:white_check_mark:)")
_BOXES = re.compile(r"^[\s☐☑✅✔❌⬜🔲🟩✓✗]+|^:(?:white_check_mark|x|heavy_check_mark):\s*")

# What a task begins with in English; in Romance languages the ending of the infinitive tells.
_WRITTEN_VERBS = """
    add adjust adopt alert allow analyse analyze apply assess assign audit automate avoid back
    backfill backup block build bump change check clarify clean clear communicate conduct
    configure consider consolidate continue create cut decide decouple define delete deploy
    deprecate design develop disable disown discuss document double downgrade educate eliminate
    enable encourage enforce enhance ensure establish evaluate expand explore export extend file
    find finish fix follow formalize grant harden have hire identify implement improve include
    increase inform install instrument integrate introduce investigate isolate keep launch limit
    load lock log lower maintain make migrate mitigate modify monitor move notify onboard
    optimise optimize organize patch perform pin plan prevent provide provision publish purchase
    put raise re-evaluate rebuild reconfigure recreate redesign reduce refactor refine regularly
    remove rename renew reorganize replace report require research restore restrict restructure
    revert review revise revisit rewrite roll rotate run scale schedule search secure separate
    set setup share shift ship simplify split standardise standardize start stop store
    strengthen streamline support switch sync teach test tighten track train transition try tune
    turn update upgrade elevate boost host leverage embed foster incorporate remind scrutinize
    simulate centralize collect convert deliver distribute encrypt engage extract gather generate
    guard hold inspect invest learn measure offload practice prepare prioritize promote propose
    protect prune reinforce retire safeguard sanitize send silence solve specify trace trim unify
    use utilize watch validate verify work write strictly always never
"""
_VERBS = frozenset(_WRITTEN_VERBS.split())
_INFINITIVE = {
    "es": re.compile(r"^\w{2,}(?:ar|er|ir)(?:lo|la|se|los|las)?$"),
    "pt": re.compile(r"^\w{2,}(?:ar|er|ir)$"),
    "fr": re.compile(r"^\w{2,}(?:er|ir|re)$"),
    "it": re.compile(r"^\w{2,}(?:are|ere|ire)$"),
}
_LAST_INFINITIVE = re.compile(r" \w{3,}(?:en|ern|eln) $")
_DOING = re.compile(r"^[a-z]{2,}(?:ing|ed)$")

# Sentences in which people commit themselves; on a text that `plain` made.
_WILL = re.compile(
    r" (?:we|i|team|engineers|company|devops|they|staff) (?:\w+ ){0,2}?(?:ll|will|plan|plans|"
    r"are planning|re planning|intend|intends|(?:are|re|is) (?:also )?going to|are working on|"
    r"re working on|are considering|re considering|are implementing|are adding|are building|"
    r"are improving|re adding|re improving|re implementing|re building|re updating|"
    r"are investigating|re investigating|are evaluating) "
    r"| and plan to | (?:talking|thinking) about (?:setting|adding|moving|building|using) "
    r"|(?: going forward| moving forward| in the future| next steps) (?:\w+ ){1,8}?(?:will|should|"
    r"is going to|are going to) "
    r"| will (?:also |then )?be (?:implemented|conducted|integrated|enhanced|added|introduced|"
    r"deployed|reviewed|improved|updated|established|created|documented|automated|scheduled|"
    r"provided|developed|enforced|expanded|strengthened|put in place|set up) "
    r"| \w+(?:aremos|eremos|iremos|irons|erons|drons|aremo|eremo|iremo) "
    r"| (?:vamos a|estamos (?:considerando|evaluando|trabajando|planeando)|planeamos|debemos|"
    r"deberiamos|tenemos que|hay que|vamos \w+ar|vamos \w+er|estamos (?:planejando|avaliando|"
    r"trabalhando)|planejamos|devemos|precisamos|temos que|nous allons|nous devons|nous devrions|"
    r"il faut|il faudra|nous prevoyons|nous envisageons|wir werden|wir wollen|wir planen|"
    r"wir mussen|wir sollten|dobbiamo|dovremmo|dovremo|prevediamo|stiamo (?:valutando|lavorando)) "
    r"|予定です|していきます|ことにします|検討します|検討して|改善します|追加します|導入します|"
    r"実施します|強化します"
    r"|見直します|徹底します"
)
_SHOULD = re.compile(
    r" (?:we|team|engineers) (?:\w+ ){0,2}?(?:should|must|need to|have to|ought to) "
    r"|必要がある|必要があります|べき"
)
# Parts of which each of these sentences has one; they are looked for faster.
_HINTS = (
    " will", " ll ", " plan", "intend", "going ", "working on", "considering", "ing ", "should",
    "must", "need to", "have to", "ought to", "remos", "rons ", "remo ", "vamos", "estamos",
    "debemos", "deberiamos", "tenemos", "hay que", "devemos", "precisamos", "temos", "nous",
    "il fau", "wir ", "dobbiamo", "dovre", "prevediamo", "stiamo", "ます", "こと", "して", "予定",
    "必要", "べき",
)  # fmt: skip
_MODAL = re.compile(
    r" (?:will|ll|should|must|needs? to|have to|going to|plans? to|planning|planned|to be|"
    r"se debe|debe|deben|deberia|conviene|deve|devem|deveria|precisa|doit|doivent|devrait|devra|"
    r"sera|seront|soll|sollen|sollte|muss|mussen|wird|werden|deve|devono|dovrebbe|sara|saranno) "
    r"|する。?\s*$|します"
)
_MEASURE = re.compile(
    r" (?:was|were|has been|have been|had been|ve|we|i|team|engineers|also|now) (?:\w+ly |also "
    r"|now |since |already )?(?:implemented|added|changed|introduced|created|updated|deployed|"
    r"replaced|configured|increased|moved|migrated|enabled|enforced|established|improved|"
    r"installed|fixed|"
    r"adjusted|upgraded|scheduled|rewritten|redesigned|refactored|automated|removed|reviewed|"
    r"documented|modified|optimized|put in place|set up|built) "
    r"| (?:se (?:implemento|agrego|anadio|creo|actualizo|configuro|cambio|mejoro|establecio)|"
    r"(?:foi|foram) (?:implementad|adicionad|criad|atualizad|configurad|alterad)\w+|"
    r"(?:a|ont) ete (?:mis|mise|ajoute|cree|configure|modifie|implemente|ameliore)\w*|"
    r"(?:wurde|wurden) (?:\w+ ){0,8}(?:eingefuhrt|erganzt|hinzugefugt|eingerichtet|angepasst|"
    r"erstellt|verbessert|umgestellt)|"
    r"(?:e stat|sono stat)\w+ (?:aggiunt|implementat|creat|aggiornat|configurat|introdott)\w+) "
    r"|しました|導入した|追加した"
)
# Sentences that only lead to tasks, or speak about the text.
_LEADS = re.compile(
    r" (?:several|various|some|many|these|all|the|following|certain|a number of) (?:\w+ ){0,3}?"
    r"(?:measures|steps|actions|precautions) (?:will|have|has|are|were|should|must|can|to) "
    r"| (?:the following|as follows|listed below|below|steps include|measures include|these steps|"
    r"these measures|following (?:actions|measures|steps|tasks|changes|improvements)|siguientes|"
    r"a continuacion|seguintes|a seguir|suivant|suivante|suivants|suivantes|ci dessous|folgende|"
    r"folgenden|seguenti|di seguito) |以下の|次の|下記"
    r"|^ (?:this|the|these) (?:post|article|report|postmortem|document|incident|outage|issue) "
)
_NO_TASK = re.compile(
    r"apolog|sincerely|thank |thanks |sorry| we hope | seriously | disculp| desculp| excus|"
    r"entschuldig| scusa|申し訳|お詫び|ありがとう"
    r"|^ (?:this|that|these|those|it|they|esto|esta|isso|isto|cela|ceci|dies|das|questo) "
    r"(?!should|must|"
    r"will be (?:fixed|added|implemented))"
    r"|^ (?:none|n a|na|tbd|todo|nothing|not applicable|no action\w*(?: \w+){0,3}|ninguna?|"
    r"nenhuma?|aucune?|keine?|nessuna?) $|^ なし $|^ 特になし $"
)


@lru_cache(maxsize=4096)
def column_of(heading: str) -> str:
    """What a column of a table of tasks holds: `action`, `owner`, `due`...; "" for other ones."""
    words = plain(heading)
    if words.strip() in ("que", "was", "o que", "who", "wer", "chi", "qui"):
        return "owner" if words.strip() in ("who", "wer", "chi", "qui") else "action"
    return next((name for name, pattern in _COLUMNS.items() if pattern.search(words)), "")


def says_done(state: str) -> bool:
    """Whether the text of a status cell, a mark or a heading's addition says that it is done."""
    if _TICKS.match(state):
        return True
    words = plain(state)
    return bool(_DONE.search(words)) and not _NOT_DONE.search(words)


def is_state(text: str) -> bool:
    """Whether a few words are the state of a task, and nothing else."""
    words = plain(text).split()
    if not words or len(words) > 3:
        return False
    return " ".join(words).startswith(_STATES) or text.strip() in (
        "完了",
        "済",
        "対応済み",
        "未着手",
    )


def ticked(text: str) -> bool:
    """Whether a text begins with a tick."""
    return bool(_TICKS.match(text))


def without_box(text: str) -> str:
    """A text without the tick or box that it begins with."""
    return _BOXES.sub("", text)


def begins_as_task(text: str, language: str) -> bool:
    """Whether a text begins, in German ends, as tasks do: with a verb, also `adding`, `added`."""
    words = plain(text)
    first = words.split(" ", 2)[1] if words.strip() else ""
    return bool(_DOING.match(first)) or demands(text, language)


def demands(text: str, language: str) -> bool:
    """Whether a text begins, in German ends, with a verb that asks for something."""
    words = plain(text)
    first = words.split(" ", 2)[1] if words.strip() else ""
    if first in _VERBS:
        return True
    ending = _INFINITIVE.get(language)
    if ending is not None:
        return bool(ending.match(first))
    return language == "de" and bool(_LAST_INFINITIVE.search(words))


def commits(words: str, *, firmly: bool) -> bool:
    """Whether a sentence, as `plain` made it, says that something will be done.

    `firmly` wants people who say so of themselves, not only something that should be.
    """
    if firmly:
        if not any(hint in words for hint in _HINTS):
            return False
        return not is_no_task(words) and bool(_WILL.search(words) or _SHOULD.search(words))
    if is_no_task(words):
        return False
    return bool(
        _WILL.search(words)
        or _SHOULD.search(words)
        or _MODAL.search(words)
        or _MEASURE.search(words)
    )


def was_taken(words: str) -> bool:
    """Whether a sentence tells of a measure that has been taken."""
    return bool(_MEASURE.search(words)) and not (_WILL.search(words) or _MODAL.search(words))


def is_no_task(words: str) -> bool:
    """Whether a sentence only leads to tasks, thanks, or says that there are none."""
    return bool(_LEADS.search(words) or _NO_TASK.search(words))
