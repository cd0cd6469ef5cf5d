"""Requests as people name them."""

from __future__ import annotations

import pytest

from twiceshy.guards.requests import means


@pytest.mark.parametrize(
    ("line", "request_", "same"),
    [
        ("GET /goals/{id}", "GET /goals/{goal_id}", True),
        ("GET /goals/17", "GET /goals/{goal_id}", True),
        ("GET /goals/{id}", "GET /goals/mine", False),
        ("GET /goals/17", "GET /goals/18", False),
        ("PUT /goals/17", "GET /goals/{id}", False),
        ("GET /goals", "GET /goals/{id}", False),
        ("GET /goals/17/members", "GET /goals/{id}/members", True),
        ("GET /goals?page=1", "GET /goals", False),
    ],
)
def test_what_people_mean(line: str, request_: str, same: bool) -> None:
    """Names of slots do not matter, and a value may stand for a slot."""
    assert means(line, request_) is same
