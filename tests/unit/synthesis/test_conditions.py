from __future__ import annotations

import pytest

from twiceshy.synthesis.conditions import Hints, hints


@pytest.mark.parametrize(
    ("definition", "values", "listed"),
    [
        ("CHECK ((c = ANY (ARRAY['a'::text, 'b c'::text])))", ("a", "b c"), True),
        ("CHECK (((c)::text = ANY ((ARRAY['x'::character varying])::text[])))", ("x",), True),
        ("CHECK ((c IN ('it''s', 'b')))", ("it's", "b"), True),
        ("CHECK ((c > 0))", ("1", "0.5"), False),
        ("CHECK ((c >= 5)) NOT VALID", ("5", "6", "5.5"), False),
        ("CHECK (((c > (0)::numeric) AND (c < (1)::numeric)))", ("1", "0.5", "0"), False),
        ("CHECK ((c BETWEEN 3 AND 9))", ("3", "4", "3.5", "9", "8", "8.5"), False),
        ("CHECK ((9 > c))", ("8", "8.5"), False),
        ("CHECK ((c > '-5'::integer))", ("-4", "-4.5"), False),
        ("CHECK ((c >= '2020-01-01'::date))", ("2020-01-01", "2020-01-02"), False),
        ("CHECK ((c < CURRENT_DATE))", ("tomorrow", "yesterday", "today"), False),
        ("CHECK ((c > (now() - '1 day'::interval)))", ("tomorrow", "yesterday", "today"), False),
        ("CHECK (((c IS NULL) OR (c = 5)))", ("5",), True),
        ("CHECK ((c <> 0))", ("1", "-1"), False),
        ("CHECK (c)", ("true",), True),
        ("CHECK ((c = true))", ("true",), True),
        ("CHECK ((lower(c) = 'x'::text))", ("x",), True),
        ("CHECK ((c ~~ 'ab%'::text))", ("ab",), True),
        ("CHECK ((NOT (c = 'x'::text)))", (), False),
        ("CHECK ((c ~ '^[A-Z]{3}$'::text))", (), False),
        ("CHECK (((c = 'open'::text) = (d IS NULL)))", ("open",), True),
        ("CHECK (CASE WHEN (c = 'x'::text) THEN true ELSE false END)", ("x",), True),
    ],
)
def test_constants_worth_a_try(definition: str, values: tuple[str, ...], listed: bool) -> None:
    """Constants come with their neighbours, those first that satisfy the operator."""
    found = hints(definition, ("c", "d")).get("c", Hints())
    assert (found.values, found.listed) == (values, listed)


@pytest.mark.parametrize(
    ("definition", "lengths"),
    [
        ("CHECK ((length(c) = 6))", (6,)),
        ("CHECK ((char_length((c)::text) >= 40))", (40,)),
        ("CHECK ((length(TRIM(BOTH FROM c)) > 0))", (1,)),
        ("CHECK (((length(c) > 2) AND (length(c) < 10)))", (3, 9)),
    ],
)
def test_lengths(definition: str, lengths: tuple[int, ...]) -> None:
    """A bound on a text's length is a length to try."""
    assert hints(definition, ("c",))["c"].lengths == lengths


def test_domain_value_is_the_column() -> None:
    """VALUE in a domain's check stands for the only column."""
    assert hints("CHECK ((VALUE >= 5))", ("percent",))["percent"].values[0] == "5"


def test_column_that_is_called_value() -> None:
    """A column of that name keeps its own hints."""
    assert set(hints("CHECK ((value > other))", ("value", "other"))) == {"value"}


@pytest.mark.parametrize("definition", ["CHECK ((((", "", "EXCLUDE USING gist (a WITH =)"])
def test_unreadable_text_gives_nothing(definition: str) -> None:
    """What the parser does not take is no hint, and no error."""
    assert hints(definition, ("a",)) == {}
