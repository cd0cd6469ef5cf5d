"""Loads that nobody sent: ledgers and rows are made up, and the account of them is the real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from twiceshy.guards.conservation import Conservation
from twiceshy.guards.conservation.account import reconcile
from twiceshy.guards.conservation.spec import Spec
from twiceshy.model.figures import LoadFigures, Percentiles, Slice
from twiceshy.model.history import Run
from twiceshy.model.ledger import Attempt, Closed, Detail, Intent, Outcome, Retried
from twiceshy.model.ownership import Ownership
from twiceshy.model.schema import Catalogue
from twiceshy.model.strain import FaultSeen, Phase, Sample, StrainRun, Trail
from twiceshy.model.survey import ActorFacts, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.model.history import History
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.verdict import Verdict

NOT_SENT, REJECTED, UNKNOWN, ACKED = Outcome
SURVEY = Survey(
    Catalogue(()),
    Ownership(Catalogue(()), ()),
    actors={"ana": ActorFacts("ana", header="Authorization: Bearer $ANA")},
)
PARALLEL = 100
_STATUS = {REJECTED: 409, UNKNOWN: 0, NOT_SENT: 0}
_MS = 1_000_000


def spec(**more: Any) -> Spec:
    """A guard on payments."""
    table = {
        "request": "POST /payments",
        "headers": {"Idempotency-Key": "{key}"},
        "json": {"amount": "{amount}", "by": "{number}"},
        "rate": "50/s",
        "duration": "2s",
        "recorded": "SELECT key, amount FROM payments",
        "faults": ("kill service",),
    }
    return Spec.model_validate({**table, **more})


@dataclass
class Office:
    """What became of one load, transaction by transaction; tests change what they are about."""

    scenario: Scenario
    keys: list[str]
    amounts: list[int]
    outcomes: list[list[Outcome]]
    rows: list[tuple[str, int]]
    late_rows: list[tuple[str, int]] = field(default_factory=list)
    faults: tuple[FaultSeen, ...] = ()
    drained: bool = True
    samples: tuple[Sample, ...] = ()
    phases: tuple[Phase, ...] = ()
    reached: float = 1.0
    unsent: int = 0
    late: float = 1.0
    problem: str | None = None
    accounts: int = 2
    status: int = 201

    @property
    def topic(self) -> str:
        """Which run it is."""
        return self.scenario.topic

    def lose(self, *numbers: int) -> None:
        """Their rows are gone."""
        gone = {self.keys[number] for number in numbers}
        self.rows = [row for row in self.rows if row[0] not in gone]

    def double(self, *numbers: int) -> None:
        """Each has its row twice."""
        self.rows += [(self.keys[number], self.amounts[number]) for number in numbers]


Service = "Callable[[Office], None]"


def exact(scenario: Scenario) -> Office:
    """A load in which all goes as it should; a fault cuts two answers off, which are retried."""
    strain = scenario.strain
    count = 12 if scenario.role == "control" else PARALLEL
    keys = [f"{strain.seed:08x}-{number:012x}" for number in range(count)]
    amounts = [strain.amounts[0] + number for number in range(count)]
    outcomes = [[ACKED] for _ in keys]
    seen = ()
    if strain.faults:
        outcomes[40] = outcomes[41] = [UNKNOWN, ACKED]
        fault = strain.faults[0]
        seen = (FaultSeen(fault, 0.8, 0.9, 2, ("service (process 7) was ended by SIGKILL",)),)
    rows = list(zip(keys, amounts, strict=True))
    samples = (Sample(1.0, count // 2, 3), Sample(2.5, count, 0), Sample(3.6, count, 0))
    return Office(scenario, keys, amounts, outcomes, rows, faults=seen, samples=samples)


def played(scenario: Scenario, happens: Service = lambda _: None) -> Run:
    """One load, with what a test lets happen to it."""
    office = exact(scenario)
    happens(office)
    return Run(scenario, strain=_run(office))


def rehearsed(guard: Spec, happens: Service = lambda _: None) -> History:
    """The whole history of a guard."""
    kind, history = Conservation(), ()
    while scenarios := kind.next(guard, SURVEY, history):
        history += tuple(played(scenario, happens) for scenario in scenarios)
        assert len(history) < 50
    return history


def judged(guard: Spec, happens: Service = lambda _: None) -> Verdict:
    """The verdict on it."""
    return Conservation().judge(guard, SURVEY, rehearsed(guard, happens))


def without_account(run: Run) -> Run:
    """The same, and nobody made up the account."""
    return replace(run, strain=replace(run.strain, first=None, second=None))


def _run(office: Office) -> StrainRun:
    ledger = list(_ledger(office))
    first = reconcile(ledger, office.rows) if office.accounts else None
    second = None
    if office.accounts > 1:
        second = reconcile(ledger, [*office.rows, *office.late_rows])
    named = {one.key for one in second.discrepancies} if second else set()
    return StrainRun(
        figures=_figures(office),
        phases=office.phases or (Phase("draining", 2.0, 5.0),),
        first=first,
        second=second,
        trails=tuple(
            Trail(key, tuple(e for e in ledger if isinstance(e, Attempt) and e.number == number))
            for number, key in enumerate(office.keys)
            if key in named
        ),
        faults=office.faults,
        samples=office.samples,
        drained=office.drained,
        drain_seconds=0.4,
        ledger=".twiceshy/ledgers/1",
        problem=office.problem,
    )


def _ledger(office: Office):
    for number, key in enumerate(office.keys):
        planned = number * 20 * _MS
        yield Intent(number, key, office.amounts[number], planned)
        for nth, outcome in enumerate(office.outcomes[number], 1):
            began = planned + (nth - 1) * 100 * _MS
            if nth > 1:
                yield Retried(number, nth, began)
            if outcome is not None:
                detail = Detail.ANSWERED if outcome in {ACKED, REJECTED} else Detail.RESET
                status = office.status if outcome is ACKED else _STATUS[outcome]
                yield Attempt(number, nth, outcome, detail, status, began, began + 5 * _MS)
    yield Closed(len(office.keys), 0)


def _figures(office: Office) -> LoadFigures:
    count = len(office.keys)
    return LoadFigures(
        planned=count + office.unsent,
        sent=count,
        unsent=office.unsent,
        reached=office.reached,
        latency=Percentiles(count, 5.0, 8.0, 9.0, 20.0, 30.0, 40.0),
        lateness=Percentiles(count, 0.1, 0.2, 0.2, office.late, office.late, office.late),
        slices=tuple(_slices(count // 2, count - count // 2)),
    )


def _slices(*counts: int) -> Iterator[Slice]:
    """Every request is acknowledged in the second in which it was sent."""
    for at, count in enumerate(counts):
        yield Slice(at, count, count, count, 2 * at, 5.0, 9.0, 20.0, 30.0, came=count)
