"""What conditions remark about a column: what is done to it, and what the outcome is held against.

Where `conditions` offers values as they stand, remarks keep the operators and functions, so that
documents, arrays, ranges and patterns can be built from them. Still nothing is decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pglast import ast, parse_plpgsql, parse_sql
from pglast.enums import A_Expr_Kind, NullTestType
from pglast.parser import ParseError

from twiceshy.synthesis.conditions import (
    FLIPPED,
    bare,
    constants,
    function_name,
    name_of,
    operator_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twiceshy.model.schema import Column, Table

_DEEPEST = 40
# Operators that take something out of a value; the rest compares.
_STEPS = {"->", "->>", "#>", "#>>", "%", "||"}
_NEGATED = {
    "=": "<>", "<>": "=", "<": ">=", ">": "<=", "<=": ">", ">=": "<", "!~": "~", "!~*": "~*",
    "!~~": "~~", "!~~*": "~~*", "<> all": "= any",
}  # fmt: skip
_QUANTIFIED: dict[int, str] = {A_Expr_Kind.AEXPR_OP_ANY: " any", A_Expr_Kind.AEXPR_OP_ALL: " all"}


@dataclass(frozen=True, slots=True)
class Remark:
    """`steps` lead from the column to what is compared, the innermost first, with their constants.

    `length(btrim(c)) > 3` has the steps `btrim` and `length`, the operator `>`, the constant 3.
    A function that is true or false by itself stands as the operator.
    """

    column: str
    steps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    operator: str = ""
    constants: tuple[str, ...] = ()

    @property
    def step(self) -> str:
        """The name of the outermost step; empty for the column itself."""
        return self.steps[-1][0] if self.steps else ""


def remarks_on(table: Table, column: Column) -> tuple[Remark, ...]:
    """Everything that CHECKs, partitions and triggers remark about the column."""
    found: list[Remark] = []
    # What is asked of a generated column is asked of those that it is computed from.
    names = {column.name, *(other.name for other in table.columns if _uses(other, column.name))}
    for check in (*table.checks, *table.bounds):
        if names.intersection(check.columns):
            found += remarks(check.expression, check.columns)
    for definition in column.checks:
        found += remarks(definition, (column.name,))
    for key in table.unique_keys:
        if key.predicate:
            found += remarks(f"CHECK ({key.predicate})", ())
    for trigger in table.triggers:
        found += remarks_of_source(trigger.source, trigger.language)
    return tuple(dict.fromkeys(remark for remark in found if remark.column in names))


def _uses(generated: Column, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", generated.computed))


@lru_cache(maxsize=4096)
def remarks(definition: str, columns: tuple[str, ...]) -> tuple[Remark, ...]:
    """Remarks of a constraint as `pg_get_constraintdef` prints it; VALUE is its only column."""
    try:
        statement: Any = parse_sql(f"ALTER TABLE t ADD {definition}")[0].stmt
    except ParseError:
        return ()
    alone = columns[0] if len(columns) == 1 else "value"
    return tuple(
        replace(remark, column=alone) if remark.column == "value" else remark
        for remark in _walk(statement.cmds[0].def_.raw_expr)
    )


@lru_cache(maxsize=512)
def remarks_of_source(source: str, language: str) -> tuple[Remark, ...]:
    """Remarks of a trigger's function about NEW; none where its language is not PL/pgSQL."""
    found: list[Remark] = []
    for expression in _expressions(source) if language == "plpgsql" else ():
        try:
            statement: Any = parse_sql(f"SELECT {expression}")[0].stmt
        except ParseError:
            continue
        for target in getattr(statement, "targetList", None) or ():
            found += _walk(target.val)
    # What a trigger refuses is often said the other way round: IF level < 40 THEN RAISE ...
    turned = [replace(remark, operator=_NEGATED.get(remark.operator, "")) for remark in found]
    return tuple(dict.fromkeys([*turned, *found]))


def _expressions(source: str) -> Iterator[str]:
    """Every expression in the body of a function."""
    wrapped = f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS {_dollars(source)}"
    try:
        parsed = parse_plpgsql(wrapped)
    except ParseError:
        return
    yield from _queries(parsed)


def _queries(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        yield from (text for item in tree for text in _queries(item))
    elif isinstance(tree, dict):
        if isinstance(tree.get("query"), str):
            yield tree["query"]
        yield from (text for item in tree.values() for text in _queries(item))


def _dollars(source: str) -> str:
    return f"$twiceshy${source}$twiceshy$"


def _walk(node: Any, depth: int = _DEEPEST) -> Iterator[Remark]:
    """Remarks of a condition and of all conditions within."""
    node = bare(node)
    if depth == 0 or node is None:
        return
    if isinstance(node, ast.A_Expr):
        yield from _of_operator(node)
    elif isinstance(node, ast.FuncCall):
        yield from _of_function(node)
    elif isinstance(node, ast.NullTest):
        test = "is null" if node.nulltesttype == NullTestType.IS_NULL else "is not null"
        yield from _remark(node.arg, test, ())
    elif isinstance(node, ast.ColumnRef | ast.A_Indirection):
        yield from _remark(node, "true", ("true",))
    for part in _inside(node):
        yield from _walk(part, depth - 1)


def _inside(node: Any) -> Iterable[Any]:
    """The conditions right below one."""
    if isinstance(node, ast.BoolExpr | ast.CoalesceExpr):
        return tuple(node.args or ())
    if isinstance(node, ast.CaseExpr):
        return (*(part for w in node.args or () for part in (w.expr, w.result)), node.defresult)
    if isinstance(node, ast.BooleanTest):
        return (node.arg,)
    if isinstance(node, ast.A_Expr):
        kinds = ast.A_Expr | ast.BoolExpr | ast.NullTest | ast.CaseExpr | ast.FuncCall
        return [side for side in (bare(node.lexpr), bare(node.rexpr)) if isinstance(side, kinds)]
    return ()


def _of_operator(node: ast.A_Expr) -> Iterator[Remark]:
    operator = operator_of(node)
    left: Any = node.lexpr
    right: Any = node.rexpr
    if operator in _STEPS:
        # A value by itself: (doc ->> 'ok')::boolean
        yield from _remark(node, "true", ("true",))
        return
    operator += _QUANTIFIED.get(node.kind or 0, "") if not _column(left) else ""
    if not _column(left):
        left, right, operator = right, left, FLIPPED.get(operator, operator)
    elif _column(right):
        # lower(code) = code: what is the same but for one step.
        yield from _remark(left, operator, ())
        yield from _remark(right, operator, ())
        return
    yield from _remark(left, operator, _texts(right))


def _of_function(node: ast.FuncCall) -> Iterator[Remark]:
    arguments = list(node.args or ())
    at = next((place for place, part in enumerate(arguments) if _column(part)), None)
    if at is not None:
        others = [text for part in arguments[:at] + arguments[at + 1 :] for text in _texts(part)]
        yield from _remark(arguments[at], function_name(node), tuple(others))


def _remark(node: Any, operator: str, texts: tuple[str, ...]) -> Iterator[Remark]:
    found = _column(node)
    if found:
        yield Remark(found[0], tuple(found[1]), operator, texts)


def _column(node: Any) -> tuple[str, list[tuple[str, tuple[str, ...]]]] | None:
    """The column below functions and casts, and the steps to what stands here."""
    node = bare(node)
    if isinstance(node, ast.ColumnRef):
        return name_of(node), []
    inner, step, texts = _step(node)
    found = _column(inner) if inner is not None else None
    if found:
        found[1].append((step, texts))
    return found


def _step(node: Any) -> tuple[Any, str, tuple[str, ...]]:
    """What stands inside of a step, and the step's name and constants."""
    if isinstance(node, ast.A_Indirection):
        field = (node.indirection or (None,))[0]
        name = field.sval if isinstance(field, ast.String) else ""
        return node.arg, ".", (str(name),)
    if isinstance(node, ast.FuncCall):
        parts = list(node.args or ())
        inner = next((part for part in parts if _column(part)), None)
        texts = tuple(text for part in parts if part is not inner for text in _texts(part))
        return inner, function_name(node), texts
    if isinstance(node, ast.A_Expr):
        operator = operator_of(node)
        if _column(node.lexpr) and not _column(node.rexpr):
            return node.lexpr, operator, _texts(node.rexpr)
        if not _column(node.lexpr):
            return node.rexpr, operator, _texts(node.lexpr)
        return node.lexpr, operator, ()
    return None, "", ()


def _texts(node: Any) -> tuple[str, ...]:
    """Constants, also those within a call: int8range(1000, 2000) is told as its text."""
    node = bare(node)
    if isinstance(node, ast.FuncCall):
        inside = [text for part in node.args or () for text in constants(part)]
        name = function_name(node)
        if name.endswith("range") and len(inside) >= 2:
            return (f"[{inside[0]},{inside[1]})",)
        return (*(f"{name}:{text}" for text in inside),) if "similar" in name else tuple(inside)
    return tuple(constants(node))
