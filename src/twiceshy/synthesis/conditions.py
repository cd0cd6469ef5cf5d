"""What CHECK constraints say about their columns: constants to try. The one place that parses them.

Nothing here decides whether a row is right; PostgreSQL does. So every constant that a column is
compared with is worth a try, wherever it stands in the condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind, BoolExprType
from pglast.parser import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LENGTHS = {"length", "char_length", "character_length", "octet_length", "bit_length"}
_MOMENTS = {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp"}
# The operators under which a column may hold only what is listed.
_LISTING = {"=", "~~", "~~*"}


@dataclass(frozen=True, slots=True)
class Hints:
    """Values worth trying for one column, best first, and lengths that its text may have.

    `listed` says that the column is compared for equality: it holds one of few values.
    """

    values: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    listed: bool = False

    def __add__(self, other: Hints) -> Hints:
        """Both, without repetition."""
        return Hints(
            tuple(dict.fromkeys(self.values + other.values)),
            tuple(dict.fromkeys(self.lengths + other.lengths)),
            self.listed or other.listed,
        )


@lru_cache(maxsize=4096)
def hints(definition: str, columns: tuple[str, ...]) -> dict[str, Hints]:
    """Hints by column from a constraint as `pg_get_constraintdef` prints it.

    `columns` are those that the constraint is about. In a domain's constraint VALUE stands for
    its only column. What cannot be parsed gives no hints.
    """
    try:
        statement: Any = parse_sql(f"ALTER TABLE t ADD {definition}")[0].stmt
    except ParseError:
        return {}
    found: dict[str, Hints] = {}
    for name, hint in _walk(statement.cmds[0].def_.raw_expr):
        known = name if name in columns or len(columns) != 1 or name != "value" else columns[0]
        found[known] = found.get(known, Hints()) + hint
    return found


def _walk(node: Any) -> Iterator[tuple[str, Hints]]:
    if isinstance(node, ast.A_Expr):
        yield from _comparison(node)
    elif isinstance(node, ast.BoolExpr):
        if node.boolop == BoolExprType.NOT_EXPR:
            # What is forbidden is no candidate.
            return
        for part in node.args or ():
            yield from _walk(part)
    elif isinstance(node, ast.ColumnRef):
        yield name_of(node), Hints(("true",), listed=True)
    elif isinstance(node, ast.CaseExpr):
        for branch in node.args or ():
            yield from _walk(branch.expr)
            yield from _walk(branch.result)
        yield from _walk(node.defresult)


def _comparison(node: ast.A_Expr) -> Iterator[tuple[str, Hints]]:
    operator = operator_of(node)
    left: Any = node.lexpr
    right: Any = node.rexpr
    if isinstance(bare(left), ast.A_Const):
        left, right, operator = right, left, FLIPPED.get(operator, operator)
    subject = bare(left)
    if isinstance(subject, ast.FuncCall) and function_name(subject) in _LENGTHS:
        yield from _length(subject, operator, right)
    elif isinstance(subject, ast.FuncCall) and subject.args:
        # lower(code) = 'x', abs(n) < 5: the argument itself is worth the same try.
        subject = bare(subject.args[0])
    if not isinstance(subject, ast.ColumnRef):
        # (status = 'open') = (closed_at IS NULL)
        yield from (hint for side in (left, right) for hint in _conditions(side))
    else:
        compared = list(constants(right))
        if node.kind in {A_Expr_Kind.AEXPR_BETWEEN, A_Expr_Kind.AEXPR_BETWEEN_SYM}:
            yield name_of(subject), _hint(">=", compared[:1])
            operator = "<="
            compared = compared[1:]
        yield name_of(subject), _hint(operator, compared)
        if _is_moment(right):
            yield name_of(subject), Hints(("tomorrow", "yesterday", "today"))


def _conditions(node: Any) -> Iterator[tuple[str, Hints]]:
    if isinstance(node, ast.A_Expr | ast.BoolExpr | ast.CaseExpr):
        yield from _walk(node)


def _hint(operator: str, compared: list[str]) -> Hints:
    listed = operator in _LISTING and bool(compared)
    values = [value for constant in compared for value in near(operator, constant)]
    return Hints(tuple(dict.fromkeys(values)), listed=listed)


def near(operator: str, constant: str) -> list[str]:
    """The constant and its neighbours, those first that satisfy the operator.

    Empty for an operator that compares nothing.
    """
    if operator in _LISTING:
        return [constant.replace("%", "")]
    up, down = _step(constant, 1), _step(constant, -1)
    half = _step(constant, 0.5 if operator in {">", ">="} else -0.5)
    order = {
        ">=": [constant, *up, *half],
        "<=": [constant, *down, *half],
        ">": [*up, *half],
        "<": [*down, *half],
        "<>": [*up, *down],
    }
    return order.get(operator, [])


def _step(constant: str, by: float) -> list[str]:
    try:
        return [str(Decimal(constant) + Decimal(str(by)))]
    except InvalidOperation:
        pass
    try:
        day = date.fromisoformat(constant[:10])
    except ValueError:
        return []
    return [str(day + timedelta(days=int(by)))] if by == int(by) else []


def _length(call: ast.FuncCall, operator: str, bound: Any) -> Iterator[tuple[str, Hints]]:
    subject = bare(call.args[0]) if call.args else None
    while isinstance(subject, ast.FuncCall) and subject.args:
        # The length of what trim() leaves is the length of the text, for our purposes.
        subject = bare(subject.args[0])
    if isinstance(subject, ast.ColumnRef):
        shift = {">": 1, "<": -1}.get(operator, 0)
        lengths = [int(text) + shift for text in constants(bound) if text.isdigit()]
        yield name_of(subject), Hints(lengths=tuple(n for n in lengths if n >= 0))


def bare(node: Any) -> Any:
    """The expression below casts, and below COALESCE, which only says what NULL counts as."""
    while isinstance(node, ast.TypeCast | ast.CoalesceExpr):
        node = node.arg if isinstance(node, ast.TypeCast) else (node.args or (None,))[0]
    return node


def constants(node: Any) -> Iterator[str]:
    """The constants of a literal, of an array, or of a list of these."""
    node = bare(node)
    if isinstance(node, ast.A_Const) and not node.isnull:
        yield _constant(node)
    elif isinstance(node, ast.A_ArrayExpr):
        yield from (text for element in node.elements or () for text in constants(element))
    elif isinstance(node, tuple):
        yield from (text for element in node for text in constants(element))
    elif isinstance(node, ast.A_Expr) and node.lexpr is None:
        yield from (f"-{text}" for text in constants(node.rexpr))


def _constant(node: ast.A_Const) -> str:
    value: Any = node.val
    if isinstance(value, ast.Integer):
        return str(value.ival)
    if isinstance(value, ast.Float):
        return str(value.fval)
    if isinstance(value, ast.Boolean):
        return "true" if value.boolval else "false"
    return str(getattr(value, "sval", None) or getattr(value, "bsval", ""))


def _is_moment(node: Any) -> bool:
    node = bare(node)
    if isinstance(node, ast.A_Expr):
        return _is_moment(node.lexpr)
    if isinstance(node, ast.FuncCall):
        return function_name(node) in _MOMENTS
    return isinstance(node, ast.SQLValueFunction)


def operator_of(node: ast.A_Expr) -> str:
    """The operator as it is written."""
    return "".join(str(part.sval) for part in node.name or () if isinstance(part, ast.String))


def function_name(call: ast.FuncCall) -> str:
    """The function's name without its schema."""
    parts = [part.sval for part in call.funcname or () if isinstance(part, ast.String)]
    return str(parts[-1]) if parts else ""


def name_of(reference: ast.ColumnRef) -> str:
    """The column's name without its table."""
    parts = [part.sval for part in reference.fields or () if isinstance(part, ast.String)]
    return str(parts[-1]) if parts else ""
