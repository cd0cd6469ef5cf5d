"""Requests of the service and looks at its sessions, put together."""

from __future__ import annotations

import threading

import pytest

from twiceshy.model.history import NoReply, Reply
from twiceshy.model.scenario import Request, RequestTemplate, Step
from twiceshy.model.scripts import ScriptRun
from twiceshy.rehearsal.beside import Requests, Sent, with_requests
from twiceshy.stage.scripts.service import Sighting

RUN = ScriptRun("service")
STEP = Step(None, RequestTemplate("GET", "/orders/7"))
REQUEST = Request("GET", "/orders/7")


def seen(at, *, queued=False):
    """A session of the service that waited at some moment."""
    return Sighting(at, "orders", "ShareLock", 2, queued, row=False)


def test_a_request_waited_while_the_service_did():
    """Whoever was on its way then, for the statement that ran."""
    sent = [Sent("GET /a", 100.0, 0.01), Sent("GET /b", 100.2, 0.3)]
    run = with_requests(RUN, sent, [seen(0.3), seen(0.4)], 100.0)
    (wait,) = run.waits
    assert (wait.query, wait.kind, round(wait.milliseconds)) == ("GET /b", "service request", 300)
    assert (wait.blocker.who, wait.blocker.statement, wait.relation) == ("the script", 2, "orders")
    assert (run.queries, round(run.slowest)) == (2, 10)


def test_a_request_that_merely_met_the_moment_did_not_wait():
    """It took no longer than the others."""
    sent = [Sent("GET /a", 100.0, 0.03), Sent("GET /b", 100.29, 0.03)]
    assert with_requests(RUN, sent, [seen(0.3)], 100.0).waits == ()


def test_a_request_that_failed_counts_however_short():
    """A pool without a free connection says no at once."""
    sent = [Sent("GET /a", 100.0, 0.03), Sent("GET /b", 100.29, 0.03, "status 500")]
    (wait,) = with_requests(RUN, sent, [seen(0.3, queued=True)], 100.0).waits
    assert (wait.error, wait.blocker.who) == ("status 500", "the queue")


@pytest.mark.parametrize(
    ("answer", "error"),
    [(Reply(200), ""), (Reply(404), ""), (Reply(503), "status 503"), (NoReply("reset", "x"), "x")],
)
def test_requests_are_sent_until_it_is_over(answer, error):
    """Again and again, each from a thread of its own, and none afterwards."""
    enough = threading.Event()
    count = 0

    def send(step, request):
        nonlocal count
        count += 1
        if count >= 3:
            enough.set()
        return answer, 0.001

    with Requests([(STEP, REQUEST)], send) as sending:
        assert enough.wait(10)
    assert len(sending.sent) == count >= 3
    assert {one.error for one in sending.sent} == {error}
    assert {one.request for one in sending.sent} == {"GET /orders/7"}
