"""Guard `contract`: answers keep their shape, whatever version, data or storage there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from twiceshy.guards.contract.judge import judge
from twiceshy.guards.contract.plan import next_scenarios
from twiceshy.guards.contract.recording import record
from twiceshy.guards.contract.spec import Spec
from twiceshy.guards.requests import asked
from twiceshy.model.kind import Asked

if TYPE_CHECKING:
    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


class Contract:
    """Versions on the same data, data with one thing missing, other storage: one shape."""

    name: ClassVar[str] = "contract"
    says: ClassVar[str] = "every answer keeps its types, fields and counts"
    when: ClassVar[str] = (
        "a change sent data in the wrong format; empty values broke whoever reads the answers; "
        "another storage answers otherwise"
    )
    perturbs: ClassVar[str] = "the service's version, missing data, the storage behind it"
    remedy: ClassVar[str] = (
        "serialise in one place from a declared model, and test each answer with NULL and with "
        "nothing in it; what changes on purpose gets an entry under allow"
    )
    spec_type: ClassVar[type[BaseModel]] = Spec

    def asks(self, spec: Spec) -> Asked:
        """The sender, every request, and what the answers are to be compared with."""
        listed = isinstance(spec.requests, tuple)
        return Asked(
            actors=(spec.as_actor,) if spec.as_actor else (),
            requests=tuple(asked(entry) for entry in spec.requests) if listed else "all",
            bind=spec.bind,
            values=(),
            baseline=spec.baseline_version,
            recorded=spec.baseline_file,
            storages=spec.storage,
            har="" if listed or spec.requests == "all" else str(spec.requests),
            skip=spec.skip,
            every_table=True,
        )

    def next(self, spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
        """The next round of scenarios; see `plan`."""
        return next_scenarios(spec, survey, history)

    def judge(self, spec: Spec, survey: Survey, history: History) -> Verdict:
        """The verdict; see `judge`."""
        return judge(spec, survey, history)

    def record(self, spec: Spec, survey: Survey, history: History) -> str:
        """The shapes of this version's answers as text, for a baseline; see `recording`."""
        return record(spec, survey, history)
