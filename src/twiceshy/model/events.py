"""What happens during a run, as it happens. Every output listens to these and to nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from twiceshy.errors import ConfigurationError
    from twiceshy.model.locking import Conclusion
    from twiceshy.model.report import GuardBlock, Report
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class RunStarted:
    """`guards` rehearsals of `reports` reports are about to happen."""

    reports: int
    guards: int


@dataclass(frozen=True, slots=True)
class ReportBroken:
    """A report, or a guard in it, could not be read; the others go on."""

    report: Report
    problem: ConfigurationError


@dataclass(frozen=True, slots=True)
class StageProgress:
    """The stage does something that takes a moment: `says` in words."""

    says: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class GuardStarted:
    """A guard is about to be rehearsed."""

    report: Report
    guard: GuardBlock
    version: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioPlayed:
    """One more scenario was played; `planned` grows as a guard asks for more."""

    scenario: Scenario
    played: int
    planned: int


@dataclass(frozen=True, slots=True)
class GuardFinished:
    """The verdict on one guard."""

    report: Report
    guard: GuardBlock
    verdict: Verdict
    seconds: float
    version: str = ""


@dataclass(frozen=True, slots=True)
class ScriptConcluded:
    """All that the rehearsal of one script came to; its guard's verdict follows."""

    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class AnswersRecorded:
    """What a guard's file of recorded answers would say today; its guard's verdict follows.

    `problem` says why there is nothing that could be recorded.
    """

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Requests that no guard names and that could not be compared either, each with the reason."""

    requests: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunFinished:
    """All is done; `seconds` includes the stage."""

    seconds: float


Event: TypeAlias = (
    RunStarted
    | ReportBroken
    | StageProgress
    | GuardStarted
    | ScenarioPlayed
    | GuardFinished
    | ScriptConcluded
    | AnswersRecorded
    | Uncovered
    | RunFinished
)
