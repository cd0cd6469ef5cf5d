from __future__ import annotations

import threading

from twiceshy.model.history import PlantedRow
from twiceshy.model.scenario import PlantKey, RequestTemplate, Step
from twiceshy.model.schema import QName
from twiceshy.rehearsal.sending import at_once, filled

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

    assert at_once(asked, send) == ["/goals/1", "/goals/2"]
