"""What a verdict covers: each run with its duties and figures, and what people should know."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from twiceshy.guards.conservation.plan import LINE, PEAK, in_flight, pace, topics
from twiceshy.model.ledger import Outcome
from twiceshy.model.strain import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twiceshy.guards.conservation.reading import Reading
    from twiceshy.guards.conservation.spec import Spec
    from twiceshy.model.account import Account
    from twiceshy.model.figures import LoadFigures
    from twiceshy.model.strain import FaultSeen, StrainRun

_WHOLE = 10
"""From which on a fraction tells nothing."""
_TOGETHER = 0.5
"""Requests in flight at a time below which most come alone."""
_CRASHES = frozenset({"kill service", "kill process", "restart database"})


def tried(spec: Spec, readings: Sequence[Reading]) -> Iterator[str]:
    """One line for each run."""
    for reading in readings:
        scenario, played = reading.run.scenario, reading.run.strain
        if played is None:
            continue
        parts = [_sent(spec, scenario.topic, played)]
        if played.second is not None:
            parts.append(_account(played.second))
        parts += [_fault(seen) for seen in played.faults]
        if scenario.topic != LINE:
            parts.append(latency(played.figures))
            parts += _recorded_pace(played)
        yield f"{scenario.topic}: {'; '.join(parts)}"


def _sent(spec: Spec, topic: str, played: StrainRun) -> str:
    figures = played.figures
    if topic == LINE:
        return f"{figures.sent} {spec.request}, each after the one before"
    left = f", {figures.unsent} found no free connection" if figures.unsent else ""
    what = f" {spec.request} sent at {pace(spec)}" if topic == PEAK else " sent"
    return f"{figures.sent} of {figures.planned}{what}, {figures.reached:.1%} of them in time{left}"


def _account(account: Account) -> str:
    known = account.transactions
    parts = [f"{known.get(Outcome.ACKED, 0)} acknowledged"]
    if rejected := known.get(Outcome.REJECTED, 0):
        parts.append(f"{rejected} rejected")
    if not_sent := known.get(Outcome.NOT_SENT, 0):
        parts.append(f"{not_sent} never left")
    if unknown := known.get(Outcome.UNKNOWN, 0):
        parts.append(f"{unknown} unknown, of which {account.recovered} exist")
    parts.append(f"{account.rows} recorded")
    if account.retried_onto:
        parts.append(f"{account.retried_onto} acknowledged by a retry only, and recorded")
    return ", ".join(parts)


def _fault(seen: FaultSeen) -> str:
    if seen.began is None:
        return "the fault did not come to its moment"
    met = f"{seen.in_flight} {'request' if seen.in_flight == 1 else 'requests'} in flight"
    evidence = ", ".join(seen.evidence) or "no effect was seen"
    return f"at {seen.began:.2f} s, {met}: {evidence}"


def latency(figures: LoadFigures) -> str:
    """Percentiles, unless we were late ourselves."""
    if not figures.latency.count:
        return "no latency, for nothing was acknowledged"
    if not figures.latency_counts:
        return (
            f"no latency is told, for requests went out late (p99 {_ms(figures.lateness.p99)}): "
            "this machine was too busy"
        )
    found = figures.latency
    return f"latency p50 {_ms(found.p50)}, p95 {_ms(found.p95)}, p99 {_ms(found.p99)}"


def _ms(value: float) -> str:
    return f"{_figure(value)} ms"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.1f}"


def _recorded_pace(played: StrainRun) -> Iterator[str]:
    """How fast the system recorded what came in, from the first request to the last new row."""
    last = played.samples[-1].recorded if played.samples else 0
    until = next((sample.at for sample in played.samples if sample.recorded == last), 0.0)
    if last and until > 0:
        yield f"{last} recorded within {until:.1f} s, {_figure(last / until)} a second"


def untried(spec: Spec, readings: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    """Runs that were not played, each with the reason."""
    played = {reading.run.scenario.topic for reading in readings}
    stopped = next((reading for reading in readings if reading.wrong), None)
    why = "a run before it told nothing"
    if stopped is not None:
        where = {LINE: "the line", PEAK: "the peak"}.get(
            stopped.run.scenario.topic, stopped.run.scenario.topic
        )
        why = f"the account of {where} did not balance already"
    for topic in topics(spec):
        if topic not in played:
            yield topic, why
    if not spec.faults:
        yield "faults", "the guard names none"
    if stopped is None and spec.arrivals != "burst":
        yield from _met(spec, readings)


def _met(spec: Spec, readings: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    """Requests that hardly ever meet show no race among them."""
    peak = next((one.run.strain for one in readings if one.run.scenario.topic == PEAK), None)
    if peak is None:
        return
    waiting = in_flight(spec, peak)
    if waiting < _TOGETHER:
        why = f"at peak {waiting:.2g} were in flight at a time, so most were alone"
        yield "requests that meet", f'{why}: a higher rate, or arrivals = "burst", lets them meet'


def notes(readings: Sequence[Reading]) -> Iterator[str]:
    """What must be known to understand what the verdict means."""
    strains = [reading.run.scenario.strain for reading in readings]
    names = {fault.name for strain in strains if strain for fault in strain.faults}
    if names & _CRASHES:
        yield (
            "a process that is killed is a crash of the process and no loss of power: what it had "
            "handed to the operating system is kept"
        )
    if any(facts_of(fault).stays for strain in strains if strain for fault in strain.faults):
        yield "answers were dropped after the service had given them, so it knew nothing of it"
    ledgers = [
        PurePosixPath(reading.run.strain.ledger)
        for reading in readings
        if reading.run.strain is not None and reading.run.strain.ledger
    ]
    if ledgers:
        runs = ", ".join(ledger.name for ledger in ledgers)
        yield f"ledgers of every attempt, for `twiceshy reconcile`: {ledgers[0].parent}/ {runs}"
