"""The rows that people are: an account is as much theirs as what hangs on it.

Those rows are there in every state, for without them nobody could log in. So a value of the other's
account accuses only where the same request never shows it to the actor otherwise: colleagues may
well be named in a list, and still nobody should get their details by their id.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from twiceshy.guards.canary import holds_value
from twiceshy.model.history import PlantedRow, Reply
from twiceshy.synthesis.typical import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twiceshy.guards.isolation.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import Row, Survey

# A shorter text may stand in an answer by chance.
_TELLING = 8


def account(survey: Survey, name: str, other: str) -> tuple[PlantedRow, ...]:
    """The rows that an actor is; texts that `other` does not have as well are their marks."""
    tables = survey.ownership.actor_tables
    elsewhere = {
        value.casefold() for _, row in survey.actors[other].rows for value in row.values() if value
    }
    return tuple(
        PlantedRow(f"{name}.{table}", table, name, row, _marks(survey, table, row, elsewhere))
        for table, row in survey.actors[name].rows
        if table in tables
    )


def _marks(survey: Survey, table: QName, row: Row, elsewhere: set[str]) -> dict[str, str]:
    facts = survey.catalogue.table(table)
    return {
        column.name: value
        for column in facts.columns
        if column.base in TEXTS and column.name not in facts.primary_key
        for value in [row.get(column.name)]
        if value and len(value) >= _TELLING and value.casefold() not in elsewhere
    }


def shown_anyway(spec: Spec, survey: Survey, history: History) -> Mapping[int, frozenset[str]]:
    """Texts of the other's account that a request shows also without naming the other."""
    rows = account(survey, spec.against, spec.as_actor)
    marks = {text for row in rows for text in row.marks.values()}
    found: dict[int, set[str]] = defaultdict(set)
    for run in history:
        if run.scenario.role == "perturbed":
            continue
        for seen in run.observations:
            if seen.step.actor == spec.as_actor and isinstance(seen.answer, Reply):
                reply = seen.answer
                found[seen.step.number] |= {text for text in marks if holds_value(reply, text)}
    return {number: frozenset(texts) for number, texts in found.items()}
