"""Guard `preexisting`: rows that are already there elsewhere do not decide a legitimate request."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from twiceshy.guards.preexisting.arrival import leaves
from twiceshy.guards.preexisting.judge import judge
from twiceshy.guards.preexisting.plan import next_scenarios
from twiceshy.guards.preexisting.spec import Spec
from twiceshy.guards.requests import asked
from twiceshy.model.kind import Asked

if TYPE_CHECKING:
    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


class Preexisting:
    """Whoever is known elsewhere in the database is let in like everybody else."""

    name: ClassVar[str] = "preexisting"
    says: ClassVar[str] = "rows that are already there elsewhere do not decide a request's outcome"
    when: ClassVar[str] = (
        "people were refused as duplicates, or failed, because some other table knew them already"
    )
    perturbs: ClassVar[str] = "rows that carry the request's keys, in every table that it meets"
    remedy: ClassVar[str] = (
        "look for duplicates only where the request itself writes, and let a unique constraint "
        "there decide"
    )
    spec_type: ClassVar[type[BaseModel]] = Spec

    def asks(self, spec: Spec) -> Asked:
        """The request, its sender if there is one, and which columns hold its values already."""
        template, bound = asked(spec)
        bare = not (spec.json is not None or spec.form or spec.query or spec.headers)
        values = () if isinstance(template, str) else leaves(template)
        return Asked(
            actors=(spec.as_actor,) if spec.as_actor else (),
            requests=((spec.request if bare else template, bound),),
            values=tuple(leaf.value for leaf in values),
        )

    def next(self, spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
        """The next round of scenarios; see `plan`."""
        return next_scenarios(spec, survey, history)

    def judge(self, spec: Spec, survey: Survey, history: History) -> Verdict:
        """The verdict; see `judge`."""
        return judge(spec, survey, history)
