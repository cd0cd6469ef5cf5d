"""The verdict: what was confirmed, what could not be told, and what was tried."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.isolation.accusations import DEPENDS, SHOWN, Accusation, accusations, by_key
from twiceshy.guards.isolation.plan import chosen_for_confirmation, usable
from twiceshy.guards.isolation.telling import finding
from twiceshy.model.history import NoReply, Reply
from twiceshy.model.verdict import Scope, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Finding


def judge(spec: Spec, survey: Survey, history: History) -> Verdict:
    """Confirmed accusations make it `recurs`; else any doubt makes it `unknown`; else it holds."""
    suspected = accusations(spec, survey, history, world=0)
    again = accusations(spec, survey, history, world=1)
    confirmed, public, allowed, doubtful = _sorted(spec, history, suspected, again)
    doubts = [*_doubts(spec, survey, history), *doubtful]
    findings = tuple(_told(spec, survey, suspected, confirmed))
    scope = Scope(
        tried=tuple(_tried(spec, survey, history)),
        untried=tuple(_untried(survey, history)),
        notes=(*survey.notes, *public, *allowed, *_disclosed(spec, history), *_added(spec, history)),
    )
    if findings:
        return Verdict(Value.RECURS, findings, scope, tuple(doubts))
    return Verdict(Value.UNKNOWN if doubts else Value.HOLDS, (), scope, tuple(doubts))


def _sorted(
    spec: Spec, history: History, suspected: tuple[Accusation, ...], again: tuple[Accusation, ...]
) -> tuple[list[Accusation], list[str], list[str], list[str]]:
    """Accusations that hold up, and words for those that are public, allowed, or did not return."""
    confirmed: list[Accusation] = []
    public: dict[str, None] = {}
    allowed: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    returned = {(a.rule, a.topic, a.key): a for a in again}
    replayed = set(chosen_for_confirmation(suspected))
    for accusation in suspected:
        request = str(accusation.seen.step.template)
        reason = _allowance(spec, accusation)
        repeat = returned.get((accusation.rule, accusation.topic, accusation.key))
        if reason:
            allowed[f"{request}: {accusation.rule} is allowed: {reason}"] = None
        elif repeat is None:
            if accusation.topic in replayed and accusation.rule != DEPENDS:
                doubtful[f"{request}: {accusation.rule} was seen, but not again on a fresh clone"] = None
        elif _seen_by_nobody(history, repeat):
            public[f"{request} shows the same to callers who are not logged in: public data"] = None
        else:
            confirmed.append(repeat)
    return confirmed, list(public), list(allowed), list(doubtful)


def _allowance(spec: Spec, accusation: Accusation) -> str | None:
    for allowance in spec.allow:
        named = allowance.request in {"", str(accusation.seen.step.template)}
        if named and allowance.rule == accusation.rule:
            return allowance.reason
    return None


def _seen_by_nobody(history: History, accusation: Accusation) -> bool:
    """Whether a caller without credentials got the same foreign data, or the same difference."""
    if accusation.rule not in {SHOWN, DEPENDS}:
        return False
    runs = [r for r in history if r.scenario.world == 1 and r.scenario.topic == accusation.topic]
    return _public(accusation, runs)


def _public(accusation: Accusation, runs: list[Run]) -> bool:
    from twiceshy.guards.canary import holds_value  # noqa: PLC0415 - keeps the module's story short
    from twiceshy.guards.difference import differences  # noqa: PLC0415 - as above

    nobody = by_key(runs, "perturbed", None).get(accusation.key, [])
    answers = [seen.answer for _, seen in nobody]
    replies = [answer for answer in answers if isinstance(answer, Reply)]
    if not replies:
        return False
    if accusation.rule == SHOWN:
        return all(
            holds_value(reply, sighting.text)
            for sighting in accusation.sightings
            for reply in replies
        )
    before = [seen.answer for _, seen in by_key(runs, "control", None).get(accusation.key, [])]
    same = {difference.path for difference in differences(before, answers)}
    return {difference.path for difference in accusation.differences} <= same


def _told(
    spec: Spec, survey: Survey, suspected: tuple[Accusation, ...], confirmed: list[Accusation]
) -> Iterator[Finding]:
    groups: dict[tuple[str, int], list[Accusation]] = defaultdict(list)
    for accusation in confirmed:
        groups[accusation.group].append(accusation)
    shown = {number for rule, number in groups if rule == SHOWN}
    for (rule, number), members in groups.items():
        # A request that shows foreign data also depends on it: one finding says both.
        if rule == DEPENDS and number in shown:
            continue
        also = [a for a in suspected if a.group == (rule, number) and a.topic != members[0].topic]
        yield finding(spec, survey, members, also)


# -- doubts -----------------------------------------------------------------------------------


def _doubts(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    for facts in survey.requests:
        if facts.problem:
            yield f"{facts.template}: {facts.problem}"
    if not usable(survey):
        return
    yield from dict.fromkeys(run.problem for run in history if run.problem)
    if not history:
        yield "nothing was played"
    yield from _unanswered(spec, survey, history)
    yield from _unsettled(spec, history)
    for plant, why in dict(pair for run in history for pair in run.refused).items():
        if plant.endswith(".1"):
            yield f"no row could be planted as {plant}: {why}"


def _unanswered(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """Requests that never once succeeded for their own actor: nothing was learned from those."""
    best: dict[int, int] = {}
    seen: dict[int, str] = {}
    owned = set(survey.ownership.owned_tables)
    read: set[int] = set()
    for run in history:
        if run.scenario.topic == "swap" or run.scenario.role == "perturbed":
            continue
        for observation in run.observations:
            if observation.step.actor != spec.as_actor:
                continue
            number, answer = observation.step.number, observation.answer
            touched = observation.reads | {change.table for change in observation.changes}
            read |= {number} if touched & owned else set()
            status = answer.status_class if isinstance(answer, Reply) else 6
            if isinstance(answer, Reply) and status == 3 and observation.request.method == "GET":  # noqa: PLR2004 - HTTP
                status = 4
            if status < best.get(number, 9):
                best[number] = status
                seen[number] = _answer_in_words(answer)
    for number, facts in enumerate(survey.requests):
        if facts.problem is not None:
            continue
        if number not in best:
            yield f"{facts.template}: could not be asked in any state"
        elif best[number] > 3:  # noqa: PLR2004 - HTTP
            yield f"{facts.template}: {spec.as_actor} never got a good answer ({seen[number]})"
        elif number not in read:
            yield f"{facts.template}: answered without reading rows that belong to anybody"


def _answer_in_words(answer: Reply | NoReply) -> str:
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
            elif observation.refusals and observation.answer.status >= 500:  # noqa: PLR2004 - HTTP
                targets = ", ".join(sorted({r.target for r in observation.refusals}))
                silent[f"{request}: failed after an outbound call was refused ({targets})"] = None
    yield from (f"{request}: answered without reading the data" for request in stale)
    yield from (f"{request}: the database did not come to rest afterwards" for request in restless)
    yield from silent


# -- scope ------------------------------------------------------------------------------------


def _tried(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    states = dict.fromkeys(
        run.scenario.state.says
        for run in history
        if run.scenario.topic.startswith("others:") and run.scenario.role == "control"
    )
    requests = [str(facts.template) for facts in usable(survey)]
    yield f"{len(requests)} requests as {spec.as_actor}: {', '.join(requests)}"
    if states:
        yield f"{len(states)} states, each without and with rows of {spec.against}: {'; '.join(states)}"
    swaps = {
        observation.step.key
        for run in history
        if run.scenario.topic.startswith("swap") and run.scenario.role == "perturbed"
        for observation in run.observations
    }
    if swaps:
        yield f"{len(swaps)} requests that name ids of {spec.against}"
    yield f"{len(history)} scenarios played"


def _untried(survey: Survey, history: History) -> Iterator[tuple[str, str]]:
    for table in survey.ownership.owned_tables:
        if table in survey.login_tables:
            yield f"rows of {table}", "they changed when the actors logged in"
        elif table in survey.ownership.one_to_one:
            yield f"{table} without a row", "each actor has exactly one"
    for plant, why in dict(pair for run in history for pair in run.refused).items():
        if not plant.endswith(".1"):
            yield f"the row {plant}", why


def _disclosed(spec: Spec, history: History) -> Iterator[str]:
    """Requests whose status tells a foreign id from an id that nobody has."""
    foreign: dict[int, set[int]] = defaultdict(set)
    nobody: dict[int, set[int]] = defaultdict(set)
    names: dict[int, str] = {}
    for run in history:
        if run.scenario.world or not run.scenario.topic.startswith("swap"):
            continue
        for observation in run.observations:
            if observation.step.actor == spec.as_actor and isinstance(observation.answer, Reply):
                names[observation.step.number] = str(observation.step.template)
                group = nobody if run.scenario.role == "control" else foreign
                group[observation.step.number].add(observation.answer.status)
    for number, statuses in foreign.items():
        if number in nobody and not statuses & nobody[number]:
            told = " and ".join(str(status) for status in sorted(statuses))
            other = " and ".join(str(status) for status in sorted(nobody[number]))
            yield (
                f"existence disclosed: {names[number]} answers {told} for an id of {spec.against}, "
                f"{other} for an id that nobody has"
            )


def _added(spec: Spec, history: History) -> Iterator[str]:
    """Rows for the other that the actor's requests added: often meant (a message), so only told."""
    told: dict[str, None] = {}
    for run in history:
        if run.scenario.role == "perturbed" and run.scenario.topic.startswith("swap:"):
            for observation in run.observations:
                for change in observation.changes:
                    if change.operation == "insert" and observation.step.actor == spec.as_actor:
                        told[f"{observation.step.template} with an id of {spec.against} "
                             f"added a row to {change.table}"] = None  # fmt: skip
    refused = {
        f"{observation.step.template} tried to reach {refusal.target}, which was refused"
        for run in history
        for observation in run.observations
        for refusal in observation.refusals
    }
    yield from told
    yield from sorted(refused)
