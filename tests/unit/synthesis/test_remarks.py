from __future__ import annotations

import pytest

from twiceshy.model.schema import Check, Column, QName, Table, Trigger, UniqueKey
from twiceshy.synthesis.remarks import Remark, remarks, remarks_of_source, remarks_on

TEXT = Column("c", "text", "text")


def table(*columns: Column, **more) -> Table:
    """A table of these columns."""
    return Table(QName("public", "t"), columns, **more)


@pytest.mark.parametrize(
    ("definition", "wanted"),
    [
        ("CHECK ((c > 3))", Remark("c", (), ">", ("3",))),
        ("CHECK ((3 < c))", Remark("c", (), ">", ("3",))),
        ("CHECK ((VALUE > 3))", Remark("c", (), ">", ("3",))),
        ("CHECK (((c)::text ~ '^x'::text))", Remark("c", (), "~", ("^x",))),
        ("CHECK ((COALESCE(c, 0) > 3))", Remark("c", (), ">", ("3",))),
        (
            "CHECK ((length(btrim(c)) > 3))",
            Remark("c", (("btrim", ()), ("length", ())), ">", ("3",)),
        ),
        ("CHECK (((c ->> 'k'::text) = 'x'::text))", Remark("c", (("->>", ("k",)),), "=", ("x",))),
        ("CHECK (((c).amount > (0)::numeric))", Remark("c", ((".", ("amount",)),), ">", ("0",))),
        ("CHECK (((c % 3) = 1))", Remark("c", (("%", ("3",)),), "=", ("1",))),
        ("CHECK ((c = ANY (ARRAY['a', 'b'])))", Remark("c", (), "=", ("a", "b"))),
        ("CHECK ((7 = ANY (c)))", Remark("c", (), "= any", ("7",))),
        ("CHECK (('a' = ALL (c)))", Remark("c", (), "= all", ("a",))),
        ("CHECK ((c && int8range(1, 20)))", Remark("c", (), "&&", ("[1,20)",))),
        ("CHECK (starts_with(c, 'x'))", Remark("c", (), "starts_with", ("x",))),
        ("CHECK ((c IS NOT NULL))", Remark("c", (), "is not null", ())),
        ("CHECK ((c IS TRUE))", Remark("c", (), "true", ("true",))),
        ("CHECK ((NOT (c = 4)))", Remark("c", (), "=", ("4",))),
        ("CHECK ((lower(c) = c))", Remark("c", (("lower", ()),), "=", ())),
        ("CHECK (CASE WHEN (a = 1) THEN (c > 3) ELSE true END)", Remark("c", (), ">", ("3",))),
        (
            "CHECK ((c ~ similar_to_escape('a%'::text)))",
            Remark("c", (), "~", ("similar_to_escape:a%",)),
        ),
    ],
)
def test_what_a_condition_says(definition: str, wanted: Remark) -> None:
    """The steps from the column to what is compared, the operator, the constants."""
    assert wanted in remarks(definition, ("c",))


def test_what_cannot_be_read_says_nothing() -> None:
    """A condition is worth a try; nothing depends on it."""
    assert remarks("nonsense ((", ("c",)) == ()
    assert remarks_of_source("BEGIN IF (", "plpgsql") == ()
    assert remarks_of_source("return x > 3", "plpython3u") == ()


def test_a_trigger_is_understood_the_other_way_round() -> None:
    """What it raises an error for is what must not be."""
    source = "BEGIN IF NEW.level < 40 THEN RAISE EXCEPTION 'low'; END IF; RETURN NEW; END"
    found = remarks_of_source(source, "plpgsql")
    assert found[0] == Remark("level", (), ">=", ("40",))
    assert Remark("level", (), "<", ("40",)) in found


def test_everything_that_is_about_a_column() -> None:
    """Checks, partitions, domains of parts, partial indexes, triggers; nothing about others."""
    column = Column("c", "text", "text", checks=("CHECK (VALUE <> 'domain')",))
    other = Column("d", "text", "text")
    found = remarks_on(
        table(
            column,
            other,
            checks=(
                Check("a", ("c",), "CHECK (c <> 'check')"),
                Check("b", ("d",), "CHECK (d > 'd')"),
            ),
            bounds=(Check("b", ("c",), "CHECK (c <> 'bound')"),),
            unique_keys=(UniqueKey("u", ("d",), predicate="(c <> 'index')"),),
            triggers=(
                Trigger("t", "plpgsql", "BEGIN IF NEW.c = 'trigger' THEN RETURN NULL; END IF; END"),
            ),
        ),
        column,
    )
    said = {text for remark in found for text in remark.constants}
    assert said == {"domain", "check", "bound", "index", "trigger"}
    assert {remark.column for remark in found} == {"c"}


def test_what_is_asked_of_a_generated_column_is_asked_of_its_sources() -> None:
    """They are what one can set."""
    loud = Column("loud", "text", "text", generated=True, computed="upper(c)")
    made = table(TEXT, loud, checks=(Check("k", ("loud",), "CHECK (loud <> 'X')"),))
    assert [remark.constants for remark in remarks_on(made, TEXT)] == [("X",)]
