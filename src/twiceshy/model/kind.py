"""What a kind of guard is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from twiceshy.model.history import History
    from twiceshy.model.scenario import RequestTemplate, Scenario
    from twiceshy.model.scripts import Script
    from twiceshy.model.survey import Survey
    from twiceshy.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """What a guard wants surveyed before it starts.

    `requests` pairs each request with the columns that its slots are bound to; "all" stands for
    every operation of the OpenAPI description. The first of `actors` sends them. `owners` are
    texts such as `deposits.user_id = users.id`. `command` is a command's text: when it names
    nothing of the stage, no stage is needed. `values` are texts of which the survey tells, under
    `likeness`, which columns hold them. `scripts` are to be rehearsed: each names a file, or a
    folder whose files come one after the other; the survey answers with scripts that have text.
    `production` is a file with the row counts of production, or "". `baseline` is the version to
    compare with: "git:REF" or the name of a version of the configuration. `recorded` is a file with
    recorded answers, seen from the project; the survey answers with its text. `storages` are names
    of the configuration's storage back ends; "all" stands for each. `har` is a file of recorded
    requests, seen from the project, that takes the place of `requests`. `skip` are requests that
    are never sent, such as `DELETE /users/{id}` or `POST /admin/*`. With `every_table` an answer is
    stale when a table that was read for it at first is not read now, whoever owns rows there.
    `processes` are names of the configuration's processes that something is done to.
    """

    actors: tuple[str, ...] = ()
    requests: tuple[tuple[RequestTemplate | str, Mapping[str, str]], ...] | Literal["all"] = ()
    bind: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    command: str | None = None
    values: tuple[str, ...] | None = None
    scripts: tuple[Script, ...] = ()
    production: str = ""
    baseline: str = ""
    recorded: str = ""
    storages: tuple[str, ...] | Literal["all"] = ()
    har: str = ""
    skip: tuple[str, ...] = ()
    every_table: bool = False
    processes: tuple[str, ...] = ()


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

    def asks(self, spec: Any) -> Asked:
        """What must be learned before the first call of `next`."""

    def next(self, spec: Any, survey: Survey, history: History) -> tuple[Scenario, ...]:
        """The scenarios to play now, in this order; empty when there is enough to judge."""

    def judge(self, spec: Any, survey: Survey, history: History) -> Verdict:
        """The verdict on what was observed. Never raises for what a service may do."""
