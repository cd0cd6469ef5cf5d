"""Which runs fell short of the legitimate outcome, and whether that is excused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.met import keys_of, legitimate_runs, written
from twiceshy.guards.preexisting.outcome import Deviation, deviation, expected, outcome
from twiceshy.guards.preexisting.spelling import form_of
from twiceshy.guards.preexisting.states import TWIN, Situation, situations
from twiceshy.model.history import NoReply, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.guards.preexisting.outcome import Outcome
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Survey

CRASHES = "duplicate-crashes"
TWIN_FAILS = "twin-fails"
ELSEWHERE = "-for-rows-elsewhere"
# What the server says when a statement reaches its own or its lock's time limit, is ended by who
# sent it, or does not want to wait for a table at all.
_GIVEN_UP = re.compile(r"canceling statement due to|could not obtain lock on relation")


@dataclass(frozen=True, slots=True)
class Accusation:
    """One run in which rows that were already there decided the outcome."""

    rule: str
    situation: Situation
    run: Run
    control: Run
    deviation: Deviation

    @property
    def topic(self) -> str:
        """What is to be asked again."""
        return self.run.scenario.topic

    @property
    def group(self) -> tuple[str, frozenset[QName]]:
        """Accusations that are told as one finding."""
        return self.rule, self.situation.tables


def accusations(spec: Spec, survey: Survey, history: History, world: int) -> tuple[Accusation, ...]:
    """What the runs of one world show, in the order in which they were played.

    Tables in which a row of somebody else's does the same are left out: it is not the key there.
    """
    found = differing(spec, survey, history, world)
    anybodys = {
        row.candidate.table for one in found if one.situation.stranger for row in one.situation.rows
    }
    return tuple(
        one
        for one in found
        if anybodys.isdisjoint(row.candidate.table for row in one.situation.rows)
    )


def differing(spec: Spec, survey: Survey, history: History, world: int) -> tuple[Accusation, ...]:
    """Every run of one world that fell short, whosever the rows were."""
    known = {situation.name: situation for situation in situations(spec, survey, history)}
    controls = good_controls(history, world)
    if not controls:
        return ()
    wanted = expected(spec, [outcome(run) for run in controls])
    own = {place[0] for place in written(spec, survey, history)}
    found: list[Accusation] = []
    for run in history:
        situation = known.get(run.scenario.topic)
        if situation is None or run.scenario.world != world or not run.observations:
            continue
        if run.problem is not None or run.refused:
            continue
        if situation.twin:
            fault = None if given_up(run) else _twin_fault(wanted, run)
        else:
            fault = _fault(spec, survey, history, run, wanted, own)
        if fault is not None:
            found.append(Accusation(fault[0], situation, run, controls[0], fault[1]))
    return tuple(found)


def good_controls(history: History, world: int) -> tuple[Run, ...]:
    """Controls that were answered as a legitimate request is; those before any state."""
    return tuple(
        run
        for run in legitimate_runs(history, world)
        if run.problem is None
        and run.observations
        and all(_is_good(seen.answer) for seen in run.observations)
    )


def _is_good(answer: Reply | NoReply) -> bool:
    return isinstance(answer, Reply) and answer.status < 400


def _fault(
    spec: Spec, survey: Survey, history: History, run: Run, wanted: Outcome, own: set[QName]
) -> tuple[str, Deviation] | None:
    got = deviation(spec, wanted, outcome(run))
    if got is None:
        return None
    if true_duplicate(run, keys_of(spec, survey, history, run), own):
        return (CRASHES, got) if got.sort == "failed" else None
    return f"{got.sort}{ELSEWHERE}", got


def true_duplicate(run: Run, keys: Mapping[str, str], own: set[QName]) -> bool:
    """Whether the state holds a key in a table into which the request writes its keys itself."""
    values = [
        value
        for row in run.planted
        if row.table in own and not row.plant.startswith("named.")
        for value in row.values.values()
    ]
    standing = any(row.plant.startswith("there.") and row.table in own for row in run.planted)
    return standing or any(form_of(value or "", key) for value in values for key in keys.values())


def _twin_fault(wanted: Outcome, run: Run) -> tuple[str, Deviation] | None:
    """Of equal requests all but one may be refused, with a reason; not all, and none may fail."""
    got = outcome(run)
    classes = [status // 100 for status in got.statuses]
    if any(one in {0, 5} for one in classes):
        says = "one is answered as usual, the others at most refused"
        return TWIN_FAILS, Deviation("failed", "the status", says, str(got))
    if wanted.statuses[0] // 100 not in classes:
        return TWIN_FAILS, Deviation("refused", "the status", str(wanted), str(got))
    return None


def given_up(run: Run) -> str:
    """What the service did not wait for while we held its writes up, so that it failed by us."""
    if not run.scenario.meet_at or all(_is_good(seen.answer) for seen in run.observations):
        return ""
    errors = (error for seen in run.observations for error in seen.sql_errors)
    return next((error for error in errors if _GIVEN_UP.search(error)), "")


def is_twin(run: Run) -> bool:
    """Whether the run sends the same request several times at once."""
    return run.scenario.topic.startswith(TWIN)


def allowed(spec: Spec, accusation: Accusation) -> str:
    """Why rows of these tables may decide the outcome; empty where nothing says so."""
    for allowance in spec.allow:
        tables = {str(table) for table in accusation.situation.tables}
        columns = {row.candidate.column for row in accusation.situation.rows}
        if tables == {allowance.table} and (not allowance.column or allowance.column in columns):
            return allowance.reason
    return ""
