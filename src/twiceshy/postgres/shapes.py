"""What a statement is, as far as its text tells, and rewritings of it.

Texts in a `Shape` are SQL as PostgreSQL's own parser reads it, written out again: names are quoted
where they must be, so that they can be pasted into another statement.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pglast import ast, parse_sql
from pglast.enums import LockWaitPolicy
from pglast.parser import ParseError

from twiceshy.postgres.shape import Shape
from twiceshy.postgres.shape_readers import read, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache(maxsize=2048)
def shape_of(sql: str) -> Shape:
    """The shape of one statement; of a text that does not parse, nothing is known."""
    try:
        statements = parse_sql(sql)
    except ParseError:
        return Shape()
    if len(statements) != 1:
        return Shape()
    statement = statements[0].stmt
    # Looked through before `read`, which writes into the tree.
    nodes = list(_nodes(statement))
    shape = read(statement)
    return replace(
        shape,
        changes_rows=any(_changes(node) for node in nodes),
        locks_rows=any(isinstance(node, ast.LockingClause) for node in nodes),
        nowait=shape.nowait or any(_refuses_to_wait(node) for node in nodes),
    )


def is_volatile(default: str) -> bool:
    """Whether a default calls anything but the functions that give one value per transaction."""
    try:
        statement = parse_sql(f"SELECT {default}")[0].stmt
    except ParseError:
        return True
    calls = [
        ".".join(part.sval for part in node.funcname or ())
        for node in _nodes(statement)
        if isinstance(node, ast.FuncCall)
    ]
    return any(call.removeprefix("pg_catalog.") not in _STABLE for call in calls)


_STABLE = frozenset({"now", "transaction_timestamp", "statement_timestamp"})


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, ast.Node):
        yield node
        for name in getattr(node, "__slots__", ()):
            yield from _nodes(getattr(node, name, None))


def _changes(node: Any) -> bool:
    """Whether it changes or removes rows that are there, and so locks them."""
    if isinstance(node, ast.UpdateStmt | ast.DeleteStmt | ast.MergeStmt):
        return True
    conflict = node.onConflictClause if isinstance(node, ast.InsertStmt) else None
    return conflict is not None and bool(conflict.targetList)


def _refuses_to_wait(node: Any) -> bool:
    return isinstance(node, ast.LockingClause) and (node.waitPolicy == LockWaitPolicy.LockWaitError)


# -- rewriting --------------------------------------------------------------------------------


def of_new_row(expression: str) -> str:
    """The expression with each bare column taken from NEW, as in the body of a trigger."""
    statement = parse_sql(f"SELECT {expression}")[0].stmt
    for node in _nodes(statement):
        fields = node.fields if isinstance(node, ast.ColumnRef) else None
        if fields is not None and len(fields) == 1:
            node.fields = (ast.String(sval="new"), *fields)
    return text_of(statement).removeprefix("SELECT ")


def index_on(sql: str, table: str, name: str, *, only: bool, concurrently: bool) -> str:
    """A CREATE INDEX under another name on another table; `only` leaves partitions out."""
    statement: Any = parse_sql(sql)[0].stmt
    select: Any = parse_sql(f"SELECT FROM {table}")[0].stmt
    target = select.fromClause[0]
    target.inh = not only
    target.alias = None
    statement.relation = target
    statement.idxname = name.strip('"')
    statement.concurrent = concurrently
    return text_of(statement)
