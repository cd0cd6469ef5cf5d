"""What a verdict covers: what was tried, what was not, and what people should know besides."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.isolation.doubts import unanswered
from twiceshy.guards.isolation.foreign_rows import whose
from twiceshy.guards.isolation.plan import usable
from twiceshy.model.history import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey


def tried(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """What was done, in a few lines."""
    states = dict.fromkeys(
        run.scenario.state.says
        for run in history
        if run.scenario.topic.startswith("others:") and run.scenario.role == "control"
    )
    requests = [str(facts.template) for facts in usable(survey)]
    yield f"{len(requests)} requests as {spec.as_actor}: {', '.join(requests)}"
    if states:
        told = "; ".join(states)
        yield f"{len(states)} states, each without and with rows of {spec.against}: {told}"
    swaps = {
        observation.step.key
        for run in history
        if run.scenario.topic.startswith("swap") and run.scenario.role == "perturbed"
        for observation in run.observations
    }
    if swaps:
        yield f"{len(swaps)} requests that name ids of {spec.against}"
    yield from _actions(spec, survey, history)
    yield f"{len(history)} scenarios played"


def _actions(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """For each request that writes: how it answered ids of the other, and what became of rows."""
    answers: dict[str, set[str]] = defaultdict(set)
    touched: dict[str, bool] = defaultdict(bool)
    for run in history:
        if not run.scenario.topic.startswith("swap:") or run.scenario.role != "perturbed":
            continue
        for seen in run.observations:
            request = str(seen.step.template)
            answer = seen.answer
            answers[request].add(str(answer.status) if isinstance(answer, Reply) else answer.kind)
            touched[request] |= any(
                change.operation != "insert" and whose(survey, run, change) == spec.against
                for change in seen.changes
            )
    for request, statuses in answers.items():
        did = "changed rows" if touched[request] else "changed no row"
        yield (
            f"action {request} with ids of {spec.against}: {did} of {spec.against} "
            f"(answered {', '.join(sorted(statuses))})"
        )


def untried(spec: Spec, survey: Survey, history: History) -> Iterator[tuple[str, str]]:
    """What was not done, each with the reason."""
    yield from _unnamed(spec, survey, history)
    for table in survey.ownership.owned_tables:
        if table in survey.login_tables:
            yield f"rows of {table}", "they changed when the actors logged in"
        elif table in survey.ownership.one_to_one:
            yield f"{table} without a row", "each actor has exactly one"
    for plant, why in dict(pair for run in history for pair in run.refused).items():
        if not plant.endswith(".1"):
            yield f"the row {plant}", why.partition("\n")[0]


def _unnamed(spec: Spec, survey: Survey, history: History) -> Iterator[tuple[str, str]]:
    """Requests that nobody wrote down, and of which nothing could be learned."""
    for facts in survey.requests:
        if facts.problem and not facts.named:
            yield str(facts.template), facts.problem
    for text in unanswered(spec, survey, history, named=False):
        request, _, reason = text.partition(": ")
        yield request, reason


def disclosed(spec: Spec, history: History) -> Iterator[str]:
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


def added(spec: Spec, history: History) -> Iterator[str]:
    """Rows that requests with the other's ids added, often on purpose: told, not accused."""
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
