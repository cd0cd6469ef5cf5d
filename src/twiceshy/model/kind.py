"""What a kind of guard is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


class Kind(Protocol):
    """One kind of guard: facts for people, the keys it takes, and two pure functions.

    `next` says what to play, given everything seen so far, and nothing when it has seen enough.
    `judge` may be asked at any moment and concludes from the history alone.
    """

    name: ClassVar[str]
    says: ClassVar[str]
    when: ClassVar[str]
    perturbs: ClassVar[str]
    remedy: ClassVar[str]
    spec_type: ClassVar[type[BaseModel]]

    def next(self, spec: Any, survey: Survey, history: History) -> tuple[Scenario, ...]:  # noqa: ANN401 - each kind has its own Spec
        """The scenarios to play now, in this order; empty when there is enough to judge."""

    def judge(self, spec: Any, survey: Survey, history: History) -> Verdict:  # noqa: ANN401 - each kind has its own Spec
        """The verdict on what was observed. Never raises for what a service may do."""
