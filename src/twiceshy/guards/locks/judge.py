"""The verdict on scripts: deterministic facts first, what was measured beside them.

The modes of locks, the rows that are read and changed meanwhile and the time-outs in force are the
same on every machine. A measured wait accuses by itself only where the trace, in a run of its own,
held the lock for about as long: a machine that stands still for a moment does so in one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.locks.facts import Exposure, Transaction, exposures, transactions
from twiceshy.guards.locks.modes import Grip, live, strongest
from twiceshy.guards.locks.plan import runs_of, unsendable
from twiceshy.guards.locks.queues import GAVE_UP, LONGEST, queue_of
from twiceshy.guards.locks.size import Sizes
from twiceshy.guards.locks.telling import Story, told
from twiceshy.model.locking import Conclusion
from twiceshy.model.verdict import Finding, Scope, Value, Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.guards.locks.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.scripts import Broken, Phase, Script, ScriptRun, Wait
    from twiceshy.model.survey import Survey

_NOISE = 3.0
"""A wait must be this many times the slowest query that nothing was in the way of."""

_AS_LONG = 0.75
"""What the trace must have seen of it at least."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What people allow: how long a query may wait, and the sizes of production."""

    blocked: float = 200.0
    queue: float = LONGEST
    production: Mapping[str, int] | None = None


def limits_of(spec: Spec, survey: Survey) -> Limits:
    """The limits of a guard."""
    rows = spec.rows if not isinstance(spec.rows, str) else {}
    production = {**survey.production, **rows}
    return Limits(spec.blocked_ms, max(LONGEST, spec.blocked_ms), production)


def judge(spec: Spec, survey: Survey, history: History) -> Verdict:
    """One verdict on all scripts of a guard."""
    conclusions = conclude(spec, survey, history)
    if not conclusions:
        problems = tuple(run.problem for run in history if run.problem)
        return Verdict(Value.UNKNOWN, reasons=problems or ("there was no script to rehearse",))
    findings = tuple(finding for each in conclusions for finding in _findings(each))
    return Verdict(
        worst(each.value for each in conclusions),
        findings,
        _scope(conclusions),
        tuple(dict.fromkeys(reason for each in conclusions for reason in each.reasons)),
    )


def conclude(spec: Spec, survey: Survey, history: History) -> tuple[Conclusion, ...]:
    """What each script came to, in their order."""
    limits = limits_of(spec, survey)
    untried = unsendable(spec)
    concluded = []
    for script in survey.scripts:
        problems = [r.problem for r in history if r.scenario.topic == script.name and r.problem]
        one = conclusion_of(script, runs_of(history, script.name), limits, tuple(problems))
        scope = replace(one.scope, untried=(*one.scope.untried, *untried))
        concluded.append(replace(one, scope=scope))
    return tuple(concluded)


def conclusion_of(
    script: Script,
    runs: Mapping[Phase, ScriptRun],
    limits: Limits,
    problems: tuple[str, ...] = (),
) -> Conclusion:
    """What one script's phases come to."""
    trace = runs.get("trace")
    if trace is None:
        reasons = problems or (f"{script.name} was not rehearsed",)
        return Conclusion(script.name, Value.UNKNOWN, reasons=reasons)
    sizes = Sizes(limits.production or {}, trace.relations)
    found = list(exposures(trace, sizes))
    found += _held_long(runs, sizes, limits, found)
    queue = queue_of(runs, limits.queue)
    breaks = tuple(_broken(runs))
    fails = _failure(runs)
    story = Story(script, runs, sizes, tuple(found), queue, breaks, fails)
    harmed = bool(found or queue or breaks or fails)
    value = Value.RECURS if harmed else Value.UNKNOWN if problems else Value.HOLDS
    return Conclusion(
        script.name,
        value,
        blocks=bool(found),
        queues=queue is not None,
        breaks=breaks,
        fails=fails,
        findings=told(story),
        statements=trace.statements,
        relations=trace.relations,
        scope=_scope_of(script, runs, sizes),
        reasons=problems,
    )


def _held_long(
    runs: Mapping[Phase, ScriptRun], sizes: Sizes, limits: Limits, known: list[Exposure]
) -> Iterator[Exposure]:
    """Locks held for long although little was done meanwhile, such as by a sleep or a remote call.

    Seen twice: queries waited behind it, and the trace held it for about as long.
    """
    trace, traffic = runs["trace"], runs.get("traffic")
    if traffic is None or known:
        return
    least = max(limits.blocked, _NOISE * traffic.slowest)
    told: set[tuple[int, ...]] = set()
    for wait in sorted(traffic.waits, key=lambda wait: -wait.milliseconds):
        if wait.blocker.who != "the script" or wait.milliseconds < least:
            continue
        transaction = _transaction(trace, wait)
        if transaction is None or transaction.places in told:
            continue
        found = _held_exposure(transaction, wait, trace, sizes)
        if found.held >= least * _AS_LONG:
            told.add(transaction.places)
            yield found


def _held_exposure(
    transaction: Transaction, wait: Wait, trace: ScriptRun, sizes: Sizes
) -> Exposure:
    grip = None
    if not wait.row:
        mode = wait.blocker.mode or strongest(
            trace.statements[wait.blocker.statement].locks.get(wait.relation, ())
        )
        grip = Grip(wait.relation, mode, fresh=True)
    rows = sizes.rows(wait.relation)
    place = wait.blocker.statement
    return Exposure(
        place, transaction, "time", rows, rows, grows=False, relation=wait.relation, grip=grip
    )


def _transaction(trace: ScriptRun, wait: Wait) -> Transaction | None:
    return next(
        (each for each in transactions(trace) if wait.blocker.statement in each.places), None
    )


def _broken(runs: Mapping[Phase, ScriptRun]) -> Iterator[Broken]:
    """Queries that fail afterwards, but for those of what nobody queried before."""
    after, trace = runs.get("afterwards") or runs.get("traffic"), runs["trace"]
    used = live(trace.statements, trace.relations) - _empty_and_dropped(trace)
    for broken in after.broken if after else ():
        if broken.kind == "service request" or broken.relation in used:
            yield broken


def _empty_and_dropped(trace: ScriptRun) -> frozenset[str]:
    """Tables without a row that the script drops: nothing tells that anybody queries them."""
    dropped = {name for statement in trace.statements for name in statement.dropped}
    return frozenset(
        name
        for name in dropped
        if name in trace.relations
        and trace.relations[name].kind == "table"
        and not trace.relations[name].rows
    )


def _failure(runs: Mapping[Phase, ScriptRun]) -> str:
    """Why the script fails when nobody is in its way; a time-out of its own must show twice."""
    trace, traffic = runs["trace"], runs.get("traffic")
    if not trace.failure:
        return ""
    timed_out = trace.gave_up or trace.failure.startswith(GAVE_UP)
    if timed_out and traffic is not None and not traffic.failure:
        return ""
    return trace.failure


def _scope_of(script: Script, runs: Mapping[Phase, ScriptRun], sizes: Sizes) -> Scope:
    trace = runs["trace"]
    tried = tuple(f"{script.name}: {_PHASES[p]}" for p, run in runs.items() if not run.skipped)
    untried = tuple(
        (f"{script.name}: {_PHASES[phase]}", run.skipped)
        for phase, run in runs.items()
        if run.skipped
    )
    notes = [note for run in runs.values() for note in run.notes]
    touched = {name for statement in trace.statements for name in statement.locks}
    assumed = any(
        relation.rows and name not in sizes.production
        for name, relation in trace.relations.items()
        if name in touched and relation.kind == "table"
    )
    notes += [
        f"{name} is dropped and has no rows here, so it counts as used by nobody"
        for name in sorted(_empty_and_dropped(trace))
    ]
    if assumed:
        notes.append(
            "production is taken to have six times the rows of the stage where nothing else is said"
        )
    return Scope(tried, untried, tuple(dict.fromkeys(notes)), trace.server)


_PHASES: dict[Phase, str] = {
    "trace": "its locks, statement by statement",
    "traffic": "beside queries",
    "behind a reader": "behind a long transaction that reads",
    "behind a writer": "behind a long transaction that has written",
    "afterwards": "the application's queries afterwards",
    "service": "beside the service's own requests",
}


def _findings(conclusion: Conclusion) -> Iterator[Finding]:
    """The findings as every guard has them."""
    for found in conclusion.findings:
        place = f"{conclusion.script}:{found.line}" if found.line else conclusion.script
        waits = [
            f"{w.query}: {w.longest:.0f} ms" + f", {w.error}" * bool(w.error)
            for w in found.waiting[:5]
        ]
        yield Finding(
            rule=found.harm,
            title=found.title,
            request=place,
            data=tuple(dict.fromkeys(n for n in (found.relation, *found.also) if n)),
            after=f"in production: {found.at_production}" if found.at_production else "",
            seen="\n".join([found.seen, *waits]),
            statement=found.sql,
            remedy=found.remedy.text if found.remedy.says else "",
            exhibits=(found.drawing,) if found.drawing else (),
        )


def _scope(conclusions: tuple[Conclusion, ...]) -> Scope:
    first = conclusions[0].scope
    return replace(
        first,
        tried=tuple(item for each in conclusions for item in each.scope.tried),
        untried=tuple(item for each in conclusions for item in each.scope.untried),
        notes=tuple(dict.fromkeys(note for each in conclusions for note in each.scope.notes)),
    )
