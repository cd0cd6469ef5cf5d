"""Which answers of success are meant."""

from __future__ import annotations

import pickle

import pytest

from twiceshy.traffic.load.accepts import BodySays

SAYS = BodySays((("$.status", "ok"), ("$.errors[0]", None), ("$.count", 1)))


@pytest.mark.parametrize(
    ("body", "good"),
    [
        (b'{"status": "ok", "errors": [], "count": 1}', True),
        (b'{"status": "ok", "count": 1.0}', True),
        (b'{"status": "failed", "count": 1}', False),
        (b'{"status": "ok", "errors": ["no money"], "count": 1}', False),
        (b'{"status": "ok", "count": true}', False),
        (b'{"status": "ok", "count": "1"}', False),
        (b"[]", False),
    ],
)
def test_every_path_must_say_what_is_wanted(body, good):
    """Values are compared as in JSON, where true is no number."""
    assert SAYS(200, body) is good
    assert pickle.loads(pickle.dumps(SAYS))(200, body) is good


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff"])
def test_a_body_that_is_no_json_cannot_be_judged(body):
    """What it says of the transaction is not known then."""
    with pytest.raises(ValueError, match=r"^"):
        SAYS(200, body)
