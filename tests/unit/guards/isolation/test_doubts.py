from __future__ import annotations

from dataclasses import replace

import pytest

from twiceshy.guards.isolation.doubts import doubts
from twiceshy.model.history import RowChange
from unit.guards.isolation.histories import (
    ANAS_GOAL,
    GOALS,
    SPEC,
    SURVEY,
    assert_held,
    assert_unknown,
    reply,
    seen,
    turns,
)

NOTHING = reply({"goals": []})


@pytest.mark.parametrize("status", [429, 503])
def test_being_turned_away_is_no_answer(status: int) -> None:
    """A limit of requests, in memory or in a proxy, would make everything after it look alike."""
    refused = seen(reply({"error": "slow down"}, status))
    history = turns("others:one", [seen(NOTHING)] * 2, [seen(NOTHING)] * 2)
    history += turns("others:two of goals", [refused] * 2, [refused] * 2)
    assert_unknown(history, because=f"GET /goals: turned away, perhaps for asking too often "
                                    f"(status {status})")  # fmt: skip


def test_a_login_that_expires_is_told() -> None:
    """After it, every answer is the same refusal."""
    refused = seen(reply({"error": "unauthorized"}, 401))
    history = turns("others:one", [seen(NOTHING)] * 2, [seen(NOTHING)] * 2)
    history += turns("others:two of goals", [refused] * 2, [refused] * 2)
    assert_unknown(history, because="ana was logged out meanwhile (status 401)")


def test_a_foreign_id_may_be_refused_as_unauthorized() -> None:
    """Many services say 401 where 403 is meant."""
    refused = seen(reply({"error": "not yours"}, 401), key="0|goal=ben")
    history = turns("others:one", [seen(NOTHING)] * 2, [seen(NOTHING)] * 2)
    assert_held(history + turns("swap", [refused] * 2, [refused] * 2))


def test_nothing_but_chance_is_nothing_to_compare() -> None:
    """No part of the answer comes twice, and nothing in it can be read."""
    answers = [seen(reply({"sealed": f"{number:x}"})) for number in range(4)]
    history = turns("others:one", answers[:2], answers[2:])
    assert_unknown(history, because="GET /goals: each answer is another")


def test_chance_around_what_is_mine_hides_nothing() -> None:
    """Where my own values can be read, another's could be read, too."""
    mine = ANAS_GOAL.marks["name"]
    answers = [seen(reply({f"{number}": mine})) for number in range(4)]
    assert_held(turns("others:one", answers[:2], answers[2:]))


def test_a_receipt_may_be_nothing_but_chance() -> None:
    """A request that writes is judged by what it wrote."""
    wrote = (RowChange("insert", GOALS, None, {"id": "5", "user_id": "1"}),)
    answers = [seen(reply({"receipt": number}), changes=wrote) for number in range(4)]
    assert_held(turns("others:one", answers[:2], answers[2:]))


def test_a_read_that_happens_only_now_and_then_is_not_the_requests() -> None:
    """A thread of the service reads the same tables, and sometimes at the same moment."""
    quiet, hit = seen(NOTHING, statements=()), seen(NOTHING)
    history = turns("others:one", [quiet, hit], [quiet, quiet])
    history += turns("others:two of goals", [hit, quiet], [hit, quiet])
    assert_unknown(history, because="answered without reading rows that belong to anybody")
    assert_held(history + turns("others:two of deposits", [hit, hit], [hit, hit]))


def test_tables_that_changed_at_login_leave_nothing_to_be_seen() -> None:
    """Without one row of the other, whatever held has proved nothing."""
    history = turns("others:one", [seen(NOTHING)] * 2, [seen(NOTHING)] * 2)
    assert_held(history)
    without = tuple(replace(run, planted=()) for run in history)
    changed = replace(SURVEY, login_tables=frozenset({GOALS}))
    told = "no rows of ben were put in: goals changed when the actors logged in"
    assert any(told in doubt for doubt in doubts(SPEC, changed, without))
    assert not any("put in" in doubt for doubt in doubts(SPEC, SURVEY, without))
