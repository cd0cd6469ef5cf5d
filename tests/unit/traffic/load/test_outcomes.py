"""What a status means, and where a body ends with its connection."""

from __future__ import annotations

import pytest

from twiceshy.model.ledger import Outcome
from twiceshy.traffic.load.outcomes import meanings, status_framed_by_close


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACKED),
        (202, Outcome.ACKED),
        (204, Outcome.ACKED),
        (301, Outcome.UNKNOWN),
        (302, Outcome.UNKNOWN),
        (303, Outcome.UNKNOWN),
        (307, Outcome.REJECTED),
        (308, Outcome.REJECTED),
        (400, Outcome.REJECTED),
        (409, Outcome.REJECTED),
        (429, Outcome.REJECTED),
        (500, Outcome.UNKNOWN),
        (503, Outcome.UNKNOWN),
        (999, Outcome.UNKNOWN),
    ],
)
def test_a_status_has_its_meaning(status, outcome):
    """2xx was applied, 4xx was not; a failure or a redirect after storing may be either."""
    assert meanings()[status] is outcome


def test_a_service_may_mean_something_else():
    """What its contract says of a status goes first."""
    known = meanings([(303, Outcome.ACKED), (503, Outcome.REJECTED)])
    assert (known[303], known[503], known[500]) == (
        Outcome.ACKED,
        Outcome.REJECTED,
        Outcome.UNKNOWN,
    )


@pytest.mark.parametrize(
    ("received", "status"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nfine", 200),
        (b"HTTP/1.1 201 Created\r\nServer: x\r\n\r\n", 201),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nfine", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine", 0),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n", 0),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0),
        (b"SSH-2.0-x\r\n", 0),
        (b"", 0),
    ],
)
def test_an_answer_may_last_until_the_connection_ends(received, status):
    """Only without a length and without chunks, and only after a whole head."""
    assert status_framed_by_close(received) == status
