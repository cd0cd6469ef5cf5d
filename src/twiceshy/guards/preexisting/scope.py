"""What a verdict covers: what was tried, what was not, and what people should know besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.accusations import (
    allowed,
    differing,
    good_controls,
    is_twin,
    true_duplicate,
)
from twiceshy.guards.preexisting.arrival import changeable, is_of_one, varied
from twiceshy.guards.preexisting.candidate import statements
from twiceshy.guards.preexisting.candidates import candidates
from twiceshy.guards.preexisting.met import keys_of, written
from twiceshy.guards.preexisting.outcome import expected, outcome
from twiceshy.guards.preexisting.resemblance import resembling
from twiceshy.guards.preexisting.rush import told
from twiceshy.guards.preexisting.states import situations
from twiceshy.model.history import NoReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.preexisting.accusations import Accusation
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey

_MOST_DUPLICATES = 6


def tried(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """What was done, in a few lines."""
    request = survey.requests[0].template
    names = ", ".join(leaf.name for leaf in varied(spec, survey, history)) or "none"
    yield f"{request} with keys that nobody has used: {names}"
    good = good_controls(history, 0)
    if good:
        yield f"its outcome: {expected(spec, [outcome(run) for run in good])}"
    for candidate in candidates(spec, survey, history):
        yield f"{candidate}: {candidate.how}"
    played = [run for run in history if run.scenario.role == "perturbed" and run.observations]
    states = dict.fromkeys(run.scenario.topic for run in played)
    campaign = told(spec, history)
    if campaign:
        yield campaign
    yield f"{len(states)} states in {len(history)} scenarios"


def untried(spec: Spec, survey: Survey, history: History) -> Iterator[tuple[str, str]]:
    """What was not done, each with the reason."""
    yield from _pruned(spec, survey, history).items()
    names = {leaf.name for leaf in varied(spec, survey, history)}
    for leaf in changeable(spec, survey):
        if leaf.name not in names:
            yield f"other values of {leaf.name}", "the request is refused with another value"
    refused = {run.scenario.state.says: why for run in history for _, why in run.refused}
    for says, why in refused.items():
        yield says, why.partition("\n")[0]
    played = {run.scenario.topic for run in history}
    for situation in situations(spec, survey, history) if good_controls(history, 0) else ():
        spelled = any(row.spelled for row in situation.rows)
        if situation.name not in played and not spelled:
            yield situation.says, "there were more states than can be tried"
    for says in _apart(history):
        yield says, "they were answered one after the other, so a race was not seen"
    for name in spec.skip:
        yield f"rows of {name}", "the guard skips it"


def _apart(history: History) -> list[str]:
    """Equal requests that were sent at once, and never two of them were about to write together."""
    met: dict[str, int] = {}
    for run in filter(is_twin, history):
        for seen in run.observations[:1]:
            if seen.met is not None:
                says = run.scenario.state.says
                met[says] = max(met.get(says, 0), seen.met)
    return [says for says, most in met.items() if most < 2]


def _pruned(spec: Spec, survey: Survey, history: History) -> dict[str, str]:
    """Columns that might hold a key, in tables that the request never reads."""
    runs = [run for run in history if is_of_one(run)]
    read = {table for _, _, statement in statements(runs) for table in statement.reads}
    found: dict[str, str] = {}
    for place, _, why in resembling(survey, written(spec, survey, history)):
        if place[0] not in read:
            said = f"it {why}, but the request never reads {place[0]}"
            found.setdefault(f"rows of {place[0]}.{place[1]}", said)
    return found


def notes(
    spec: Spec, survey: Survey, history: History, found: Sequence[Accusation]
) -> Iterator[str]:
    """What became of true duplicates, what is allowed, and who tried to reach out."""
    yield from list(dict.fromkeys(_duplicates(spec, survey, history)))[:_MOST_DUPLICATES]
    for one in found:
        reason = allowed(spec, one)
        if reason:
            yield f"{one.situation.says}: {one.deviation.got}, which is allowed: {reason}"
    for one in differing(spec, survey, history, world=0):
        if one.situation.stranger:
            yield f"{one.situation.says}: {one.deviation.got}, so it is not the key that decides"
    known = survey.catalogue.by_name
    read = {table for _, _, statement in statements(history) for table in statement.reads}
    for table in sorted(read - known.keys()):
        yield f"{table} is read, but no row can be planted into it: it is no table"
    yield from sorted(
        {
            f"{seen.step.template} tried to reach {refusal.target}, which was refused"
            for run in history
            for seen in run.observations
            for refusal in seen.refusals
        }
    )


def _duplicates(spec: Spec, survey: Survey, history: History) -> Iterator[str]:
    """How true duplicates were answered."""
    own = {place[0] for place in written(spec, survey, history)}
    for run in history:
        if run.scenario.role != "perturbed" or len(run.observations) != 1:
            continue
        if not true_duplicate(run, keys_of(spec, survey, history, run), own):
            continue
        answer = run.observations[0].answer
        says = answer.says if isinstance(answer, NoReply) else str(answer.status)
        bare = not isinstance(answer, NoReply) and answer.status >= 400 and not answer.body
        reason = " without a reason" if bare else ""
        yield f"a true duplicate is answered {says}{reason}: {run.scenario.state.says}"
