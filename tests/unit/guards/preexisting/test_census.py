from __future__ import annotations

import pytest
from pglast import parse_sql

from twiceshy.guards.preexisting.candidate import Candidate
from twiceshy.guards.preexisting.census import census, condition
from twiceshy.guards.preexisting.spelling import AS_SENT, SEEN
from unit.guards.preexisting.histories import CATALOGUE, GUESTS, LEADS, USERS

OWN = {(USERS, "email"): ("email", AS_SENT)}
GUEST = Candidate(GUESTS, "contact", "email", AS_SENT, "compared")


def test_who_has_no_account():
    """Those in the overlooked column who are not where the request would put them."""
    sql = census(GUEST, OWN, (), email=True)
    assert parse_sql(sql)
    assert 'SELECT count(DISTINCT lower(t."contact"::text)) AS would_be_refused' in sql
    assert 'FROM "public"."users" AS w' in sql


@pytest.mark.parametrize("email", [True, False])
def test_further_tables_are_joined(email):
    """What a first row leads to."""
    led = Candidate(LEADS, "email", "email", AS_SENT, "looked up", "", GUEST, "id", "1")
    sql = census(led, OWN, ('t."id" > 0',), email=email)
    assert parse_sql(sql)
    assert 'JOIN "public"."guests" AS b1 ON b1."id" = t."email"' in sql
    assert 'b1."contact"' in sql
    assert '  AND t."id" > 0' in sql


def test_hashed_keys_are_only_counted():
    """They cannot be compared with those of accounts."""
    sql = census(Candidate(GUESTS, "contact", "", SEEN, "compared"), OWN, (), email=False)
    assert parse_sql(sql)
    assert "NOT EXISTS" not in sql
    assert "the keys are hashed" in sql


def test_conditions():
    """Rows in the states that do harm; names and values are quoted."""
    assert condition(CATALOGUE, GUESTS, "state", ["it's"]) == "t.\"state\"::text IN ('it''s')"
