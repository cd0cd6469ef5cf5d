"""Guard `conservation`: at peak and whatever fails, every acknowledged transaction exists once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from twiceshy.guards.conservation.judge import judge
from twiceshy.guards.conservation.plan import next_scenarios
from twiceshy.guards.conservation.spec import Spec
from twiceshy.model.kind import Asked

if TYPE_CHECKING:
    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


class Conservation:
    """Transactions in parallel, with faults in the middle: none is lost, none is there twice."""

    name: ClassVar[str] = "conservation"
    says: ClassVar[str] = "every acknowledged transaction is recorded exactly once"
    when: ClassVar[str] = (
        "transactions were lost or doubled when many came at once, or when something crashed"
    )
    perturbs: ClassVar[str] = (
        "the peak in parallel, then with processes, database or network failing"
    )
    remedy: ClassVar[str] = (
        "acknowledge after the commit, let a UNIQUE key refuse the second of two, and let what was "
        "begun be found again"
    )
    spec_type: ClassVar[type[BaseModel]] = Spec

    def asks(self, spec: Spec) -> Asked:
        """The stage, and who sends; the request is not surveyed, for its slots are ours."""
        return Asked(
            actors=(spec.as_actor,) if spec.as_actor else (),
            processes=spec.processes,
        )

    def next(self, spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:  # noqa: ARG002 - the interface of kinds
        """The next load; see `plan`."""
        return next_scenarios(spec, history)

    def judge(self, spec: Spec, survey: Survey, history: History) -> Verdict:
        """The verdict; see `judge`."""
        return judge(spec, survey, history)
