from __future__ import annotations

from twiceshy.model.schema import Column
from twiceshy.postgres.type_parts import TypeParts


def row(oid: int, name: str, kind: str = "base", **more) -> tuple:
    """A line of the catalogue of types."""
    given = {
        "multirange": False,
        "inner": None,
        "modifier": -1,
        "not_null": False,
        "labels": [],
        "checks": [],
        "attributes": [],
        **more,
    }
    return (oid, name, kind, *given.values())


INT, TEXT, NUMERIC, CHAR = (
    row(n, name) for n, name in enumerate(("int4", "text", "numeric", "bpchar"), 1)
)


def test_plain_types_have_no_parts():
    """Nor has one that is not known."""
    types = TypeParts([INT])
    assert types.parts(1) == types.parts(99) == ()


def test_elements_of_arrays():
    """With the labels of an enum, and below domains."""
    mood = row(10, "mood", "enum", labels=["zen", "busy"])
    moods = row(11, "_mood", "array", inner=10)
    feelings = row(12, "feelings", "domain", inner=11)
    (element,) = TypeParts([mood, moods, feelings]).parts(12)
    assert (element.name, element.base, element.kind) == ("element", "mood", "enum")
    assert element.enum_labels == ("zen", "busy")


def test_attributes_of_composites():
    """Each with its size; a domain's CHECKs and its NOT NULL are theirs."""
    # numeric(10,2) and char(3), as the server packs them.
    coin = row(20, "coin", "composite", attributes=[("amount", 3, 655_366), ("currency", 21, -1)])
    code = row(21, "code", "domain", inner=4, modifier=7, not_null=True, checks=["CHECK (a)"])
    upper = row(22, "upper", "domain", inner=21, checks=["CHECK (b)"])
    outer = row(23, "outer", "composite", attributes=[("coin", 20, -1), ("code", 22, -1)])
    types = TypeParts([INT, TEXT, NUMERIC, CHAR, coin, code, upper, outer])
    amount, currency = types.parts(20)
    assert (amount.base_type, amount.not_null) == ("numeric(10,2)", False)
    assert (currency.base, currency.max_length, currency.not_null) == ("bpchar", 3, True)
    inner, code_twice = types.parts(23)
    assert inner.parts == (amount, currency)
    assert code_twice.checks == ("CHECK (b)", "CHECK (a)")


def test_bounds_of_ranges():
    """Those of a multirange are ranges."""
    span = row(30, "int4range", "range", inner=1)
    spans = row(31, "int4multirange", "range", multirange=True, inner=30)
    types = TypeParts([INT, span, spans])
    (bound,) = types.parts(30)
    (one,) = types.parts(31)
    assert bound == Column("element", "int4", "int4", base_type="int4")
    assert (one.name, one.parts) == ("range", (bound,))


def test_what_holds_itself_comes_to_an_end():
    """A composite may hold an array of itself."""
    tree = row(40, "tree", "composite", attributes=[("below", 41, -1)])
    trees = row(41, "_tree", "array", inner=40)
    found = TypeParts([tree, trees]).parts(40)
    depth = 0
    while found:
        found, depth = found[0].parts, depth + 1
    assert depth == 8
