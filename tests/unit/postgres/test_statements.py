from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.postgres.statements import Compared, comparisons, copied, equalities


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("(u.id = 7)", [("u", "id", "=", "7")]),
        ("(7 = u.id)", [("u", "id", "=", "7")]),
        ("(id = '-7'::integer)", [("", "id", "=", "-7")]),
        ('("my u"."my id" = 7)', [("my u", "my id", "=", "7")]),
        ("(u.email = 'it''s'::text)", [("u", "email", "=", "it's")]),
        ("(u.a = E'back\\\\slash')", [("u", "a", "=", "back\\slash")]),
        ("(u.ok = true)", [("u", "ok", "=", "True")]),
        ("((u.name)::text = 'x'::text)", [("u", "name", "=", "x")]),
        ("(u.id = ANY ('{7,8}'::integer[]))", [("u", "id", "=", "7"), ("u", "id", "=", "8")]),
        (
            '(u.name = ANY (\'{"a, b","q\\"",c}\'::text[]))',
            [("u", "name", "=", "a, b"), ("u", "name", "=", 'q"'), ("u", "name", "=", "c")],
        ),
        ("(u.doc = '{\"a\": 1}'::jsonb)", [("u", "doc", "=", '{"a": 1}')]),
        ("(u.id = ANY (ARRAY[7, 8]))", [("u", "id", "=", "7"), ("u", "id", "=", "8")]),
        ("((u.age >= 3) AND (u.age <= 4))", [("u", "age", ">=", "3"), ("u", "age", "<=", "4")]),
        ("((u.a = 1) OR (NOT (u.b = 2)))", [("u", "a", "=", "1"), ("u", "b", "=", "2")]),
        ("(lower(u.email) = 'x'::text)", [("u", "email", "=", "x")]),
        ("(COALESCE(u.age, 0) = 7)", [("u", "age", "=", "7")]),
        ("((u.email)::text = 'x'::text COLLATE \"C\")", [("u", "email", "=", "x")]),
        ("(u.email = folded('X'::text))", [("u", "email", "=", "X")]),
        ("(u.at > since(u.born, '1 day'))", []),
        ("(u.name ~~ 'A%'::text)", [("u", "name", "~~", "A%")]),
        (
            "((u.doc ->> 'owner'::text) = '7'::text)",
            [("u", "doc", "=", "7"), ("u", "doc", "->>", "owner")],
        ),
        ("((u.age + 1) = 8)", [("u", "age", "=", "8"), ("u", "age", "+", "1")]),
        ("(g.user_id = u.id)", []),
        ("(u.id = $0)", []),
        ("(u.id IS NULL)", []),
        ("false", []),
    ],
)
def test_columns_compared_with_constants(condition, expected):
    """As EXPLAIN VERBOSE prints conditions."""
    assert comparisons(condition) == tuple(Compared(*one) for one in expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("(p.id = d.debtor)", [("p", "id", "d", "debtor")]),
        ("(lower(p.email) = (d.contact)::text)", [("p", "email", "d", "contact")]),
        ("((a = b) AND (p.x > d.y))", [("", "a", "", "b")]),
        ("(p.id = 7)", []),
        ("(p.id = $0)", []),
        ("SubPlan 1 +", []),
    ],
)
def test_columns_that_are_set_equal(condition, expected):
    """What joins tables, also inside functions and casts."""
    assert equalities(condition) == tuple(expected)


@given(st.text())
def test_any_condition_gives_an_answer(text):
    """Conditions may hold what is no SQL; then nothing is found, and nothing fails."""
    comparisons(text)
    comparisons(f"(u.id = {text})")
    copied(text)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("COPY users TO STDOUT", [("", "users", False)]),
        ('copy "App"."My Users" (id, "x") FROM STDIN (FORMAT csv)', [("App", "My Users", True)]),
        ("BEGIN; COPY a TO STDOUT; COPY b FROM STDIN", [("", "a", False), ("", "b", True)]),
        ("COPY (SELECT * FROM users) TO STDOUT", []),
        ("SELECT 'COPY users TO STDOUT'", []),
        ("COPY users TO", []),
    ],
)
def test_tables_that_are_copied_whole(statement, expected):
    """A COPY of a query has a plan of its own and is left to that."""
    assert copied(statement) == tuple(expected)
