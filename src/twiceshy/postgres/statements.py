"""SQL text, parsed with PostgreSQL's own parser (pglast). The one place that does so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pglast import ast, parse_sql
from pglast.parser import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator


_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)+)"|([^,{}"]+)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Compared:
    """A column, by alias when it was qualified, compared with a constant."""

    alias: str
    column: str
    operator: str
    value: str


@lru_cache(maxsize=8192)
def comparisons(condition: str) -> tuple[Compared, ...]:
    """Every comparison of a column with a constant in a condition as EXPLAIN VERBOSE prints it.

    Conditions that hold something which is no SQL (`SubPlan 1`, `$0` of an InitPlan) give what can
    be read of them, possibly nothing.
    """
    try:
        statement = parse_sql(f"SELECT {condition}")[0].stmt
    except ParseError:
        return ()
    return tuple(dict.fromkeys(_walk(statement)))


@lru_cache(maxsize=8192)
def equalities(condition: str) -> tuple[tuple[str, str, str, str], ...]:
    """Every two columns that a condition sets equal: alias and name of one, then of the other.

    Either may stand inside a function or a cast. Aliases are "" where none was written.
    """
    try:
        statement = parse_sql(f"SELECT {condition}")[0].stmt
    except ParseError:
        return ()
    return tuple(dict.fromkeys(_paired(statement)))


@lru_cache(maxsize=1024)
def copied(sql: str) -> tuple[tuple[str, str, bool], ...]:
    """Schema ("" where not named), table and whether it is written, of each COPY of a table.

    `sql` may be several statements. A COPY of a query is left out, since it has a plan.
    """
    try:
        statements = [raw.stmt for raw in parse_sql(sql)]
    except ParseError:
        return ()
    return tuple(
        (copy.relation.schemaname or "", str(copy.relation.relname), bool(copy.is_from))
        for copy in statements
        if isinstance(copy, ast.CopyStmt) and copy.relation is not None
    )


def _walk(node: Any) -> Iterator[Compared]:
    if isinstance(node, ast.A_Expr):
        yield from _compared(node)
    for name in getattr(node, "__slots__", ()) if isinstance(node, ast.Node) else ():
        yield from _walk(getattr(node, name))
    if isinstance(node, tuple):
        for item in node:
            yield from _walk(item)


def _paired(node: Any) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(node, ast.A_Expr) and [str(part.sval) for part in node.name or ()] == ["="]:
        for one in _columns(node.lexpr):
            for other in _columns(node.rexpr):
                yield (*_named(one), *_named(other))
    for name in getattr(node, "__slots__", ()) if isinstance(node, ast.Node) else ():
        yield from _paired(getattr(node, name))
    if isinstance(node, tuple):
        for item in node:
            yield from _paired(item)


def _named(column: ast.ColumnRef) -> tuple[str, str]:
    parts = [str(part.sval) for part in column.fields or () if isinstance(part, ast.String)]
    return (parts[-2] if len(parts) > 1 else "", parts[-1] if parts else "")


def _compared(node: ast.A_Expr) -> Iterator[Compared]:
    operator = "".join(str(part.sval) for part in node.name or ())
    for column_side, value_side in ((node.lexpr, node.rexpr), (node.rexpr, node.lexpr)):
        constants = list(_constants(value_side)) or list(_arguments(value_side))
        if not constants or list(_constants(column_side)):
            continue
        for column in _columns(column_side):
            fields = column.fields or ()
            parts = [str(field.sval) for field in fields if isinstance(field, ast.String)]
            if parts:
                alias = parts[-2] if len(parts) > 1 else ""
                for constant in constants:
                    yield Compared(alias, parts[-1], operator, constant)


def _columns(node: Any) -> Iterator[ast.ColumnRef]:
    if isinstance(node, ast.ColumnRef):
        yield node
    elif isinstance(node, ast.TypeCast | ast.CollateClause):
        yield from _columns(node.arg)
    elif isinstance(node, ast.A_Expr):
        yield from _columns(node.lexpr)
        yield from _columns(node.rexpr)
    elif isinstance(node, ast.FuncCall | ast.CoalesceExpr):
        for argument in node.args or ():
            yield from _columns(argument)


def _constants(node: Any) -> Iterator[str]:
    if isinstance(node, ast.A_Const):
        yield _constant(node)
    elif isinstance(node, ast.CollateClause):
        yield from _constants(node.arg)
    elif isinstance(node, ast.TypeCast):
        for text in _constants(node.arg):
            is_array = node.typeName is not None and node.typeName.arrayBounds
            yield from _elements(text) if is_array else (text,)
    elif isinstance(node, ast.A_ArrayExpr):
        for element in node.elements or ():
            yield from _constants(element)


def _arguments(node: Any) -> Iterator[str]:
    """Constants that a function is called with: not every function is folded into its result."""
    if isinstance(node, ast.TypeCast | ast.CollateClause):
        yield from _arguments(node.arg)
    elif isinstance(node, ast.FuncCall) and not list(_columns(node)):
        for argument in node.args or ():
            yield from (*_constants(argument), *_arguments(argument))


def _elements(text: str) -> Iterator[str]:
    """Of an array as it prints: `{1,2,"a, b"}`."""
    for quoted, bare in _ELEMENT.findall(text):
        yield re.sub(r"\\(.)", r"\1", quoted) if quoted else bare


def _constant(node: ast.A_Const) -> str:
    value = node.val
    for attribute in ("sval", "ival", "fval", "boolval", "bsval"):
        if hasattr(value, attribute):
            return str(getattr(value, attribute))
    return "NULL"
