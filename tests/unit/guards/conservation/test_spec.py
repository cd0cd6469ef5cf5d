"""What people write in a guard `conservation`."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from twiceshy.guards.conservation import Conservation
from twiceshy.guards.conservation.plan import next_scenarios
from twiceshy.model.ledger import Outcome
from twiceshy.model.load import Burst, Constant, InTurn, Poisson, Ramp
from unit.guards.conservation.histories import played, spec


def strain(**more):
    """The load at the peak of such a guard."""
    guard = spec(**more)
    return next_scenarios(guard, (played(next_scenarios(guard, ())[0]),))[0].strain


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"request": "/payments"}, "lacks its method"),
        ({"headers": {}}, "the request has no {key}"),
        ({"headers": {"Key": "{key} {kye}"}}, "nothing fills {kye} in the request; did you mean"),
        ({"headers": {"Key": "{key} {id}"}}, "slots are {key}, {amount}, {number}"),
        ({"rate": "50"}, "is no rate"),
        ({"rate": "peak x 3"}, "wants a peak"),
        ({"peak": "peak"}, "wants a peak"),
        ({"rate": ("1/s",)}, "a rate that grows is the first rate and the last, not 1"),
        ({"rate": ("1/s", "9/s"), "arrivals": "burst"}, "leave one out"),
        ({"rate": "1/h"}, "no request arrives within 2s"),
        ({"rate": "9000000/s"}, "are more than 5,000,000"),
        ({"amounts": (5, 1)}, "from the least to the greatest"),
        ({"amounts": (1, 5), "json": None}, "no {amount} to carry them"),
        ({"accepted": {"status": 200}}, "a list of statuses"),
        ({"accepted": {"status": [True]}}, "a list of statuses"),
        ({"accepted": {"statsu": [200]}}, "did you mean status?"),
        ({"accepted": {"result": "ok"}}, "did you mean $.result?"),
        ({"faults": ("kil service",)}, "did you mean 'kill service'"),
        ({"faults": ({"fault": "dorp answers"},)}, "did you mean 'drop answers'"),
        ({"faults": ("kill service", "kill service")}, "name kill service twice"),
        ({"faults": ({"fault": "cut", "every": 3},)}, "every is for drop answers, not for cut"),
        ({"faults": ({"fault": "cut", "at": "2s"},)}, "after the last request has arrived"),
        ({"faults": ({"fault": "cut", "point": "answer:0"},)}, "point"),
    ],
)
def test_what_is_no_guard(table, says):
    """The message says what is wrong, and what was perhaps meant."""
    with pytest.raises(ValidationError) as error:
        spec(**table)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("table", "arrivals"),
    [
        ({}, Constant(50.0, 2.0)),
        ({"rate": "7200/h", "duration": "1min"}, Constant(2.0, 60.0)),
        ({"rate": "peak x 3", "peak": "10/s"}, Constant(30.0, 2.0)),
        ({"rate": ("10/s", "peak"), "peak": "90/s"}, Ramp(10.0, 90.0, 2.0)),
        ({"arrivals": "poisson"}, Poisson(50.0, 2.0)),
        ({"arrivals": "burst"}, InTurn((Burst(50, 1.0), Burst(50, 1.0)))),
        (
            {"arrivals": "burst", "rate": "30/min", "duration": "5s"},
            InTurn((Burst(1, 2.0), Burst(1, 2.0))),
        ),
    ],
)
def test_when_requests_arrive(table, arrivals):
    """Rates in any unit, growing, by chance, or each second's at its beginning."""
    assert strain(**table).arrivals == arrivals


def test_what_answers_mean():
    """Statuses that are named decide; other 2xx then leave it open what was done."""
    means = dict(strain(accepted=(201, 409), rejected=(503,)).statuses)
    assert means[201] is means[409] is Outcome.ACKED
    assert means[503] is Outcome.REJECTED
    assert means[200] is means[202] is Outcome.UNKNOWN
    assert strain().statuses == ()


def test_what_bodies_mean():
    """Paths into the body stand beside the statuses."""
    asked = strain(accepted={"status": [200], "$.status": "ok", "$.code": 0})
    assert asked.accepted == (("$.status", "ok"), ("$.code", 0))
    assert dict(asked.statuses)[200] is Outcome.ACKED
    alone = strain(accepted={"$.status": "ok"})
    assert (alone.accepted, alone.statuses) == ((("$.status", "ok"),), ())


def test_how_it_is_sent():
    """Lengths of time become seconds; connections are enough for all that may wait."""
    asked = strain(attempts=3, backoff="50ms", timeout="1s", drain_within="1min", rate="500/s")
    assert (asked.retry.attempts, asked.retry.base, asked.retry.longest) == (3, 0.05, 2.0)
    assert (asked.timeout, asked.drain_within, asked.connections) == (1.0, 60.0, 500)
    assert strain().connections == 250
    assert strain(connections=7).connections == 7
    assert strain(rate="100000/s").connections == 1024


def test_amounts():
    """Drawn only where the request carries one."""
    assert strain().amounts == (100, 90_000)
    assert strain(amounts=(1, 2)).amounts == (1, 2)
    assert strain(json={"by": "{number}"}).amounts == (1, 1)


def test_what_it_asks_for():
    """The sender's login and the processes that faults are done to; no request is surveyed."""
    guard = spec(**{"as": "ana", "faults": ("kill worker", "pause service", "pause worker")})
    asked = Conservation().asks(guard)
    assert (asked.actors, asked.requests, asked.processes) == (("ana",), (), ("worker",))
