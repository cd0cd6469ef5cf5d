"""Discrepancies in words for somebody who never saw the tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.conservation.exhibits import exhibits
from twiceshy.guards.conservation.plan import LINE, PEAK, pace
from twiceshy.guards.conservation.reading import waiting
from twiceshy.guards.conservation.remedies import REMEDIES
from twiceshy.model.curl import curl
from twiceshy.model.ledger import Outcome
from twiceshy.model.strain import told
from twiceshy.model.verdict import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.account import Account, Discrepancy, Wrong
    from twiceshy.model.strain import StrainRun
    from twiceshy.model.survey import Survey

RULES: dict[Wrong, str] = {
    "lost": "lost",
    "duplicated": "duplicated",
    "wrong amount": "wrong-amount",
    "unexpected": "unexpected",
    "undrained": "undrained",
}
"""The name of each rule; for programs, so they stay."""
_MUST: dict[Wrong, str] = {
    "lost": "each acknowledged transaction is recorded exactly once",
    "duplicated": "each transaction is recorded at most once",
    "wrong amount": "each transaction is recorded with the amount that was sent",
    "unexpected": "nothing is recorded that was rejected, or that nobody sent",
    "undrained": "what was taken in is processed",
}
_IS: dict[Wrong, str] = {
    "lost": "recorded nowhere",
    "duplicated": "recorded more than once",
    "wrong amount": "recorded with another amount",
    "unexpected": "recorded without having been taken in",
    "undrained": "taken in and never processed",
}
_KEYS = 3


@dataclass(frozen=True, slots=True)
class _Case:
    spec: Spec
    reading: Reading
    played: StrainRun
    account: Account
    wrong: Wrong
    count: int
    is_first: bool

    @property
    def named(self) -> tuple[Discrepancy, ...]:
        """The discrepancies of this sort that are named."""
        kinds = {"lost", "undrained"} if self.wrong == "undrained" else {self.wrong}
        return tuple(one for one in self.account.discrepancies if one.wrong in kinds)


def finding(
    spec: Spec, survey: Survey, readings: Sequence[Reading], reading: Reading, wrong: Wrong
) -> Finding:
    """One finding for all that is wrong in one way in one run. The run has an account."""
    played = reading.run.strain
    account = played.second if played else None
    if played is None or account is None:
        return Finding(RULES[wrong], _MUST[wrong], spec.request)
    first = next(iter(reading.wrong)) == wrong
    case = _Case(spec, reading, played, account, wrong, reading.wrong[wrong], first)
    return Finding(
        rule=RULES[wrong],
        title=f"{_title(case)} {_when(case)}",
        request=spec.request,
        curl=_curl(case, survey),
        actor=spec.as_actor or "",
        state=_state(case),
        before=_MUST[wrong],
        after=_after(case),
        statement=spec.recorded.strip(),
        seen=_seen(case),
        exhibits=tuple(exhibits(spec, readings, reading, case.named, over_time=first)),
        remedy=REMEDIES[wrong],
    )


def _title(case: _Case) -> str:
    acked = case.account.transactions.get(Outcome.ACKED, 0)
    many = case.count != 1
    if case.wrong == "unexpected":
        stands = f"that no acknowledged {case.spec.request} stands for"
        return f"{case.count} {'rows are' if many else 'row is'} recorded {stands}"
    of = f" of {acked} acknowledged" if case.wrong == "lost" else ""
    return f"{case.count}{of} {case.spec.request} {'are' if many else 'is'} {_IS[case.wrong]}"


def _when(case: _Case) -> str:
    topic = case.reading.run.scenario.topic
    if topic == LINE:
        return "even one after the other"
    if topic == PEAK:
        return "when they come in parallel"
    faults = [told(seen.fault) for seen in case.played.faults if seen.began is not None]
    return f"when {' and '.join(faults)}" if faults else "under load"


def _state(case: _Case) -> str:
    figures = case.played.figures
    if case.reading.run.scenario.topic == LINE:
        return f"{figures.sent} transactions, each after the one before"
    said = f"{figures.sent} transactions in parallel, {pace(case.spec)}"
    for seen in case.played.faults:
        if seen.began is not None:
            said += f"; at {seen.began:.2f} s {told(seen.fault)}, {seen.in_flight} in flight"
    return said


def _after(case: _Case) -> str:
    keys = [_key(one) for one in case.named[:_KEYS]]
    more = case.count - len(keys)
    shown = ", ".join(keys) + (f" and {more} more" if more > 0 and keys else "")
    said = _IS[case.wrong] + (f": {shown}" if shown else "")
    account = case.account
    if case.is_first and not account.sums_agree:
        said += (
            f"; the sum recorded is {account.recorded_sum}, and must be between "
            f"{account.least_sum} and {account.greatest_sum}"
        )
    return said


def _key(one: Discrepancy) -> str:
    if one.wrong == "duplicated":
        return f"{one.key} ({one.rows} rows)"
    if one.wrong == "wrong amount":
        return f"{one.key} ({one.recorded} for {one.intended})"
    return one.key


def _seen(case: _Case) -> str:
    lines = ["held against the database twice, a second apart"]
    if case.wrong == "undrained":
        left = waiting(case.played)
        lines = [f"{left} waited at the end of {case.spec.drain_within}, and had not become fewer"]
    lines += [
        f"{told(seen.fault)}: {', '.join(seen.evidence)}"
        for seen in case.played.faults
        if seen.evidence
    ]
    return "\n".join(lines)


def _curl(case: _Case, survey: Survey) -> str:
    """The request of the first key that is wrong, as it was sent."""
    strain = case.reading.run.scenario.strain
    if strain is None:
        return ""
    numbers = {
        trail.key: trail.attempts[0].number for trail in case.played.trails if trail.attempts
    }
    first = next((one for one in case.named if one.known is not None), None)
    key = first.key if first else "a-new-key"
    values = {
        "key": key,
        "amount": str((first.intended if first else None) or strain.amounts[0]),
        "number": str(numbers.get(key, 0)),
    }
    actor = survey.actors.get(case.spec.as_actor) if case.spec.as_actor else None
    return curl(strain.request.fill(values), credentials=actor.header if actor else None)
