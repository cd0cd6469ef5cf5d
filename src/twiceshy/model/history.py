"""The frozen record of everything observed in a rehearsal. Judges read nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.model.scenario import Request, Scenario, Step
    from twiceshy.model.schema import QName
    from twiceshy.model.scripts import ScriptRun
    from twiceshy.model.strain import StrainRun


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP response. Header names are as sent."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def status_class(self) -> int:
        """2 for 200, 4 for 404 and so on."""
        return self.status // 100


@dataclass(frozen=True, slots=True)
class NoReply:
    """There was no complete HTTP response: `kind` for programs, `says` for people."""

    kind: Literal["refused", "timeout", "reset", "garbage", "too large"]
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An executed plan compared a base column with a value (text as PostgreSQL prints it)."""

    table: QName
    column: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Join:
    """An executed plan set two base columns equal; either may stand inside an expression."""

    table: QName
    column: str
    other: QName
    other_column: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One executed SQL statement, as its plan showed it."""

    text: str
    reads: tuple[QName, ...] = ()
    writes: tuple[QName, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row changed: values as text, None is NULL; `owner` is the actor whose row it was."""

    operation: Literal["insert", "update", "delete", "truncate"]
    table: QName
    old: Mapping[str, str | None] | None = None
    new: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An outbound connection that the fence refused."""

    target: str
    process: str = ""


@dataclass(frozen=True, slots=True)
class PlantedRow:
    """A row as PostgreSQL accepted it. `marks` are the canaries: column → text to look for."""

    plant: str
    table: QName
    owner: str | None
    values: Mapping[str, str | None]
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was seen of one step.

    `sent` is in seconds after the first of the steps that were sent at once. `met` is how many of
    these stood at the same time before what they were about to write; None where nobody saw to it.
    """

    step: Step
    request: Request
    answer: Reply | NoReply
    statements: tuple[Statement, ...] = ()
    changes: tuple[RowChange, ...] = ()
    sql_errors: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    quiet: bool = True
    stale: bool = False
    seconds: float = 0.0
    sent: float = 0.0
    met: int | None = None

    @property
    def reads(self) -> frozenset[QName]:
        """Every table that the step's statements read."""
        return frozenset(table for statement in self.statements for table in statement.reads)


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended: `exit_code` is negative for a signal, None when it took too long."""

    exit_code: int | None
    output: str


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario as it was played; `problem` says why it could not be played to its end.

    `refused` names plants that PostgreSQL would not take, with the reason; steps that needed one
    of those are not among the observations. `at` is in seconds since the rehearsal began.
    """

    scenario: Scenario
    planted: tuple[PlantedRow, ...] = ()
    observations: tuple[Observation, ...] = ()
    at: float = 0.0
    problem: str | None = None
    refused: tuple[tuple[str, str], ...] = ()
    result: CommandResult | None = None
    script: ScriptRun | None = None
    strain: StrainRun | None = None


History: TypeAlias = tuple[Run, ...]
