"""What a column would have to hold so that a condition with other columns becomes true.

`ends = starts + '1 day'`, `total > net`, `net + tax = total`: the other side of a comparison is an
expression that PostgreSQL can work out for the row at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pglast import ast, parse_sql
from pglast.parser import ParseError
from pglast.stream import RawStream
from pglast.visitors import Visitor

from twiceshy.synthesis.conditions import FLIPPED, bare, name_of, operator_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 24
_STRICT = {">": "+", "<": "-", "<>": "+"}
_COMPARING = {"=", "<", ">", "<=", ">=", "<>"}
_INVERSE = {"+": "-", "-": "+"}
# Steps that lead past a bound, for numbers and days, moments, and spans of time.
_STEPS = ("1", "INTERVAL '1 day'", "INTERVAL '1 second'")


@dataclass(frozen=True, slots=True)
class Formula:
    """SQL over the other columns of the row that gives a value for `column`."""

    column: str
    expression: str


@lru_cache(maxsize=2048)
def formulas(definition: str, columns: tuple[str, ...]) -> tuple[Formula, ...]:
    """All formulas of a constraint as `pg_get_constraintdef` prints it, the plainest first."""
    try:
        statement: Any = parse_sql(f"ALTER TABLE t ADD {definition}")[0].stmt
    except ParseError:
        return ()
    found = _Comparisons()
    found(statement)
    known = (formula for node in found.nodes for formula in _of(node))
    named = (
        Formula(columns[0], formula.expression)
        if formula.column == "value" and len(columns) == 1
        else formula
        for formula in known
    )
    return tuple(dict.fromkeys(named))[:_MOST]


class _Comparisons(Visitor):
    """Collects the comparisons of a condition, wherever they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[ast.A_Expr] = []

    def visit_A_Expr(self, _: object, node: ast.A_Expr) -> None:  # noqa: N802 - pglast's
        """Called for each operator."""
        if operator_of(node) in _COMPARING and node.lexpr is not None:
            self.nodes.append(node)


class _Names(Visitor):
    """Collects the columns that an expression reads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def visit_ColumnRef(self, _: object, node: ast.ColumnRef) -> None:  # noqa: N802 - pglast's
        """Called for each column."""
        self.found.add(name_of(node))


def _of(node: ast.A_Expr) -> Iterator[Formula]:
    operator = operator_of(node)
    for side, other, sign in (
        (node.lexpr, node.rexpr, operator),
        (node.rexpr, node.lexpr, FLIPPED.get(operator, operator)),
    ):
        if not isinstance(other, tuple):
            yield from _solved(side, _sql(other), _reads(other), sign)


def _solved(side: Any, other: str, reads: set[str], sign: str) -> Iterator[Formula]:
    """`side sign other`, solved for a column of the side."""
    side = bare(side)
    if isinstance(side, ast.ColumnRef):
        if name_of(side) not in reads:
            yield from (Formula(name_of(side), text) for text in _past(other, sign))
    elif isinstance(side, ast.A_Expr) and operator_of(side) in _INVERSE and side.lexpr is not None:
        left, right = bare(side.lexpr), bare(side.rexpr)
        if isinstance(left, ast.ColumnRef):
            moved = f"({other}) {_INVERSE[operator_of(side)]} ({_sql(right)})"
            yield from _solved(left, moved, reads | _reads(right), sign)
        if isinstance(right, ast.ColumnRef):
            plus = operator_of(side) == "+"
            one, two = (other, _sql(left)) if plus else (_sql(left), other)
            turned = sign if plus else FLIPPED.get(sign, sign)
            yield from _solved(right, f"({one}) - ({two})", reads | _reads(left), turned)


def _past(other: str, sign: str) -> Iterator[str]:
    if sign not in _STRICT:
        yield other
        return
    yield from (f"({other}) {_STRICT[sign]} {step}" for step in _STEPS)


def _sql(node: Any) -> str:
    return str(RawStream()(node))


def _reads(node: Any) -> set[str]:
    names = _Names()
    names(node)
    return names.found
