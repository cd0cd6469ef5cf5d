"""States in which there is no valid data: one thing at a time is taken away.

In every row of a table at once (so that it does not matter which row a request shows), a column
becomes NULL, empty, zero or as large as it can be; a stored document becomes `{}`, `[]`, `null`, or
stops in the middle; or the table has no rows. NULL comes in every other row, too. Where all rows at
once break a constraint, one row has to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twiceshy.guards.contract.formats import parsed
from twiceshy.guards.contract.rows import plant_name
from twiceshy.model.scenario import Change, Clear
from twiceshy.model.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.guards.contract.spec import Spec
    from twiceshy.model.history import PlantedRow
    from twiceshy.model.ownership import Edge
    from twiceshy.model.scenario import Operation
    from twiceshy.model.schema import Column, QName, Table
    from twiceshy.model.survey import Survey

NULL, EMPTY, NUMBER, DOCUMENT, MALFORMED, ABSENT = (
    "null",
    "empty",
    "number",
    "document",
    "malformed",
    "absent",
)
MANY_ROWS = 5000
IN_ONE_ROW = " in one row"
"""Ends the name of a state that only one row is in."""

_IN_EVERY_ROW = " in every row"
_TEXTS = frozenset({"text", "varchar", "bpchar", "citext"})
_DOCUMENTS = frozenset({"json", "jsonb"})
_WHOLE = {
    "int2": ("-32768", "32767"),
    "int4": ("-2147483648", "2147483647"),
    "int8": ("-9223372036854775808", "9223372036854775807"),
}
_FRACTIONS = frozenset({"float4", "float8"})
_PRECISION = re.compile(r"numeric\((\d+)(?:,(\d+))?\)")
_CUT_OFF = '{"cut off": ['


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is taken away. `sort` is one of the names above; `column` "" for rows."""

    name: str
    says: str
    table: QName
    column: str
    sort: str
    operations: tuple[Operation, ...]
    value: str | None = None
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the rows: those planted, and a value of each column of text."""

    planted: Mapping[str, PlantedRow]
    samples: Mapping[tuple[QName, str], str]

    def text(self, table: QName, column: str) -> str:
        """What some row has in a column, or ""."""
        sample = self.samples.get((table, column))
        row = self.planted.get(plant_name(table))
        return sample or (row.values.get(column) if row else None) or ""


def missing(
    spec: Spec, survey: Survey, tables: tuple[QName, ...], known: Known, slots: frozenset[str]
) -> Iterator[Missing]:
    """Every state of these tables; `slots` are columns (`goals.id`) that say which row is meant."""
    for name in tables:
        table = survey.catalogue.table(name)
        if not is_kept(spec, survey, name):
            yield from _absent(survey, table)
        for column in table.columns:
            if why_not(table, column, slots) or name in survey.login_tables:
                continue
            for sort, value in _values(table, column, known):
                yield from _changed(table, column, sort, value, known)


def is_kept(spec: Spec, survey: Survey, name: QName) -> str:
    """Why a table cannot be emptied; "" when it can."""
    if name in survey.login_tables:
        return "it changed when the actor logged in"
    if spec.as_actor and name in survey.ownership.actor_tables:
        return "it holds who asks"
    cleared = cleared_with(survey, name)
    large = sorted(str(one) for one in cleared if survey.catalogue.table(one).rows > MANY_ROWS)
    if large:
        return f"{', '.join(large)} would lose more than {MANY_ROWS} rows"
    if cleared & (survey.login_tables | set(survey.ownership.actor_tables)):
        return "rows of who asks hang on it"
    return ""


def why_not(table: Table, column: Column, slots: frozenset[str]) -> str:
    """Why a column is left alone; "" when it is not."""
    if column.generated or column.identity == "always":
        return "PostgreSQL makes its values"
    if column.name in table.primary_key or f"{table.name}.{column.name}" in slots:
        return "it says which row is meant"
    return ""


def _absent(survey: Survey, table: Table) -> Iterator[Missing]:
    cleared = cleared_with(survey, table.name)
    loosened = tuple(
        Change(edge.table, tuple((name, None) for name in _nullable(survey, edge)))
        for edge in survey.ownership.edges
        if edge.parent in cleared and edge.table not in cleared and edge.constraint
    )
    clears = tuple(Clear(name) for name in survey.ownership.deletion_order(cleared))
    others = sorted(str(name) for name in cleared - {table.name})
    with_others = f", nor have {', '.join(others)}, which hang on it" if others else ""
    yield Missing(
        f"no {table.name}", f"{table.name} has no rows{with_others}",
        table.name, "", ABSENT, (*loosened, *clears),
    )  # fmt: skip


def _nullable(survey: Survey, edge: Edge) -> tuple[str, ...]:
    table = survey.catalogue.table(edge.table)
    return tuple(name for name in edge.columns if not table.column(name).not_null)


def cleared_with(survey: Survey, name: QName) -> set[QName]:
    """A table that is to have no rows, and those whose rows must point at one of its rows."""
    cleared, frontier = {name}, [name]
    while frontier:
        parent = frontier.pop()
        for edge in survey.ownership.edges:
            if edge.parent == parent and edge.constraint and not edge.nullable:
                frontier += [edge.table] if edge.table not in cleared else []
                cleared.add(edge.table)
    return cleared


def _values(table: Table, column: Column, known: Known) -> Iterator[tuple[str, str | None]]:
    if not column.not_null:
        yield NULL, None
    if any(column.name in key.columns for key in table.foreign_keys):
        return
    if column.kind == "array":
        yield EMPTY, "{}"
    if column.kind != "base":
        return
    if column.base in _DOCUMENTS:
        yield from ((DOCUMENT, text) for text in ("{}", "[]", "null"))
    elif column.base in _TEXTS:
        yield EMPTY, ""
        if holds_documents(known.text(table.name, column.name)):
            yield from ((DOCUMENT, text) for text in ("{}", "[]"))
            yield MALFORMED, _CUT_OFF
    else:
        yield from ((NUMBER, text) for text in _numbers(column))


def holds_documents(text: str) -> bool:
    """Whether a stored text is JSON with something inside."""
    return text.lstrip()[:1] in {"{", "["} and parsed(text) is not None


def _numbers(column: Column) -> Iterator[str]:
    if column.base in _WHOLE:
        yield from ("0", *_WHOLE[column.base])
    elif column.base in _FRACTIONS:
        yield from ("0", "1e30")
    elif column.base == "numeric":
        found = _PRECISION.fullmatch(column.base_type or column.type)
        digits, scale = (int(found[1]), int(found[2] or 0)) if found else (18, 2)
        largest = "9" * (digits - scale) or "0"
        largest += f".{'9' * scale}" if scale else ""
        yield from ("0", largest, f"-{largest}")


def _changed(
    table: Table, column: Column, sort: str, value: str | None, known: Known
) -> Iterator[Missing]:
    shown = {None: "NULL", "": "empty text", _CUT_OFF: f"`{_CUT_OFF}`, which is no JSON"}
    what = shown.get(value, str(value))
    place = f"{table.name}.{column.name}"
    wide = Missing(
        f"{place} = {what}", f"{place} is {what}{_IN_EVERY_ROW}",
        table.name, column.name, sort, (Change(table.name, ((column.name, value),)),), value,
    )  # fmt: skip
    unique = any(column.name in key.columns for key in table.unique_keys) and value is not None
    if not unique and table.rows <= MANY_ROWS:
        yield wide
        if sort == NULL and table.primary_key:
            yield _mixed(wide, table)
    else:
        yield from narrowed(wide, table, known)


def _mixed(state: Missing, table: Table) -> Missing:
    """The same in every other row: some code breaks only where values and NULL come together."""
    key = ", ".join(map(quoted, table.primary_key))
    place = f"row_number() OVER (ORDER BY {key}) AS place"
    numbered = f"SELECT {key}, {place} FROM {table.name.sql}"  # noqa: S608 - names come quoted
    odd = f"SELECT {key} FROM ({numbered}) AS numbered WHERE place % 2 = 1"  # noqa: S608 - as above
    return _only(state, f"({key}) IN ({odd})", " in every other row")


def narrowed(state: Missing, table: Table, known: Known) -> Iterator[Missing]:
    """The same in the planted row only, where there is one."""
    row = known.planted.get(plant_name(table.name))
    key = {name: row.values.get(name) for name in table.primary_key} if row else {}
    if not key or None in key.values():
        return
    where = " AND ".join(f"{quoted(name)}::text = {_literal(text)}" for name, text in key.items())
    yield _only(state, where, IN_ONE_ROW)


def _only(state: Missing, where: str, told: str) -> Missing:
    """A state of every row made one of some rows; `told` ends its name and what it says."""
    operations = tuple(
        replace(operation, where=where)
        for operation in state.operations
        if isinstance(operation, Change)
    )
    says = state.says.removesuffix(_IN_EVERY_ROW) + told
    return replace(state, name=f"{state.name}{told}", says=says, operations=operations, narrow=True)


def _literal(text: str | None) -> str:
    return "'" + str(text).replace("'", "''") + "'"
