"""Guard `isolation`: my view depends on my rows alone, and my requests touch mine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from twiceshy.guards.isolation.judge import judge
from twiceshy.guards.isolation.plan import next_scenarios
from twiceshy.guards.isolation.spec import Spec
from twiceshy.guards.requests import asked
from twiceshy.model.kind import Asked

if TYPE_CHECKING:
    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


class Isolation:
    """Three oracles: the empty state is right, others' rows do not matter, others' rows stay."""

    name: ClassVar[str] = "isolation"
    says: ClassVar[str] = "what one user sees and does depends on that user's own data alone"
    when: ClassVar[str] = (
        "users saw, counted or changed data of other users; a view broke for users without data"
    )
    perturbs: ClassVar[str] = "other people's rows exist or not; my own rows are none, one, two"
    remedy: ClassVar[str] = (
        "filter by the owner in the query itself, in each branch of it, and test the view of a "
        "user who has nothing"
    )
    spec_type: ClassVar[type[BaseModel]] = Spec

    def asks(self, spec: Spec) -> Asked:
        """Both actors, and every request."""
        actors = tuple(dict.fromkeys([spec.as_actor, spec.against]))
        if spec.requests == "all":
            return Asked(actors, "all", spec.bind, spec.owners)
        requests = tuple(asked(entry) for entry in spec.requests)
        return Asked(actors, requests, spec.bind, spec.owners)

    def next(self, spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
        """The next round of scenarios; see `plan`."""
        return next_scenarios(spec, survey, history)

    def judge(self, spec: Spec, survey: Survey, history: History) -> Verdict:
        """The verdict; see `judge`."""
        return judge(spec, survey, history)
