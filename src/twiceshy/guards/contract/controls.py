"""What the first controls say: which tables each request reads, and so what can be missing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.guards.contract.measuring import FAILS, REFUSES
from twiceshy.guards.contract.missing import Known, Missing, missing, narrowed
from twiceshy.guards.contract.rows import FULL
from twiceshy.model.history import Reply

if TYPE_CHECKING:
    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import History, Run
    from twiceshy.model.schema import QName, Table
    from twiceshy.model.survey import Survey

VERSIONS, RECORDED, WITHOUT = "versions", "recorded", "missing"
"""How the names of topics begin; those of other storage as the names of their stages do."""

OF_SEED = " of the seed"
"""Ends such a beginning where rows that are planted break a request, and are left out."""


def is_state(run: Run) -> bool:
    """Whether something was missing in a run."""
    return run.scenario.topic.startswith(WITHOUT) and run.scenario.role == "perturbed"


def first_controls(history: History) -> dict[str, Run]:
    """By topic, the first control of the states: what is known of the requests when all is there.

    Whoever asks later must come to the same states, so later runs do not count. Where planted rows
    broke something, those without them count.
    """
    found: dict[str, Run] = {}
    for run in history:
        if is_state(run):
            break
        if run.scenario.topic.startswith(WITHOUT):
            found.setdefault(run.scenario.topic, run)
    plain = {topic: run for topic, run in found.items() if topic.startswith(WITHOUT + OF_SEED)}
    return plain or found


def broken_by_rows(history: History) -> tuple[str, ...]:
    """Requests that failed in the full state before anything varied; rows of ours may be why."""
    failed = (
        seen.step.template
        for run in history
        if run.scenario.state.name == FULL and run.planted
        if run.scenario.role == "control" or run.scenario.topic.startswith(RECORDED)
        for seen in run.observations
        if not isinstance(seen.answer, Reply) or seen.answer.status_class >= FAILS
    )
    return tuple(dict.fromkeys(map(str, failed)))


def reads(survey: Survey, run: Run) -> dict[str, frozenset[QName]]:
    """The tables that each step of a control read, for those that were answered well."""
    known = survey.catalogue.by_name.keys()
    return {
        seen.step.key: (seen.reads | survey.requests[seen.step.number].reads) & known
        for seen in run.observations
        if isinstance(seen.answer, Reply) and seen.answer.status_class < REFUSES
    }


def tables_read(survey: Survey, history: History) -> tuple[QName, ...]:
    """Every table that some request reads, parents first."""
    found = {
        table
        for run in first_controls(history).values()
        for tables in reads(survey, run).values()
        for table in tables
    }
    return survey.ownership.insertion_order(found)


def known_rows(survey: Survey, history: History) -> Known:
    """The rows that were planted into the full state, and what the seed holds."""
    rows = {row.plant: row for run in first_controls(history).values() for row in run.planted}
    return Known(rows, survey.likeness.samples)


def states(spec: Spec, survey: Survey, history: History) -> tuple[Missing, ...]:
    """Each thing that can be missing from the tables that the requests read."""
    tables = tables_read(survey, history)
    found = missing(spec, survey, tables, known_rows(survey, history), slot_columns(survey))
    return tuple(
        state
        for state in found
        if not state.column
        or is_mentioned(survey.catalogue.table(state.table), state.column, history)
    )


def slot_columns(survey: Survey) -> frozenset[str]:
    """Columns whose values stand in requests, as `goals.id`."""
    return frozenset(f"{slot.table}.{slot.column}" for f in survey.requests for slot in f.slots)


def is_mentioned(table: Table, column: str, history: History) -> bool:
    """Whether a statement that read the table could have to do with a column of it.

    Only a statement that names the table itself and lists other columns has nothing to do with it.
    """
    for run in first_controls(history).values():
        for seen in run.observations:
            for statement in seen.statements:
                if table.name in statement.reads and _may_use(statement.text, table, column):
                    return True
    return False


@lru_cache(maxsize=4096)
def _may_use(text: str, table: Table, column: str) -> bool:
    lower = text.lower()
    return "*" in lower or column.lower() in lower or table.name.name.lower() not in lower


def every_state(spec: Spec, survey: Survey, history: History) -> dict[str, Missing]:
    """All states by name, those in one row only included."""
    known = known_rows(survey, history)
    found = {one.name: one for one in states(spec, survey, history)}
    for one in tuple(found.values()):
        if one.column and not one.narrow:
            for narrow in narrowed(one, survey.catalogue.table(one.table), known):
                found.setdefault(narrow.name, narrow)
    return found
