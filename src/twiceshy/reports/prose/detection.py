"""Who noticed first: a user, the monitoring, or somebody of the staff.

Where the text says it under a heading or label of its own, that counts; else the first sentence of
the timeline that names a detector, else the first of the whole text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Fact
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
    WENT_WELL,
    WENT_WRONG,
)
from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.people_words import PEOPLE
from twiceshy.reports.prose.statements import place, statements
from twiceshy.reports.prose.task_words import commits
from twiceshy.reports.prose.wording import is_japanese, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twiceshy.reports.prose.document import Document
    from twiceshy.reports.prose.statements import Statement

_LABEL = re.compile(
    # A time may stand before the label.
    r"^(?:[^\w\n]|[\d月日時分秒頃]|(?-i:[ap]m\b|[A-Z]{2,4}\b)){0,48}"
    r"(?:detected by|detection(?: method| source)?|identified(?: by)?|reported by|"
    r"reporter|discovered by|noticed by|found by|how (?:was it|it was) (?:detected|discovered|"
    r"found)|first reported by|detectad[oa] por|detección|reportad[oa] por|descubiert[oa] por|"
    r"detectad[oa]|detecção|relatad[oa] por|descobert[oa] por|reportado por|détecté par|détection|"
    r"signalé par|découvert par|entdeckt (?:von|durch)|gemeldet von|erkannt durch|erkennung|"
    r"rilevato da|segnalato da|rilevamento|検知方法|検知|発見者|報告者|発見)"
    r"\s*[:：]\W*(?P<rest>\w[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)

# Members of the team are no members of what the team offers.
_OF_THE_TEAM = re.compile(
    r" (?:team|staff|crew|group) members? | mi?embros? d(?:el|a|o) (?:equipo|equipe|time) "
    r"| membres? de l equipe "
)
# `It was noticed when a user tried to pay` says who noticed.
_NOTICED_WHEN = re.compile(
    r" (detected|noticed|discovered|found|identified|spotted) (?:only )?(?:when|once|as)"
    r"(?: one of)?(?: a| an| the| some| our| several)* (?=user|customer|client|student|engineer"
    r"|developer|team)"
)
# `@ana notices`, `Ben discovered`: those who are called by name are of the staff.
_A_PERSON = re.compile(
    r"(?:@[\w-]{2,30}|(?<![\w'])(?!(?:We|It|They|This|That|These|Nobody|None|Which|Who|And|But|The|"
    r"Further|Later|Then|Also|Investigation|Analysis|Users?|Customers?|Logs?|Reports?)\b)"
    r"[A-Z][a-zà-ÿ]{1,20}) (?:first |also |then )?(?:notice[sd]|spot(?:s|ted)|reali[sz]e[sd]"
    r"|discover(?:s|ed))\b"
)
_USERS = PEOPLE.mask("users")
_REPORTS = PEOPLE.mask("reports")
_ALERTS = PEOPLE.mask("user_alerts")
_MONITOR = PEOPLE.mask("monitor")
_STAFF = PEOPLE.mask("staff")
_NOTICES = PEOPLE.mask("notices")
_NOT = PEOPLE.mask("not")
_NOT_AFTER = PEOPLE.mask("not_after")
_TOLD = PEOPLE.mask("told")
_FIRES = PEOPLE.mask("fires")
_PASSIVE = PEOPLE.mask("passive")
_BY = PEOPLE.mask("by")
_NEAR = 6
"""Words between a person and what they do, and letters where no spaces part them."""
_NEAR_LETTERS = 40

# Where each sort of section stands among the places that say who noticed; others are not asked.
_SURE, _TIMED, _SAID, _ASIDE = 0.95, 0.85, 0.7, 0.5
_LIKELY = 0.3
_TELLING = frozenset({DETECTION, TIMELINE, SUMMARY})
_WAS_FOUND = re.compile(r" (?:was|were|been) (?:\w+ )?(?:discovered|found|noticed|detected) ")
_LATE = frozenset({IMPACT, RESOLUTION, LESSONS, WENT_WELL, WENT_WRONG, GOT_LUCKY, ROOT_CAUSES})


def detected_by(document: Document, said: Sequence[Statement] | None = None) -> Fact[str]:
    """`user`, `monitoring` or `staff`, with the sentence that says so; None where none does.

    `said` are the document's statements, where they have been read already.
    """
    said = statements(document) if said is None else said
    named = _labelled(document)
    if named.value is not None:
        return named
    for chosen, sure in _places(said):
        for statement in chosen:
            who = _detector(statement.plain, sure)
            if not who and sure >= _TIMED and _A_PERSON.search(statement.text):
                who = "staff"
            if who:
                span = place(document, statement.block, statement.text, statement.start)
                return Fact(who, _others(said, who), sure, span)
    return _unnamed(document, said)


def _unnamed(document: Document, said: Sequence[Statement]) -> Fact[str]:
    """Who it was most likely, where nobody is named: users that met it, else those who write."""
    first = next((each for each in said if each.block.section == TIMELINE), None)
    for statement in said:
        if statement.block.section not in _TELLING:
            continue
        found = PEOPLE.found(statement.plain)
        met = statement is first and _USERS in found and _NOT not in found
        finds = _NOTICES in found
        if statement.block.section == SUMMARY:
            finds = _WAS_FOUND.search(statement.plain) is not None
        if met or finds:
            span = place(document, statement.block, statement.text, statement.start)
            return Fact("user" if met else "staff", (), _LIKELY, span)
    return Fact()


def _places(said: Sequence[Statement]) -> Iterable[tuple[list[Statement], float]]:
    def of(*sections: str) -> list[Statement]:
        return [statement for statement in said if statement.block.section in sections]

    yield of(DETECTION), _SURE
    yield of(TIMELINE), _TIMED
    yield of(SUMMARY, ""), _SAID
    yield [late for late in of(*_LATE) if not commits(late.plain, firmly=True)], _ASIDE


def _labelled(document: Document) -> Fact[str]:
    """What stands behind a label such as `Detected by:`, or in its row of a table."""
    for block in document.blocks:
        if block.form is Form.CODE or block.section == ACTION_ITEMS:
            continue
        text = ": ".join(block.cells) if len(block.cells) == 2 else block.text
        label = _LABEL.search(text) if ":" in text or "：" in text else None
        if label is None:
            continue
        who = _detector(plain(label["rest"]), _SURE)
        if who:
            return Fact(who, (), _SURE, place(document, block, label["rest"].strip()))
    return Fact()


def _others(said: Sequence[Statement], who: str) -> tuple[str, ...]:
    """Who else is named beside `who` in the section that is meant to say it."""
    named = [
        _detector(statement.plain, _SURE)
        for statement in said
        if statement.block.section == DETECTION
    ]
    return tuple(dict.fromkeys(other for other in named if other and other != who))


def _detector(words: str, sure: float) -> str:
    """Who a sentence names as the detector; "" for none.

    The surer its place is to say that, the less the sentence itself must say.
    """
    if "memb" in words or "miembro" in words:
        words = _OF_THE_TEAM.sub(" team ", words)
    if " when " in words or " once " in words or " as " in words:
        words = _NOTICED_WHEN.sub(r" \1 by ", words)
    found = PEOPLE.found(words)
    user = _user(found, words, sure)
    monitor = _monitor(found, sure)
    if user is not None and (monitor is None or user <= monitor):
        return "user"
    if monitor is not None:
        return "monitoring"
    if _is_staff(found, words, sure):
        return "staff"
    return "user" if sure >= _TIMED and _PASSIVE in found else ""


def _user(found: Mapping[int, int], words: str, sure: float) -> int | None:
    """The place of the users that reported something."""
    if _ALERTS in found and not _denied(found, _ALERTS):
        return min(found[_ALERTS], found.get(_USERS, found[_ALERTS]))
    user = found.get(_USERS)
    if user is None or (_TOLD in found and user < found[_TOLD]):
        return None
    acting = (verb for verb in (_REPORTS, _NOTICES) if verb in found)
    if _TOLD in found and user > found[_TOLD] and _after_by(words, user):
        return user
    verbs = [found[verb] for verb in acting if not _denied(found, verb)]
    if sure == _SURE and not verbs and _STAFF not in found:
        return user
    acts = any(user < verb for verb in verbs) or (bool(verbs) and _after_by(words, user))
    return user if acts else None


def _monitor(found: Mapping[int, int], sure: float) -> int | None:
    """The place of the monitoring that raised its voice."""
    if _MONITOR not in found or _denied(found, _MONITOR):
        return None
    return found[_MONITOR] if sure >= _TIMED or _FIRES in found else None


def _is_staff(found: Mapping[int, int], words: str, sure: float) -> bool:
    """Whether people of one's own noticed."""
    if _STAFF not in found or _TOLD in found or _denied(found, _NOTICES):
        return False
    if sure == _SURE:
        return True
    staff, notices = found[_STAFF], found.get(_NOTICES)
    if notices is None:
        return False
    near = _NEAR_LETTERS if is_japanese(words) else _NEAR
    return 0 <= notices - staff <= near or _after_by(words, staff)


def _after_by(words: str, place: int) -> bool:
    """Whether `by` or its like stands shortly before a word."""
    before = " ".join(words.split()[max(0, place - 3) : place])
    return bool(PEOPLE.found(f" {before} ").keys() & {_BY}) if before else False


def _denied(found: Mapping[int, int], what: int) -> bool:
    """Whether a sentence says that there was no alert, or that nobody noticed."""
    if what not in found:
        return False
    behind = found.get(_NOT_AFTER, -1) - found[what]  # in Japanese it stands behind the verb
    before = found[what] - found.get(_NOT, found[what] + 1)
    return 0 <= before <= _NEAR or 0 <= behind <= _NEAR
