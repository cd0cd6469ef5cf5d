"""What shows how it came about: the story, each attempt of what is wrong, and the run over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.conservation.curves import curves
from twiceshy.guards.conservation.plan import LINE, pace
from twiceshy.model.exhibits import Path, Table
from twiceshy.model.ledger import Outcome
from twiceshy.model.strain import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.account import Account, Discrepancy
    from twiceshy.model.exhibits import Exhibit
    from twiceshy.model.ledger import Attempt
    from twiceshy.model.strain import StrainRun

_MOST_KEYS = 20
_MILLISECOND = 1_000_000


def exhibits(
    spec: Spec,
    readings: Sequence[Reading],
    reading: Reading,
    named: Sequence[Discrepancy],
    *,
    over_time: bool,
) -> Iterator[Exhibit]:
    """For one finding; the first one of a run shows it over time as well."""
    played = reading.run.strain
    if played is None or played.second is None:
        return
    yield Path("What happened", tuple(_story(spec, readings, reading, played, played.second)))
    if named:
        yield _attempts(named, played)
    if over_time and reading.run.scenario.topic != LINE:
        yield from curves(spec, played)


def _story(
    spec: Spec,
    readings: Sequence[Reading],
    reading: Reading,
    played: StrainRun,
    account: Account,
) -> Iterator[tuple[str, str]]:
    in_line = reading.run.scenario.topic == LINE
    if not in_line and readings[0].run.strain is not None and not readings[0].wrong:
        count = readings[0].run.strain.figures.sent
        yield f"{count} transactions came, each after the one before", "each was recorded once"
    figures = played.figures
    how = "each after the one before" if in_line else f"in parallel, {pace(spec)}"
    yield f"{figures.sent} transactions came, {how}", _carried(spec)
    for seen in played.faults:
        if seen.began is not None:
            yield (
                f"at {seen.began:.2f} s {told(seen.fault)}",
                "\n".join([f"{seen.in_flight} requests were in flight", *seen.evidence]),
            )
    yield "whoever got no clear answer asked again", _retries(spec, account)
    yield "no more came, and the system was given time", _drain(spec, played)
    yield "answers and database were held against each other", _sums(account)


def _carried(spec: Spec) -> str:
    return f"{spec.request}, each with a key of its own that a retry repeats"


def _retries(spec: Spec, account: Account) -> str:
    known = account.transactions
    said = (
        f"up to {spec.attempts} attempts with the same key; in the end "
        f"{known.get(Outcome.ACKED, 0)} were acknowledged, {known.get(Outcome.REJECTED, 0)} "
        f"rejected, {known.get(Outcome.UNKNOWN, 0)} without a clear answer"
    )
    if account.retried_onto:
        said += f"; {account.retried_onto} were acknowledged by a retry only"
    return said


def _drain(spec: Spec, played: StrainRun) -> str:
    if played.drained:
        return f"everything was processed after {played.drain_seconds:.1f} s"
    return f"not everything was processed after {spec.drain_within}"


def _sums(account: Account) -> str:
    found = ", ".join(f"{count} {kind}" for kind, count in account.counts.items() if count)
    return (
        f"{account.rows} rows: {found or 'none wrong'}\n"
        f"sum of what was acknowledged {account.acked_sum}, of what was recorded "
        f"{account.recorded_sum}"
    )


def _attempts(named: Sequence[Discrepancy], played: StrainRun) -> Table:
    """Every attempt of the first keys; times in milliseconds of the run.

    The keys of a run begin alike, which is told once.
    """
    shown = named[:_MOST_KEYS]
    trails = {trail.key: trail.attempts for trail in played.trails}
    head = _head([one.key for one in shown])
    rows = []
    for one in shown:
        attempts = [_attempt(each) for each in trails.get(one.key, ())]
        attempts = attempts or [("", "nobody sent it" if one.known is None else "", "")]
        for place, attempt in enumerate(attempts):
            key, amount = (one.key.removeprefix(head), _amount(one)) if not place else ("", "")
            rows.append((key, amount, *attempt, _recorded(one) if not place else ""))
    beginning = f" (keys begin with {head})" if head else ""
    columns = ("key", "amount", "attempt", "outcome", "ms", "recorded")
    return Table(f"Each attempt of what is wrong{beginning}", columns, tuple(rows))


def _head(keys: Sequence[str]) -> str:
    """What all keys begin with, up to a hyphen."""
    first, last = min(keys), max(keys)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return first[: first.rfind("-", 0, same) + 1]


def _attempt(attempt: Attempt) -> tuple[str, str, str]:
    """Its number, what came of it, and from when to when."""
    began, ended = attempt.began / _MILLISECOND, attempt.ended / _MILLISECOND
    came = f"{attempt.status}, {attempt.outcome}" if attempt.status else str(attempt.detail)
    return str(attempt.attempt), came, f"{began:.0f}..{ended:.0f}"


def _amount(one: Discrepancy) -> str:
    return "" if one.intended is None else str(one.intended)


def _recorded(one: Discrepancy) -> str:
    if not one.rows:
        return "no row"
    return f"{one.rows} rows, sum {one.recorded}" if one.rows > 1 else f"1 row, {one.recorded}"
