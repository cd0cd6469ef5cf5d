"""Strain: what is done to a service while load is on it, and what was seen of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twiceshy.errors import nearest
from twiceshy.model.load import ONCE

if TYPE_CHECKING:
    from twiceshy.model.account import Account
    from twiceshy.model.figures import LoadFigures
    from twiceshy.model.ledger import Attempt, Outcome
    from twiceshy.model.load import Arrivals, Retry
    from twiceshy.model.scenario import JsonValue, RequestTemplate


@dataclass(frozen=True, slots=True)
class FaultSort:
    """What is known of all faults of one name, whoever does them.

    `written` is how people begin it, before what it is `done_to`. `says` tells it as a sentence,
    `{}` in it what it was done to; `evidence` says what must be seen of it. One that is `sudden`
    meets the requests that wait at its moment; any other meets those as well that come while it
    lasts. One that `stays` goes on to the end of the run, if it lasts 0 s. With `cuts_answers`, a
    request that it meets is without its answer, if it is done between client and service; others
    may or may not be. `lasts` is in seconds, where nobody says otherwise.
    """

    name: str
    written: str
    done_to: Literal["", "process", "door", "table"]
    says: str
    evidence: str
    lasts: float = 0.0
    sudden: bool = False
    stays: bool = False
    cuts_answers: bool = False


FAULT_SORTS: tuple[FaultSort, ...] = (
    FaultSort(
        "kill service", "kill service", "", "the service was killed and started again",
        "its process ended by SIGKILL, and another came in its place",
        sudden=True, cuts_answers=True,
    ),
    FaultSort(
        "kill process", "kill", "process", "the process {} was killed and started again",
        "the process ended by SIGKILL, and another came in its place",
    ),
    FaultSort(
        "pause service", "pause", "process", "{} stood still",
        "the system showed every process of it as stopped (state T)", lasts=0.5,
    ),
    FaultSort(
        "terminate backends", "terminate backends", "", "every database session was ended",
        "the server's log names the sessions that were ended (57P01)", sudden=True,
    ),
    FaultSort(
        "restart database", "restart database", "", "the database server crashed and came back",
        "another server process, which started later",
    ),
    FaultSort(
        "refuse", "refuse", "door", "connections to the {} were reset and new ones refused",
        "connections that were reset, and one of ours that was refused",
        lasts=0.5, sudden=True, cuts_answers=True,
    ),
    FaultSort(
        "cut", "cut", "door", "connections to the {} were reset",
        "connections that were reset", lasts=0.5, cuts_answers=True,
    ),
    FaultSort(
        "black hole", "black hole", "door", "nothing came through to the {} or back",
        "bytes that did not arrive before it ended", lasts=1.0,
    ),
    FaultSort(
        "slow", "slow", "door", "everything to and from the {} took 0.1 s longer",
        "pieces that were delayed", lasts=1.0,
    ),
    FaultSort(
        "drop answers", "drop answers", "", "some answers were given and never arrived",
        "the numbers of the answers that were dropped", stays=True, cuts_answers=True,
    ),
    FaultSort(
        "lock", "lock", "table", "somebody else held a lock on {}",
        "sessions of the service that waited for the lock", lasts=1.0,
    ),
)  # fmt: skip
"""Every sort of fault that can be done to a service under load."""

_AT = {"answer": ", right after an answer", "unanswered": ", with an answer that never arrived"}
"""How a moment is told that explains what went wrong."""
DOORS = ("service", "database")
"""Before what the network can fail."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong on purpose, when, and for how long.

    `target` is the process or table that it is done to, and for those of the network `service`
    (between client and service) or `database` (between service and database). It begins `at` so
    many seconds after the load began, or at a `point`: `answer:25` when the 25th answer passes,
    `unanswered:25` when it was given and never arrives, `outstanding:8` when 8 requests wait for
    theirs, with both at that point after that moment. With neither, the moment is drawn by `seed`.
    `lasts` is in seconds. `every` is for dropped answers, of which it takes every n-th, or with a
    `seed` each with a chance of one in n.
    """

    name: str
    target: str = ""
    at: float | None = None
    point: str = ""
    lasts: float = 0.0
    every: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """What became of a fault: times in seconds of the run, None when it did not come to that.

    `in_flight` counts the requests that waited for an answer when it began, and those that came
    while it lasted, where these meet it as well. `evidence` tells in words what was seen of it;
    empty means that it had no effect. `undone` says that nothing of it is left, `problem` what went
    wrong with the doing or the undoing.
    """

    fault: Fault
    began: float | None = None
    ended: float | None = None
    in_flight: int = 0
    evidence: tuple[str, ...] = ()
    undone: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Strain:
    """Load on the service, with faults in the middle, and how its account is made up.

    `request` has the slots `{key}`, `{amount}` and `{number}`; `actor` sends it. `recorded` is SQL
    that lists what the system says it processed: a key and, with a second column, its amount.
    `drained` is SQL that gives one number, of what is taken in and not processed; it has
    `drain_within` seconds to become 0. Without it, the system has drained when the number of
    recorded rows does not change any more. `accepted` pairs paths such as `$.status` with the value
    that the body of a 2xx answer must have there. The rest is as in `model.load.LoadPlan`.
    """

    request: RequestTemplate
    actor: str | None
    arrivals: Arrivals
    recorded: str
    drained: str = ""
    faults: tuple[Fault, ...] = ()
    amounts: tuple[int, int] = (1, 1)
    retry: Retry = ONCE
    connections: int = 64
    at_cap: Literal["drop", "wait"] = "drop"
    timeout: float = 5.0
    drain_within: float = 30.0
    seed: int = 0
    statuses: tuple[tuple[int, Outcome], ...] = ()
    accepted: tuple[tuple[str, JsonValue], ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the run, in its seconds; `fault` lasts from the first begun to the last undone."""

    name: Literal["healthy", "fault", "recovered", "stopped", "draining", "reconciling"]
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What the database said at a moment: rows recorded, and what waits (None: unasked)."""

    at: float
    recorded: int
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """Every attempt of one transaction, in order; times as in `model.ledger`."""

    key: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class StrainRun:
    """What became of a strain. `problem` says why there is no account.

    `first` and `second` are the account, made up twice, a second apart: what is entered late shows
    in the second. `trails` are those of the discrepancies that the second one names. `samples` tell
    how rows were recorded over time. `drained` says whether everything was processed in time, after
    `drain_seconds`. `ledger` is the folder of the ledger, seen from the project.
    """

    figures: LoadFigures
    phases: tuple[Phase, ...] = ()
    first: Account | None = None
    second: Account | None = None
    trails: tuple[Trail, ...] = ()
    faults: tuple[FaultSeen, ...] = ()
    samples: tuple[Sample, ...] = ()
    drained: bool = False
    drain_seconds: float = 0.0
    ledger: str = ""
    problem: str | None = None


def facts_of(fault: Fault) -> FaultSort:
    """What is known of faults of that name; KeyError when there is none."""
    return {sort.name: sort for sort in FAULT_SORTS}[fault.name]


def cuts_answers(fault: Fault) -> bool:
    """Whether a request that it meets is without its answer for certain."""
    if fault.point.startswith("answer"):  # it may meet only the one whose answer has just passed
        return False
    return facts_of(fault).cuts_answers and fault.target in {"", "service"}


def parse_fault(text: str) -> Fault:
    """`kill service`, `kill worker`, `refuse database`, `lock payments` as a fault.

    ValueError says what is wrong, and what was perhaps meant.
    """
    words = " ".join(text.split())
    for sort in FAULT_SORTS:
        if words == sort.written:
            return _done_to(sort, "")
        if sort.done_to and words.startswith(f"{sort.written} "):
            return _done_to(sort, words.removeprefix(f"{sort.written} "))
    known = [sort.written for sort in FAULT_SORTS]
    near = nearest(words, [*known, *fault_names()]) or nearest(words.split(" ")[0], known)
    ending = f"did you mean {near!r}?" if near else f"faults are {', '.join(fault_names())}"
    message = f"there is no fault {words!r}; {ending}"
    raise ValueError(message)


def fault_names() -> list[str]:
    """Each sort as somebody might write it, with words in capitals to fill in."""
    ends = {"": "", "process": " PROCESS", "door": " service", "table": " TABLE"}
    return [f"{sort.written}{ends[sort.done_to]}" for sort in FAULT_SORTS]


def _done_to(sort: FaultSort, target: str) -> Fault:
    if sort.done_to == "process":
        target = target.removeprefix("process ")
        if not target:
            message = f"{sort.written} what? Write {sort.written} service, or name a process"
            raise ValueError(message)
        target = "" if target == "service" else target
    elif sort.done_to == "door":
        target = target or "service"
        if target not in DOORS:
            near = nearest(target, DOORS)
            message = f"the network can fail before service or database, not before {target!r}"
            raise ValueError(message + (f"; did you mean {near!r}?" if near else ""))
    elif sort.done_to == "table" and not target:
        message = f"{sort.written} what? Name a table, or rows of it: lock accounts where id = 7"
        raise ValueError(message)
    return Fault(sort.name, target, lasts=sort.lasts)


def written(fault: Fault) -> str:
    """A fault as people write it: `kill service`, `kill worker`, `refuse database`."""
    sort = facts_of(fault)
    target = fault.target or ("service" if sort.done_to in {"process", "door"} else "")
    return f"{sort.written} {target}".strip()


def told(fault: Fault) -> str:
    """What the fault did, as a sentence without its end."""
    sort = facts_of(fault)
    what = fault.target or "service"
    if sort.done_to == "process" and sort.says.startswith("{}"):
        what = f"the process {what}" if fault.target else "the service"
    return sort.says.format(what) + _AT.get(fault.point.partition(":")[0], "")
