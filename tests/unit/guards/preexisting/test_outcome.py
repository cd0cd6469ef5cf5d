from __future__ import annotations

import json

import pytest

from twiceshy.guards.preexisting.outcome import deviation, expected, outcome
from twiceshy.model.history import NoReply, Observation, Reply, RowChange, Run
from twiceshy.model.scenario import Scenario, State, Step
from unit.guards.preexisting.histories import SIGN_UP, USERS, saved, spec

STEP = Step(None, SIGN_UP)
REQUEST = SIGN_UP.fill({})


def ran(status=201, body=None, *, rows=1, kind="application/json", **headers):
    """A run that was answered so."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    heads = (("Content-Type", kind), *headers.items())
    changes = tuple(saved(f"{n}") for n in range(rows))
    seen = Observation(STEP, REQUEST, Reply(status, heads, raw), (), changes)
    return Run(Scenario("x", "control", State("", ""), (STEP,)), (), (seen,))


def less(control, got, **more):
    """In what the second falls short of the first."""
    guard = spec(**more)
    found = deviation(guard, expected(guard, [outcome(control)]), outcome(got))
    return found and (found.sort, found.where)


@pytest.mark.parametrize(
    ("got", "found"),
    [
        (ran(body={"id": 2, "tags": []}), None),
        (ran(200, {"id": 2, "tags": [], "more": 1}), None),
        (ran(body={"id": 2, "tags": [1]}, rows=2), None),
        (ran(409, {"error": "known"}, rows=0), ("refused", "the status")),
        (ran(500, {}), ("failed", "the status")),
        (ran(302, {"id": 2, "tags": []}), ("answered-otherwise", "the status")),
        (ran(body={"id": 2, "tags": []}, rows=0), ("writes-less", "rows of users")),
        (ran(body={"tags": []}), ("answered-otherwise", "$.id")),
        (ran(body={"id": "2", "tags": []}), ("answered-otherwise", "$.id")),
        (ran(body={"id": {"value": 2}, "tags": []}), ("answered-otherwise", "$.id")),
    ],
)
def test_less_than_the_control(got, found):
    """Status class, rows and shape; more of each is no difference."""
    assert less(ran(body={"id": 1, "tags": []}), got) == found


def test_where_an_answer_leads():
    """A redirect elsewhere is another outcome; ids in its path are not."""
    control = ran(303, "", Location="/users/17?x=1")
    assert less(control, ran(303, "", Location="/users/18")) is None
    assert less(control, ran(303, "", Location="/login")) == (
        "answered-otherwise",
        "where it leads",
    )


def test_pages_are_compared_by_their_elements():
    """What is said in a page may differ, what it consists of may not."""
    page = "<h1>Welcome {}</h1><p>ok</p>"
    control = ran(200, page.format("Bia"), kind="text/html")
    assert less(control, ran(200, page.format("Cid"), kind="text/html")) is None
    gone = ran(200, "<h1>Sorry</h1>", kind="text/html")
    assert less(control, gone) == ("answered-otherwise", "/p/text()")


def test_expectations_decide():
    """The exact status, and rows of the named tables alone."""
    control, got = ran(201, {}), ran(200, {}, rows=0)
    assert less(control, got, expect={"status": 201}) == (
        "answered-otherwise",
        "the status",
    )
    assert less(control, got, expect={"rows": {}}) is None
    assert less(control, got, expect={"rows": {"users": 1}}) == ("writes-less", "rows of users")


def test_no_answer_is_a_failure():
    """Whatever the rows."""
    seen = Observation(STEP, REQUEST, NoReply("timeout", "nothing within 2 s"))
    lost = Run(ran().scenario, (), (seen,))
    assert less(ran(), lost) == ("failed", "")
    assert str(outcome(lost)) == "nothing within 2 s, writes no row"


def test_outcomes_in_words():
    """As people read them."""
    assert str(outcome(ran(rows=2))) == "status 201, adds 2 rows to users"
    removed = RowChange("delete", USERS, {"id": "1"}, None)
    seen = Observation(STEP, REQUEST, Reply(204), (), (removed,))
    told = str(outcome(Run(ran().scenario, (), (seen,))))
    assert told == "status 204, removes 1 row from users"


def test_what_controls_do_not_share_is_noise():
    """Only what each of them has is expected."""
    guard = spec()
    controls = [outcome(ran(body={"id": 1})), outcome(ran(body={"id": 1, "tip": "x"}, rows=2))]
    wanted = expected(guard, controls)
    assert wanted.shape == {"$.id": "number"}
    assert list(wanted.rows.values()) == [1]
