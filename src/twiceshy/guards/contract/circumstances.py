"""What is known around a difference that shows when something is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.guards.contract.missing import cleared_with, holds_documents

if TYPE_CHECKING:
    from twiceshy.guards.contract.missing import Known, Missing
    from twiceshy.guards.contract.shapes import Shape
    from twiceshy.model.history import Observation, Run
    from twiceshy.model.schema import QName
    from twiceshy.model.survey import RequestFacts, Survey

_FLAGS = re.IGNORECASE | re.DOTALL


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything that says what a difference means.

    `shows_null` tells whether the request was ever seen to send null.
    """

    survey: Survey
    missing: Missing
    run: Run
    control: Observation
    before: Shape
    after: Shape
    known: Known
    shows_null: bool

    @property
    def facts(self) -> RequestFacts:
        """The request in question."""
        return self.survey.requests[self.control.step.number]


def gone(there: Circumstances) -> set[QName]:
    """The tables that have no rows when the one in question has none."""
    return cleared_with(there.survey, there.missing.table)


def compared_tables(there: Circumstances) -> set[QName]:
    """Tables of which the queries look for rows by some value."""
    return {c.table for s in there.control.statements for c in s.comparisons}


def leaves(shape: Shape) -> list[str]:
    """The places of a body that are no objects and no arrays."""
    return [path for path, place in shape.places.items() if place.bases - {"object", "array"}]


def of_documents(there: Circumstances) -> bool:
    """Whether the column holds lists or objects, of which an answer may be made up entirely."""
    one = there.missing
    if not one.column:
        return False
    column = there.survey.catalogue.table(one.table).column(one.column)
    listed = column.kind == "array" or column.base in {"json", "jsonb"}
    return listed or holds_documents(there.known.text(one.table, one.column))


def is_compared(there: Circumstances) -> bool:
    """Whether a query filters by the column, asks whether it is NULL, or groups by it.

    What it sets equal to a column of another table does not count: that is a join.
    """
    one = there.missing
    name = re.escape(one.column)
    groups = rf"(?:group\s+by|distinct)\b.*\b{name}\b"
    asked = re.compile(rf'\b{name}"?\s+is\s+(?:not\s+)?null|{groups}', _FLAGS)
    filters = re.compile(rf"\bwhere\b.*\b{name}\b", _FLAGS)
    for statement in there.control.statements:
        if any((c.table, c.column) == (one.table, one.column) for c in statement.comparisons):
            return True
        joined = {(j.table, j.column) for j in statement.joins}
        joined |= {(j.other, j.other_column) for j in statement.joins}
        if one.table in statement.reads and asked.search(statement.text):
            return True
        filtered = one.table in statement.reads and filters.search(statement.text)
        if filtered and (one.table, one.column) not in joined:
            return True
    return False


def links(there: Circumstances) -> bool:
    """Whether the column says whose row it is, or leads to the row that was asked for."""
    one, ownership = there.missing, there.survey.ownership
    owning = {edge for way in ownership.all_paths(one.table) for edge in way}
    asked_for = compared_tables(there) | {slot.table for slot in there.facts.slots}
    return any(
        edge in owning or edge.parent in asked_for
        for edge in ownership.edges
        if edge.table == one.table and one.column in edge.columns
    )
