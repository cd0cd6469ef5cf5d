"""Why it cannot be told whether the failure would come back. A doubt makes `holds` impossible."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.body import leaves, tree
from twiceshy.guards.canary import holds_value
from twiceshy.guards.isolation.persons import account
from twiceshy.guards.isolation.plan import usable
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History, Observation, Run
    from twiceshy.model.survey import RequestFacts, Survey

    Asked = tuple[Run, Observation]

_GOOD = 2
_REDIRECT = 3
_BAD = 4
# Unauthorized; Too Many Requests, for which some proxies say Service Unavailable (RFC 6585).
_LOGGED_OUT = 401
_TURNED_AWAY = frozenset({429, 503})
_MOST_SAID = 120
_SEND_MORE = "does it want a body (json, form), a query, or other values (bind)?"
_TO_DO = {
    302: "is the login right, and does it keep?",
    303: "is the login right, and does it keep?",
    401: "is the login right, and does its token arrive?",
    403: "may this actor do it at all, and does it want a header, such as one against forgery?",
    405: "is the method right?",
    500: "the service's own output may tell why",
}


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
    yield from _nobody_else(spec, survey, history)
    yield from _unsettled(spec, history)
    for plant, why in dict(pair for run in history for pair in run.refused).items():
        if plant.endswith(".1"):
            yield f"no row could be planted as {plant}: {why}"


def _nobody_else(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """No row of the other was there to be seen: all that might have been are left alone."""
    left = [table for table in survey.ownership.owned_tables if table in survey.login_tables]
    planted = any(row.owner == spec.against for run in history for row in run.planted)
    if history and left and not planted:
        yield (
            f"no rows of {spec.against} were put in: {', '.join(map(str, left))} changed when the "
            "actors logged in, and rows of no other table belong to anybody"
        )


def unanswered(
    spec: Spec, survey: Survey, history: History, *, named: bool = True
) -> Iterator[str]:
    """Requests that never once succeeded for their own actor: nothing was learned from those."""
    asked: dict[int, list[Asked]] = defaultdict(list)
    public: set[int] = set()
    for run in history:
        for seen in run.observations:
            if seen.step.actor == spec.as_actor and _is_measure(survey, run, seen):
                asked[seen.step.number].append((run, seen))
            elif seen.step.actor is None and _badness(seen) == _GOOD:
                public.add(seen.step.number)
    for number, facts in enumerate(survey.requests):
        if facts.problem is None and facts.named == named:
            doubt = _doubt_about(spec, survey, facts, asked[number], public=number in public)
            if doubt:
                yield f"{facts.template}: {doubt}"


def _is_measure(survey: Survey, run: Run, seen: Observation) -> bool:
    """Whether an answer can tell that a request works at all.

    What the other's rows bring about is what is judged; it cannot serve as a measure too. But some
    requests are about other people only: nobody can follow themselves.
    """
    if run.scenario.role != "perturbed":
        return run.scenario.topic != "swap"
    people = survey.ownership.actor_tables
    slots = survey.requests[seen.step.number].slots
    return run.scenario.topic.startswith("swap") and any(slot.table in people for slot in slots)


def _doubt_about(
    spec: Spec, survey: Survey, facts: RequestFacts, asked: list[Asked], *, public: bool
) -> str:
    if not asked:
        return "could not be asked in any state"
    seen = [observation for _, observation in asked]
    best = min(seen, key=_badness)
    if _badness(best) >= _BAD:
        says = f"{spec.as_actor} never got a good answer ({_in_words(best.answer)})"
        return says + _advice(facts, best)
    if _touches_owned_rows(survey, asked):
        return _chance(spec, asked)
    if public or _about_accounts(spec, survey, facts, seen):
        return ""
    return "answered without reading rows that belong to anybody" + _read_only(survey, facts)


def _touches_owned_rows(survey: Survey, asked: list[Asked]) -> bool:
    """Whether there is a state in which the request did so each time.

    Once in a while it may only seem so, when the service did something else at the same moment.
    """
    owned = set(survey.ownership.owned_tables)
    states: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for run, seen in asked:
        touched = {*seen.reads, *(change.table for change in seen.changes)}
        states[run.scenario.world, run.scenario.topic].append(bool(touched & owned))
    most = max(len(times) for times in states.values())
    return any(all(times) for times in states.values() if len(times) == most)


def _read_only(survey: Survey, facts: RequestFacts) -> str:
    """What was read instead, and what people can do about it."""
    if not facts.named:
        return ""
    people = survey.ownership.actor_tables
    tables = sorted(str(table) for table in facts.reads - set(people))
    if not tables:
        return "; where does the answer come from? If nobody's rows matter to it, leave it out"
    person = people[0] if people else "users"
    return (
        f", only {', '.join(tables)}; if its rows are somebody's, say whose with owners = "
        f'["{tables[0]}.<column> = {person}.id"], else leave the request out'
    )


def _advice(facts: RequestFacts, seen: Observation) -> str:
    """What people can do about a request that fails; the answer itself often says it best."""
    if not facts.named or not isinstance(seen.answer, Reply):
        return ""
    text = " ".join(seen.answer.body.decode("utf-8", "replace").split())
    said = f'; it said "{text[:_MOST_SAID]}"' if text and not text.startswith("<") else ""
    return f"{said}; {_TO_DO.get(seen.answer.status, _SEND_MORE)}"


def _chance(spec: Spec, asked: list[Asked]) -> str:
    """A doubt about what is only read, when neither comparing nor searching can find anything."""
    states: dict[tuple[int, str], list[Reply]] = defaultdict(list)
    for run, seen in asked:
        if not isinstance(seen.answer, Reply) or seen.answer.status >= 400 or seen.changes:
            continue
        own = [row for row in run.planted if row.owner == spec.as_actor]
        if any(holds_value(seen.answer, text) for row in own for text in row.marks.values()):
            return ""
        states[run.scenario.world, run.scenario.topic].append(seen.answer)
    repeated = [replies for replies in states.values() if len(replies) > 1]
    if not repeated or any(_have_something_in_common(replies) for replies in repeated):
        return ""
    return f"each answer is another and none shows what is {spec.as_actor}'s: nothing to compare"


def _have_something_in_common(replies: list[Reply]) -> bool:
    parts = [set(leaves(tree(reply))) for reply in replies]
    return not all(parts) or bool(set.intersection(*parts))


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
    asked = [
        (run, seen)
        for run in history
        for seen in run.observations
        if seen.step.actor == spec.as_actor
    ]
    yield from dict.fromkeys(says for _, seen in asked for says in _troubles(seen))
    # Some services refuse the other's ids with the status that means "log in".
    own = [seen for run, seen in asked if not run.scenario.topic.startswith("swap")]
    worked = {seen.step.number for seen in own if _badness(seen) == _GOOD}
    yield from dict.fromkeys(
        f"{seen.step.template}: {spec.as_actor} was logged out meanwhile (status {_LOGGED_OUT})"
        for seen in own
        if isinstance(seen.answer, Reply)
        and seen.answer.status == _LOGGED_OUT
        and seen.step.number in worked
    )


def _troubles(seen: Observation) -> Iterator[str]:
    """What keeps one observation from telling anything about rows."""
    request, answer = seen.step.template, seen.answer
    if seen.stale:
        yield f"{request}: answered without reading the data"
    if not seen.quiet:
        yield f"{request}: the database did not come to rest afterwards"
    if isinstance(answer, NoReply):
        yield f"{request}: {answer.says}"
    elif seen.refusals and answer.status >= 500:
        targets = ", ".join(sorted({refusal.target for refusal in seen.refusals}))
        yield f"{request}: failed after an outbound call was refused ({targets})"
    elif answer.status in _TURNED_AWAY:
        yield f"{request}: turned away, perhaps for asking too often (status {answer.status})"
