"""The candidates of one column, best first: its ladder. A refusal moves a column one rung down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, overload

from twiceshy.synthesis.conditions import Hints, hints
from twiceshy.synthesis.remarks import remarks_on
from twiceshy.synthesis.suited import candidates, suited
from twiceshy.synthesis.texts import fresh_text, is_free, with_token
from twiceshy.synthesis.typical import (
    DECIMALS,
    INTEGERS,
    TEXTS,
    fits,
    fresh,
    room_for_digits,
    typical,
)
from twiceshy.synthesis.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twiceshy.model.schema import Column, Table
    from twiceshy.synthesis.identity import Identity

COPY = "a copy of an existing row"
FRESH = "a fresh value"
MARK = "a mark"
COMPUTED = "worked out"
_CHECKED = "a CHECK constraint"
_ATTEMPTS = 4
_VARIANTS = 12
# A fresh text shorter than this may stand elsewhere by chance.
_TELLING = 8
_NUMBERING = INTEGERS | TEXTS | {"uuid", "numeric"}
_DOCUMENTS = frozenset({"json", "jsonb"})
_GENERATORS = re.compile(r"\bnextval\(|uuid\w*\(")
_WEAK_NAMES = re.compile(
    r"(^|_)(lat|lon|lng|long|latitude|longitude|rate|ratio|percent|percentage|pct|score|rating|"
    r"probability|weight|factor|tax|vat|x|y|z)(_|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One candidate: `value` (None is NULL), or the column left out so that its default counts.

    `mark` is the text by which the value is recognised in a response; `source` says where the
    candidate came from, for people.
    """

    value: str | None
    source: str
    mark: str | None = None
    omit: bool = False


@dataclass(frozen=True)
class Wish:
    """A row that is wanted.

    `fixed` are values that are decided: overrides and foreign keys. `sample` is an existing row
    to resemble, `repeated` the columns whose values repeat among existing rows, `offered` values
    from requests by column name, `choices` those that people gave, best first. `marked` rows carry
    canaries, except in `unmarked` columns.
    """

    table: Table
    identity: Identity
    fixed: Mapping[str, str | None] = field(default_factory=dict)
    sample: Mapping[str, str | None] | None = None
    repeated: frozenset[str] = frozenset()
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marked: bool = False
    unmarked: frozenset[str] = frozenset()

    def may_mark(self, column: Column) -> bool:
        """Whether the wish allows a canary in the column."""
        return self.marked and column.name not in self.unmarked


class Ladder(Sequence[Rung]):
    """Rungs, each worked out when somebody looks at it: most rows are taken with the first ones."""

    def __init__(self, rungs: Iterator[Rung]) -> None:
        self._known: list[Rung] = []
        self._rest = rungs

    @overload
    def __getitem__(self, place: int) -> Rung: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Rung]: ...

    def __getitem__(self, place: int | slice) -> Rung | Sequence[Rung]:
        """The rung, or a part of all rungs."""
        if isinstance(place, int) and place >= 0:
            self._known += islice(self._rest, max(0, place + 1 - len(self._known)))
        else:
            self._known += self._rest
        return self._known[place]

    def __len__(self) -> int:
        """How many rungs there are."""
        self._known += self._rest
        return len(self._known)

    def __bool__(self) -> bool:
        """Whether there is any."""
        self._known += islice(self._rest, 0 if self._known else 1)
        return bool(self._known)


def ladder(wish: Wish, column: Column) -> Ladder:
    """Every candidate for `column`, each value once; empty for a column never named."""
    return Ladder(_distinct(wish, column))


def _distinct(wish: Wish, column: Column) -> Iterator[Rung]:
    if column.generated:
        return
    if column.name in wish.fixed:
        yield Rung(wish.fixed[column.name], "given")
        return
    met: set[tuple[str | None, bool]] = set()
    for rung in _rungs(wish, column):
        new = (rung.value, rung.omit) not in met
        if new and (rung.value is None or rung.source == COPY or fits(column, rung.value)):
            met.add((rung.value, rung.omit))
            yield rung


def _rungs(wish: Wish, column: Column) -> Iterator[Rung]:
    hint = _hints(wish.table, column)
    alone = _is_key(wish, column)
    yield from (Rung(value, "given by hand") for value in wish.choices.get(column.name, ()))
    if alone:
        yield from _fresh(wish, column)
    else:
        yield from _marked(wish, column, hint)
        yield from _copy(wish, column)
        if _shares_key(wish.table, column) and not hint.listed:
            yield from _fresh(wish, column)
    if column.default is not None or column.identity:
        yield Rung(None, "its default", omit=True)
    if not column.not_null and wish.sample is None:
        yield Rung(None, "NULL")
    yield from (Rung(label, "an enum label") for label in column.enum_labels if _is_enum(column))
    yield from _from_checks(wish, column, hint)
    yield from (Rung(value, "a request") for value in wish.offered.get(column.name, ()))
    yield from (Rung(value, "typical of its type") for value in typical(column, wish.identity))
    if not alone and not hint.listed:
        yield from _fresh(wish, column)
    if not column.not_null:
        yield Rung(None, "NULL")


def _is_enum(column: Column) -> bool:
    return column.kind == "enum"


def _hints(table: Table, column: Column) -> Hints:
    found = Hints()
    for check in (*table.checks, *table.bounds):
        if column.name in check.columns:
            found += hints(check.expression, check.columns).get(column.name, Hints())
    return found


def _foreign(table: Table) -> set[str]:
    return {name for key in table.foreign_keys for name in key.columns}


def _is_key(wish: Wish, column: Column) -> bool:
    """Whether each row needs a value of its own here, whatever its other columns hold."""
    table = wish.table
    if any(key.columns == (column.name,) and key.predicate is None for key in table.unique_keys):
        return True
    return _is_handed_out(column) or column.name == _numbering(table)


def _is_handed_out(column: Column) -> bool:
    """Whether the database gives each row a value of its own by default."""
    return bool(column.identity or _GENERATORS.search(column.default or ""))


def _numbering(table: Table) -> str | None:
    """The column of a composite primary key that tells its rows apart by itself.

    The one that the database hands out. Without such a one it is the first of (id, at), but none
    of (order_id, line_no): a line's number is no key.
    """
    columns = [table.column(name) for name in table.primary_key]
    handed_out = (item.name for item in columns if _is_handed_out(item))
    plain = [item.name for item in columns if item.base in _NUMBERING]
    if not _foreign(table).isdisjoint(table.primary_key):
        plain = []
    return next(handed_out, plain[0] if plain else None)


def _shares_key(table: Table, column: Column) -> bool:
    """Whether the column is part of a unique key, or may be part of one over expressions."""
    if column.kind == "range":
        return True
    return any(
        column.name in key.columns or (not key.columns and column.base in TEXTS)
        for key in table.unique_keys
    )


def _place(wish: Wish, column: Column) -> int:
    key = wish.table.primary_key
    return 0 if key == (column.name,) else 1 + wish.table.column_names.index(column.name)


def _fresh(wish: Wish, column: Column) -> Iterator[Rung]:
    if column.kind == "enum" or column.base == "bool":
        return
    allowed = wish.may_mark(column)
    yield from _fresh_and_suited(wish, column)
    if column.base in INTEGERS or column.base == "numeric":
        yield from _fresh_numbers(wish, column, allowed=allowed)
    elif column.base == "uuid":
        for attempt in range(_ATTEMPTS):
            value = wish.identity.uuid(_place(wish, column), attempt)
            yield Rung(value, FRESH, mark=value if allowed else None)
    elif column.base in TEXTS:
        yield from _fresh_texts(wish, column, allowed=allowed)
    else:
        values = (fresh(column, wish.identity, attempt) for attempt in range(_ATTEMPTS))
        yield from (Rung(value, FRESH) for value in values if value is not None)


def _fresh_and_suited(wish: Wish, column: Column) -> Iterator[Rung]:
    """What patterns and compound types ask for, with a different part for each row."""
    found = remarks_on(wish.table, column)
    for attempt in range(_ATTEMPTS):
        if column.base in TEXTS:
            values = tuple(written(column, found, wish.identity, attempt))
        elif column.parts or found:
            values = candidates(column, found, wish.identity, attempt)[:_VARIANTS]
        else:
            return
        for value in values:
            telling = len(value) >= _TELLING and wish.may_mark(column) and _is_key(wish, column)
            yield Rung(value, FRESH, mark=value if telling and column.base in TEXTS else None)


def _fresh_numbers(wish: Wish, column: Column, *, allowed: bool) -> Iterator[Rung]:
    place = _place(wish, column)
    key = _is_key(wish, column)
    if not key:
        # The number of a line in an order: small, but beyond what the application numbered.
        for attempt in range(_ATTEMPTS):
            yield Rung(str(1_000 * (attempt + 1) + wish.identity.row), FRESH)
    for attempt in range(_ATTEMPTS):
        if column.base == "int2":
            yield Rung(str(wish.identity.small_integer(place, attempt)), FRESH)
        else:
            value = str(wish.identity.integer(place, attempt))
            yield Rung(value, FRESH, mark=value if allowed and key else None)
    yield from (Rung(str(n * 50 + wish.identity.row), FRESH) for n in range(_ATTEMPTS))


def _fresh_texts(wish: Wish, column: Column, *, allowed: bool) -> Iterator[Rung]:
    sample = (wish.sample or {}).get(column.name)
    if allowed and is_free(column.name, sample):
        yield from _tokens(wish, column, sample)
    elif allowed and column.name in wish.table.primary_key and not sample:
        yield from _tokens(wish, column, None)
    for attempt in range(_ATTEMPTS):
        value = fresh_text(column.name, sample, wish.identity, column.max_length, attempt)
        token = wish.identity.token(column.name, attempt)
        mark = token if token in value else value
        telling = allowed and len(mark) >= _TELLING and _is_key(wish, column)
        yield Rung(value, FRESH, mark=mark if telling else None)


def _tokens(wish: Wish, column: Column, sample: str | None) -> Iterator[Rung]:
    token = wish.identity.token(column.name)
    value = with_token(column.name, sample, token, column.max_length)
    if value is not None:
        yield Rung(value, MARK, mark=token)


def _marked(wish: Wish, column: Column, hint: Hints) -> Iterator[Rung]:
    """A canary, where the column is for people and its value decides nothing."""
    name = column.name
    sample = (wish.sample or {}).get(name)
    if not wish.may_mark(column) or hint.listed or name in _foreign(wish.table):
        return
    if wish.sample is not None and sample is None:
        # What is empty in an existing row may mean something (deleted, cancelled) when filled.
        return
    if column.base in TEXTS:
        if name not in wish.repeated and is_free(name, sample):
            yield from _tokens(wish, column, sample)
    elif column.base in DECIMALS and not _in_unique_key(wish.table, name):
        yield from _amount(wish, column, sample)


def _in_unique_key(table: Table, name: str) -> bool:
    return any(name in key.columns for key in table.unique_keys)


def _amount(wish: Wish, column: Column, sample: str | None) -> Iterator[Rung]:
    if _WEAK_NAMES.search(column.name):
        return
    if sample is None and not column.not_null:
        return
    room, scale = room_for_digits(column)
    scale = min(2, scale)
    digits = 4
    if sample is not None:
        whole, _, fraction = sample.lstrip("-").partition(".")
        if not whole.isdigit() or len(whole) < 2 or len(fraction.rstrip("0")) > 2:
            # A rate, a coordinate, a rating: another value could break what computes with it.
            return
        digits = max(3, len(whole))
    if digits > room or digits + scale < 5:
        # Fewer digits occur by chance.
        return
    value = wish.identity.amount(column.name, digits, scale)
    sign = "-" if sample is not None and sample.startswith("-") else ""
    yield Rung(sign + value, MARK, mark=value)


def _copy(wish: Wish, column: Column) -> Iterator[Rung]:
    if wish.sample is None or column.name not in wish.sample:
        return
    value = wish.sample[column.name]
    if value is not None and column.base in {"timestamp", "timestamptz"}:
        earlier = _earlier(value, wish.identity.row)
        if earlier is not None:
            yield Rung(earlier, COPY)
    yield Rung(value, COPY)


def _earlier(moment: str, seconds: int) -> str | None:
    """A moment shortly before, so that rows sort by time in one order only; never in the future."""
    try:
        return str(datetime.fromisoformat(moment) - timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        return None


def _from_checks(wish: Wish, column: Column, hint: Hints) -> Iterator[Rung]:
    found = remarks_on(wish.table, column)
    if column.parts or column.base in _DOCUMENTS:
        # A constant was compared with its length, or with something in it.
        yield from (Rung(value, _CHECKED) for value in suited(column, found, wish.identity))
        return
    for value in hint.values:
        if column.base not in INTEGERS or re.fullmatch(r"-?\d+", value):
            yield Rung(value, _CHECKED)
    if column.base in TEXTS:
        token = wish.identity.token(column.name)
        for length in hint.lengths:
            text = (token + "x" * length)[:length]
            mark = token if token in text and wish.may_mark(column) else None
            yield Rung(text, _CHECKED, mark=mark)
    yield from (Rung(value, _CHECKED) for value in suited(column, found, wish.identity))
