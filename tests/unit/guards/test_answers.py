"""Answers as people read them."""

from __future__ import annotations

import pytest

from twiceshy.guards.answers import readable
from twiceshy.model.history import NoReply, Observation, Reply
from twiceshy.model.scenario import Request, Step, line_template

JSON = (("Content-Type", "application/json"), ("ETag", '"1"'))


@pytest.mark.parametrize(
    ("answer", "headers", "text"),
    [
        (Reply(200, JSON, b'{"a":1}'), (), 'HTTP 200\n{\n  "a": 1\n}'),
        (Reply(200, JSON, b'{"a"'), (), 'HTTP 200\n{"a"'),
        (Reply(404, (), b"none"), ("etag",), "HTTP 404\nnone"),
        (Reply(200, JSON, b"1"), ("etag", "location"), 'HTTP 200\netag: "1"\n1'),
        (Reply(200, (), b"x" * 5000), (), "HTTP 200\n" + "x" * 4000 + "\n…"),
        (NoReply("timeout", "it took too long"), (), "it took too long"),
    ],
)
def test_an_answer_is_readable(answer, headers, text):
    """Status first, the headers that matter, then the body."""
    step = Step(None, line_template("GET /"))
    assert readable(Observation(step, Request("GET", "/"), answer), headers) == text
