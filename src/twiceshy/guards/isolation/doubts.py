"""Why it cannot be told whether the failure would come back. A doubt makes `holds` impossible."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.canary import holds_value
from twiceshy.guards.isolation.persons import account
from twiceshy.guards.isolation.plan import usable
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History, Observation
    from twiceshy.model.survey import RequestFacts, Survey

_REDIRECT = 3
_BAD = 4


def doubts(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """Each doubt as a sentence that names the request or the row."""
    for facts in survey.requests:
        if facts.problem and facts.named:
            yield f"{facts.template}: {facts.problem}"
    if not survey.requests:
        yield "there is no request to rehearse"
    if not usable(survey):
        return
    yield from dict.fromkeys(run.problem for run in history if run.problem)
    if not history:
        yield "nothing was played"
    yield from unanswered(spec, survey, history)
    yield from _unsettled(spec, history)
    for plant, why in dict(pair for run in history for pair in run.refused).items():
        if plant.endswith(".1"):
            yield f"no row could be planted as {plant}: {why}"


def unanswered(
    spec: Spec, survey: Survey, history: History, *, named: bool = True
) -> Iterator[str]:
    """Requests that never once succeeded for their own actor: nothing was learned from those."""
    asked: dict[int, list[Observation]] = defaultdict(list)
    for run in history:
        # What the other's rows bring about is what is judged; it cannot serve as a measure too.
        if run.scenario.role != "perturbed" and run.scenario.topic != "swap":
            for seen in run.observations:
                if seen.step.actor == spec.as_actor:
                    asked[seen.step.number].append(seen)
    for number, facts in enumerate(survey.requests):
        if facts.problem is None:
            doubt = _doubt_about(spec, survey, facts, asked[number])
            if doubt and facts.named == named:
                yield f"{facts.template}: {doubt}"


def _doubt_about(spec: Spec, survey: Survey, facts: RequestFacts, seen: list[Observation]) -> str:
    if not seen:
        return "could not be asked in any state"
    best = min(seen, key=_badness)
    if _badness(best) >= _BAD:
        return f"{spec.as_actor} never got a good answer ({_in_words(best.answer)})"
    touched = {table for o in seen for table in (*o.reads, *(c.table for c in o.changes))}
    if touched & set(survey.ownership.owned_tables):
        return ""
    if _about_accounts(spec, survey, facts, seen):
        return ""
    return "answered without reading rows that belong to anybody"


def _about_accounts(
    spec: Spec, survey: Survey, facts: RequestFacts, seen: list[Observation]
) -> bool:
    """Whether a request names an account, changes it, or shows the actor's own.

    Reading it says little: many services look up who asks, whatever it is about.
    """
    tables = set(survey.ownership.actor_tables)
    if any(slot.table in tables for slot in facts.slots):
        return True
    if any(change.table in tables for o in seen for change in o.changes):
        return True
    rows = account(survey, spec.as_actor, spec.against)
    return any(
        holds_value(o.answer, text)
        for o in seen
        if isinstance(o.answer, Reply) and tables & o.reads
        for row in rows
        for text in row.marks.values()
    )


def _badness(seen: Observation) -> int:
    """Status class; 4 for a GET that was sent elsewhere, to a login page as a rule; 6 for none."""
    if isinstance(seen.answer, NoReply):
        return 6
    redirected = seen.answer.status_class == _REDIRECT and seen.request.method == "GET"
    return _BAD if redirected else seen.answer.status_class


def _in_words(answer: Reply | NoReply) -> str:
    if isinstance(answer, NoReply):
        return answer.says
    location = answer.header("location")
    return f"status {answer.status}" + (f" to {location}" if location else "")


def _unsettled(spec: Spec, history: History) -> Iterator[str]:
    stale: dict[str, None] = {}
    restless: dict[str, None] = {}
    silent: dict[str, None] = {}
    for run in history:
        for observation in run.observations:
            request = str(observation.step.template)
            if observation.step.actor != spec.as_actor:
                continue
            if observation.stale:
                stale[request] = None
            if not observation.quiet:
                restless[request] = None
            if isinstance(observation.answer, NoReply):
                silent[f"{request}: {observation.answer.says}"] = None
            # An answer that failed because the fence refused a call tells nothing about rows.
            elif observation.refusals and observation.answer.status >= 500:
                targets = ", ".join(sorted({r.target for r in observation.refusals}))
                silent[f"{request}: failed after an outbound call was refused ({targets})"] = None
    yield from (f"{request}: answered without reading the data" for request in stale)
    yield from (f"{request}: the database did not come to rest afterwards" for request in restless)
    yield from silent
