from __future__ import annotations

import pytest

from twiceshy.model.schema import Column
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.typical import fits, fresh, room_for_digits, typical

BEN = Identity("ben.t.1", table=3, row=7)


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (Column("c", "integer", "int4"), "1"),
        (Column("c", "boolean", "bool"), "false"),
        (Column("c", "bit(3)", "bit", max_length=3), "000"),
        (Column("c", "mood", "mood", "enum", enum_labels=("zen", "busy")), "zen"),
        (Column("c", "integer[]", "_int4", "array"), "{}"),
        (Column("c", "int4multirange", "int4multirange", "range"), "{[1,10)}"),
        (Column("c", "character(3)", "bpchar", max_length=3), BEN.token("c")[:3]),
    ],
)
def test_first_value_of_a_type(column: Column, first: str) -> None:
    """The plainest value comes first."""
    assert typical(column, BEN)[0] == first


def test_arrays_hold_an_element_when_empty_ones_are_refused() -> None:
    """Elements are quoted, whatever they hold."""
    column = Column("c", "mood[]", "_mood", "array", enum_labels=('say "hi"', "b\\c"))
    assert typical(column, BEN) == ("{}", r'{"say \"hi\""}', r'{"b\\c"}')


def test_unknown_types_have_no_value() -> None:
    """A type of which we know nothing is said to be so, by offering nothing."""
    assert typical(Column("c", "geometry", "geometry"), BEN) == ()
    assert fresh(Column("c", "geometry", "geometry"), BEN, 0) is None


@pytest.mark.parametrize(
    "base", ["date", "timestamp", "timestamptz", "time", "uuid", "bytea", "inet", "int4range",
             "tstzrange", "jsonb", "interval", "varbit", "_text"]
)  # fmt: skip
def test_fresh_values_differ(base: str) -> None:
    """Rows and attempts get values of their own."""
    column = Column("c", base, base)
    rows = [Identity(f"p{row}", 3, row) for row in range(1, 40)]
    values = {fresh(column, row, attempt) for row in rows for attempt in (0, 1)}
    assert len(values) == 78


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (Column("c", "smallint", "int2"), "32768", False),
        (Column("c", "smallint", "int2"), "-32767", True),
        (Column("c", "bigint", "int8"), "1500300001", True),
        (Column("c", "varchar(5)", "varchar", max_length=5), "abcdef", False),
        (Column("c", "numeric(5,2)", "numeric", base_type="numeric(5,2)"), "1000", False),
        (Column("c", "percent", "numeric", base_type="numeric(5,2)"), "999.99", True),
        (Column("c", "numeric", "numeric", base_type="numeric"), "1500300001", True),
    ],
)
def test_values_within_the_size_of_a_column(column: Column, value: str, expected: bool) -> None:
    """What is too long or too large is not even tried."""
    assert fits(column, value) is expected


def test_room_for_digits() -> None:
    """Digits before and after the point, from the base type's modifier."""
    assert room_for_digits(Column("c", "price", "numeric", base_type="numeric(10,2)")) == (8, 2)
    assert room_for_digits(Column("c", "numeric(4)", "numeric")) == (4, 0)
