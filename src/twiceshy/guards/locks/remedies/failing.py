"""Remedies for scripts that fail, by what PostgreSQL said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.locking import Remedy
from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from twiceshy.model.scripts import ScriptStatement

_BY_STATE = {
    "25001": "It cannot run inside of a transaction block. Put it in a file of its own, and tell "
    "the tool not to open a transaction for it.",
    "25P01": "It needs a transaction block: put BEGIN before and COMMIT after it.",
    "23502": "Rows that are there have no value for it. Add the column without NOT NULL, fill it "
    "in batches, then prove it (CHECK NOT VALID, VALIDATE, SET NOT NULL).",
    "23505": "Rows that are there are not unique. Clean them up first.",
    "23503": "Rows that are there point at nothing. Clean them up before VALIDATE.",
    "23514": "Rows that are there do not satisfy it. Add it NOT VALID, clean up, then VALIDATE.",
    "42P07": "It is there already, perhaps from a try that went half through.",
    "42701": "The column is there already, perhaps from a try that went half through.",
    "42P01": "The table is not there: is the schema that of production?",
    "42703": "The column is not there: is the schema that of production?",
    "42601": "The server cannot read it: correct the statement.",
    "42501": "The role that runs it may not do that.",
    "55P03": "It did not get its lock in time. Try again, with pauses.",
    "57014": "It takes longer than statement_timeout allows. Split it, or allow more for this one.",
}


def remedy_for_failure(statement: ScriptStatement | None, error: str) -> Remedy:
    """What to do about a script that does not get through."""
    state = error[:5]
    shape = shape_of(statement.sql) if statement is not None else None
    if shape is not None and shape.tag.startswith("create") and shape.concurrently and shape.name:
        return Remedy(
            "The failed build has left an invalid index behind, which every write maintains and "
            "IF NOT EXISTS takes for done. Drop it, mend the rows, then build it again.",
            f"DROP INDEX CONCURRENTLY IF EXISTS {shape.name};",
        )
    return Remedy(_BY_STATE.get(state, "Mend the statement, then rehearse it again."))
