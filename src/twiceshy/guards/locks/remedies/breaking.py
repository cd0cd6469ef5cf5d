"""Remedies for scripts after which queries of the application fail: expand, then contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.guards.locks.remedies.steps import TIMEOUT, named
from twiceshy.model.locking import Remedy
from twiceshy.postgres.shapes import shape_of

if TYPE_CHECKING:
    from twiceshy.model.scripts import ScriptStatement
    from twiceshy.postgres.shape import Shape

_DROP = (
    "Release a version of the application that no longer names it, let it run everywhere, and only "
    "then drop it."
)
_RENAME = (
    "Old and new versions of the application run side by side for a while, so both names must "
    "work: "
    "add the new column, keep the two equal with a trigger, fill it in batches, move the "
    "application over, then drop the old one."
)
_TABLE = (
    "Until every instance of the application knows the new name, a view keeps the old one working; "
    "drop it afterwards."
)
_RIGHTS = "Give the application's role what it needs (policy, GRANT) in the same transaction."
_CONTRACT = (
    "Queries that worked before must work beside both versions of the schema: first add what is "
    "new, move the application over, then take away what is old."
)


def remedy_for_break(statement: ScriptStatement | None, relation: str, error: str) -> Remedy:
    """What to do in place of a statement that breaks queries."""
    if statement is None:
        return Remedy(_CONTRACT)
    shape = shape_of(statement.sql)
    if shape.tag == "rename table":
        return _with_view(statement, shape)
    if error.startswith("42501"):
        return Remedy(_RIGHTS)
    if shape.tag == "rename column":
        return Remedy(_RENAME)
    drops = any(action.sort == "DropColumn" for action in shape.actions)
    if shape.tag.startswith("drop ") or drops or relation in statement.dropped:
        return Remedy(_DROP)
    if any(action.sort == "SetNotNull" for action in shape.actions):
        return Remedy("Release a version that writes the column always, or give it a DEFAULT.")
    return Remedy(_CONTRACT)


def _with_view(statement: ScriptStatement, shape: Shape) -> Remedy:
    schema = shape.table.rpartition(".")[0]
    new = f"{schema}.{shape.target}" if schema else shape.target
    old = f"{schema}.{named(shape.table)}" if schema else named(shape.table)
    rename = statement.sql.rstrip("; \n") + ";"
    view = f"CREATE VIEW {old} AS SELECT * FROM {new};"
    lines = [TIMEOUT, "BEGIN;", rename, view, "COMMIT;"]
    return Remedy(_TABLE, "\n".join(lines))
