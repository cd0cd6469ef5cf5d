"""Guard `locks`: a database script or migration keeps nobody waiting and breaks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from twiceshy.guards.locks.judge import conclude, judge
from twiceshy.guards.locks.plan import next_scenarios
from twiceshy.guards.locks.spec import Spec
from twiceshy.guards.requests import asked
from twiceshy.model.kind import Asked
from twiceshy.model.scripts import Script

if TYPE_CHECKING:
    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.locking import Conclusion
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


class Locks:
    """Traffic beside the script waits for nothing, also while the script waits for others."""

    name: ClassVar[str] = "locks"
    says: ClassVar[str] = "a database script keeps no query waiting and breaks none"
    when: ClassVar[str] = (
        "a migration, an index or a maintenance script held a lock, and the application stood still"
    )
    perturbs: ClassVar[str] = (
        "a script runs beside queries: alone, behind a long reader, behind a long writer"
    )
    remedy: ClassVar[str] = (
        "take the weaker form of the statement (CONCURRENTLY, NOT VALID and VALIDATE, batches) and "
        "set lock_timeout"
    )
    spec_type: ClassVar[type[BaseModel]] = Spec

    def asks(self, spec: Spec) -> Asked:
        """The scripts, the requests beside them, and the sizes of production."""
        facts: dict[str, Any] = {
            "single_transaction": spec.single_transaction,
            "settings": tuple(spec.settings.items()),
            "seconds": spec.timeout,
        }
        script = Script(
            name=spec.script or spec.migrations or spec.command or "",
            command=spec.command or "",
            earlier=tuple(Script(name, **facts) for name in spec.after),
            **facts,
        )
        return Asked(
            actors=(spec.as_actor,) if spec.as_actor else (),
            requests=tuple(asked(entry) for entry in spec.traffic),
            scripts=(script,),
            production=spec.rows if isinstance(spec.rows, str) else "",
        )

    def next(self, spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
        """The next phases; see `plan`."""
        return next_scenarios(spec, survey, history)

    def judge(self, spec: Spec, survey: Survey, history: History) -> Verdict:
        """The verdict; see `judge`."""
        return judge(spec, survey, history)

    def conclude(self, spec: Spec, survey: Survey, history: History) -> tuple[Conclusion, ...]:
        """What each script came to, for those who want more than a verdict."""
        return conclude(spec, survey, history)
