"""One run of load, read: what is wrong with it, and why nothing can be said of it.

What is missing or double is evidence by itself, whatever else happened. That nothing is missing
says something only when the run was what it was to be: the rate was reached, the fault was seen to
have had an effect while requests were in flight, and nothing was recorded any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twiceshy.guards.conservation.control import mismatches
from twiceshy.model.ledger import Outcome
from twiceshy.model.strain import cuts_answers, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.model.account import Account, Wrong
    from twiceshy.model.history import Run
    from twiceshy.model.strain import Fault, FaultSeen, Strain, StrainRun

WRONGS: tuple[Wrong, ...] = ("lost", "duplicated", "wrong amount", "unexpected", "undrained")
_TAKEN_IN = 202
_LOST: tuple[Wrong, ...] = ("lost", "undrained")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run says. `wrong` counts what is wrong by its sort; `doubts` are in words.

    `again` tells that the same, played once more, may say more. `cut_off` says whether a request
    was without its answer that was sent, as far as the account shows.
    """

    run: Run
    wrong: Mapping[Wrong, int]
    doubts: tuple[str, ...] = ()
    again: bool = False
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class _Doubt:
    says: str
    passing: bool = False


def read(run: Run) -> Reading:
    """What the run says, by itself."""
    strain, played = run.scenario.strain, run.strain
    if strain is None or played is None:
        return Reading(run, {}, (run.problem or "nothing is known of what was sent",))
    account = played.second
    if account is None:
        return Reading(run, {}, (played.problem or run.problem or "no account was made up",))
    in_line = run.scenario.role == "control"
    off = tuple(mismatches(strain, account)) if in_line else ()
    if off:
        return Reading(run, {}, off)
    state = drained(strain, played)
    wrong = dict(_wrong(strain, played, account, state))
    doubts = [_Doubt(problem) for problem in (run.problem, played.problem) if problem]
    doubts += _doubts(strain, played, account, state)
    if not in_line:
        doubts += _rate(played)
    doubts += _faults(strain, played)
    cut_off = bool(account.transactions.get(Outcome.UNKNOWN) or account.retried_onto)
    felt = cut_off or not any(map(cuts_answers, strain.faults))
    passing = all(doubt.passing for doubt in doubts) if doubts else not felt
    return Reading(
        run, wrong, tuple(doubt.says for doubt in doubts), passing and not wrong, cut_off
    )


# -- drained or not ---------------------------------------------------------------------------


def drained(strain: Strain, played: StrainRun) -> Literal["drained", "stuck", "at work", "unseen"]:
    """Whether everything was processed in time; stuck: something waits, and nothing moves."""
    if played.drained:
        return "drained"
    end = max((phase.ended for phase in played.phases if phase.name == "draining"), default=None)
    if end is None:
        end = max((sample.at for sample in played.samples), default=0.0)
    window = [s for s in played.samples if end - strain.drain_within / 3 <= s.at <= end]
    if len(window) < 2:
        return "unseen"
    first, last = window[0], window[-1]
    if first.waiting is None or last.waiting is None:
        return "at work" if first.recorded != last.recorded else "unseen"
    moves = last.waiting < first.waiting or last.recorded > first.recorded
    return "stuck" if last.waiting and not moves else "at work"


def waiting(played: StrainRun) -> int:
    """What waited at last; 0 where nobody was asked."""
    return next((s.waiting for s in reversed(played.samples) if s.waiting is not None), 0)


# -- what is wrong ----------------------------------------------------------------------------


def _wrong(
    strain: Strain, played: StrainRun, account: Account, state: str
) -> Iterator[tuple[Wrong, int]]:
    """What is wrong and will stay so: what is missing may still come while the system works."""
    missing = sum(account.counts.get(kind, 0) for kind in _LOST)
    for kind in WRONGS:
        count = account.counts.get(kind, 0)
        if kind == "lost" and (
            state != "drained" or _fewer_missing(played) or _may_wait(strain, played)
        ):
            continue
        if kind == "undrained":
            stuck = max(missing, waiting(played), 1)
            count = count if state == "drained" else stuck if state == "stuck" else 0
        if count:
            yield kind, count


def _fewer_missing(played: StrainRun) -> bool:
    """Whether less was missing in the second account than in the first."""
    first, second = played.first, played.second
    return bool(first and second and first.counts.get("lost", 0) > second.counts.get("lost", 0))


def _may_wait(strain: Strain, played: StrainRun) -> bool:
    """Whether what is missing was but taken in (RFC 9110, 15.3.3), and nobody asks what waits."""
    account = played.second
    if strain.drained or account is None:
        return False
    missing = {one.key for one in account.discrepancies if one.wrong == "lost"}
    return any(
        attempt.outcome is Outcome.ACKED and attempt.status == _TAKEN_IN
        for trail in played.trails
        if trail.key in missing
        for attempt in trail.attempts
    )


# -- what cannot be told ----------------------------------------------------------------------


def _doubts(strain: Strain, played: StrainRun, account: Account, state: str) -> Iterator[_Doubt]:
    known = account.transactions
    if not known.get(Outcome.ACKED):
        others = ", ".join(f"{count} {kind}" for kind, count in known.items() if count)
        yield _Doubt(f"not one transaction was acknowledged: {others or 'none was sent'}")
    if played.first is None:
        yield _Doubt("the account was made up only once, so what comes late would not show")
    elif (played.first.rows, played.first.counts) != (account.rows, account.counts):
        yield _Doubt(
            "rows still changed between the two accounts: "
            f"{played.first.rows} and, a second later, {account.rows}"
        )
    if state == "at work":
        left = f", {waiting(played)} waited" if strain.drained else ""
        yield _Doubt(
            f"the system was still at work after {strain.drain_within:g} s{left}: give it more "
            "time with drain_within"
        )
    elif state == "unseen":
        yield _Doubt(
            f"it cannot be told whether everything was processed after {strain.drain_within:g} s"
        )
    if _may_wait(strain, played):
        yield _Doubt(
            f"{account.counts['lost']} that were answered 202 are not recorded, and may still "
            'wait: say with drained what waits, "SELECT 0" where the database would not know'
        )
    if not account.sums_agree and not any(account.counts.values()):
        yield _Doubt(
            f"the recorded sum {account.recorded_sum} is not between {account.least_sum} and "
            f"{account.greatest_sum}, although every row is right"
        )


def _rate(played: StrainRun) -> Iterator[_Doubt]:
    figures = played.figures
    if not figures.rate_reached:
        left = f"; {figures.unsent} found no free connection" if figures.unsent else ""
        yield _Doubt(
            f"the rate was not reached: of {figures.planned} planned requests "
            f"{figures.reached:.0%} were sent in time, and 95% must be{left}",
            passing=True,
        )


def _faults(strain: Strain, played: StrainRun) -> Iterator[_Doubt]:
    left = list(played.faults)
    for fault in strain.faults:
        seen = next((one for one in left if _same(one.fault, fault)), None)
        if seen is None:
            yield _Doubt(f"nothing is known of what came of it that {told(fault)}")
            continue
        left.remove(seen)
        yield from _fault(seen)


def _same(one: Fault, other: Fault) -> bool:
    return (one.name, one.target) == (other.name, other.target)


def _fault(seen: FaultSeen) -> Iterator[_Doubt]:
    said = f"that {told(seen.fault)}"
    if seen.problem:
        yield _Doubt(f"{said} did not go as it should: {seen.problem}")
    elif seen.began is None:
        moment = f" at {seen.fault.point}" if seen.fault.point else ""
        yield _Doubt(f"{said} did not come to its moment{moment}", passing=True)
    elif not seen.evidence:
        yield _Doubt(f"{said} had no effect that could be seen", passing=True)
    elif not seen.in_flight:
        yield _Doubt(f"{said} met no request: none was in flight", passing=True)
    if not seen.undone:
        yield _Doubt(f"{said} could not be taken back")
