"""What callers get who are not logged in: public by design, so no secret anywhere else either."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.difference import differences
from twiceshy.guards.isolation.accusations import DEPENDS, SHOWN, Accusation, theirs_in
from twiceshy.guards.isolation.asked import by_key
from twiceshy.guards.isolation.persons import account

if TYPE_CHECKING:
    from twiceshy.guards.canary import Sighting
    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.survey import Survey

_POSITION = re.compile(r"\[\d+\]|(?<=^line )\d+")


@dataclass(frozen=True, slots=True)
class Public:
    """Texts of the other that nobody in particular was shown, and the rows that hold them."""

    survey: Survey
    texts: frozenset[str]
    rows: frozenset[str]

    def covers(self, sighting: Sighting) -> bool:
        """Whether a value is public: shown to anybody, or the mere key of a row that is."""
        key = self.survey.catalogue.table(sighting.table).primary_key
        return sighting.text in self.texts or (
            sighting.plant in self.rows and sighting.column in key
        )


def public_data(spec: Spec, survey: Survey, history: History) -> Public:
    """What the answers to callers without credentials show of the other.

    Where such callers were alone, only that counts: a cache before the login shows them what
    somebody else had asked for.
    """
    person = account(survey, spec.against, spec.as_actor)
    alone = [run for run in history if {step.actor for step in run.scenario.steps} == {None}]
    seen = {
        sighting
        for run in alone or history
        for observation in run.observations
        if observation.step.actor is None
        for sighting in theirs_in(spec, run, observation, person)
    }
    texts = frozenset(sighting.text for sighting in seen)
    return Public(survey, texts, frozenset(sighting.plant for sighting in seen))


def without_public(accusation: Accusation, public: Public, history: History) -> Accusation | None:
    """The accusation less what is public; None when nothing is left of it."""
    if accusation.rule == SHOWN:
        secret = tuple(s for s in accusation.sightings if not public.covers(s))
        return replace(accusation, sightings=secret) if secret else None
    if accusation.rule == DEPENDS and _differs_for_nobody(accusation, history):
        return None
    return accusation


def _differs_for_nobody(accusation: Accusation, history: History) -> bool:
    """Whether a caller without credentials got the same difference.

    Positions in lists do not count: a new item moves the others, and only who is logged in may have
    a flag of their own on those.
    """
    runs = [r for r in history if r.scenario.world == 1 and r.scenario.topic == accusation.topic]
    after = [seen.answer for _, seen in by_key(runs, "perturbed", None).get(accusation.key, [])]
    before = [seen.answer for _, seen in by_key(runs, "control", None).get(accusation.key, [])]
    same = {_POSITION.sub("", difference.path) for difference in differences(before, after)}
    return {_POSITION.sub("", difference.path) for difference in accusation.differences} <= same
