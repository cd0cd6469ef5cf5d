from __future__ import annotations

import pytest

from twiceshy.model.schema import Check, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.synthesis.identity import Identity
from twiceshy.synthesis.ladder import COPY, FRESH, MARK, Ladder, Rung, Wish, ladder

BEN = Identity("ben.t.1", table=3, row=7)
TEXT = Column("note", "text", "text")
AMOUNT = Column("amount", "numeric(10,2)", "numeric", base_type="numeric(10,2)", not_null=True)


def table(*columns: Column, **facts) -> Table:
    """The table t."""
    return Table(QName("public", "t"), columns, **facts)


def first(column: Column, sample: str | None = None, **facts):
    """The best candidate for the only column of a table, with a sample row where one is given."""
    keys = {name: facts.pop(name) for name in ("unique_keys", "checks", "foreign_keys")
            if name in facts}  # fmt: skip
    row = None if sample is None else {column.name: sample}
    wish = Wish(table(column, **keys), BEN, sample=row, **facts)
    return ladder(wish, column)[0]


def test_given_values_stand_alone() -> None:
    """What was decided has no alternatives, NULL included."""
    rungs = ladder(Wish(table(TEXT), BEN, fixed={"note": None}), TEXT)
    assert [(rung.value, rung.omit) for rung in rungs] == [(None, False)]


def test_generated_columns_are_never_named() -> None:
    """PostgreSQL computes them."""
    column = Column("g", "text", "text", generated=True)
    assert not ladder(Wish(table(column), BEN, fixed={"g": "x"}), column)


def test_existing_row_comes_before_the_default() -> None:
    """A real value is better than the default, and that is better than what the type suggests."""
    column = Column("n", "integer", "int4", default="7", not_null=True)
    rungs = ladder(Wish(table(column), BEN, sample={"n": "42"}), column)
    assert [rung.value for rung in rungs[:3]] == ["42", None, "1"]
    assert rungs[1].omit


def test_marked_text() -> None:
    """Free text carries a token, in the sample's shape; the copy is next."""
    rungs = ladder(Wish(table(TEXT), BEN, sample={"note": "From mum"}, marked=True), TEXT)
    token = BEN.token("note")
    assert (rungs[0].value, rungs[0].mark) == (f"From {token}", token)
    assert (rungs[1].value, rungs[1].source) == ("From mum", COPY)


@pytest.mark.parametrize(
    ("column", "sample", "facts"),
    [
        (TEXT, "From mum", {"marked": False}),
        (TEXT, "From mum", {"marked": True, "unmarked": frozenset({"note"})}),
        (TEXT, "From mum", {"marked": True, "repeated": frozenset({"note"})}),
        (TEXT, "SAVINGS", {"marked": True}),
        (Column("short", "varchar(9)", "varchar", max_length=9), "From mum", {"marked": True}),
        (Column("n", "integer", "int4"), "250", {"marked": True}),
        (Column("tax_rate", "numeric", "numeric"), "250.00", {"marked": True}),
        (AMOUNT, "0.21", {"marked": True}),
        (AMOUNT, "40.4168", {"marked": True}),
        (
            TEXT,
            "From mum",
            {"marked": True, "checks": (Check("c", ("note",), "CHECK ((note = 'From mum'))"),)},
        ),
        (
            TEXT,
            "From mum",
            {
                "marked": True,
                "foreign_keys": (ForeignKey("f", ("note",), QName("public", "u"), ("x",)),),
            },
        ),
    ],
)
def test_what_is_not_marked(column: Column, sample: str, facts: dict) -> None:
    """Where a mark could break something or says nothing, the sample is copied."""
    rung = first(column, sample, **facts)
    assert (rung.value, rung.mark, rung.source) == (sample, None, COPY)


def test_empty_in_the_sample_stays_empty() -> None:
    """A filled `cancelled_because` would mean something."""
    wish = Wish(table(TEXT), BEN, sample={"note": None}, marked=True)
    assert ladder(wish, TEXT)[0].value is None


@pytest.mark.parametrize(
    ("sample", "digits"), [("100.00", 3), ("25.50", 3), ("9000", 4), ("123456.78", 6), (None, 4)]
)
def test_marked_amounts(sample: str | None, digits: int) -> None:
    """An amount has the size of the sample, at least three digits, and two after the point."""
    rung = first(AMOUNT, sample, marked=True)
    assert rung.mark == rung.value == BEN.amount("amount", digits, 2)


def test_marked_amount_keeps_the_sign() -> None:
    """A debit stays a debit; the mark is the number without its sign."""
    rung = first(AMOUNT, "-250.00", marked=True)
    assert rung.value == f"-{rung.mark}"


def test_amount_that_does_not_fit() -> None:
    """No mark where the type has no room for enough digits."""
    column = Column("c", "numeric(3,1)", "numeric", base_type="numeric(3,1)", not_null=True)
    assert first(column, "12.5", marked=True).source == COPY


def test_keys_come_from_our_range() -> None:
    """Integer keys and UUIDs are fresh, and are marks where marks are wanted."""
    key = (UniqueKey("k", ("id",), primary=True),)
    number = Column("id", "integer", "int4", not_null=True, default="nextval('s'::regclass)")
    assert first(number, unique_keys=key, marked=True).mark == "1500300007"
    assert first(number, unique_keys=key).mark is None
    small = Column("id", "smallint", "int2", not_null=True)
    assert first(small, unique_keys=key, marked=True).mark is None
    assert first(small, unique_keys=key).value == "20607"
    unique = Column("id", "uuid", "uuid", not_null=True)
    assert first(unique, unique_keys=key).value == BEN.uuid(0)


def test_line_numbers_are_no_keys() -> None:
    """(order_id, line_no): the line's number is copied, and made new only when it collides."""
    order = Column("order_id", "integer", "int4", not_null=True)
    line = Column("line_no", "integer", "int4", not_null=True)
    lines = table(
        order,
        line,
        unique_keys=(UniqueKey("k", ("order_id", "line_no"), primary=True),),
        foreign_keys=(ForeignKey("f", ("order_id",), QName("public", "o"), ("id",)),),
    )
    rungs = ladder(Wish(lines, BEN, sample={"line_no": "1"}), line)
    assert [rung.value for rung in rungs[:2]] == ["1", "1007"]
    assert rungs[1].source == FRESH


def test_only_one_column_of_a_composite_key_is_renumbered() -> None:
    """(id, at): the id is fresh, the date may decide about the partition and is copied."""
    number = Column("id", "integer", "int4", not_null=True)
    at = Column("at", "date", "date", not_null=True)
    events = table(number, at, unique_keys=(UniqueKey("k", ("id", "at"), primary=True),))
    wish = Wish(events, BEN, sample={"id": "1", "at": "2019-05-05"})
    assert ladder(wish, number)[0].source == FRESH
    assert ladder(wish, at)[0].value == "2019-05-05"


def test_generated_by_default_is_a_key_too() -> None:
    """A public UUID with a random default is not copied, whether or not it is unique."""
    column = Column("public_id", "uuid", "uuid", default="gen_random_uuid()")
    assert first(column, BEN.uuid(9)).source == FRESH


def test_unique_codes_keep_their_shape() -> None:
    """A code that must be unique is made anew; as a key it is a mark."""
    column = Column("ref", "text", "text")
    rung = first(column, "TRF-2024-0001", unique_keys=(UniqueKey("k", ("ref",)),), marked=True)
    assert rung.value.startswith("TRF-")
    assert rung.mark == rung.value


def test_moments_are_moved_a_little() -> None:
    """Two planted rows do not tie when sorted by time, and none lies in the future."""
    column = Column("at", "timestamp with time zone", "timestamptz")
    rungs = ladder(Wish(table(column), BEN, sample={"at": "2024-01-15 10:00:10+00"}), column)
    assert [rung.value for rung in rungs[:2]] == [
        "2024-01-15 10:00:03+00:00",
        "2024-01-15 10:00:10+00",
    ]
    assert first(column, "infinity").value == "infinity"


def test_order_without_a_sample() -> None:
    """Default, NULL, what checks list, requests, then what the type suggests."""
    column = Column("kind", "text", "text", default="'a'::text")
    wish = Wish(
        table(column, checks=(Check("c", ("kind",), "CHECK ((kind = ANY (ARRAY['a', 'b'])))"),)),
        BEN,
        offered={"kind": ("z",)},
        marked=True,
    )
    rungs = ladder(wish, column)
    assert [rung.value for rung in rungs[:5]] == [None, None, "a", "b", "z"]
    assert [rung.omit for rung in rungs[:2]] == [True, False]


def test_text_of_a_length_keeps_its_token() -> None:
    """A minimal length is met by the token and filling."""
    column = Column("long", "text", "text", not_null=True)
    wish = Wish(
        table(column, checks=(Check("c", ("long",), "CHECK ((length(long) >= 30))"),)),
        BEN,
        marked=True,
    )
    rung = next(rung for rung in ladder(wish, column) if len(rung.value or "") == 30)
    assert rung.mark == BEN.token("long")


def test_each_value_once() -> None:
    """A ladder never offers the same value twice."""
    column = Column("c", "integer", "int4", default="1")
    values = [(rung.value, rung.omit) for rung in ladder(Wish(table(column), BEN), column)]
    assert len(values) == len(set(values))


def test_mark_source() -> None:
    """A mark says what it is."""
    assert first(TEXT, marked=True).source == MARK


def test_rungs_are_worked_out_when_somebody_looks() -> None:
    """And no further than that; each only once."""
    made: list[str] = []

    def rungs():
        for value in "abcd":
            made.append(value)
            yield Rung(value, COPY)

    climbed = Ladder(rungs())
    assert climbed
    assert climbed[0].value == "a"
    assert made == ["a"]
    assert (climbed[2].value, climbed[1].value, made) == ("c", "b", ["a", "b", "c"])
    assert [rung.value for rung in climbed[1:3]] == ["b", "c"]
    assert (len(climbed), climbed[-1].value, made) == (4, "d", list("abcd"))
    assert not Ladder(iter(()))
    with pytest.raises(IndexError):
        climbed[4]
