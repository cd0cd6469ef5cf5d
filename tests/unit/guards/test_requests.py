"""Requests as people name them."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from twiceshy.guards.requests import RequestEntry, means


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


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("GTE /x", 'GTE is no method of HTTP: write "GET /x"'),
        ("get /x", 'get is no method of HTTP: write "GET /x"'),
        ("/x", '/x lacks its method: write "GET /x"'),
        ("GET x", "'GET x' is no request: a method and a path"),
    ],
)
def test_a_line_that_is_no_request_is_told_what_it_lacks(line, says):
    """The nearest method where there is one."""
    with pytest.raises(ValidationError, match=re.escape(says)):
        RequestEntry(request=line)


@pytest.mark.parametrize("line", ["REPORT /x", "PROPFIND /x", "LINK /x"])
def test_methods_that_few_know_are_taken_as_they_are(line):
    """A service may know any."""
    assert RequestEntry(request=line).request == line
