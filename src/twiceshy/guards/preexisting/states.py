"""The states to try: rows that carry the keys, in every table that could matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.guards.preexisting.candidates import candidates
from twiceshy.guards.preexisting.met import opaque_values, written
from twiceshy.guards.preexisting.spelling import (
    AS_SENT,
    SEEN,
    before_hashing,
    in_form,
    is_hashed,
    is_secret,
    otherwise,
)
from twiceshy.model.scenario import Plant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.guards.preexisting.candidate import Candidate
    from twiceshy.guards.preexisting.spec import Spec
    from twiceshy.model.history import History
    from twiceshy.model.schema import QName, Table
    from twiceshy.model.survey import Survey

ALL_TOGETHER = "all together"
TWIN = "twin"
SEVERAL = 3
_MOST_VARIANTS = 8
_LISTED = re.compile(r"'((?:[^']|'')*)'")
_MOMENTS = {
    "date": "2020-02-03",
    "timestamp": "2020-02-03 10:00:00",
    "timestamptz": "2020-02-03 10:00:00+00",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a state: a candidate's, with the key spelled in some way and values beside it."""

    candidate: Candidate
    number: int = 1
    spelled: str = ""
    beside: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """A state in the abstract: which rows it has. `twin` sends the request several times at once.

    The rows of a `stranger` bear keys that the request does not bring.
    """

    name: str
    says: str
    rows: tuple[Row, ...]
    tables: frozenset[QName]
    variant: tuple[str, str] | None = None
    twin: bool = False
    stranger: bool = False


def situations(spec: Spec, survey: Survey, history: History) -> tuple[Situation, ...]:
    """Everything to be tried by what is known now."""
    known = candidates(spec, survey, history)
    found: list[Situation] = []
    for candidate in known:
        found += _of_one(survey, candidate)
    for table in dict.fromkeys(candidate.table for candidate in known):
        of_table = [c for c in known if c.table == table and c.behind is None and c.form != SEEN]
        if len(of_table) > 1:
            found.append(_one_person(table, of_table))
    together = elsewhere(spec, survey, history, known)
    if len({row.candidate.table for row in together}) > 1:
        found.append(
            Situation(
                ALL_TOGETHER, f"{_tables(together)} each have a row with the key",
                together, frozenset(row.candidate.table for row in together),
            )
        )  # fmt: skip
    found.append(
        Situation(TWIN, "the same request is sent four times at once", (), frozenset(), twin=True)
    )
    if together:
        says = f"the same request is sent four times at once, with rows of {_tables(together)}"
        found.append(Situation(f"{TWIN}, {ALL_TOGETHER}", says, together, frozenset(), twin=True))
    return tuple(found)


def elsewhere(
    spec: Spec, survey: Survey, history: History, known: tuple[Candidate, ...]
) -> tuple[Row, ...]:
    """One row for each of the columns that is in a table which may not refuse anybody."""
    may = {place[0] for place in written(spec, survey, history)}
    may |= {c.table for c in known if str(c.table) in {one.table for one in spec.allow}}
    counting = tuple(c for c in known if c.table not in may)
    return tuple(dict.fromkeys(row for c in _plain(counting) for row in _chain(c)))


def _plain(known: tuple[Candidate, ...]) -> Iterator[Candidate]:
    """One kind of key only: what is made of keys in an unknown way fits no other request."""
    readable = [c for c in known if c.form != SEEN]
    yield from readable or known


def _tables(rows: tuple[Row, ...]) -> str:
    return ", ".join(dict.fromkeys(str(row.candidate.table) for row in rows))


def _chain(candidate: Candidate) -> tuple[Row, ...]:
    """The candidate's row behind those that lead to it."""
    above = _chain(candidate.behind) if candidate.behind else ()
    return (*above, Row(candidate))


def _of_one(survey: Survey, candidate: Candidate) -> Iterator[Situation]:
    tables = frozenset({candidate.table})
    chain = _chain(candidate)
    above = chain[:-1]
    what = f"{candidate.table} has a row with {_with(candidate)}"
    yield Situation(f"{candidate}: one", what, chain, tables)
    several = tuple(Row(candidate, number) for number in range(1, SEVERAL + 1))
    says = f"{candidate.table} has {SEVERAL} rows with {_with(candidate)}"
    if not survey.catalogue.table(candidate.table).is_unique((candidate.column,)):
        yield Situation(f"{candidate}: several", says, (*above, *several), tables)
    if candidate.behind is None and candidate.form != SEEN and not is_hashed(candidate.form):
        for how in (
            "in upper case",
            "in lower case",
            "without signs between",
            "with signs between",
        ):
            row = Row(candidate, spelled=how)
            says = f"{what}, {how}"
            yield Situation(f"{candidate}: {how}", says, (row,), tables)
    if is_hashed(candidate.form) and candidate.behind is None and candidate.leaf:
        # The database may hash the column itself before it compares.
        row = Row(candidate, spelled=AS_SENT)
        yield Situation(f"{candidate}: {AS_SENT}", f"{what}, {AS_SENT}", (row,), tables)
    if candidate.by_schema:
        says = f"{candidate.table} has a row with somebody else's {candidate.column}"
        yield Situation(
            f"{candidate}: somebody else's", says, (Row(candidate),), tables, stranger=True
        )
    for column, value in variants(survey, survey.catalogue.table(candidate.table)):
        if column != candidate.column:
            shown = "NULL" if value is None else value
            row = Row(candidate, beside=((column, value),))
            says = f"{what}, and {column} = {shown}"
            name = f"{candidate}: {column} = {shown}"
            yield Situation(name, says, (*above, row), tables, (column, shown))


def _with(candidate: Candidate) -> str:
    if candidate.behind is not None:
        return f"{candidate.column} of the row in {candidate.behind.table} that has the key"
    how = "" if candidate.form == AS_SENT else f" {candidate.form}"
    return f"{candidate.column} = {candidate.leaf or 'the key'}{how}"


def _one_person(table: QName, known: list[Candidate]) -> Situation:
    first, *others = known
    beside = tuple((c.column, f"\0{c.leaf}\0{c.form}") for c in others)
    columns = ", ".join(c.column for c in known)
    says = f"{table} has a row with all keys of the request: {columns}"
    return Situation(f"{table}: all keys", says, (Row(first, beside=beside),), frozenset({table}))


def variants(survey: Survey, table: Table) -> tuple[tuple[str, str | None], ...]:
    """Columns that say what a row is worth: deleted or not, and each status."""
    found: list[tuple[str, str | None]] = []
    pointing = {name for key in table.foreign_keys for name in key.columns}
    for column in table.columns:
        if column.generated or column.name in pointing or is_secret(column.name):
            continue
        values: tuple[str, ...] = column.enum_labels or _listed(table, column.name)
        values = values or survey.likeness.kinds.get((table.name, column.name), ())
        if column.kind not in {"base", "enum"}:
            continue
        if column.base == "bool":
            values = ("true", "false")
        elif column.base in _MOMENTS and not column.not_null:
            # A moment that may be missing says that something has happened, or has not.
            found.append((column.name, None))
            values = (_MOMENTS[column.base],)
        found += [(column.name, value) for value in values[:_MOST_VARIANTS]]
    return tuple(found)


@lru_cache(maxsize=512)
def _listed(table: Table, column: str) -> tuple[str, ...]:
    for check in table.checks:
        if check.columns == (column,) and re.search(r"ANY \(| IN \(", check.expression):
            return tuple(value.replace("''", "'") for value in _LISTED.findall(check.expression))
    return ()


def plants(
    spec: Spec,
    survey: Survey,
    history: History,
    situation: Situation,
    number: int,
    keys: Mapping[str, str],
) -> tuple[Plant, ...] | None:
    """The situation's rows for one request; None where the key cannot be spelled that way."""
    found: list[Plant] = []
    for row in situation.rows:
        candidate = row.candidate
        value = _value(spec, survey, history, row, number, keys)
        if value is None:
            return None
        beside = tuple((name, _beside(text, keys)) for name, text in row.beside)
        suffix = "" if row.number == 1 else f".{row.number}"
        values = ((candidate.column, value), *beside)
        name = f"{candidate.plant}{suffix}"
        found.append(Plant(name, candidate.table, None, (), values, marked=False))
    return tuple(found)


def _beside(text: str | None, keys: Mapping[str, str]) -> str | None:
    if text is None or not text.startswith("\0"):
        return text
    _, leaf, form = text.split("\0")
    return in_form(keys[leaf], form)


def _value(
    spec: Spec, survey: Survey, history: History, row: Row, number: int, keys: Mapping[str, str]
) -> str | None:
    candidate = row.candidate
    if candidate.behind is not None:
        return candidate.literal
    if candidate.form == SEEN:
        met = opaque_values(spec, survey, history)[candidate.place]
        return met[number][0] if number in met else None
    if row.spelled == AS_SENT:
        return before_hashing(keys[candidate.leaf], candidate.form)
    value = in_form(keys[candidate.leaf], candidate.form)
    if row.spelled:
        return dict(otherwise(value)).get(row.spelled)
    return value
