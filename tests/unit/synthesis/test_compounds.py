from __future__ import annotations

import pytest

from twiceshy.model.schema import Column
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.remarks import remarks
from twiceshy.synthesis.suited import candidates

BEN = Identity("ben.t.1", table=3, row=7)
NUMBER = Column("element", "int4", "int4")
DAY = Column("element", "date", "date")
NUMBERS = Column("c", "integer[]", "_int4", "array", parts=(NUMBER,))
SPAN = Column("c", "int4range", "int4range", "range", parts=(NUMBER,))
DAYS = Column("c", "daterange", "daterange", "range", parts=(DAY,))
COIN = Column(
    "c",
    "coin",
    "coin",
    "composite",
    parts=(
        Column("amount", "numeric", "numeric", base_type="numeric(10,2)"),
        Column("currency", "bpchar", "bpchar", max_length=3),
    ),
)


def values(column: Column, *definitions: str, identity: Identity = BEN) -> tuple[str, ...]:
    """Candidates for the column under these CHECKs."""
    found = tuple(remark for text in definitions for remark in remarks(text, ("c",)))
    return candidates(column, found, identity)


@pytest.mark.parametrize(
    ("definition", "wanted"),
    [
        ("CHECK ((array_length(c, 1) = 2))", '{"7","1"}'),
        ("CHECK ((cardinality(c) = 3))", '{"7","1","2"}'),
        ("CHECK ((42 = ANY (c)))", '{"42"}'),
        ("CHECK ((c @> '{5,6}'::integer[]))", '{"5","6"}'),
        ("CHECK ((c <@ ARRAY[8, 9]))", '{"8"}'),
        ("CHECK ((array_ndims(c) = 2))", '{{"7"}}'),
    ],
)
def test_arrays(definition: str, wanted: str) -> None:
    """Of the size and with the elements that are asked for."""
    assert wanted in values(NUMBERS, definition)


def test_arrays_of_what_cannot_be_made() -> None:
    """Without a value for an element only the empty one is left."""
    strange = Column("element", "geometry", "geometry")
    assert values(Column("c", "geometry[]", "_geometry", "array", parts=(strange,))) == ("{}",)


def test_composites() -> None:
    """Each attribute heeds what is said about it; then one differs at a time."""
    first, *others = values(COIN, "CHECK (((c).amount > (500)::numeric))")
    assert first == '("501","EUR")'
    assert '("500.5","EUR")' in others
    assert any(text.startswith('("501",') for text in others)


def test_attributes_that_cannot_be_made_are_null() -> None:
    """The row may be taken all the same; quotes in values are escaped."""
    mood = Column("mood", "mood", "mood", "enum", enum_labels=('a "b"',))
    parts = (Column("place", "geometry", "geometry"), mood)
    odd = Column("c", "odd", "odd", "composite", parts=parts)
    assert values(odd)[0] == r'(,"a \"b\"")'


def test_ranges_of_rows_do_not_overlap() -> None:
    """Each row's first choice is a place of its own."""
    first = {values(SPAN, identity=Identity("p", 3, row))[0] for row in range(1, 50)}
    days = {values(DAYS, identity=Identity("p", 3, row))[0] for row in range(1, 50)}
    assert (len(first), len(days)) == (49, 49)
    assert values(SPAN)[0] == "[10070,10071)"


def test_ranges_between_named_values() -> None:
    """Bounds come from the condition, in their order, inclusive or not."""
    found = values(SPAN, "CHECK ((c <@ '[100,200)'::int4range))")
    assert '["100","100.5")' in found
    found = values(DAYS, "CHECK ((lower(c) >= '2031-05-05'::date))")
    assert any(text.startswith('["2031-05-05",') for text in found)
    assert "empty" in values(SPAN)


def test_multiranges() -> None:
    """Braces around ranges, none of them empty."""
    inner = Column("range", "int4range", "int4range", "range", parts=(NUMBER,))
    many = Column("c", "int4multirange", "int4multirange", "range", parts=(inner,))
    found = values(many)
    assert found[0] == "{[10070,10071)}"
    assert "{empty}" not in found
