from __future__ import annotations

import threading
import time

import pytest

from twiceshy.model.history import NoReply, PlantedRow, Reply
from twiceshy.model.scenario import Kept, PlantKey, RequestTemplate, Step
from twiceshy.model.schema import QName
from twiceshy.rehearsal.sending import Filling, at_once, filled

ROW = PlantedRow("ana.goals.1", QName("public", "goals"), "ana", {"id": "7", "name": None})


def step(*slots):
    """A request for one goal."""
    return Step("ana", RequestTemplate("GET", "/goals/{id}"), slots)


def test_slots_take_values_of_planted_rows():
    """Or texts; without the row there is no request."""
    assert filled(step(("id", PlantKey("ana.goals.1", "id"))), [ROW]).target == "/goals/7"
    assert filled(step(("id", "8")), []).target == "/goals/8"
    assert filled(step(("id", PlantKey("ana.goals.1", "name"))), [ROW]) is None
    assert filled(step(("id", PlantKey("ben.goals.1", "id"))), [ROW]) is None


def test_requests_that_are_sent_together_are_under_way_together():
    """Each waits for the other: one after the other they would wait for ever."""
    together = threading.Barrier(2, timeout=20)
    asked = [(step(("id", number)), filled(step(("id", number)), [])) for number in "12"]

    def send(_, request):
        together.wait()
        return request.target

    assert [target for target, _ in at_once(asked, send)] == ["/goals/1", "/goals/2"]


def test_while_they_are_under_way_one_may_ask_how_many_are_unanswered():
    """All of them as long as nobody has been let go on, and none at the end."""
    go_on = threading.Event()
    asked = [(step(("id", number)), filled(step(("id", number)), [])) for number in "123"]
    counts = []

    def send(_, request):
        assert go_on.wait(20)
        return request.target

    def meanwhile(unanswered):
        counts.append(unanswered())
        go_on.set()
        while unanswered():
            time.sleep(0.001)
        counts.append(unanswered())

    assert len(at_once(asked, send, meanwhile=meanwhile)) == 3
    assert counts == [3, 0]


def test_at_a_rate_nobody_waits_for_answers():
    """Each is sent in its time, though no one has got an answer until the last is sent."""
    all_sent = threading.Barrier(5, timeout=20)
    asked = [(step(("id", str(n))), filled(step(("id", str(n))), [])) for n in range(5)]

    def send(_, request):
        all_sent.wait()
        return request.target

    sent = [moment for _, moment in at_once(asked, send, rate=50.0)]
    assert all(moment >= number / 50 for number, moment in enumerate(sent))
    assert sent[-1] >= 0.08


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (b'{"goals": [{"id": 7}]}', "/goals/7"),
        (b'{"goals": [{"id": "a b"}]}', "/goals/a%20b"),
        (b'{"goals": [{"id": 12345678901234567890}]}', "/goals/12345678901234567890"),
        (b'{"goals": [{"id": null}]}', None),
        (b'{"goals": [{"id": ""}]}', None),
        (b'{"goals": [{"id": true}]}', None),
        (b'{"goals": [{"id": {}}]}', None),
        (b'{"goals": []}', None),
        (b"goals", None),
        (b"\xff", None),
    ],
)
def test_answers_fill_later_steps(body, target):
    """With numbers and texts; where there is none, the step is not sent, and it is said."""
    made = Step("ana", RequestTemplate("POST", "/goals"), keeps=(("goal", "$.goals[0].id"),))
    filling = Filling()
    filling.keep(made, Reply(200, body=body))
    request = filling.request(step(("id", Kept("goal"))))
    assert (request.target if request else None) == target
    told = ("GET /goals/{id}", "no earlier answer gave a value for {goal}")
    assert filling.refused == ([] if target else [told])


def test_an_answer_that_does_not_come_is_kept_no_longer():
    """A later step must not take the value of another answer for it."""
    made = Step("ana", RequestTemplate("POST", "/goals"), keeps=(("goal", "$"),))
    filling = Filling()
    filling.keep(made, Reply(200, body=b"7"))
    filling.keep(made, NoReply("timeout", "no answer within 10 s"))
    assert filling.request(step(("id", Kept("goal")))) is None
