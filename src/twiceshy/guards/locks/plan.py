"""Which phases of a script are worth playing, given what its trace has shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.locks.modes import ORDER, grips, live, strongest
from twiceshy.guards.requests import asked
from twiceshy.model.scenario import RequestTemplate, Scenario, State, Step, line_template
from twiceshy.model.scripts import Play

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.guards.locks.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.scenario import Role
    from twiceshy.model.scripts import Phase, Script, ScriptRun
    from twiceshy.model.survey import Survey

LONG = 1.0
"""Seconds that the transaction lasts behind which the script has to wait."""

_ENDLESS = 0.9

_STATES: dict[Phase, State] = {
    "trace": State("alone", "nobody else uses the database"),
    "traffic": State("traffic", "queries come in all the while"),
    "behind a reader": State("reader", "a transaction that only reads is open"),
    "behind a writer": State("writer", "a transaction that has written is open"),
    "afterwards": State("afterwards", "the script is through"),
    "service": State("service", "the service's own requests come in"),
}


def next_scenarios(spec: Spec, survey: Survey, history: History) -> tuple[Scenario, ...]:
    """The next script's trace, or the other phases of the one that was traced last."""
    played = {
        (run.scenario.topic, run.scenario.script.phase)
        for run in history
        if run.scenario.script is not None
    }
    for script in survey.scripts:
        if (script.name, "trace") not in played:
            return (_scenario(spec, script, "trace"),)
        trace = runs_of(history, script.name).get("trace")
        with_service = bool(spec.traffic) and not script.earlier
        wanted = _phases(trace, script.seconds, with_service=with_service)
        phases = [phase for phase in wanted if (script.name, phase) not in played]
        if phases:
            beside = touched(trace) if trace else ()
            return tuple(_scenario(spec, script, phase, beside) for phase in phases)
    return ()


def runs_of(history: History, name: str) -> dict[Phase, ScriptRun]:
    """The phases of one script that were played."""
    return {
        run.script.phase: run.script
        for run in history
        if run.scenario.topic == name and run.script is not None
    }


def touched(trace: ScriptRun) -> tuple[str, ...]:
    """The live relations that the script locked, and the tables of such indexes, strongest first.

    Not everybody can be asked to stand beside a script that goes through a whole database.
    """
    alive = live(trace.statements, trace.relations)
    found: dict[str, int] = {}
    for statement in trace.statements:
        for name, modes in statement.locks.items():
            relation = trace.relations.get(name)
            if relation is not None:
                table = relation.table if relation.kind == "index" else name
                strength = ORDER.index(strongest(modes) or ORDER[0])
                found[table] = max(strength, found.get(table, 0))
    return tuple(sorted((name for name in found if name in alive), key=lambda n: -found[n]))


def _phases(trace: ScriptRun | None, seconds: float, *, with_service: bool) -> Iterator[Phase]:
    if trace is None or trace.skipped or not trace.statements:
        return
    if trace.failure and trace.seconds >= _ENDLESS * seconds:
        # It took all the time that it has; once is enough.
        return
    if touched(trace):
        yield "traffic"
        alive = live(trace.statements, trace.relations)
        held = [g for s in trace.statements for g in grips(s, trace.relations, alive)]
        if with_service:
            yield "service"
        # Whatever keeps readers out keeps writers out as well, and waits for both.
        if any(grip.stops_readers for grip in held):
            yield "behind a reader"
        elif held:
            yield "behind a writer"
    else:
        # With traffic, the same queries are sent once more when the script is through.
        yield "afterwards"


def _scenario(spec: Spec, script: Script, phase: Phase, beside: tuple[str, ...] = ()) -> Scenario:
    roles: dict[Phase, Role] = {"trace": "probe", "afterwards": "control"}
    steps = tuple(_steps(spec)) if phase == "service" else ()
    play = Play(script, phase, beside, LONG)
    role = roles.get(phase, "perturbed")
    return Scenario(script.name, role, _STATES[phase], steps, script=play)


def unsendable(spec: Spec) -> tuple[tuple[str, str], ...]:
    """Requests that cannot be sent as they are written, with the reason."""
    return tuple(
        (str(template), "write an id in place of each slot")
        for template in _templates(spec)
        if template.slots
    )


def _steps(spec: Spec) -> Iterator[Step]:
    for number, template in enumerate(_templates(spec)):
        if not template.slots:
            yield Step(spec.as_actor, template, number=number, key=str(template))


def _templates(spec: Spec) -> Iterator[RequestTemplate]:
    for entry in spec.traffic:
        template, _ = asked(entry)
        yield template if isinstance(template, RequestTemplate) else line_template(template)
