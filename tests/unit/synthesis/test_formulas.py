from __future__ import annotations

import pytest

from twiceshy.synthesis.formulas import Formula, formulas


@pytest.mark.parametrize(
    ("definition", "wanted"),
    [
        ("CHECK ((gross >= net))", Formula("gross", "net")),
        ("CHECK ((gross >= net))", Formula("net", "gross")),
        ("CHECK ((ends > starts))", Formula("ends", "(starts) + 1")),
        ("CHECK ((ends > starts))", Formula("ends", "(starts) + INTERVAL '1 day'")),
        ("CHECK ((ends > starts))", Formula("starts", "(ends) - 1")),
        ("CHECK (((net + tax) = total))", Formula("tax", "(total) - (net)")),
        ("CHECK (((net + tax) = total))", Formula("total", "net + tax")),
        ("CHECK (((a - b) = 5))", Formula("b", "(a) - (5)")),
        ("CHECK (((a - b) > 5))", Formula("b", "((a) - (5)) - 1")),
        ("CHECK (((a IS NULL) OR (b < a)))", Formula("b", "(a) - 1")),
        ("CHECK (((a)::text = lower(b)))", Formula("a", "lower(b)")),
    ],
)
def test_one_column_from_the_others(definition: str, wanted: Formula) -> None:
    """A comparison, solved for each column that stands alone on a side or in a sum."""
    assert wanted in formulas(definition, ("a", "b"))


def test_a_column_is_not_worked_out_from_itself() -> None:
    """`a = a + b` says nothing about a."""
    assert "a" not in {formula.column for formula in formulas("CHECK (a > (a - b))", ("a", "b"))}


def test_the_value_of_a_domain_is_its_column() -> None:
    """VALUE stands for whatever column has the domain."""
    assert formulas("CHECK ((VALUE <= 3))", ("v",)) == (Formula("v", "3"),)


def test_what_cannot_be_solved_gives_nothing() -> None:
    """A product, a list, a text that is no condition."""
    assert formulas("CHECK (((a * b) <> ALL (ARRAY[1, 2])))", ("a", "b")) == ()
    assert formulas("nonsense ((", ("a",)) == ()
